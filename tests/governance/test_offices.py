"""Offices: dated, never deleted, given by those who may, sealed."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from common.errors import NotNow, NotPermitted, NotVisible
from governance import services
from governance.access import offices_of
from governance.choices import BodyKind, PartyOrgKind, SchoolPreset, SeatRole
from governance.models import Portfolio, Seat
from governance.selectors import is_dual_role, leadership, voting_seats
from ledger.models import LedgerEntry
from ledger.services import verify
from notifications.models import Message
from tests.factories import governance as make
from tests.factories.cast import make_cast
from tests.factories.people import person

TODAY = timezone.localdate()


@pytest.mark.parametrize(
    ("preset", "kind", "has_committee", "deciding", "name"),
    [
        (SchoolPreset.COMMITTEE, PartyOrgKind.COMMITTEE, True, BodyKind.PARTY, "党委会议"),
        (SchoolPreset.GENERAL_BRANCH, PartyOrgKind.GENERAL_BRANCH, True, BodyKind.PARTY, "党总支会议"),
        (SchoolPreset.BRANCH, PartyOrgKind.BRANCH, True, BodyKind.PARTY, "党支部委员会会议"),
        (SchoolPreset.DUAL_ROLE, PartyOrgKind.BRANCH, True, BodyKind.PARTY, "党支部委员会会议"),
        (SchoolPreset.ASSEMBLY, PartyOrgKind.BRANCH, False, BodyKind.ASSEMBLY, "支部党员大会"),
    ],
)
def test_presets_found_the_right_bodies(db, preset, kind, has_committee, deciding, name):
    school = make.school(make.authority(), preset=preset)
    org = school.party_org
    assert (org.kind, org.has_committee, org.deciding_kind) == (kind, has_committee, deciding)
    assert [(body.kind, body.name) for body in school.bodies.order_by("id")] == [
        (deciding, name),
        (BodyKind.ADMIN, "校长办公会议"),
        (BodyKind.STAFF_CONGRESS, "教职工代表大会"),
    ]
    assert LedgerEntry.objects.get(chain=school.chain_key).kind == "school.created"


def test_one_person_in_both_chairs_is_dual_role(db):
    school = make.school(make.authority(), preset=SchoolPreset.DUAL_ROLE)
    head = person("head", "袁方")
    make.seat(make.body(school, BodyKind.PARTY), head, SeatRole.SECRETARY)
    assert not is_dual_role(school)
    make.seat(make.body(school, BodyKind.ADMIN), head, SeatRole.PRINCIPAL)
    assert is_dual_role(school)
    assert leadership(school).is_dual_role


def test_appointment_writes_seat_history_ledger_and_notice(cast):
    seat = services.appoint(
        actor=cast.clerk, body=cast.party, person=cast.staff, role=SeatRole.MEMBER, since=TODAY
    )
    assert seat.is_voting
    assert seat in voting_seats(cast.party)
    assert seat.history.get().history_user == cast.clerk
    assert LedgerEntry.objects.get(subject=f"governance.seat:{seat.pk}").payload["name"] == "田家和"
    assert Message.objects.get(recipient=cast.staff).title == "您已登记为党总支会议委员"
    assert list(verify(cast.school.chain_key, with_rows=True)) == []


@pytest.mark.parametrize("who", ["secretary", "clerk"])
def test_nobody_appoints_themselves(cast, who):
    before = Seat.objects.count()
    with pytest.raises(NotPermitted, match="不得为自己登记任职"):
        services.appoint(
            actor=getattr(cast, who),
            body=cast.admin if who == "secretary" else cast.congress,
            person=getattr(cast, who),
            role=SeatRole.ADMIN_MEMBER if who == "secretary" else SeatRole.DELEGATE,
            since=TODAY,
        )
    assert Seat.objects.count() == before


def test_an_end_is_never_put_off(cast):
    """Ending is no way to lengthen a term, one's own included."""
    seat = Seat.objects.get(body=cast.admin, person=cast.clerk)
    services.end_seat(actor=cast.secretary, seat_id=seat.pk, until=TODAY + timedelta(days=9))
    with pytest.raises(NotNow, match="不能延后"):
        services.end_seat(actor=cast.clerk, seat_id=seat.pk, until=TODAY + timedelta(days=900))
    seat.refresh_from_db()
    assert seat.until == TODAY + timedelta(days=9)


def test_clerk_never_votes_and_guests_of_other_bodies_are_refused(cast):
    clerk = services.appoint(
        actor=cast.secretary, body=cast.party, person=cast.staff, role=SeatRole.CLERK, since=TODAY
    )
    assert not clerk.is_voting
    with pytest.raises(NotNow, match="没有表决权"):
        services.appoint(
            actor=cast.secretary,
            body=cast.admin,
            person=cast.staff,
            role=SeatRole.CLERK,
            is_voting=True,
            since=TODAY,
        )
    with pytest.raises(NotNow, match="没有“校长”"):
        services.appoint(
            actor=cast.secretary, body=cast.party, person=cast.teacher, role=SeatRole.PRINCIPAL, since=TODAY
        )


def test_a_seat_is_held_once_and_a_chair_by_one(cast):
    before = Seat.objects.count(), LedgerEntry.objects.count()
    with pytest.raises(NotNow, match="同一时期"):
        services.appoint(
            actor=cast.clerk, body=cast.party, person=cast.vice, role=SeatRole.MEMBER, since=TODAY
        )
    with pytest.raises(NotNow, match="陈立德"):
        services.appoint(
            actor=cast.clerk, body=cast.party, person=cast.staff, role=SeatRole.SECRETARY, since=TODAY
        )
    assert (Seat.objects.count(), LedgerEntry.objects.count()) == before


def test_a_successor_follows_the_day_after(cast):
    seat = cast.party.seats.get(role=SeatRole.SECRETARY)
    services.end_seat(actor=cast.clerk, seat_id=seat.pk, until=TODAY)
    with pytest.raises(NotNow):
        services.appoint(
            actor=cast.clerk, body=cast.party, person=cast.staff, role=SeatRole.SECRETARY, since=TODAY
        )
    services.appoint(
        actor=cast.clerk,
        body=cast.party,
        person=cast.staff,
        role=SeatRole.SECRETARY,
        since=TODAY + timedelta(days=1),
    )
    assert offices_of(cast.secretary, cast.school, TODAY).is_secretary
    assert not offices_of(cast.secretary, cast.school, TODAY + timedelta(days=1)).is_secretary
    assert offices_of(cast.staff, cast.school, TODAY + timedelta(days=1)).is_secretary


def test_ending_keeps_the_row_and_is_refused_twice(cast):
    seat = cast.admin.seats.get(person=cast.vice_non_party)
    with pytest.raises(NotNow, match="不得早于"):
        services.end_seat(actor=cast.secretary, seat_id=seat.pk, until=date(2020, 1, 1))
    services.end_seat(actor=cast.secretary, seat_id=seat.pk, until=TODAY - timedelta(days=1))
    assert voting_seats(cast.admin).count() == 5
    assert Seat.objects.filter(pk=seat.pk).exists()
    with pytest.raises(NotNow, match="已于"):
        services.end_seat(actor=cast.secretary, seat_id=seat.pk, until=TODAY)


def test_who_may_give_offices(cast):
    def appoint(actor):
        return services.appoint(
            actor=actor, body=cast.admin, person=cast.staff, role=SeatRole.ADMIN_MEMBER, since=TODAY
        )

    for refused in (cast.principal, cast.vice, cast.staff):
        with pytest.raises(NotPermitted):
            appoint(refused)
    for blind in (cast.other_secretary, cast.ended, cast.outsider):
        with pytest.raises(NotVisible):
            appoint(blind)
    assert appoint(cast.inspector).school == cast.school


def test_founding_is_for_the_authority(cast):
    with pytest.raises(NotPermitted):
        services.create_school(
            actor=cast.secretary,
            authority=cast.authority,
            preset=SchoolPreset.BRANCH,
            code="X09",
            name="新校",
            short_name="新校",
            stage="primary",
        )
    made = services.create_school(
        actor=cast.district_leader,
        authority=cast.authority,
        preset=SchoolPreset.BRANCH,
        code="X09",
        name="新校",
        short_name="新校",
        stage="primary",
    )
    assert made.history.get().history_user == cast.district_leader


def test_portfolio_ends_the_day_before_the_next(cast):
    first = services.assign_portfolio(
        actor=cast.clerk, school=cast.school, person=cast.vice, duties="总务、安全", since=date(2025, 9, 1)
    )
    services.assign_portfolio(
        actor=cast.clerk, school=cast.school, person=cast.vice, duties="教学、科研", since=date(2026, 9, 1)
    )
    first.refresh_from_db()
    assert first.until == date(2026, 8, 31)
    assert Portfolio.objects.active().get(person=cast.vice).duties == "教学、科研"
    with pytest.raises(NotNow, match="不是本校领导班子成员"):
        services.assign_portfolio(
            actor=cast.clerk, school=cast.school, person=cast.staff, duties="食堂", since=TODAY
        )


def test_employment_is_once(cast):
    with pytest.raises(NotNow):
        services.employ(
            actor=cast.clerk, school=cast.school, person=cast.staff, department="总务处", since=TODAY
        )


@pytest.mark.django_db(transaction=True)
def test_two_clerks_cannot_fill_one_chair(django_db_serialized_rollback):
    cast = make_cast()
    seat = cast.party.seats.get(role=SeatRole.SECRETARY)
    services.end_seat(actor=None, seat_id=seat.pk, until=TODAY - timedelta(days=1))
    start, results = threading.Barrier(2), []

    def fill(candidate):
        try:
            start.wait()
            services.appoint(
                actor=cast.clerk, body=cast.party, person=candidate, role=SeatRole.SECRETARY, since=TODAY
            )
            results.append("appointed")
        except NotNow:
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=fill, args=[p]) for p in (cast.staff, cast.teacher)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["appointed", "refused"]
    assert Seat.objects.active().filter(body=cast.party, role=SeatRole.SECRETARY).count() == 1
    assert list(verify(cast.school.chain_key, with_rows=True)) == []


def test_a_move_leaves_neither_gap_nor_double(cast):
    seat = cast.vice.seats.get(body=cast.admin)
    with pytest.raises(NotNow, match="同一时期由林知远担任"):
        services.move_seat(
            actor=cast.clerk, seat_id=seat.pk, body=cast.admin, role=SeatRole.PRINCIPAL, since=TODAY
        )
    seat.refresh_from_db()
    assert seat.until is None, "a refused move leaves the old seat"
    new = services.move_seat(
        actor=cast.clerk, seat_id=seat.pk, body=cast.admin, role=SeatRole.ADMIN_MEMBER, since=TODAY
    )
    held = {
        day: [
            s.role
            for s in offices_of(cast.vice, cast.school, TODAY + timedelta(days=day)).seats
            if s.body == cast.admin
        ]
        for day in (-1, 0, 1)
    }
    assert held == {-1: ["vice_principal"], 0: ["admin_member"], 1: ["admin_member"]}
    assert (new.since, Seat.objects.get(pk=seat.pk).until) == (TODAY, TODAY - timedelta(days=1))
    kinds = LedgerEntry.objects.order_by("-pk").values_list("kind", flat=True)[:2]
    assert list(kinds) == ["seat.appointed", "seat.ended"]
    assert list(verify(cast.school.chain_key)) == []


def test_leaving_ends_seats_post_and_portfolio_in_one_act(cast):
    services.assign_portfolio(
        actor=cast.secretary, school=cast.school, person=cast.vice, duties="分管总务", since=TODAY
    )
    services.employ(actor=cast.clerk, school=cast.school, person=cast.vice, department="总务处", since=TODAY)
    with pytest.raises(NotPermitted):
        services.leave_school(actor=cast.vice, school=cast.school, person=cast.vice, until=TODAY)
    ended = services.leave_school(actor=cast.clerk, school=cast.school, person=cast.vice, until=TODAY)
    assert [office.until for office in ended] == [TODAY] * 3
    assert offices_of(cast.vice, cast.school).belongs, "the last day is whole"
    assert not offices_of(cast.vice, cast.school, TODAY + timedelta(days=1)).belongs
    assert Portfolio.objects.get(person=cast.vice).until == TODAY
    services.leave_school(actor=cast.clerk, school=cast.school, person=cast.vice, until=TODAY, at_once=True)
    assert not offices_of(cast.vice, cast.school).belongs
    with pytest.raises(NotNow, match="没有这一天之后的任职"):
        services.leave_school(
            actor=cast.clerk, school=cast.school, person=cast.vice, until=TODAY, at_once=True
        )
    assert Message.objects.filter(recipient=cast.vice).latest("pk").title == "您在明德中学的任职已全部结束"
    assert list(verify(cast.school.chain_key)) == []


def test_the_portfolio_stays_while_another_seat_of_the_leadership_does(cast):
    services.assign_portfolio(
        actor=cast.secretary, school=cast.school, person=cast.vice, duties="分管总务", since=TODAY
    )
    party, admin = cast.vice.seats.get(body=cast.party), cast.vice.seats.get(body=cast.admin)
    services.end_seat(actor=cast.clerk, seat_id=party.pk, until=TODAY)
    assert Portfolio.objects.get(person=cast.vice).until is None
    services.end_seat(actor=cast.clerk, seat_id=admin.pk, until=TODAY)
    assert Portfolio.objects.get(person=cast.vice).until == TODAY
