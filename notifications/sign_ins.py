"""Telling people of a sign-in from a browser or an address not seen before."""

from typing import Any

from django.urls import reverse

from accounts.services.trail import new_place_listeners
from accounts.words import agent_words
from notifications.services import notify


def tell(user: Any, event: Any) -> None:
    """One message in the inbox (and by e-mail) of the person who signed in."""
    notify(
        recipients=[user],
        kind="session.began",
        title="账号在新的设备或地址登录",
        body=f"{agent_words(event.agent)}，来源 {event.address}。如非本人，请立即修改密码并结束那次登录。",
        url=reverse("accounts:security"),
    )


def connect() -> None:
    """Listen; called once when the apps are ready."""
    if tell not in new_place_listeners:
        new_place_listeners.append(tell)
