"""POSTs of offices, catalogue and parameters."""

from collections.abc import Callable
from typing import Any

from tests.contracts.posts.kit import (
    OTHER_SCHOOL,
    REGISTRARS,
    Post,
    day,
    none,
    words,
)
from tests.contracts.world import World


def seat_pk(who: str) -> Callable[[World], tuple[Any, ...]]:
    return lambda w: (getattr(w.cast, who).seats.order_by("pk").first().pk,)


OFFICE_POSTS = {
    "appoint": Post(
        "governance:leadership_appoint",
        none,
        REGISTRARS,
        lambda w: {
            "body": w.cast.admin,
            "person": w.cast.teacher,
            "role": "admin_member",
            "is_voting": "on",
            "since": day(),
            "order": "60",
        },
    ),
    "end_seat": Post(
        "governance:leadership_end", seat_pk("vice_second"), REGISTRARS, lambda w: {"until": day()}
    ),
    "membership": Post(
        "governance:leadership_membership",
        seat_pk("vice_non_party"),
        REGISTRARS,
        lambda w: {"is_party_member": "no"},
    ),
    "party_org": Post(
        "governance:leadership_party_org",
        none,
        f"{REGISTRARS} {OTHER_SCHOOL}",
        lambda w: {"party_members": "66"},
    ),
    "portfolio": Post(
        "governance:leadership_portfolio",
        none,
        REGISTRARS,
        lambda w: {"person": w.cast.vice, "duties": "分管总务", "since": day()},
    ),
    "tighten": Post(
        "governance:catalogue_tighten",
        lambda w: (w.cast.entry("A01").pk,),
        REGISTRARS,
        lambda w: {
            "attendance": "t",
            "ballot": w.cast.entry("A01").ballot,
            "congress_mode": w.cast.entry("A01").congress_mode,
            "access_scope": w.cast.entry("A01").access_scope,
            "reason": "本校章程",
        },
    ),
    "parameter": Post(
        "governance:parameter",
        words("fund.large_threshold"),
        f"{REGISTRARS} {OTHER_SCHOOL}",
        lambda w: {"level": "school", "value": "60000", "source": "本校制度", "since": day()},
    ),
}
