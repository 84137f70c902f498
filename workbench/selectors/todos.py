"""等我办理: what waits for one person in one school, and until when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from common import components as c
from common.templatetags.ui import cn_date, cn_time, due_pill
from compliance.choices import FindingState
from compliance.models import Finding
from compliance.selectors import title_of
from decisions.choices import (
    Disagreement,
    ItemState,
    Purpose,
    ReconsiderationState,
    RequestState,
    StageState,
    TaskState,
)
from decisions.models import (
    Consultation,
    DecisionItem,
    Prerequisite,
    Reconsideration,
    ReconsiderationSecond,
    Stage,
    Task,
    TaskExtension,
)
from decisions.rules import prerequisite_checks
from governance.access import Offices
from governance.arithmetic import MORE_THAN_HALF
from governance.models import Seat
from governance.parameters import Parameters
from handover.access import watches
from handover.models import Handover
from handover.selectors import unattended
from meetings.choices import BEFORE_STATES, SITTING_STATES, EntryState, MeetingState, MinutesState
from meetings.models import AgendaEntry, Meeting, Minutes

STUCK = c.Pill("卡住议题", "alert-octagon", c.BAD)
SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do: the verb first, why, until when, and where."""

    icon: str
    title: str
    note: str
    url: str
    verb: str
    due: date | None = None
    pill: c.Pill | None = None

    @property
    def label(self) -> c.Pill | None:
        """What is shown at the right: the deadline where there is one, else the state."""
        return due_pill(self.due) if self.due else self.pill


TODAY, WEEK, NEXT_WEEK, LATER = "今天到期", "本周", "下周", "其他"


@dataclass(frozen=True)
class TodoList:
    """Todos by urgency: due today or before, by Sunday (at a weekend by the next), and all others."""

    today: list[Todo]
    week: list[Todo]
    later: list[Todo]
    week_word: str

    @property
    def groups(self) -> list[tuple[str, list[Todo]]]:
        """The groups that hold something, with their captions."""
        named = ((TODAY, self.today), (self.week_word, self.week), (LATER, self.later))
        return [(caption, found) for caption, found in named if found]

    @property
    def count(self) -> int:
        return len(self.today) + len(self.week) + len(self.later)


def workdays_after(day: date, number: int) -> date:
    """The day `number` working days (Monday to Friday) after a day."""
    while number > 0:
        day += timedelta(days=1)
        number -= day.weekday() < 5
    return day


def todo_list(user: Any, offices: Offices, parameters: Parameters, today: date) -> TodoList:
    """Everything that waits for the person in this school, by urgency; a fixed number of queries."""
    sources = (
        _minutes(user, offices, parameters),
        _meetings(user, offices, today),
        _confirmations(user, offices, parameters),
        _consultations(user, offices),
        _evidence(user, offices),
        _own_items(user, offices),
        _tasks_owned(user, offices, today),
        _tasks_to_judge(user, offices),
        _reconsiderations(user, offices),
        _completions(user, offices),
        _agenda_to_plan(user, offices),
        _rectifications(user, offices),
        _handed_over(user, offices),
        _unattended(offices),
    )
    todos = [todo for source in sources for todo in source]
    is_weekend = today.weekday() >= 5
    sunday = today + timedelta(days=(13 if is_weekend else 6) - today.weekday())
    buckets: dict[str, list[Todo]] = {TODAY: [], WEEK: [], LATER: []}
    for todo in sorted(todos, key=lambda t: (t.due is None, t.due or today)):
        buckets[_bucket(todo, today, sunday)].append(todo)
    return TodoList(buckets[TODAY], buckets[WEEK], buckets[LATER], NEXT_WEEK if is_weekend else WEEK)


def _bucket(todo: Todo, today: date, sunday: date) -> str:
    if todo.due is not None and todo.due <= today:
        return TODAY
    if todo.pill is STUCK or (todo.due is not None and todo.due <= sunday):
        return WEEK
    return LATER


def _day_of(moment: datetime) -> date:
    return timezone.localtime(moment).date()


def _items(user: Any, offices: Offices) -> QuerySet[DecisionItem]:
    return DecisionItem.objects.visible_to(user).filter(school=offices.school)


def _chaired(offices: Offices) -> list[int]:
    return [seat.body_id for seat in offices.seats if offices.chairs(seat.body)]


def _clerked(offices: Offices) -> list[int]:
    return [seat.body_id for seat in offices.seats if offices.clerks(seat.body)]


# --- 议题 -------------------------------------------------------------------------------------------------


def _confirmations(user: Any, offices: Offices, parameters: Parameters) -> Iterator[Todo]:
    """Items whose present stage waits for my confirmation (R11); deployment has a deadline (R14)."""
    bodies = _chaired(offices)
    if not bodies:
        return
    decided = Stage.objects.filter(item=OuterRef("pk"), round=OuterRef("round"), purpose=Purpose.DECIDE)
    found: QuerySet[Any] = (
        _items(user, offices)
        .filter(
            state__in=[ItemState.PENDING, ItemState.DEFERRED],
            current_stage__state=StageState.OPEN,
            current_stage__body__in=bodies,
        )
        .annotate(decided_at=Subquery(decided.values("concluded_at")[:1]))
        .select_related("current_stage__body", "proposer")
        .order_by("submitted_at", "pk")
    )
    for item in found:
        stage, due = item.current_stage, None
        if stage.purpose == Purpose.DEPLOY and item.decided_at:
            due = _day_of(item.decided_at) + timedelta(days=parameters["loop.deploy_days"])
        yield Todo(
            "checkbox",
            f"确定议题：{item.title}",
            f"{item.proposer}提出，拟上{stage.body}{stage.get_purpose_display()}"
            + ("；党组织会议已决定，应尽快部署" if due else ""),
            reverse("decisions:item_detail", args=[item.pk]),
            "确定",
            due,
            c.pill_for("缓议" if item.state == ItemState.DEFERRED else "待确定"),
        )


def without_consultation(items: QuerySet[DecisionItem]) -> QuerySet[Any]:
    """Items before their deciding meeting whose present proposal lacks an agreed consultation (R17, R18)."""
    talks = Consultation.objects.filter(item=OuterRef("pk"), proposal_version=OuterRef("proposal_version"))
    return (
        items.filter(
            state__in=[ItemState.PENDING, ItemState.DEFERRED],
            current_stage__purpose=Purpose.DECIDE,
        )
        .annotate(
            last_talk=Subquery(talks.order_by("-held_at", "-id").values("disagreement")[:1]),
            earlier_talks=Exists(Consultation.objects.filter(item=OuterRef("pk"))),
        )
        .filter(Q(last_talk__isnull=True) | Q(last_talk=Disagreement.MAJOR))
    )


def _consultations(user: Any, offices: Offices) -> Iterator[Todo]:
    """Consultations 书记 and 校长 still owe an item (R17, R18)."""
    serves_party = any(offices.clerks(s.body) and s.body.is_party for s in offices.seats)
    if not (offices.is_secretary or offices.is_principal or serves_party):
        return
    whom = "书记、校长沟通"
    if offices.is_secretary != offices.is_principal:
        whom = "与校长沟通" if offices.is_secretary else "与书记沟通"
    for item in without_consultation(_items(user, offices)).order_by("submitted_at", "pk"):
        if item.last_talk == Disagreement.MAJOR:
            note = "上次沟通有重大分歧，取得一致后才能上会"
        elif item.earlier_talks and item.proposal_revised_at:
            note = f"方案 {cn_date(item.proposal_revised_at)} 已修改，须重新沟通后才能上会"
        else:
            note = "没有会前沟通记录，不能上党组织会议"
        yield Todo(
            "messages",
            f"{whom}：{item.title}",
            note,
            reverse("decisions:consultation_add", args=[item.pk]),
            "记录沟通",
            pill=STUCK,
        )


def before_decision(items: QuerySet[DecisionItem]) -> QuerySet[DecisionItem]:
    """Items before the meeting that decides them, loaded for prerequisite_checks."""
    valid = Prerequisite.objects.filter(is_void=False)
    return (
        items.filter(
            Q(current_stage__purpose=Purpose.DECIDE) | Q(current_stage__purpose=Purpose.DEPLOY, route="A"),
            state__in=[ItemState.PENDING, ItemState.DEFERRED],
        )
        .select_related("catalogue_entry", "current_stage")
        .prefetch_related(Prefetch("prerequisites", queryset=valid))
    )


def _evidence(user: Any, offices: Offices) -> Iterator[Todo]:
    """Evidence still missing on items I drafted, proposed or present (R16–R23)."""
    mine = Q(created_by=user) | Q(proposer=user) | Q(presenter=user)
    for item in before_decision(_items(user, offices).filter(mine)).order_by("submitted_at", "pk"):
        missing = [check for check in prerequisite_checks(item) if check.is_failing]
        if missing:
            yield Todo(
                "file-plus",
                f"补齐前置程序：{item.title}",
                f"还缺 {'、'.join(check.title for check in missing)}",
                missing[0].fix_url,
                missing[0].fix_label,
                pill=STUCK,
            )


def _own_items(user: Any, offices: Offices) -> Iterator[Todo]:
    """My drafts and the items returned to me."""
    found = _items(user, offices).filter(
        Q(created_by=user) | Q(proposer=user), state__in=[ItemState.DRAFT, ItemState.RETURNED]
    )
    for item in found.order_by("-updated_at"):
        is_draft = item.state == ItemState.DRAFT
        yield Todo(
            "pencil" if is_draft else "arrow-back-up",
            f"{'继续申报' if is_draft else '完善后重新申报'}：{item.title or '未命名议题'}",
            f"{cn_date(item.updated_at)} {'保存的草稿' if is_draft else '退回完善'}",
            reverse("decisions:item_edit", args=[item.pk]),
            "继续" if is_draft else "完善",
            pill=c.pill_for(item.get_state_display()),
        )


def _completions(user: Any, offices: Offices) -> Iterator[Todo]:
    """Items whose tasks are all accepted: 校长 reports completion (R70)."""
    if not offices.is_principal:
        return
    waiting = Task.objects.filter(item=OuterRef("pk"))
    found = _items(user, offices).filter(
        Exists(waiting), ~Exists(waiting.open()), state=ItemState.IMPLEMENTING
    )
    for item in found.order_by("updated_at"):
        yield Todo(
            "flag",
            f"办结：{item.title}",
            "落实任务已全部验收，填写办结说明",
            reverse("decisions:item_detail", args=[item.pk]),
            "办结",
            pill=c.Pill("任务已齐", "circle-check", c.OK),
        )


def _reconsiderations(user: Any, offices: Offices) -> Iterator[Todo]:
    """复议: mine to second, or to accept once more than half have seconded (R75)."""
    voting = [seat for seat in offices.seats if seat.is_voting]
    if not voting:
        return
    seconded = ReconsiderationSecond.objects.filter(reconsideration=OuterRef("pk"))
    due = (
        Seat.objects.active()
        .voting()
        .filter(body=OuterRef("resolution__stage__body"))
        .order_by()
        .values("body")
        .annotate(n=Count("pk"))
        .values("n")
    )
    found = (
        Reconsideration.objects.visible_to(user)
        .filter(
            school=offices.school,
            state=ReconsiderationState.SECONDING,
            resolution__stage__body__in=[seat.body_id for seat in voting],
        )
        .annotate(
            is_seconded=Exists(seconded.filter(seat__person=user)),
            seconds_n=Count("seconds", filter=Q(seconds__seat__until__isnull=True)),
            due_n=Subquery(due),
        )
        .select_related("item", "resolution__stage__body", "requested_by")
        .order_by("requested_at")
    )
    for row in found:
        url = reverse("decisions:item_detail", args=[row.item_id]) + "#reconsideration"
        formula = MORE_THAN_HALF.formula(row.seconds_n, row.due_n)
        if offices.chairs(row.resolution.stage.body) and MORE_THAN_HALF.is_met(row.seconds_n, row.due_n):
            yield Todo("rotate", f"受理复议：{row.item.title}", f"附议 {formula}，已过半数", url, "受理")
        elif not row.is_seconded:
            yield Todo(
                "rotate",
                f"是否附议：{row.item.title}",
                f"{row.requested_by}申请复议，附议 {row.seconds_n} 人",
                url,
                "查看",
                pill=c.pill_for("征集附议"),
            )


# --- 会议 -------------------------------------------------------------------------------------------------


def _mine_to_run(user: Any, offices: Offices) -> Q:
    """Meetings the person records, chairs, or serves as clerk of the body."""
    return Q(recorder=user) | Q(chair=user) | Q(body__in=_clerked(offices))


def _meetings(user: Any, offices: Offices, today: date) -> Iterator[Todo]:
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
        day = _day_of(meeting.scheduled_at)
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


def _minutes(user: Any, offices: Offices, parameters: Parameters) -> Iterator[Todo]:
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
        ended = _day_of(meeting.ended_at)
        due = workdays_after(ended, days)
        note = f"{cn_date(ended)} 散会，应在 {days} 个工作日内签发纪要"
        is_recorder = user.pk == meeting.recorder_id or meeting.body_id in _clerked(offices)
        unsigned = meeting.state == MeetingState.CLOSED and (
            (user.pk == meeting.chair_id and meeting.chair_signed_at is None)
            or (user.pk == meeting.recorder_id and meeting.recorder_signed_at is None)
        )
        if unsigned:
            url = reverse("meetings:record", args=[meeting.pk])
            yield Todo("signature", f"签字确认{meeting.label}记录", note, url, "签字", due)
        url = reverse("meetings:minutes", args=[meeting.pk])
        may_issue = meeting.body_id in _chaired(offices) or user.pk == meeting.chair_id
        if meeting.minutes_state == MinutesState.REVIEW and may_issue:
            yield Todo("signature", f"签发{meeting.label}纪要", note, url, "签发", due)
        elif meeting.minutes_state == MinutesState.DRAFT and user.pk in (
            meeting.minutes_drafter,
            meeting.recorder_id,
        ):
            yield Todo("file-text", f"送签{meeting.label}纪要", note, url, "送签", due)
        elif meeting.minutes_state is None and meeting.has_result and is_recorder:
            yield Todo("file-text", f"起草{meeting.label}纪要", note, url, "起草", due)


def _agenda_to_plan(user: Any, offices: Offices) -> Iterator[Todo]:
    """Confirmed stages no meeting holds, for whoever plans meetings of the body."""
    bodies = set(_clerked(offices))
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


# --- 任务 -------------------------------------------------------------------------------------------------


def _tasks_owned(user: Any, offices: Offices, today: date) -> Iterator[Todo]:
    """My tasks to receive, and those that are due soon or whose report is due (R72)."""
    found = (
        Task.objects.visible_to(user)
        .filter(Q(owner=user) | Q(helpers=user), school=offices.school)
        .filter(state__in=[TaskState.ISSUED, TaskState.IN_PROGRESS])
        .distinct()
        .order_by("due_on", "pk")
    )
    for task in found:
        url = reverse("decisions:task_detail", args=[task.pk])
        if task.state == TaskState.ISSUED:
            yield Todo("checks", f"签收任务：{task.title}", task.deployed_at_label, url, "签收", task.due_on)
            continue
        spoken = _day_of(task.reported_at or task.issued_at)
        report_due = spoken + timedelta(days=task.report_every_days)
        if min(task.due_on, report_due) <= today + SOON:
            note = f"已完成 {task.progress}%，上次反馈 {cn_date(spoken)}"
            yield Todo(
                "message-dots", f"反馈进展：{task.title}", note, url, "反馈", min(task.due_on, report_due)
            )


def _tasks_to_judge(user: Any, offices: Offices) -> Iterator[Todo]:
    """Tasks to accept and extensions to decide, for 校长 (and 书记 where the owner is 校长)."""
    if not (offices.is_principal or offices.is_secretary):
        return
    visible = Task.objects.visible_to(user).filter(school=offices.school)
    if offices.is_principal and not offices.is_secretary:
        visible = visible.exclude(owner=user)
    elif offices.is_secretary and not offices.is_principal:
        principal = Seat.objects.active().filter(school=offices.school, role="principal")
        visible = visible.filter(owner__in=principal.values("person"))
    for task in visible.filter(state=TaskState.SUBMITTED).select_related("owner").order_by("due_on", "pk"):
        yield Todo(
            "clipboard-check",
            f"验收：{task.title}",
            f"{task.owner}报请验收，{cn_date(task.reported_at)}",
            reverse("decisions:task_detail", args=[task.pk]),
            "验收",
            pill=c.pill_for("待验收"),
        )
    requests = (
        TaskExtension.objects.visible_to(user)
        .filter(task__in=visible.filter(state__in=[TaskState.ISSUED, TaskState.IN_PROGRESS]))
        .filter(state=RequestState.OPEN)
        .select_related("task", "requested_by")
        .order_by("old_due_on")
    )
    for row in requests:
        yield Todo(
            "calendar-time",
            f"审批延期：{row.task.title}",
            f"{row.requested_by}申请由 {cn_date(row.old_due_on)} 延至 {cn_date(row.new_due_on)}",
            reverse("decisions:task_detail", args=[row.task_id]) + "#extension",
            "审批",
            row.old_due_on,
        )


# --- 整改 -------------------------------------------------------------------------------------------------


def _rectifications(user: Any, offices: Offices) -> Iterator[Todo]:
    """Findings whose rectification the person owns, by their day."""
    found = (
        Finding.objects.visible_to(user)
        .filter(
            school=offices.school,
            rectification__owner=user,
            state__in=[FindingState.RECTIFYING, FindingState.RETURNED],
        )
        .order_by("due_on", "pk")
    )
    for finding in found:
        yield Todo(
            "shield-check",
            f"整改：{title_of(finding)}",
            f"{finding.subject_label}，{finding.get_state_display()}",
            reverse("compliance:finding_detail", args=[finding.pk]),
            "整改",
            finding.due_on,
        )


# --- 交接 -------------------------------------------------------------------------------------------------


def _handed_over(user: Any, offices: Offices) -> Iterator[Todo]:
    """Handovers whose arrival the person has not confirmed."""
    found = (
        Handover.objects.visible_to(user)
        .waiting()
        .filter(school=offices.school, receiver=user)
        .select_related("giver")
        .annotate(works=Count("lines"))
        .order_by("handed_at")
    )
    for handover in found:
        yield Todo(
            "arrows-exchange",
            f"接收{handover.giver}交接的工作",
            f"{handover.works} 项，{handover.reason}",
            reverse("handover:handover_detail", args=[handover.pk]),
            "接收",
            pill=c.Pill("待接收", "hourglass", c.WARN),
        )


def _unattended(offices: Offices) -> Iterator[Todo]:
    """Work of people whose office has ended: nobody does it until it is handed over."""
    if not watches(offices):
        return
    for one in unattended(offices.school):
        yield Todo(
            "user-question",
            f"交接{one.person}留下的工作",
            f"{one.lost} 件在办，任职已结束，无人负责",
            reverse("handover:handover_new", args=[one.person.pk]),
            "交接",
            pill=c.Pill("无人负责", "alert-octagon", c.BAD),
        )
