"""Saving a formal record so that its field history names the person and the reason."""

from typing import Any, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


def save_as(record: M, actor: Any, reason: str = "", **kwargs: Any) -> M:
    """Save one record with simple-history's user and reason set; returns the record."""
    record._history_user = actor
    record._change_reason = reason
    record.save(**kwargs)
    return record
