"""Fetching a document for a person, or not at all."""

from typing import Any

from common.errors import NotVisible
from documents.models import IssuedDocument


def document(user: Any, document_id: int) -> IssuedDocument:
    """One document the person may read; NotVisible otherwise."""
    found = IssuedDocument.objects.visible_to(user).select_related("school").filter(pk=document_id).first()
    if found is None:
        raise NotVisible
    return found
