"""Private files: sent by Django, or handed to nginx."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from common.downloads import private_file
from common.errors import NotNow

pytestmark = pytest.mark.django_db  # the gates ask the database; closing a response closes old connections


class Stored:
    """What a FieldFile offers here."""

    def __init__(self, name):
        self.name = name
        self.storage = default_storage

    def open(self, mode):
        return default_storage.open(self.name, mode)


@pytest.fixture
def stored():
    return Stored(default_storage.save("2026/预算 表.pdf", ContentFile(b"%PDF-1.7")))


def test_django_sends_the_bytes_as_a_download(stored):
    response = private_file(stored, filename="预算表.pdf", content_type="application/pdf")
    assert b"".join(response.streaming_content) == b"%PDF-1.7"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == ("attachment; filename*=utf-8''%E9%A2%84%E7%AE%97%E8%A1%A8.pdf")
    assert response["Cache-Control"] == "private, no-store"
    response.close()


def test_nginx_is_told_the_internal_address(stored, settings):
    settings.X_ACCEL_PREFIX = "/protected-media/"
    response = private_file(stored, filename="a.pdf", content_type="application/pdf", inline=True)
    assert response.content == b""
    assert response["X-Accel-Redirect"] == "/protected-media/2026/%E9%A2%84%E7%AE%97%20%E8%A1%A8.pdf"
    assert response["Content-Disposition"] == 'inline; filename="a.pdf"'


@pytest.mark.parametrize("prefix", ["", "/protected-media/"])
def test_a_file_gone_from_the_disk_is_told_and_logged(settings, prefix, caplog):
    settings.X_ACCEL_PREFIX = prefix
    with pytest.raises(NotNow, match="这份文件在服务器上找不到了"):
        private_file(Stored("gone.pdf"), filename="纪要.pdf", content_type="application/pdf")
    assert "stored file is gone: gone.pdf" in caplog.text
