"""Sending private files after the caller has checked that the person may read them."""

import logging
from collections.abc import Callable
from urllib.parse import quote

from django.conf import settings
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from common.errors import NotNow

log = logging.getLogger("common.downloads")

# Called with every stored file about to be sent; raise a refusal where it may not be (yet).
gates: list[Callable[[FieldFile], None]] = []


def require_open(stored: FieldFile) -> None:
    """Raise the refusal of the first gate that keeps this file back, and NotNow where it is gone from the disk.

    The latter is logged as an error for whoever runs the platform.
    """
    for gate in gates:
        gate(stored)
    if not stored.storage.exists(stored.name):
        log.error("stored file is gone: %s", stored.name)
        raise NotNow("这份文件在服务器上找不到了，请联系平台管理员从备份恢复。其他内容不受影响。")


def private_file(
    stored: FieldFile, *, filename: str, content_type: str, inline: bool = False
) -> HttpResponseBase:
    """Answer with one stored file, never cached by others, shown in the browser only when `inline`.

    Behind nginx (settings.X_ACCEL_PREFIX) only its internal address is answered and nginx sends the bytes.
    Raises what `require_open` raises.
    """
    require_open(stored)
    response: HttpResponseBase
    if settings.X_ACCEL_PREFIX:
        response = HttpResponse(content_type=content_type)
        response["X-Accel-Redirect"] = settings.X_ACCEL_PREFIX + quote(stored.name)
    else:
        response = FileResponse(stored.open("rb"), content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(not inline, filename)
    response["Cache-Control"] = "private, no-store"
    return response
