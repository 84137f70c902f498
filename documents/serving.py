"""Sending a stored file to one reader: as it is, or with the reader's mark where only named people may read it."""

from typing import Any

from django.db.models.fields.files import FieldFile
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from common.downloads import private_file, require_open
from common.uploads import JPEG, PDF, PNG
from documents.watermark import stamped_image, stamped_pdf, words_for

INLINE = (PDF, JPEG, PNG)
STAMPS = {PDF: stamped_pdf, JPEG: stamped_image, PNG: stamped_image}


def reading_copy(
    stored: FieldFile,
    *,
    reader: Any,
    filename: str,
    content_type: str,
    is_restricted: bool,
    inline: bool = False,
) -> HttpResponseBase:
    """Answer with a file for `reader`; of 知悉范围 2 a PDF or picture carries name, account and time.

    What is stored is not touched. Office files and texts cannot carry a mark and go out as they are. Raises
    NotNow where a file cannot be marked, is being scanned or is infected.
    """
    if not (is_restricted and content_type in STAMPS):
        return private_file(stored, filename=filename, content_type=content_type, inline=inline)
    require_open(stored)
    with stored.open("rb") as content:
        copy = STAMPS[content_type](content, words_for(reader))
    response = HttpResponse(copy, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(not inline, filename)
    response["Cache-Control"] = "private, no-store"
    return response
