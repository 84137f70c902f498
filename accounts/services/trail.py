"""The security trail: one sealed line per event, and the proof that none was changed."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.choices import SecurityKind
from accounts.models import SecurityEvent, User
from common.where import here
from ledger import services as ledger
from ledger.models import LedgerEntry
from ledger.services import Breach

CHAIN = "security"
THEMSELVES: Any = object()  # the default of who acted; None is the system
# Called with (user, event) when somebody signs in from a browser and address not seen before.
new_place_listeners: list[Callable[[User, SecurityEvent], None]] = []


def masked(account: str) -> str:
    """What is kept of an account name that does not exist: people also type passwords into that field."""
    return f"{account[:2]}…（不存在的账号）"


def sealed_fields(event: SecurityEvent) -> dict[str, Any]:
    """The fields of an event as they are sealed."""
    return {
        "happened_at": event.happened_at.isoformat(),
        "person": event.person_id,
        "account": event.account,
        "actor": event.actor_id,
        "is_success": event.is_success,
        "address": event.address,
        "agent": event.agent,
        "request_id": event.request_id,
        "subject": event.subject,
        "detail": event.detail,
    }


@transaction.atomic
def record(
    kind: str,
    *,
    person: User | None = None,
    actor: Any = THEMSELVES,
    account: str = "",
    is_success: bool = True,
    subject: str = "",
    **detail: Any,
) -> SecurityEvent:
    """Write and seal one event (GB/T 22239 8.1.4.3: time, user, kind, success).

    `person` is whose account it is about, `actor` who acted: by default the same, None for the system. Details hold codes and
    numbers only, never titles or names of business. The chain's lock is taken last of all.
    """
    where = here()
    event = SecurityEvent.objects.create(
        kind=kind,
        happened_at=timezone.now(),
        person=person,
        account=person.username if person else masked(account) if account else "",
        actor=person if actor is THEMSELVES else actor,
        is_success=is_success,
        address=where.address,
        agent=where.agent,
        request_id=where.request_id,
        subject=subject[:200],
        detail=detail,
    )
    ledger.append(
        CHAIN,
        kind=kind,
        subject=f"accounts.securityevent:{event.pk}",
        payload=sealed_fields(event),
        actor=event.actor,
    )
    return event


def record_sign_in(user: User, **detail: Any) -> SecurityEvent:
    """Write a sign-in; tell the listeners where this person never signed in from here before."""
    earlier = SecurityEvent.objects.filter(kind=SecurityKind.SIGNED_IN, person=user)
    is_first, here_before = not earlier.exists(), earlier.filter(address=here().address, agent=here().agent)
    is_known = is_first or here_before.exists()
    event = record(SecurityKind.SIGNED_IN, person=user, **detail)
    if not is_known:
        for listener in new_place_listeners:
            listener(user, event)
    return event


def note_reading(person: User, subjects: Iterable[str]) -> None:
    """Write that somebody read 限定范围 content: each subject once per person and day, so that the trail stays readable."""
    wanted = set(subjects)
    if not wanted:
        return
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    today = SecurityEvent.objects.filter(
        person=person, kind=SecurityKind.RESTRICTED_READ, subject__in=wanted, happened_at__gte=midnight
    )
    for subject in sorted(wanted - set(today.values_list("subject", flat=True))):
        record(SecurityKind.RESTRICTED_READ, person=person, subject=subject)


def record_refused(username: str, kind: str = SecurityKind.SIGN_IN_FAILED, **detail: Any) -> SecurityEvent:
    """Write a refused sign-in or a lockout for a typed account name."""
    person = User.objects.filter(username=username).first() if username else None
    return record(kind, person=person, account=username, is_success=False, **detail)


def verify() -> Iterator[Breach]:
    """Every place where the trail is not what was sealed: the chain itself, changed, lost and added events."""
    yield from ledger.verify(CHAIN)
    sealed: dict[int, LedgerEntry] = {
        int(entry.subject.rpartition(":")[2]): entry
        for entry in LedgerEntry.objects.filter(chain_id=CHAIN).iterator()
    }
    for event in SecurityEvent.objects.order_by("id").iterator():
        entry = sealed.pop(event.pk, None)
        if entry is None:
            yield Breach(CHAIN, 0, f"事件 {event.pk} 没有存证")
        elif (entry.kind, entry.payload) != (event.kind, sealed_fields(event)):
            yield Breach(CHAIN, entry.sequence, f"事件 {event.pk} 与存证不符")
    for pk, entry in sealed.items():
        yield Breach(CHAIN, entry.sequence, f"事件 {pk} 被删除")
