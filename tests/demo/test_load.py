"""The district as loaded: 明德中学 and the small branch, the others being made of the same parts."""

from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from compliance.registry import RULES
from decisions.choices import (
    ItemState,
    Outcome,
    ReconsiderationState,
    RequestState,
    ResolutionState,
    StageState,
    TaskState,
)
from decisions.models import DecisionItem, Reconsideration, Resolution, Stage, Task, TaskExtension
from decisions.rules import agenda_checks, refusing
from demo import district
from documents.models import IssuedDocument
from governance.models import School, Seat
from governance.parameters import resolve
from governance.selectors import is_dual_role
from ledger.models import LedgerEntry
from ledger.services import verify
from meetings.choices import EntryState, MeetingMode, MeetingState, MinutesState
from meetings.models import AgendaEntry, Meeting, Minutes, Recusal
from meetings.rules import assess
from notifications.models import Delivery, Message

TODAY = date(2026, 11, 19)
NOW = datetime.fromisoformat("2026-11-19T15:42:00+08:00")  # a Thursday
PLAYED = tuple(story for story in district.STORIES if story.slug in ("", "chenguang"))


@pytest.mark.django_db
@pytest.mark.slow
def test_the_loaded_district(client, settings):
    """One load for all checks below: it is the load that takes time, and workers must not repeat it."""
    assert not district.exists()
    lines: list[str] = []
    district.load(NOW, lines.append, pdfs=1, stories=PLAYED)
    school = School.objects.get(name="明德中学")
    summary_counts_are_those_of_the_story(lines)
    every_state_is_shown(school)
    particular_events_happened(school)
    roof_is_kept_off_the_agenda(school)
    meeting_of_today_can_go_on(school)
    history_lies_in_story_time(school)
    every_ledger_holds()
    what_is_rare_is_kept_here_and_broken_there(school)
    small_branch_decides_in_its_assembly()
    nothing_leaves_by_mail_and_old_messages_are_read()
    one_document_is_rendered_and_the_others_wait()
    second_run_changes_nothing()
    accounts_can_sign_in(client, settings)


def summary_counts_are_those_of_the_story(lines):
    assert lines[:3] == [
        "明德中学：议题 44 件，会议 28 次，任务 27 项，存证 1024 条，链条完整。",
        "晨光幼儿园：议题 8 件，会议 5 次，任务 4 项，存证 199 条，链条完整。",
        "已生成 1 份 PDF，其余 86 份在首次打开时生成。",
    ]
    assert lines[3].startswith("合规检查：")


def every_state_is_shown(school):
    assert set(DecisionItem.objects.filter(school=school).values_list("state", flat=True)) == set(ItemState)
    stages = set(Stage.objects.filter(school=school).values_list("state", flat=True))
    assert stages == set(StageState)
    assert set(Task.objects.filter(school=school).values_list("state", flat=True)) == set(TaskState)
    entries = AgendaEntry.objects.filter(meeting__school=school)
    assert set(entries.values_list("state", flat=True)) == set(EntryState)
    outcomes = set(entries.values_list("outcome", flat=True)) | set(
        AgendaEntry.objects.values_list("outcome", flat=True)
    )
    assert outcomes - {""} == set(Outcome) - {Outcome.WITHDRAWN}
    assert set(Meeting.objects.values_list("state", flat=True)) == {
        MeetingState.PLANNED,
        MeetingState.NOTIFIED,
        MeetingState.IN_PROGRESS,
        MeetingState.CLOSED,
        MeetingState.SIGNED,
    }
    assert set(Minutes.objects.values_list("state", flat=True)) == set(MinutesState)
    assert set(TaskExtension.objects.values_list("state", flat=True)) == set(RequestState)
    assert set(Reconsideration.objects.values_list("state", flat=True)) == {
        ReconsiderationState.SECONDING,
        ReconsiderationState.CHANGED,
        ReconsiderationState.REFUSED,
    }
    assert set(Resolution.objects.values_list("state", flat=True)) == set(ResolutionState)


def particular_events_happened(school):
    meetings = Meeting.objects.filter(school=school)
    assert meetings.filter(mode=MeetingMode.RETROSPECTIVE).count() == 1
    assert meetings.exclude(chair_delegation="").count() == 1
    assert Minutes.objects.filter(meeting__school=school, version=2, state=MinutesState.ISSUED).count() == 1
    assert meetings.get(state=MeetingState.CLOSED).record.chair_signed_at is None
    assert Seat.objects.filter(school=school, until__isnull=False).count() == 3
    assert DecisionItem.objects.filter(school=school, round=2).count() == 2
    quorum = AgendaEntry.objects.get(stage__item__title="总务处副主任选任人选", outcome=Outcome.DEFERRED)
    assert (quorum.snapshot["due"], quorum.snapshot["present"], quorum.snapshot["quorum"]["required"]) == (
        7,
        4,
        5,
    )
    late = {
        (TODAY - task.due_on).days
        for task in Task.objects.filter(school=school, due_on__lt=TODAY)
        if task.is_open
    }
    assert late == {1, 4}


def roof_is_kept_off_the_agenda(school):
    item = DecisionItem.objects.get(title__startswith="教学楼屋面")
    entry = AgendaEntry.objects.get(stage__item=item, outcome=Outcome.DEFERRED)
    vote = entry.snapshot["votes"][0]
    assert (vote["for"], vote["against"], vote["abstain"], vote["passed"]) == (3, 1, 2, False)
    failing = refusing(agenda_checks(item, item.current_stage, resolve(school, TODAY)))
    assert {check.code for check in failing} == {"R17", "R22"}


def meeting_of_today_can_go_on(school):
    meeting = Meeting.objects.get(state=MeetingState.IN_PROGRESS)
    assert meeting.school == school
    assert meeting.started_at == NOW - timedelta(minutes=42)
    rows = meeting.entries.order_by("position")
    assert [entry.state for entry in rows] == [
        EntryState.CONCLUDED,
        EntryState.CONCLUDED,
        EntryState.DELIBERATING,
        EntryState.WAITING,
        EntryState.WAITING,
    ]
    assert rows[1].snapshot["votes"][0]["for"] == 6
    assert Recusal.objects.get(entry=rows[2]).seat.person.display_name == "赵明川"
    seen = assess(rows[2], moment=NOW)
    assert (seen.quorum.formula, seen.has_passed, seen.refusing) == ("6 ≥ 7×2/3，进位为 5", True, [])


def history_lies_in_story_time(school):
    sealed = LedgerEntry.objects.filter(chain_id=school.chain_key).order_by("sequence")
    moments = list(sealed.values_list("recorded_at", flat=True))
    rendered = sealed.filter(kind="document.rendered").count()
    told = moments[: len(moments) - rendered]
    assert told == sorted(told)
    assert timezone.localtime(told[0]).year == 2025
    assert told[-1] <= NOW
    assert not DecisionItem.history.filter(history_date__gt=NOW).exists()
    assert not Meeting.objects.filter(started_at__gt=NOW).exists()


def every_ledger_holds():
    for school in School.objects.all():
        assert list(verify(school.chain_key, with_rows=True)) == []


def what_is_rare_is_kept_here_and_broken_there(school):
    """公示, 复议 and 紧急处置: test_registers_story.py asks the other rules."""
    small = School.objects.get(name="晨光幼儿园")
    for code, place, is_broken in (
        ("R65", small, True),
        ("R65", school, False),
        ("R74", school, False),
        ("R75", school, False),
        ("R76", small, False),
    ):
        rule, places = RULES[code], School.objects.filter(pk=place.pk)
        subjects = rule.subjects(places, TODAY)
        assert rule.violations(subjects).exists() == is_broken, code
        assert is_broken or rule.asked(places, TODAY).count() > rule.outcomes(subjects).count(), code


def small_branch_decides_in_its_assembly():
    small = School.objects.get(name="晨光幼儿园")
    assert is_dual_role(small)
    held = Meeting.objects.filter(school=small, body__kind="assembly", state=MeetingState.SIGNED)
    assert [meeting.attendances.count() for meeting in held] == [5, 5]


def nothing_leaves_by_mail_and_old_messages_are_read():
    assert not Delivery.objects.exists()
    old = Message.objects.filter(created_at__lt=NOW - timedelta(days=14))
    assert old.exists()
    kept_from = old.unread().select_related("recipient")
    assert not any(  # who left the school reads nothing of it any more
        Message.objects.visible_to(message.recipient).filter(pk=message.pk).exists() for message in kept_from
    )
    assert Message.objects.unread().exists()


def one_document_is_rendered_and_the_others_wait():
    assert IssuedDocument.objects.exclude(rendered_at=None).count() == 1
    assert IssuedDocument.objects.outstanding().count() == 86


def accounts_can_sign_in(client, settings):
    labels = dict(User.objects.exclude(demo_label="").order_by("pk").values_list("demo_label", "username"))
    assert list(labels) == [
        "书记",
        "校长",
        "副校长（党总支委员）",
        "副校长（非党组织班子）",
        "纪检委员",
        "会议秘书",
        "任务责任人",
        "小支部书记（支部党员大会）",
        "区督查",
        "区领导",
        *("系统管理员", "安全管理员", "审计管理员"),
    ]
    for username in labels.values():
        assert client.login(username=username, password=settings.DEMO_PASSWORD)
    settings.APP_ENV = "demo"
    out = StringIO()
    call_command("demo_accounts", stdout=out)
    assert out.getvalue().splitlines()[1].split() == ["书记", "陈立德", "secretary", "Xiaoyi-2026"]
    assert len(out.getvalue().splitlines()) == 14


def second_run_changes_nothing():
    before = LedgerEntry.objects.count(), User.objects.count(), Message.objects.count()
    out = StringIO()
    call_command("load_demo", stdout=out)
    assert "已存在" in out.getvalue()
    assert (LedgerEntry.objects.count(), User.objects.count(), Message.objects.count()) == before
