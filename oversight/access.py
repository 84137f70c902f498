"""Whose district a person sees."""

from typing import Any

from common.errors import NotVisible
from governance.models import Authority, AuthorityMember


def authority_of(user: Any) -> Authority:
    """The highest authority in which the person holds an office today; NotVisible where there is none."""
    member = (
        AuthorityMember.objects.active()
        .filter(person_id=user.pk)
        .select_related("authority")
        .order_by("authority__path", "pk")
        .first()
    )
    if member is None:
        raise NotVisible("Authority")
    return member.authority
