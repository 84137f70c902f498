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


@pytest.mark.parametrize(
    "path", ["/media/x", "/.run/media/x", "/static/%2e%2e/.run/media/x", "/protected-media/x"]
)
@pytest.mark.django_db
def test_uploaded_files_have_no_address(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("headers", [{}, {"referer": "http://evil.example/"}])
def test_a_foreign_host_name_is_refused_with_a_page(client, headers):
    response = client.get("/healthz", headers={"host": "evil.example", **headers})
    assert response.status_code == 400
    assert "evil.example" not in response.content.decode()
