"""Offices, catalogue, parameters, administrators and accounts."""

from functools import partial
from typing import Any

from accounts.choices import AdminRole
from accounts.models import User
from accounts.services import accounts, roles
from decisions.services import items
from governance import services as governance
from governance.choices import AttendanceKind, AuthorityRole, ParameterLevel, SeatRole
from governance.models import Seat
from governance.services import membership
from tests.factories import governance as make
from tests.factories.people import person
from tests.robustness.races.kit import _serial, day, twice
from tests.robustness.racing import Act


def appoint(c: Any) -> list[Act]:
    who = person(f"new{next(_serial)}", "新成员")
    seat = partial(
        governance.appoint,
        actor=c.secretary,
        body=c.admin,
        person=who,
        role=SeatRole.ADMIN_MEMBER,
        since=day(),
    )
    return twice(seat, "seat.appointed")


def appoint_two_chairs(c: Any) -> list[Act]:
    """育才小学 has no principal; only one can become it."""
    body = make.body(c.other_school, "admin")
    return [
        Act(
            partial(
                governance.appoint,
                actor=None,
                body=body,
                person=person(f"new{next(_serial)}", "校长人选"),
                role=SeatRole.PRINCIPAL,
                since=day(),
            ),
            ("seat.appointed",),
        )
        for _ in range(2)
    ]


def end_seat(c: Any) -> list[Act]:
    seat = make.seat(c.admin, person(f"new{next(_serial)}", "离任者"), SeatRole.ADMIN_MEMBER)
    return twice(
        partial(governance.end_seat, actor=c.secretary, seat_id=seat.pk, until=day(-1)), "seat.ended"
    )


def end_seat_or_submit(c: Any) -> list[Act]:
    """The proposer leaves while submitting."""
    who = person(f"new{next(_serial)}", "离任者")
    seat = make.seat(c.admin, who, SeatRole.VICE_PRINCIPAL)
    made = items.draft_item(
        actor=who,
        school=c.school,
        entry=c.entry("G14"),
        fields={
            "title": "离任前的事项",
            "background": "b",
            "proposal": "p",
            "department": "总务处",
            "presenter": who,
            "proposer": who,
        },
    )
    return [
        Act(partial(items.submit, made.pk, actor=who), ("item.submitted",)),
        Act(partial(governance.end_seat, actor=c.secretary, seat_id=seat.pk, until=day(-1)), ("seat.ended",)),
    ]


def employ(c: Any) -> list[Act]:
    who = person(f"new{next(_serial)}", "新教师")
    return twice(
        partial(
            governance.employ,
            actor=c.secretary,
            school=c.school,
            person=who,
            department="教务处",
            since=day(),
        ),
        "staff.employed",
    )


def portfolio(c: Any) -> list[Act]:
    return twice(
        partial(
            governance.assign_portfolio,
            actor=c.secretary,
            school=c.school,
            person=c.vice,
            duties="分管教学",
            since=day(),
        ),
        "portfolio.assigned",
    )


def parameter(c: Any) -> list[Act]:
    return [
        Act(
            partial(
                governance.set_parameter,
                actor=c.district_leader,
                level=ParameterLevel.DISTRICT,
                authority=c.authority,
                key="fund.large_threshold",
                value=value,
                source="办法第9条",
                since=day(),
            ),
            ("parameter.set",),
        )
        for value in (200_000, 250_000)
    ]


def one_value_in_force(c: Any, answers: list[Any]) -> None:
    from governance.parameters import resolve

    newest = max((a for a in answers if not isinstance(a, Exception)), key=lambda row: row.pk)
    assert resolve(c.school, day())["fund.large_threshold"] == newest.value


def adopt(c: Any) -> list[Act]:
    adopting = partial(governance.adopt_catalogue, actor=None, school=c.other_school)
    return [Act(adopting, ("catalogue.adopted",)), Act(adopting)]


def tighten(c: Any) -> list[Act]:
    pk = c.entry("G15").pk
    stricter = partial(governance.tighten_entry, actor=c.secretary, entry_id=pk, reason="从严")
    return twice(
        partial(stricter, attendance=AttendanceKind.TWO_THIRDS, notice_workdays=6), "catalogue.tightened"
    )


def join(c: Any) -> list[Act]:
    who = person(f"new{next(_serial)}", "新督查")
    return twice(
        partial(
            membership.admit_member,
            actor=c.security_admin,
            authority_id=c.authority.pk,
            person=who,
            role=AuthorityRole.REVIEWER,
            since=day(),
        ),
        "authority.joined",
        "member.joined",
    )


def leave(c: Any) -> list[Act]:
    member = governance.join_authority(
        actor=None,
        authority=c.authority,
        person=person(f"new{next(_serial)}", "原督查"),
        role=AuthorityRole.REVIEWER,
        since=day(-9),
    )
    return twice(
        partial(membership.leave_authority, actor=c.security_admin, member_id=member.pk),
        "authority.left",
        "member.left",
    )


def role(c: Any) -> list[Act]:
    who = person(f"new{next(_serial)}", "管理员人选")
    return [
        Act(partial(roles.grant_role, actor=c.security_admin, user_id=who.pk, role=one), ("role.granted",))
        for one in (AdminRole.SYSTEM, AdminRole.AUDIT)
    ]


def role_or_seat(c: Any) -> list[Act]:
    """三员 hold no office: whoever is second is refused."""
    who = person(f"new{next(_serial)}", "两难者")
    return [
        Act(
            partial(roles.grant_role, actor=c.security_admin, user_id=who.pk, role=AdminRole.AUDIT),
            ("role.granted",),
        ),
        Act(
            partial(
                governance.appoint,
                actor=c.secretary,
                body=c.admin,
                person=User.objects.get(pk=who.pk),
                role=SeatRole.ADMIN_MEMBER,
                since=day(),
            ),
            ("seat.appointed",),
        ),
    ]


def role_or_membership(c: Any) -> list[Act]:
    who = person(f"new{next(_serial)}", "两难者")
    return [
        Act(
            partial(roles.grant_role, actor=c.security_admin, user_id=who.pk, role=AdminRole.AUDIT),
            ("role.granted",),
        ),
        Act(
            partial(
                membership.admit_member,
                actor=c.security_admin,
                authority_id=c.authority.pk,
                person=User.objects.get(pk=who.pk),
                role=AuthorityRole.REVIEWER,
                since=day(),
            ),
            ("authority.joined", "member.joined"),
        ),
    ]


def nobody_is_both(c: Any, answers: list[Any]) -> None:
    assert not Seat.objects.active().exclude(person__admin_role="").exists()
    assert (
        not User.objects.exclude(admin_role="")
        .filter(authority_memberships__until=None)
        .exclude(authority_memberships=None)
        .exists()
    )


def administrator(role_: str) -> User:
    return person(f"admin{next(_serial)}", "管理员", admin_role=role_)


def revoke(c: Any) -> list[Act]:
    who = administrator(AdminRole.AUDIT)
    return twice(partial(roles.revoke_role, actor=c.security_admin, user_id=who.pk), "role.revoked")


def revoke_each_other(c: Any) -> list[Act]:
    """Two security administrators take each other's role at once: one is left."""
    one, two = administrator(AdminRole.SECURITY), administrator(AdminRole.SECURITY)
    return [
        Act(partial(roles.revoke_role, actor=User.objects.get(pk=a.pk), user_id=b.pk), ("role.revoked",))
        for a, b in ((one, two), (two, one))
    ]


def revoke_or_use(c: Any) -> list[Act]:
    """What is done with a role comes before it is taken back, or not at all."""
    who = administrator(AdminRole.SYSTEM)
    return [
        Act(partial(roles.revoke_role, actor=c.security_admin, user_id=who.pk), ("role.revoked",)),
        Act(
            partial(accounts.create_account, actor=who, username=f"made{next(_serial)}", display_name="新人"),
            ("account.created",),
        ),
    ]


def create(c: Any) -> list[Act]:
    name = f"Same{next(_serial)}"
    return [
        Act(
            partial(accounts.create_account, actor=c.system_admin, username=spelt, display_name="新人"),
            ("account.created",),
        )
        for spelt in (name, name, name.lower())
    ]


def disable(c: Any) -> list[Act]:
    who = person(f"new{next(_serial)}", "停用者")
    return twice(partial(accounts.disable_account, actor=c.system_admin, user_id=who.pk), "account.disabled")


def disable_or_reset(c: Any) -> list[Act]:
    who = person(f"new{next(_serial)}", "停用者")
    return [
        Act(partial(accounts.disable_account, actor=c.system_admin, user_id=who.pk), ("account.disabled",)),
        Act(partial(accounts.reset_password, actor=c.system_admin, user_id=who.pk), ("password.reset",)),
    ]
