"""Who must use a second factor (GB/T 22239 8.1.4.1): the district's people, 书记, 校长 and 三员."""

from typing import Any

from django.conf import settings

from governance.choices import SeatRole, SecondFactor
from governance.models import Authority, AuthorityMember, Seat

CHAIRS = (SeatRole.SECRETARY, SeatRole.PRINCIPAL, SeatRole.CONGRESS_CHAIR)


def is_required_by(authority: Authority, said: dict[int, str]) -> bool:
    """What the authority says, else the nearest above it that says something, else settings.MFA_REQUIRED."""
    above = [int(part) for part in authority.path.strip("/").split("/")]
    words = next((said[pk] for pk in reversed(above) if pk in said), "")
    return words == SecondFactor.REQUIRED if words else settings.MFA_REQUIRED


def needs_second_factor(user: Any) -> bool:
    """Whether any office the person holds today asks for a second factor; at most three queries."""
    if user.admin_role:
        return settings.MFA_REQUIRED
    said = dict(Authority.objects.exclude(second_factor="").values_list("pk", "second_factor"))
    if not settings.MFA_REQUIRED and SecondFactor.REQUIRED not in said.values():
        return False
    members = AuthorityMember.objects.active().filter(person=user).select_related("authority")
    seats = Seat.objects.active().filter(person=user, role__in=CHAIRS).select_related("school__authority")
    authorities = [row.authority for row in members] + [row.school.authority for row in seats]
    return any(is_required_by(authority, said) for authority in authorities)
