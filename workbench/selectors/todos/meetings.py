"""Meetings that wait: to be planned, told, held; records and minutes to be signed and issued."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.urls import reverse

from common import components as c
from common.templatetags.ui import cn_date, cn_time
from decisions.choices import StageState
from decisions.models import Stage
from governance.access import Offices
from governance.choices import GrantKind
from governance.models import ObjectGrant
from governance.parameters import Parameters
from meetings.choices import BEFORE_STATES, SITTING_STATES, EntryState, MeetingState, MinutesState
from meetings.models import AgendaEntry, Meeting, Minutes
from workbench.selectors.todos.kit import SOON, Todo, chaired, clerked, day_of, workdays_after


def _mine_to_run(user: Any, offices: Offices) -> Q:
    """Meetings the person records, by an exception too, chairs, or serves as clerk of the body."""
    delegated = Q(pk__in=ObjectGrant.objects.keys(user, GrantKind.RECORD)) & ~Q(state=MeetingState.PLANNED)
    return Q(recorder=user) | Q(chair=user) | Q(body__in=clerked(offices)) | delegated


def meetings(user: Any, offices: Offices, today: date) -> Iterator[Todo]:
    """Meetings going on, meetings of today to begin, and meetings whose notice is not sent."""
    found = (
        Meeting.objects.visible_to(user)
        .filter(_mine_to_run(user, offices), school=offices.school)
        .filter(
            Q(state__in=SITTING_STATES) | Q(state__in=BEFORE_STATES, scheduled_at__date__lte=today + SOON)
        )
        .select_related("body")
        .order_by("scheduled_at")
    )
    for meeting in found:
        day = day_of(meeting.scheduled_at)
        detail = reverse("meetings:meeting_detail", args=[meeting.pk])
        if meeting.state in SITTING_STATES:
            yield Todo(
                "writing",
                f"继续记录{meeting.label}",
                f"{meeting.place}，{cn_time(meeting.started_at)} 开始",
                reverse("meetings:desk", args=[meeting.pk]),
                "继续记录",
                today,
                None,
            )
        elif day <= today:
            yield Todo(
                "player-play",
                f"召开{meeting.label}",
                f"{cn_date(meeting.scheduled_at)} {cn_time(meeting.scheduled_at)}，{meeting.place}",
                detail,
                "开始",
                day,
            )
        elif meeting.state == MeetingState.PLANNED:
            yield Todo(
                "send",
                f"发出{meeting.label}通知",
                f"{cn_date(meeting.scheduled_at)} {cn_time(meeting.scheduled_at)} 开会，材料随通知送达",
                detail,
                "发通知",
                max(day - timedelta(days=2), today),
            )


def minutes(user: Any, offices: Offices, parameters: Parameters) -> Iterator[Todo]:
    """Records to sign, minutes to draft, submit and issue within the days set (R61–R63)."""
    days = parameters["minutes.days"]
    latest = Minutes.objects.filter(meeting=OuterRef("pk")).order_by("-version")
    found = (
        Meeting.objects.visible_to(user)
        .filter(school=offices.school, state__in=[MeetingState.CLOSED, MeetingState.SIGNED])
        .annotate(
            minutes_state=Subquery(latest.values("state")[:1]),
            minutes_drafter=Subquery(latest.values("drafted_by")[:1]),
            has_result=Exists(AgendaEntry.objects.filter(meeting=OuterRef("pk"), state=EntryState.CONCLUDED)),
            chair_signed_at=F("record__chair_signed_at"),
            recorder_signed_at=F("record__recorder_signed_at"),
        )
        .exclude(Q(minutes_state=MinutesState.ISSUED) & Q(state=MeetingState.SIGNED))
        .select_related("body")
        .order_by("ended_at")
    )
    for meeting in found:
        ended = day_of(meeting.ended_at)
        due = workdays_after(ended, days)
        note = f"{cn_date(ended)} 散会，应在 {days} 个工作日内签发纪要"
        is_recorder = user.pk == meeting.recorder_id or meeting.body_id in clerked(offices)
        unsigned = meeting.state == MeetingState.CLOSED and (
            (user.pk == meeting.chair_id and meeting.chair_signed_at is None)
            or (user.pk == meeting.recorder_id and meeting.recorder_signed_at is None)
        )
        if unsigned:
            url = reverse("meetings:record", args=[meeting.pk])
            yield Todo("signature", f"签字确认{meeting.label}记录", note, url, "签字", due)
        url = reverse("meetings:minutes", args=[meeting.pk])
        may_issue = meeting.body_id in chaired(offices) or user.pk == meeting.chair_id
        if meeting.minutes_state == MinutesState.REVIEW and may_issue:
            yield Todo("signature", f"签发{meeting.label}纪要", note, url, "签发", due)
        elif meeting.minutes_state == MinutesState.DRAFT and user.pk in (
            meeting.minutes_drafter,
            meeting.recorder_id,
        ):
            yield Todo("file-text", f"送签{meeting.label}纪要", note, url, "送签", due)
        elif meeting.minutes_state is None and meeting.has_result and is_recorder:
            yield Todo("file-text", f"起草{meeting.label}纪要", note, url, "起草", due)


def agenda_to_plan(user: Any, offices: Offices) -> Iterator[Todo]:
    """Confirmed stages no meeting holds, for whoever plans meetings of the body."""
    bodies = set(clerked(offices))
    if not bodies:
        return
    found = (
        Stage.objects.visible_to(user)
        .filter(body__in=bodies, state=StageState.CONFIRMED)
        .order_by("body")
        .values("body", "body__name")
        .annotate(n=Count("pk"))
    )
    for row in found:
        yield Todo(
            "calendar-plus",
            f"安排{row['body__name']}",
            f"有 {row['n']} 项已确定的议题等待列会",
            f"{reverse('meetings:meeting_new')}?body={row['body']}",
            "安排会议",
            pill=c.Pill(f"{row['n']} 项待列会", "calendar-event", c.RUN),
        )
