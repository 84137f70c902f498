"""Planning pages: who plans, what may stand on the agenda and why not, notice, leave, and the list."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from meetings.choices import MeetingState
from meetings.models import AgendaEntry, Meeting, Observer
from meetings.services import planning, sitting
from notifications.models import Message
from tests.factories.decisions import make_item
from tests.meetings import scenes


@pytest.fixture
def clerk(cast, client):
    client.force_login(cast.clerk)
    return client


def detail(meeting: Meeting) -> str:
    return reverse("meetings:meeting_detail", args=[meeting.pk])


def act(meeting: Meeting, key: str) -> str:
    return reverse("meetings:meeting_act", args=[meeting.pk, key])


def form(cast, **fields) -> dict:
    at = timezone.localtime(timezone.now() + timedelta(days=4))
    return {
        "body": cast.party.pk,
        "scheduled_at": f"{at:%Y-%m-%dT%H:%M}",
        "place": "行政楼 301",
        "chair": cast.secretary.pk,
        "recorder": cast.clerk.pk,
        "mode": "live",
        **fields,
    }


def test_a_meeting_is_planned_with_its_number(cast, clerk):
    page = clerk.get(reverse("meetings:meeting_new"))
    assert [body.pk for body in page.context["bodies"]] == [cast.party.pk, cast.admin.pk]
    answer = clerk.post(reverse("meetings:meeting_new"), form(cast))
    meeting = Meeting.objects.get()
    assert answer["Location"] == detail(meeting)
    assert (meeting.number, meeting.chair, meeting.state) == (1, cast.secretary, "planned")
    assert "党总支会议第1次" in clerk.get(detail(meeting)).content.decode()


@pytest.mark.parametrize(
    "fields, words",
    [
        ({"scheduled_at": "明天"}, "请填日期和时间，例如 2026-11-20 15:00。"),
        ({"place": ""}, "请填写地点。"),
        ({"form": "joint"}, "联席会议不能代替党总支会议，请单独召开党总支会议"),
        ({"mode": "retrospective"}, "请填写补录说明"),
        ({"mode": "retrospective", "retrospective_reason": "停电"}, "补录的会议应已召开，时间不能晚于现在。"),
    ],
)
def test_wrong_plans_are_told_and_keep_what_was_typed(cast, clerk, fields, words):
    page = clerk.post(reverse("meetings:meeting_new"), form(cast, **fields))
    text = page.content.decode()
    assert page.status_code == 422 and words in text and not Meeting.objects.exists()
    assert fields.get("place") == "" or 'value="行政楼 301"' in text


def test_another_chair_needs_a_delegation(cast, clerk):
    page = clerk.post(reverse("meetings:meeting_new"), form(cast, chair=cast.deputy.pk))
    assert page.status_code == 422 and "由许静主持的，请填写委托说明" in page.content.decode()
    clerk.post(
        reverse("meetings:meeting_new"), form(cast, chair=cast.deputy.pk, chair_delegation="书记外出学习")
    )
    assert Meeting.objects.get().chair == cast.deputy


def test_who_may_plan(cast, client):
    for person, status in (
        (cast.secretary, 200),
        (cast.principal, 200),
        (cast.discipline, 403),
        (cast.inspector, 403),
    ):
        client.force_login(person)
        assert client.get(reverse("meetings:meeting_new")).status_code == status
    client.force_login(cast.principal)
    page = client.get(reverse("meetings:meeting_new"), {"body": cast.party.pk})
    assert {body.pk for body in page.context["bodies"]} == {cast.party.pk, cast.admin.pk}


def test_a_stale_edit_keeps_the_other_change(cast, clerk):
    meeting = scenes.planned(cast)
    address = reverse("meetings:meeting_edit", args=[meeting.pk])
    assert clerk.post(address, form(cast, place="会议室 A", version=1)).status_code == 302
    stale = clerk.post(address, form(cast, place="会议室 B", version=1))
    assert stale.status_code == 409 and "会议安排刚被他人更新" in stale.content.decode()
    assert Meeting.objects.get().place == "会议室 A"


def test_candidates_say_what_each_still_needs(cast, clerk):
    meeting = scenes.planned(cast)
    good = scenes.ready(cast, "A02", title="可以上会的议题")
    bare = make_item(cast, "A05", title="缺材料的议题")
    make_item(cast, "A06", point="submitted", title="未确定的议题")
    make_item(cast, "A08", point="draft", title="草稿不出现")
    make_item(cast, "E04", title="校办议题不出现")
    page = clerk.get(detail(meeting))
    found = page.context["candidates"]
    assert [c.item.title for c in found] == ["可以上会的议题", "缺材料的议题", "未确定的议题"]
    assert [len(c.blockers) > 0 for c in found] == [False, True, True]
    text = page.content.decode()
    assert "待确定" in text and "规则 R17" in text and "规则 R11" in text and "草稿不出现" not in text
    refused = clerk.post(act(meeting, "add-entry"), {"stage": bare.current_stage_id})
    assert refused.status_code == 422
    assert "规则 R16" in refused.content.decode() and "规则 R17" in refused.content.decode()
    assert clerk.post(act(meeting, "add-entry"), {"stage": good.current_stage_id}).status_code == 302
    assert AgendaEntry.objects.get().title == "可以上会的议题"


def test_agenda_is_ordered_by_buttons_and_by_dragging(cast, clerk):
    meeting = scenes.planned(cast)
    entries = [scenes.with_entry(cast, meeting, code).pk for code in ("A02", "A05", "A06")]
    clerk.post(act(meeting, "move-entry"), {"entry": entries[2], "way": "up"})
    order = list(AgendaEntry.objects.order_by("position").values_list("pk", flat=True))
    assert order == [entries[0], entries[2], entries[1]]
    clerk.post(act(meeting, "move-entry"), {"entry": entries[0], "way": "up"})
    clerk.post(act(meeting, "reorder"), {"order": ",".join(map(str, reversed(entries)))})
    assert list(AgendaEntry.objects.order_by("position").values_list("pk", flat=True)) == entries[::-1]
    assert clerk.post(act(meeting, "reorder"), {"order": str(entries[0])}).status_code == 409
    assert clerk.post(act(meeting, "reorder"), {"order": "乱"}).status_code == 422
    clerk.post(act(meeting, "first-topic"), {"title": "学习有关规定"})
    assert [e.number for e in clerk.get(detail(meeting)).context["entries"]] == ["学", "1", "2", "3"]
    assert clerk.post(act(meeting, "remove-entry"), {"entry": entries[0], "reason": ""}).status_code == 422
    clerk.post(act(meeting, "remove-entry"), {"entry": entries[0], "reason": "材料不齐"})
    assert AgendaEntry.objects.filter(stage__isnull=False).count() == 2


def test_observers_are_invited_and_withdrawn(cast, clerk):
    meeting = scenes.planned(cast)
    entry = scenes.with_entry(cast, meeting)
    assert clerk.post(act(meeting, "add-observer"), {"entry": entry.pk}).status_code == 422
    clerk.post(act(meeting, "add-observer"), {"entry": entry.pk, "name": "周律师", "identity": "法律顾问"})
    clerk.post(act(meeting, "add-observer"), {"person": cast.finance.pk})
    assert set(Observer.objects.values_list("name", "entry")) == {("周律师", entry.pk), ("韩立秋", None)}
    clerk.post(act(meeting, "remove-observer"), {"observer": Observer.objects.get(name="周律师").pk})
    assert Observer.objects.get().person == cast.finance
    assert clerk.post(act(meeting, "remove-observer"), {"observer": "x"}).status_code == 422


def test_notice_reaches_members_and_later_additions_are_ad_hoc(cast, clerk, client):
    meeting = scenes.planned(cast)
    assert clerk.post(act(meeting, "notice")).status_code == 409
    scenes.with_entry(cast, meeting)
    clerk.post(act(meeting, "notice"))
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.NOTIFIED
    assert Message.objects.filter(kind="meeting.notice", recipient=cast.vice).count() == 1
    late = scenes.ready(cast, "A05")
    page = clerk.get(detail(meeting)).content.decode()
    assert "通知已发，按临时动议办理" in page
    assert clerk.post(act(meeting, "add-entry"), {"stage": late.current_stage_id}).status_code == 422
    clerk.post(act(meeting, "add-entry"), {"stage": late.current_stage_id, "ad_hoc_reason": "上级当日通知"})
    assert AgendaEntry.objects.get(stage=late.current_stage_id).is_ad_hoc


def test_a_member_asks_leave_for_oneself_only(cast, client):
    meeting = scenes.planned(cast)
    client.force_login(cast.vice)
    own, other = (meeting.attendances.get(seat__person=p) for p in (cast.vice, cast.deputy))
    sent = {"attendance": other.pk, "version": 1, "reason": "出差"}
    assert client.post(act(meeting, "leave"), sent).status_code == 403
    assert client.post(act(meeting, "leave"), {**sent, "attendance": own.pk, "reason": ""}).status_code == 422
    assert client.post(act(meeting, "leave"), {**sent, "attendance": own.pk}).status_code == 302
    own.refresh_from_db()
    assert (own.status, own.reason) == ("leave", "出差")


def test_members_read_and_do_not_plan(cast, client):
    meeting = scenes.planned(cast)
    scenes.with_entry(cast, meeting)
    client.force_login(cast.vice)
    page = client.get(detail(meeting)).content.decode()
    assert "列入议程" not in page and "发会议通知" not in page and "我不能到会" in page
    assert client.post(act(meeting, "notice")).status_code == 403
    client.force_login(cast.outsider)
    assert client.get(detail(meeting)).status_code == 404
    assert client.post(act(meeting, "notice")).status_code == 404


def test_cancelling_needs_a_reason_and_frees_the_items(cast, clerk):
    meeting = scenes.planned(cast)
    entry = scenes.with_entry(cast, meeting)
    assert clerk.post(act(meeting, "cancel"), {"reason": ""}).status_code == 422
    clerk.post(act(meeting, "cancel"), {"reason": "书记出差"})
    meeting.refresh_from_db()
    entry.stage.refresh_from_db()
    assert (meeting.state, entry.stage.state) == ("cancelled", "confirmed")


def test_start_recess_resume_close(cast, clerk):
    meeting = scenes.planned(cast)
    desk = reverse("meetings:desk", args=[meeting.pk])
    assert clerk.get(desk)["Location"] == detail(meeting)
    assert clerk.post(act(meeting, "start"))["Location"] == desk
    for key, state in (("recess", "recess"), ("resume", "in_progress"), ("close", "closed")):
        clerk.post(act(meeting, key))
        meeting.refresh_from_db()
        assert meeting.state == state
    assert clerk.post(act(meeting, "close")).status_code == 409
    assert clerk.post(act(meeting, "dance")).status_code == 404


def test_retrospective_page_offers_everything_and_close_takes_a_time(cast, clerk):
    begun = timezone.now() - timedelta(days=2)
    meeting = scenes.planned(
        cast, scheduled_at=begun, mode="retrospective", retrospective_reason="停电", form="topic"
    )
    bare = make_item(cast, "A05")
    page = clerk.get(detail(meeting))
    assert "专题会议" in page.content.decode()
    assert page.context["candidates"][0].blockers == []
    clerk.post(act(meeting, "add-entry"), {"stage": bare.current_stage_id})
    clerk.post(act(meeting, "start"))
    assert "补录" in clerk.get(reverse("meetings:desk", args=[meeting.pk])).content.decode()
    assert clerk.post(act(meeting, "close"), {"ended_at": "很晚"}).status_code == 422
    ended = timezone.localtime(begun + timedelta(hours=1))
    clerk.post(act(meeting, "close"), {"ended_at": f"{ended:%Y-%m-%dT%H:%M}"})
    meeting.refresh_from_db()
    assert f"{timezone.localtime(meeting.ended_at):%H:%M}" == f"{ended:%H:%M}"


def test_the_list_groups_by_what_a_meeting_waits_for(cast, clerk):
    upcoming, under_way, closed = (scenes.planned(cast) for _ in range(3))
    admin = scenes.planned(cast, "admin")
    for meeting in (under_way, closed):
        sitting.start_meeting(meeting.pk, actor=cast.clerk)
    sitting.close_meeting(closed.pk, actor=cast.clerk)
    cancelled = scenes.planned(cast)
    planning.cancel_meeting(cancelled.pk, actor=cast.clerk, reason="改期")
    page = clerk.get(reverse("meetings:meeting_list"))
    groups = {group["name"]: [m.pk for m in group["meetings"]] for group in page.context["groups"]}
    assert groups == {
        "进行中": [under_way.pk],
        "待签字或签发": [closed.pk],
        "待召开": [upcoming.pk, admin.pk],
        "已办结": [cancelled.pk],
    }
    party = clerk.get(reverse("meetings:meeting_list"), {"body": cast.admin.pk})
    assert party.context["count"] == 1
    assert clerk.get(reverse("meetings:meeting_list"), {"body": "x"}).context["count"] == 5


def test_people_without_meetings_see_an_empty_list(cast, client):
    scenes.planned(cast)
    for person in (cast.teacher, cast.outsider, cast.inspector, cast.ended):
        client.force_login(person)
        assert client.get(reverse("meetings:meeting_list")).context.get("count", 0) == 0
