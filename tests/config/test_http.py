"""What every answer carries."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from common.uploads import MAX_BYTES


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


@pytest.mark.django_db
def test_pages_are_kept_by_no_cache_and_use_nothing_of_the_machine(client):
    response = client.get("/accounts/login/")
    assert "no-store" in response["Cache-Control"]
    assert client.get("/nowhere/")["Cache-Control"] == "private, no-store"
    assert response["Permissions-Policy"] == (
        "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), usb=()"
    )
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("name", ["app.css", "js/app.js"])
@pytest.mark.django_db
def test_static_files_may_be_kept(client, name):
    response = client.get(f"/static/{name}")
    response.close()
    assert response.status_code == 200
    assert "no-store" not in response["Cache-Control"]


ODD = ["/documents/verify/?code=%00", "/documents/verify/A%00B/", "/documents/verify/?%00=1"]


@pytest.mark.parametrize("path", ODD)
@pytest.mark.django_db
def test_nul_in_an_address_is_a_bad_request(client, path):
    response = client.get(path)
    assert response.status_code == 400
    assert "请求不完整，没有办理" in response.content.decode()


@pytest.mark.parametrize(
    "path", ["/documents/verify/?code=%ff%fe%ed%a0%80", "/documents/verify/%ff%ed%a0%80/"]
)
@pytest.mark.django_db
def test_text_that_is_no_text_finds_nothing(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("data", [{"username": "a\0b", "password": "x"}, {"a\0": "1"}])
@pytest.mark.django_db
def test_nul_in_a_form_is_a_bad_request(client, data):
    assert client.post("/accounts/login/", data).status_code == 400


BROKEN = [
    ("multipart/form-data", b"--x\r\n"),
    ("multipart/form-data; boundary=" + "x" * 300, b""),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n'),
    ("application/x-www-form-urlencoded", b"username=%ff%fe&password=\xed\xa0\x80"),
    ("application/x-www-form-urlencoded; charset=utf-7", b"username=+AAA-"),
]


@pytest.mark.parametrize(("kind", "body"), BROKEN)
@pytest.mark.django_db
def test_a_malformed_body_is_the_visitors_fault(client, kind, body):
    response = client.generic("POST", "/accounts/login/", body, content_type=kind)
    assert response.status_code in (200, 400, 422)


@pytest.mark.django_db
def test_too_much_text_too_many_fields_and_files_are_413(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 5
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 1
    files = {f"f{n}": SimpleUploadedFile("a.txt", b"a") for n in range(2)}
    for data in ({"username": "a" * 1001}, {str(n): "" for n in range(6)}, files):
        response = client.post("/accounts/login/", data)
        assert response.status_code == 413
        assert "内容过大，没有办理" in response.content.decode()
        assert "一份文件不超过 20 MB，一次合计不超过 100 MB、20 份" in response.content.decode()


class Unread:
    """A body that nobody may read."""

    def read(self, *size: int) -> bytes:
        raise AssertionError("the body was read")

    readline = read


@pytest.mark.django_db
def test_a_body_above_the_limit_is_refused_before_it_is_read(client, settings):
    path, nothing_sent = "/accounts/login/", {"wsgi.input": Unread()}
    too_long = settings.MAX_BODY_BYTES + 1
    answer = client.generic("POST", path, CONTENT_LENGTH=str(too_long), **nothing_sent)
    assert answer.status_code == 413
    asked = {"Accept": "application/json"}
    answer = client.generic("POST", path, headers=asked, CONTENT_LENGTH=str(too_long), **nothing_sent)
    assert answer.json() == {"message": "内容过大，没有办理"}
    assert client.generic("POST", path, CONTENT_LENGTH="²").status_code == 200


def test_the_proxy_lets_through_what_the_application_may_answer():
    """nginx must not cut off below MAX_BODY_BYTES, and twenty files must be able to reach that."""
    text = (Path(settings.BASE_DIR) / "deploy" / "nginx.conf").read_text()
    megabytes = int(re.search(r"client_max_body_size (\d+)m;", text).group(1))
    assert megabytes * 1024 * 1024 > settings.MAX_BODY_BYTES
    assert settings.MAX_BODY_BYTES > 5 * MAX_BYTES
