"""What other rooms show of 交接: how much a person has in hand."""

from typing import Any

from django import template

from handover.selectors import refs_of

register = template.Library()


@register.simple_tag
def open_work_count(person: Any, school: Any) -> int:
    """How many pieces of open work a person has in a school; one query."""
    return len(refs_of(school, person)) if school else 0


@register.simple_tag
def sent_choice(sent: Any, prefix: str, key: str) -> str:
    """What was chosen in a select before the form was refused."""
    return sent.get(f"{prefix}{key}", "")
