"""What every answer carries."""

import pytest


@pytest.mark.django_db
def test_healthz_reaches_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.django_db
def test_content_security_policy_forbids_inline_scripts_and_styles(client):
    policy = client.get("/healthz")["Content-Security-Policy"]
    directives = {part.split()[0]: part.split()[1:] for part in policy.split(";") if part.strip()}
    assert directives == {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }


@pytest.mark.parametrize("path", ["/media/x", "/static/../.run/media/x", "/protected-media/x"])
@pytest.mark.django_db
def test_uploaded_files_have_no_address(client, path):
    assert client.get(path).status_code == 404
