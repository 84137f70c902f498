"""Fetching a message for its recipient, or not at all."""

from typing import Any

from common.errors import NotVisible
from notifications.models import Message


def message(user: Any, message_id: int) -> Message:
    """One message of the person's own; NotVisible otherwise."""
    found = Message.objects.visible_to(user).filter(pk=message_id).first()
    if found is None:
        raise NotVisible
    return found
