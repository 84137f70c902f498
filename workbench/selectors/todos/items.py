"""Items that wait: to be confirmed, consulted on, proved, mended, completed, decided again."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.urls import reverse

from common import components as c
from common.templatetags.ui import cn_date
from decisions.choices import (
    Disagreement,
    ItemState,
    Purpose,
    ReconsiderationState,
    StageState,
)
from decisions.models import (
    Consultation,
    DecisionItem,
    Prerequisite,
    Reconsideration,
    ReconsiderationSecond,
    Stage,
    Task,
)
from decisions.rules import prerequisite_checks
from governance.access import Offices
from governance.arithmetic import MORE_THAN_HALF
from governance.models import Seat
from governance.parameters import Parameters
from workbench.selectors.todos.kit import STUCK, Todo, chaired, day_of, items_of


def confirmations(user: Any, offices: Offices, parameters: Parameters) -> Iterator[Todo]:
    """Items whose present stage waits for my confirmation (R11); deployment has a deadline (R14)."""
    bodies = chaired(offices)
    if not bodies:
        return
    decided = Stage.objects.filter(item=OuterRef("pk"), round=OuterRef("round"), purpose=Purpose.DECIDE)
    found: QuerySet[Any] = (
        items_of(user, offices)
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
            due = day_of(item.decided_at) + timedelta(days=parameters["loop.deploy_days"])
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


def consultations(user: Any, offices: Offices) -> Iterator[Todo]:
    """Consultations 书记 and 校长 still owe an item (R17, R18)."""
    serves_party = any(offices.clerks(s.body) and s.body.is_party for s in offices.seats)
    if not (offices.is_secretary or offices.is_principal or serves_party):
        return
    whom = "书记、校长沟通"
    if offices.is_secretary != offices.is_principal:
        whom = "与校长沟通" if offices.is_secretary else "与书记沟通"
    for item in without_consultation(items_of(user, offices)).order_by("submitted_at", "pk"):
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


def evidence(user: Any, offices: Offices) -> Iterator[Todo]:
    """Evidence still missing on items I drafted, proposed or present (R16–R23)."""
    mine = Q(created_by=user) | Q(proposer=user) | Q(presenter=user)
    for item in before_decision(items_of(user, offices).filter(mine)).order_by("submitted_at", "pk"):
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


def own_items(user: Any, offices: Offices) -> Iterator[Todo]:
    """My drafts and the items returned to me."""
    found = items_of(user, offices).filter(
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


def completions(user: Any, offices: Offices) -> Iterator[Todo]:
    """Items whose tasks are all accepted: 校长 reports completion (R70)."""
    if not offices.is_principal:
        return
    waiting = Task.objects.filter(item=OuterRef("pk"))
    found = items_of(user, offices).filter(
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


def reconsiderations(user: Any, offices: Offices) -> Iterator[Todo]:
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
