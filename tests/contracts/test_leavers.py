"""Whoever leaves loses every right at once, in sessions that are open: the answers of all URLs become an outsider's."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from common.errors import NotPermitted
from decisions.services import grants
from governance import services as governance
from governance.access import offices_of
from governance.choices import SeatRole
from governance.selectors import voting_seats
from governance.services.membership import leave_authority
from ledger.services import verify
from meetings.models import Attendance
from meetings.services import planning, sitting
from notifications.models import Delivery, Message
from notifications.selectors import unread_count
from notifications.services import send
from tests.contracts.asking import _files_of_the_world as _files_of_the_world
from tests.contracts.asking import ask
from tests.contracts.asking import sessions as sessions
from tests.contracts.asking import world as world
from tests.contracts.test_urls import ANSWERS, ASKED, VISITORS, letter
from tests.contracts.world import TITLES

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def titles(text: bytes) -> list[str]:
    return [title for title in TITLES.values() if title in text.decode(errors="replace")]


LEAVERS = ("vice", "finance", "clerk", "secretary")
HELD = "or!-"  # the person gets as far as the rules


def decided(name: str, who: str) -> str:
    """The letter test_urls has decided for one visitor."""
    return ANSWERS[name].replace(" ", "")[VISITORS.index(who)]


def doors() -> dict[str, list[str]]:
    """Every URL that is open to one of the leavers and closed to an outsider, asked of the first who had it."""
    found: dict[str, list[str]] = {who: [] for who in LEAVERS}
    for name in ASKED:
        had = next((who for who in LEAVERS if decided(name, who) in HELD), None)
        if had and decided(name, had) != decided(name, "outsider"):
            found[had].append(name)
    return found


def test_open_sessions_meet_closed_doors(world, sessions):
    """提出人, an invited task owner outside the leadership, 会议秘书 and 书记 leave; no page, form, autosave, polling,
    PDF, file, message or export they had open answers them any more."""
    urls = {
        name: reverse(ASKED[name][1], args=ASKED[name][2](world))
        for names in doors().values()
        for name in names
    }
    assert len(urls) > 120
    assert [unread_count(getattr(world.cast, who)) > 0 for who in LEAVERS] == [True, True, False, True]
    for who in LEAVERS:
        person = getattr(world.cast, who)
        governance.leave_school(
            actor=None, school=world.cast.school, person=person, until=TODAY(), at_once=True
        )
    wrong = {}
    for who, names in doors().items():
        for name in names:
            answer = ask(sessions[who], ASKED[name][0], urls[name])
            if letter(answer) != decided(name, "outsider") or titles(answer.data):
                wrong[f"{who} {name}"] = (letter(answer), titles(answer.data))
        listed = reverse("decisions:item_list") + "?state=all"
        assert titles(ask(sessions[who], "get", f"{listed}&q={TITLES['decided0'][1:3]}").data) == []
        export = ask(sessions[who], "get", f"{listed}&format=xlsx")
        assert (export["Content-Type"], titles(export.data)) == ("text/html; charset=utf-8", [])
        inbox = Message.objects.visible_to(getattr(world.cast, who))
        assert set(inbox.values_list("kind", flat=True)) <= {"session.news", "seat.news"}
    assert wrong == {}
    assert list(verify(world.cast.school.chain_key)) == []


def test_a_grant_of_the_district_ends_with_the_office_in_the_authority(world, sessions):
    cast, item = world.cast, world.items["decided2"]
    grants.grant_reading(
        item.pk, actor=cast.secretary, person=cast.inspector, until=TODAY() + timedelta(days=9), reason="核实"
    )
    address = reverse("decisions:item_detail", args=[item.pk])
    file = reverse("decisions:attachment_download", args=[item.attachments.order_by("pk").first().pk])
    assert [letter(ask(sessions["inspector"], "get", url)) for url in (address, file)] == ["o", "o"]
    member = cast.inspector.authority_memberships.get()
    leave_authority(actor=cast.security_admin, member_id=member.pk)
    assert [letter(ask(sessions["inspector"], "get", url)) for url in (address, file)] == [".", "."]


def test_an_office_of_one_day_in_the_authority_ends_at_once(world):
    cast = world.cast
    member = governance.join_authority(
        actor=None, authority=cast.authority, person=cast.outsider, role="clerk", since=TODAY()
    )
    assert cast.school in type(cast.school).objects.visible_to(cast.outsider)
    leave_authority(actor=cast.security_admin, member_id=member.pk)
    assert cast.school not in type(cast.school).objects.visible_to(cast.outsider)


def test_a_message_on_its_way_out_is_not_sent_to_who_has_left(world):
    leaver = world.cast.vice
    late = Delivery.objects.filter(message__recipient=leaver, message__school=world.cast.school).first()
    governance.leave_school(actor=None, school=world.cast.school, person=leaver, until=TODAY(), at_once=True)
    assert send(late.pk) == "skipped"
    own = governance.appoint(
        actor=world.cast.secretary,
        body=world.cast.congress,
        person=leaver,
        role=SeatRole.DELEGATE,
        since=TODAY() + timedelta(days=1),
    )
    news = Message.objects.get(recipient=leaver, kind="seat.news")
    assert news.title == f"您已登记为{own.body}教代会代表"
    assert news in Message.objects.visible_to(leaver)


def test_who_leaves_during_a_meeting_still_counts_there_and_does_nothing_more(world, sessions):
    """The base of a meeting is fixed when it begins (R33); the recorder notes when the person left."""
    cast, meeting = world.cast, world.meetings["sitting"]
    desk = reverse("meetings:desk", args=[meeting.pk])
    polling = reverse("meetings:desk_changes", args=[meeting.pk])
    row = Attendance.objects.get(meeting=meeting, seat__person=cast.principal)
    due = meeting.attendances.count()
    assert [letter(ask(sessions["principal"], "get", url)) for url in (desk, polling)] == ["o", "o"]
    governance.end_seat(actor=cast.secretary, seat_id=row.seat_id, until=TODAY(), at_once=True)
    assert [letter(ask(sessions["principal"], "get", url)) for url in (desk, polling)] == [".", "."]
    assert meeting.attendances.count() == due
    row = sitting.set_presence(row.pk, actor=cast.clerk, is_leaving=True, version=row.version)
    assert (row.status, row.left_at is not None) == ("present", True)
    later = planning.plan_meeting(
        actor=cast.clerk,
        body=cast.admin,
        scheduled_at=timezone.now() + timedelta(days=1),
        place="行政楼 301",
        chair=cast.vice,
        chair_delegation="校长空缺",
        recorder=cast.clerk,
    )
    assert not later.attendances.filter(seat=row.seat).exists()


def test_the_last_day_is_whole_unless_ended_at_once(world):
    cast = world.cast
    seat = cast.vice.seats.get(body=cast.party)
    governance.end_seat(actor=cast.secretary, seat_id=seat.pk, until=TODAY())
    assert offices_of(cast.vice, cast.school).sits_in(cast.party)
    assert not offices_of(cast.vice, cast.school, TODAY() + timedelta(days=1)).sits_in(cast.party)
    governance.end_seat(actor=cast.secretary, seat_id=seat.pk, until=TODAY(), at_once=True)
    assert not offices_of(cast.vice, cast.school).sits_in(cast.party)
    assert seat in voting_seats(cast.party, TODAY() - timedelta(days=1))


def test_who_begins_tomorrow_has_no_right_today(client, world):
    cast = world.cast
    client.force_login(cast.outsider)
    home = reverse("decisions:item_list")
    new = reverse("decisions:item_new")
    starts = TODAY() + timedelta(days=1)
    coming = governance.appoint(
        actor=cast.secretary, body=cast.party, person=cast.outsider, role=SeatRole.MEMBER, since=starts
    )
    assert (client.get(home).status_code, client.get(new).status_code) == (200, 403)
    assert not offices_of(cast.outsider, cast.school).belongs
    assert offices_of(cast.outsider, cast.school, starts).seats == (coming,)
    with pytest.raises(NotPermitted):
        governance.end_seat(actor=cast.principal, seat_id=coming.pk, until=starts)
    begun = governance.appoint(
        actor=cast.secretary, body=cast.admin, person=cast.outsider, role=SeatRole.ADMIN_MEMBER, since=TODAY()
    )
    assert (begun.is_active(), client.get(new).status_code) == (True, 200)
