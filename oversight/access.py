"""Whose district a person sees."""

from typing import Any

from common.errors import NotVisible
from governance.models import Authority


def authority_of(request: Any) -> Authority:
    """The highest authority in which the person holds an office today; NotVisible where there is none."""
    authorities: list[Authority] = request.authorities
    if not authorities:
        raise NotVisible("Authority")
    return authorities[0]
