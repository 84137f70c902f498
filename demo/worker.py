"""The entrance of a process that plays one school; imports no models before Django is set up."""

from datetime import datetime

import django


def prepare() -> None:
    """Set Django up in a fresh process."""
    django.setup()


def play_in_process(slug: str, now: datetime) -> tuple[str, list[int]]:
    """demo.district.play_story, for a process pool."""
    from demo.district import play_story

    return play_story(slug, now)
