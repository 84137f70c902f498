"""Appointing, ending, employing: offices are dated rows, never deleted."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from common.errors import NotNow, NotVisible
from common.history import save_as
from governance.access import refuse_administrator, require, require_administration
from governance.choices import BodyKind, SeatRole
from governance.models import Body, Portfolio, School, Seat, Staff
from ledger import services as ledger
from notifications.services import notify

COMMITTEE_ROLES = (
    SeatRole.SECRETARY,
    SeatRole.FULLTIME_DEPUTY_SECRETARY,
    SeatRole.DEPUTY_SECRETARY,
    SeatRole.DISCIPLINE_MEMBER,
    SeatRole.ORGANIZATION_MEMBER,
    SeatRole.MEMBER,
)
# Which roles a body knows (facts.md §1); a role outside its body would give rights it does not carry.
BODY_ROLES: dict[str, tuple[str, ...]] = {
    BodyKind.PARTY: (*COMMITTEE_ROLES, SeatRole.CLERK),
    BodyKind.ASSEMBLY: (*COMMITTEE_ROLES, SeatRole.PARTY_MEMBER, SeatRole.CLERK),
    BodyKind.ADMIN: (SeatRole.PRINCIPAL, SeatRole.VICE_PRINCIPAL, SeatRole.ADMIN_MEMBER, SeatRole.CLERK),
    BodyKind.STAFF_CONGRESS: (SeatRole.CONGRESS_CHAIR, SeatRole.DELEGATE, SeatRole.CLERK),
}


def _overlapping(since: date, until: date | None) -> Q:
    """Rows whose period shares a day with [since, until]."""
    return Q(Q(until__isnull=True) | Q(until__gte=since)) & (Q(since__lte=until) if until else Q())


@transaction.atomic
def appoint(
    *,
    actor: Any,
    body: Body,
    person: Any,
    role: str,
    since: date,
    is_voting: bool | None = None,
    until: date | None = None,
    order: int = 50,
    is_party_member: bool | None = None,
) -> Seat:
    """Give a person a seat in a body from a day. Clerks never vote; others do unless said otherwise.

    NotNow where the person already has a seat there in that time, or the chair's seat is taken.
    """
    school = body.school
    require_administration(actor, school, "任职由书记、会议秘书或区教育工委登记。")
    refuse_administrator(person)
    if actor is not None:
        require(actor.pk != person.pk, "不得为自己登记任职，请由书记或区教育工委登记。")
    Body.objects.select_for_update().get(pk=body.pk)
    if role not in BODY_ROLES[body.kind]:
        raise NotNow(f"{body.name}没有“{SeatRole(role).label}”这一职务。")
    taken = Seat.objects.filter(_overlapping(since, until), body=body)
    if taken.filter(person=person).exists():
        raise NotNow(f"{person}在{body.name}已有同一时期的任职。")
    if role == body.chair_role and (holder := taken.filter(role=role).select_related("person").first()):
        way = (
            f"请从 {holder.until + timedelta(days=1):%Y-%m-%d} 起登记"
            if holder.until
            else "请先登记其任期结束"
        )
        raise NotNow(f"{body.name}的{SeatRole(role).label}同一时期由{holder.person}担任，{way}。")
    seat = Seat(
        school=school,
        body=body,
        person=person,
        role=role,
        is_voting=role != SeatRole.CLERK if is_voting is None else is_voting,
        since=since,
        until=until,
        order=order,
        is_party_member=is_party_member,
    )
    try:
        seat.validate_constraints()
    except ValidationError as error:
        raise NotNow("".join(error.messages)) from error
    save_as(seat, actor, "登记任职")
    ledger.append(
        school.chain_key,
        kind="seat.appointed",
        subject=f"governance.seat:{seat.pk}",
        payload={
            "body": body.name,
            "person": person.pk,
            "name": str(person),
            "role": role,
            "is_voting": seat.is_voting,
            "is_party_member": is_party_member,
            "since": since,
            "until": until,
        },
        actor=actor,
    )
    if actor is not None:
        _tell(person, school, f"您已登记为{body.name}{seat.get_role_display()}", f"{since:%Y-%m-%d} 起。")
    return seat


@transaction.atomic
def note_membership(*, actor: Any, seat_id: int, is_party_member: bool | None) -> Seat:
    """Note whether the holder of a seat is a member of the Party; None is 未登记 (R04)."""
    seat = _seat_for_update(actor, seat_id)
    if seat.is_party_member == is_party_member:
        return seat
    seat.is_party_member = is_party_member
    save_as(seat, actor, "登记是否党员")
    ledger.append(
        seat.school.chain_key,
        kind="seat.noted",
        subject=f"governance.seat:{seat.pk}",
        payload={"body": seat.body.name, "name": str(seat.person), "is_party_member": is_party_member},
        actor=actor,
    )
    return seat


def _seat_for_update(actor: Any, seat_id: int) -> Seat:
    """A locked seat of a school the actor administers."""
    seat = (
        Seat.objects.select_for_update(of=("self",))
        .select_related("school", "body", "person")
        .filter(pk=seat_id)
        .first()
    )
    if seat is None:
        raise NotVisible("Seat")
    require_administration(actor, seat.school, "任职由书记、会议秘书或区教育工委登记。")
    return seat


def _end(office: Seat | Staff, until: date, at_once: bool) -> None:
    """Set the last day of a locked office; `at_once` stops its rights now instead of at the end of today."""
    today = timezone.localdate()
    if office.ended_at is not None or (office.until is not None and office.until < today):
        raise NotNow(f"此任职已于 {office.until:%Y-%m-%d} 结束。", current=office)
    if until < office.since:
        raise NotNow(f"结束日期不得早于任职开始日期 {office.since:%Y-%m-%d}。", current=office)
    if office.until is not None and until > office.until:
        raise NotNow(f"此任职至 {office.until:%Y-%m-%d} 届满，不能延后。连任请另行登记任职。", current=office)
    if at_once and until > today:
        raise NotNow("最后一日在今天之后的，权限到那一天为止，不能立即停止。", current=office)
    office.until = until
    office.ended_at = timezone.now() if at_once and until == today else None


def _close_seat(seat: Seat, *, actor: Any, until: date, at_once: bool) -> None:
    _end(seat, until, at_once)
    save_as(seat, actor, "任期结束")
    ledger.append(
        seat.school.chain_key,
        kind="seat.ended",
        subject=f"governance.seat:{seat.pk}",
        payload={
            "body": seat.body.name,
            "name": str(seat.person),
            "role": seat.role,
            "until": until,
            "ended_at": seat.ended_at,
        },
        actor=actor,
    )


def _close_portfolios(person: Any, school: School, *, actor: Any, until: date) -> None:
    """分工 ends with the last seat in the leadership."""
    after = until + timedelta(days=1)
    if Seat.objects.active(after).leadership().filter(school=school, person=person).exists():
        return
    standing = Portfolio.objects.filter(school=school, person=person, until__isnull=True, since__lte=until)
    for portfolio in standing:
        portfolio.until = until
        save_as(portfolio, actor, "任期结束，分工随之结束")
        ledger.append(
            school.chain_key,
            kind="portfolio.ended",
            subject=f"governance.portfolio:{portfolio.pk}",
            payload={"name": str(person), "until": until},
            actor=actor,
        )


def _last_day_words(until: date, at_once: bool) -> str:
    return f"最后一日 {until:%Y-%m-%d}" + ("，权限已停止。" if at_once else "。")


@transaction.atomic
def end_seat(*, actor: Any, seat_id: int, until: date, at_once: bool = False) -> Seat:
    """End a seat on a day, its last day in office; the row stays for ever.

    Its rights end with that day, or `at_once` where the last day is today: with the next request, in open
    sessions too. Who sat in a meeting of that day still counts there (R33). 分工 ends with the last seat.
    """
    seat = _seat_for_update(actor, seat_id)
    if seat.until == until and not at_once:
        raise NotNow(f"此任职的最后一日已登记为 {until:%Y-%m-%d}。", current=seat)
    _close_seat(seat, actor=actor, until=until, at_once=at_once)
    _close_portfolios(seat.person, seat.school, actor=actor, until=until)
    if actor is not None:
        _tell(
            seat.person,
            seat.school,
            f"您的{seat.body.name}{seat.get_role_display()}任职{'已' if at_once else '将'}结束",
            _last_day_words(until, at_once),
        )
    return seat


@transaction.atomic
def move_seat(
    *,
    actor: Any,
    seat_id: int,
    body: Body,
    role: str,
    since: date,
    is_voting: bool | None = None,
    order: int = 50,
) -> Seat:
    """调任: one act ends a seat the day before and begins another on the day, without a gap or a double."""
    Body.objects.select_for_update().get(pk=body.pk)
    old = _seat_for_update(actor, seat_id)
    if body.school_id != old.school_id:
        raise NotVisible("Body")
    if since <= old.since:
        raise NotNow(f"调任日期须晚于原任职开始日期 {old.since:%Y-%m-%d}。", current=old)
    _close_seat(old, actor=actor, until=since - timedelta(days=1), at_once=False)
    seat = appoint(
        actor=actor,
        body=body,
        person=old.person,
        role=role,
        since=since,
        is_voting=is_voting,
        order=order,
        is_party_member=old.is_party_member,
    )
    _close_portfolios(old.person, old.school, actor=actor, until=since - timedelta(days=1))
    return seat


@transaction.atomic
def leave_school(
    *, actor: Any, school: School, person: Any, until: date, at_once: bool = False
) -> list[Seat | Staff]:
    """离校: end every seat, the staff post and the 分工 of a person in a school in one act.

    NotNow where the person holds nothing there after that day, and where an office begins only later.
    """
    require_administration(actor, school, "离校由书记、会议秘书或区教育工委登记。")
    own = {"school": school, "person": person, "ended_at__isnull": True}
    lasting = Q(until__isnull=True) | Q(until__gte=max(until, timezone.localdate()))
    seats = Seat.objects.select_for_update(of=("self",)).select_related("school", "body", "person")
    held = list(seats.filter(lasting, **own).order_by("pk"))
    posts = list(Staff.objects.select_for_update(of=("self",)).filter(lasting, **own).order_by("pk"))
    if not held and not posts:
        raise NotNow(f"{person}在本校没有这一天之后的任职。")
    for seat in held:
        _close_seat(seat, actor=actor, until=until, at_once=at_once)
    for post in posts:
        _end(post, until, at_once)
        save_as(post, actor, "离校")
        ledger.append(
            school.chain_key,
            kind="staff.left",
            subject=f"governance.staff:{post.pk}",
            payload={
                "name": str(person),
                "department": post.department,
                "until": until,
                "ended_at": post.ended_at,
            },
            actor=actor,
        )
    _close_portfolios(person, school, actor=actor, until=until)
    if actor is not None:
        _tell(
            person,
            school,
            f"您在{school.name}的任职{'已' if at_once else '将'}全部结束",
            _last_day_words(until, at_once),
        )
    return [*held, *posts]


@transaction.atomic
def employ(
    *, actor: Any, school: School, person: Any, department: str, since: date, title: str = ""
) -> Staff:
    """Enter a person as 教职工 of a department, who may draft, present and own tasks."""
    require_administration(actor, school, "教职工由书记、会议秘书或区教育工委登记。")
    refuse_administrator(person)
    School.objects.select_for_update().get(pk=school.pk)
    if Staff.objects.filter(_overlapping(since, None), school=school, person=person).exists():
        raise NotNow(f"{person}已是本校教职工。")
    staff = save_as(
        Staff(school=school, person=person, department=department, title=title, since=since),
        actor,
        "登记教职工",
    )
    ledger.append(
        school.chain_key,
        kind="staff.employed",
        subject=f"governance.staff:{staff.pk}",
        payload={"person": person.pk, "name": str(person), "department": department, "since": since},
        actor=actor,
    )
    return staff


@transaction.atomic
def assign_portfolio(
    *,
    actor: Any,
    school: School,
    person: Any,
    duties: str,
    since: date,
    aspects: list[str] | None = None,
    departments: list[str] | None = None,
) -> Portfolio:
    """分工 of a leader from a day; the earlier one ends the day before."""
    require_administration(actor, school, "分工由书记、会议秘书或区教育工委登记。")
    School.objects.select_for_update().get(pk=school.pk)
    if not Seat.objects.active(since).leadership().filter(school=school, person=person).exists():
        raise NotNow(f"{person}在 {since:%Y-%m-%d} 不是本校领导班子成员，不能登记分工。")
    for earlier in Portfolio.objects.filter(school=school, person=person, until__isnull=True):
        if earlier.since >= since:
            raise NotNow(f"{person}已有 {earlier.since:%Y-%m-%d} 起的分工，新分工须晚于这一天。")
        earlier.until = since - timedelta(days=1)
        save_as(earlier, actor, "分工调整")
    portfolio = save_as(
        Portfolio(
            school=school,
            person=person,
            duties=duties,
            aspects=aspects or [],
            departments=departments or [],
            since=since,
        ),
        actor,
        "登记分工",
    )
    ledger.append(
        school.chain_key,
        kind="portfolio.assigned",
        subject=f"governance.portfolio:{portfolio.pk}",
        payload={"person": person.pk, "name": str(person), "duties": duties, "since": since},
        actor=actor,
    )
    return portfolio


def _tell(person: Any, school: School, title: str, body: str) -> None:
    notify(
        recipients=[person],
        kind="seat.news",
        title=title,
        body=body,
        url=reverse("accounts:me"),
        school=school,
    )
