"""What the inbox and the bell show."""

from typing import Any

from django.db.models import QuerySet

from notifications.models import Message


def unread_count(user: Any) -> int:
    """How many messages a person has not opened."""
    return Message.objects.visible_to(user).unread().count()


def inbox(user: Any, only_unread: bool = False) -> QuerySet[Message]:
    """A person's messages, newest first, with their schools."""
    messages = Message.objects.visible_to(user).select_related("school")
    return messages.unread() if only_unread else messages
