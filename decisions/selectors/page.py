"""The page of one item: the heart of the product. Everything it shows, computed once."""

from dataclasses import replace
from typing import Any

from django.db.models import Q, prefetch_related_objects
from django.urls import reverse
from django.utils import timezone

from common.checks import Check
from common.components import Pill, pill_for
from decisions import access, rules, transitions
from decisions.choices import (
    AttachmentKind,
    ItemState,
    ReconsiderationState,
    ResolutionState,
    StageState,
)
from decisions.models import (
    DecisionItem,
    ItemEvent,
    Reconsideration,
    Stage,
    Task,
)
from decisions.selectors.agenda import entries_of, next_meetings
from decisions.selectors.deliberations import deliberations_of
from decisions.selectors.facts import facts_of
from decisions.selectors.followup import follow_up
from decisions.selectors.history import revisions_of
from decisions.selectors.route import TURNING, stage_steps, steps_of
from decisions.selectors.shapes import Action, Again, ItemPage, Round, TaskLine, TimelineEntry
from decisions.selectors.tasks import task_pill
from documents.models import IssuedDocument
from governance.access import Offices
from governance.choices import AccessScope, BodyKind
from governance.models import Body
from governance.parameters import Parameters, resolve
from governance.selectors import admin_body, deciding_body, voting_seats

RECENT = 12
MAIN_STEPS = ("submit", "confirm", "complete")
BEFORE_MEETING = (ItemState.PENDING, ItemState.DEFERRED)


def item_page(user: Any, item: DecisionItem, offices: Offices) -> ItemPage:
    """Collect the page of a visible item (access.item_for) in a fixed number of queries."""
    prefetch_related_objects(
        [item],
        "stages__body",
        "stages__confirmed_by",
        "consultations__secretary",
        "consultations__counterpart",
        "prerequisites__attachments",
        "prerequisites__recorded_by",
        "tasks__owner",
        "tasks__helpers",
        "attachments__uploaded_by",
        "concerned__person",
        "resolutions__supersedes",
        "reconsiderations__seconds__seat__person",
        "reconsiderations__requested_by",
        "reconsiderations__decided_by",
        "reconsiderations__resolution__stage__body",
        "public_notices__resolution",
        "emergencies__decided_by",
    )
    today = timezone.localdate()
    parameters = resolve(item.school, today)
    stages = list(item.stages.all())
    entries = entries_of(user, stages)
    events = list(item.events.select_related("actor"))
    timeline = [TimelineEntry(e.at, e.text, _is_turning(e)) for e in events]
    planned = next_meetings(user, item.school)
    bodies = _bodies(item, stages)
    due = {body.pk: list(voting_seats(body)) for body in bodies}

    title, note, checks = _checks(item, offices, parameters, entries)
    refused = [check for check in rules.refusing(checks) if check.code != "R11"]
    actions = [action for action in (_action(t, item, offices) for t in transitions.TRANSITIONS) if action]
    tasks = [TaskLine(t, task_pill(t, today), _task_verb(t, offices)) for t in item.tasks.all()]
    again = [_again(r, user, offices, due) for r in item.reconsiderations.all()]
    disputed = any(one.reconsideration.state == ReconsiderationState.SECONDING for one in again)
    main = next((a for a in actions if not a.is_blocked and a.key in MAIN_STEPS), None)
    if main is not None and main.key == transitions.COMPLETE.key and disputed:
        main = None  # first the reconsideration is answered; 办结 stays in the menu
    is_closing = item.state == ItemState.IMPLEMENTING
    is_closed_off = item.access_scope >= AccessScope.RESTRICTED and item.state != ItemState.DRAFT
    may_grant = is_closed_off and access.may_grant_reading(offices, item)
    return ItemPage(
        item=item,
        pill=_pill(item, refused),
        steps=steps_of(item, stages, entries, events, planned, refused, parameters),
        earlier=[
            Round(number, stage_steps([s for s in stages if s.round == number], entries, events))
            for number in sorted({s.round for s in stages if s.round < item.round}, reverse=True)
        ],
        check_title=title,
        check_note=note,
        checks=[] if is_closing else checks,
        actions=actions,
        main=main,
        completion=[check for check in checks if check.is_failing] if is_closing else [],
        seal=_seal(main, [] if is_closing else checks, again, tasks),
        may_edit=_allows(transitions.REVISE, item, offices) and not _is_scheduled(item),
        may_add_evidence=access.may_add_evidence(offices, item) and _takes_evidence(item),
        may_consult=access.may_record_consultation(offices, item) and _takes_evidence(item),
        may_reconsider=_may_reconsider(item, offices),
        deliberations=deliberations_of(
            stages, entries, events if offices.is_leader or offices.is_clerk else []
        ),
        resolutions=list(item.resolutions.all()),
        tasks=tasks,
        overdue=sum(t.is_overdue for t in item.tasks.all()),
        facts=facts_of(item, bodies, due, parameters),
        materials=[
            a
            for a in item.attachments.all()
            if not a.is_withdrawn and a.kind in (AttachmentKind.PROPOSAL, AttachmentKind.MATERIAL)
        ],
        missing=[c for c in checks if c.is_failing and c.code in ("R16", "R19", "R20", "R21", "R22", "R23")],
        prerequisites=list(item.prerequisites.all()),
        consultations=list(item.consultations.all()),
        concerned=list(item.concerned.all()),
        recent_events=timeline[:RECENT],
        older_events=timeline[RECENT:],
        revisions=revisions_of(item),
        again=again,
        documents=list(
            IssuedDocument.objects.visible_to(user)
            .filter(
                Q(item=item)
                | Q(item__isnull=True, meeting__in={e.meeting_id for rows in entries.values() for e in rows})
            )
            .select_related("meeting")
            .defer("content")
        ),
        followup=follow_up(item, offices, parameters, today),
        may_share=item.state != ItemState.DRAFT and access.may_share(offices, item),
        may_grant=may_grant,
        grants=list(item.reading_grants.select_related("person")) if may_grant else [],
    )


def _seal(main: Action | None, checks: list[Check], again: list[Again], tasks: list[TaskLine]) -> str:
    """Where the one red button of the page stands: main, checks, second, decide, task:<id>, or nowhere."""
    if main is not None:
        return "main"
    if any(check.is_failing and check.fix_url for check in checks):
        return "checks"
    if any(one.may_decide and one.seconded >= one.required for one in again):
        return "decide"
    if any(one.may_second for one in again):
        return "second"
    mine = next((line for line in tasks if line.label != "查看"), None)
    return f"task:{mine.task.pk}" if mine else ""


def _is_turning(event: ItemEvent) -> bool:
    return event.kind in ("item.returned", "item.withdrawn") or event.data.get("outcome") in TURNING


def _bodies(item: DecisionItem, stages: list[Stage]) -> list[Body]:
    """The bodies on the item's route, each once; before submission those it will meet."""
    if stages:
        return list({stage.body_id: stage.body for stage in stages}.values())
    kinds = dict.fromkeys(kind for _, kind in transitions.ROUTES[item.route])
    return [
        admin_body(item.school) if kind == BodyKind.ADMIN else deciding_body(item.school) for kind in kinds
    ]


def _takes_evidence(item: DecisionItem) -> bool:
    return item.state not in (ItemState.REJECTED, ItemState.WITHDRAWN, ItemState.COMPLETED)


def _is_scheduled(item: DecisionItem) -> bool:
    return item.current_stage is not None and item.current_stage.state == StageState.SCHEDULED


def _allows(transition: transitions.Transition, item: DecisionItem, offices: Offices) -> bool:
    return transition.right(offices, item) and transition.is_timely(item)


def _may_reconsider(item: DecisionItem, offices: Offices) -> bool:
    running = (ReconsiderationState.SECONDING, ReconsiderationState.ACCEPTED)
    return (
        access.may_request_reconsideration(offices, item)
        and item.state in (ItemState.IMPLEMENTING, ItemState.COMPLETED)
        and any(r.state == ResolutionState.IN_FORCE for r in item.resolutions.all())
        and not any(r.state in running for r in item.reconsiderations.all())
    )


def _action(transition: transitions.Transition, item: DecisionItem, offices: Offices) -> Action | None:
    """The button of a transition where it is right and timely, blocked or not; None for 修改, which is a page."""
    if transition.key == transitions.REVISE.key or not _allows(transition, item, offices):
        return None
    if transition.key in ("withdraw", "send_back") and _is_scheduled(item):
        return None
    return Action(
        key=transition.key,
        label="重新申报" if transition.key == "submit" and item.number else transition.label,
        url=reverse("decisions:item_act", args=[item.pk, transition.key]),
        asks_reason=transition.asks_reason,
        checks=rules.refusing(transition.blockers(item)),
    )


def _checks(
    item: DecisionItem, offices: Offices, parameters: Parameters, entries: dict[int, list[Any]]
) -> tuple[str, str, list[Check]]:
    """The check list the item stands before: 申报前, 上会前 or 办结前; its title, a note, and the checks."""
    stage = item.current_stage
    if item.state in (ItemState.DRAFT, ItemState.RETURNED):
        title, checks = "申报前检查", rules.submission_checks(item)
    elif item.state in BEFORE_MEETING and stage is not None:
        held = [e for e in entries.get(stage.pk, []) if e.state != "concluded"]
        meeting_at = held[-1].meeting.scheduled_at if held else None
        title, checks = "上会前检查", rules.agenda_checks(item, stage, parameters, meeting_at)
    elif item.state == ItemState.IMPLEMENTING and access.may_complete(offices, item):
        title, checks = "办结前检查", rules.completion_checks(item)
    else:
        return "", "", []
    met = sum(not check.is_failing for check in checks)
    return title, f"{len(checks)} 项中 {met} 项已满足", [_mend(c, item, offices) for c in checks]


def _mend(check: Check, item: DecisionItem, offices: Offices) -> Check:
    """Point a check to where this person can mend it, or to where the page shows what met it."""
    here = reverse("decisions:item_detail", args=[item.pk])
    if not check.is_failing:
        anchors = {"R17": "#evidence", "R13": "#votes", "R14": "#votes"}
        shown = anchors.get(check.code, "#evidence" if "/evidence/" in check.fix_url else "")
        return replace(check, fix_url=shown)
    if check.fix_url.startswith(here) and check.fix_url.partition("#")[0] == here:
        anchor = check.fix_url.partition("#")[2] or ("" if check.code == "R11" else "route")
        return replace(check, fix_url=f"#{anchor}" if anchor else "")
    rights = {
        reverse("decisions:consultation_add", args=[item.pk]): access.may_record_consultation,
        reverse("decisions:prerequisite_add", args=[item.pk]): access.may_add_evidence,
        reverse("decisions:item_edit", args=[item.pk]): access.may_edit,
    }
    right = rights.get(check.fix_url.partition("?")[0])
    return replace(check, fix_url="") if right is not None and not right(offices, item) else check


def _pill(item: DecisionItem, refused: list[Check]) -> Pill:
    """The state of the item; 上会受阻 where rules keep it off the agenda."""
    if item.state in BEFORE_MEETING:
        if refused:
            return pill_for("上会受阻")
        stage = item.current_stage
        if item.state == ItemState.PENDING and stage and stage.state != StageState.WAITING:
            return pill_for(stage.get_state_display())
    return pill_for(item.get_state_display())


# --- Tasks, reconsideration ---------------------------------------------------------------------------


def _task_verb(task: Task, offices: Offices) -> str:
    if task.state == "submitted" and access.may_accept(offices, task):
        return "验收"
    if task.is_open and task.state != "submitted" and access.may_report(offices, task):
        return "签收" if task.state == "issued" else "反馈"
    return "查看"


def _again(reconsideration: Reconsideration, user: Any, offices: Offices, due: dict[int, list[Any]]) -> Again:
    body = reconsideration.resolution.stage.body
    seats = {seat.pk: seat for seat in due.get(body.pk, [])}
    seconds = [second for second in reconsideration.seconds.all() if second.seat_id in seats]
    open_ = reconsideration.state == ReconsiderationState.SECONDING
    mine = [seat.pk for seat in seats.values() if seat.person_id == user.pk]
    return Again(
        reconsideration=reconsideration,
        due=len(seats),
        seconded=len(seconds),
        names="、".join(str(second.seat.person) for second in seconds),
        required=len(seats) // 2 + 1,
        may_second=open_ and bool(mine) and mine[0] not in {second.seat_id for second in seconds},
        may_decide=open_ and offices.chairs(body),
        decided_by_whom=f"{body}主持人",
    )
