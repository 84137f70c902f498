"""Saving a formal record so that its field history names the person and the reason."""

from typing import Any, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


def _name(record: models.Model, actor: Any, reason: str) -> None:
    """Set what simple-history reads from the instance: the person and the reason."""
    vars(record).update(_history_user=actor, _change_reason=reason)


def save_as(record: M, actor: Any, reason: str = "", **kwargs: Any) -> M:
    """Save one record with simple-history's user and reason set; returns the record."""
    _name(record, actor, reason)
    record.save(**kwargs)
    return record


def delete_as(record: models.Model, actor: Any, reason: str) -> None:
    """Delete one working record so that its history names the person and the reason; the history remains."""
    _name(record, actor, reason)
    record.delete()
