"""交接: hand open work to named persons in one act, and confirm that it arrived."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from common.checks import Check
from common.errors import Blocked, NotNow, NotPermitted, NotVisible
from common.history import save_as
from compliance.access import candidates, lock_finding
from compliance.services import rectification
from decisions.access import maker_fields
from decisions.models import DecisionItem, Task
from decisions.services import reassign as decisions
from governance.access import offices_of, school_for
from governance.models import School
from handover import access, rules, selectors
from handover.choices import WorkKind
from handover.models import Handover, HandoverLine
from handover.selectors import Ref, Work
from ledger import services as ledger
from meetings.choices import BEFORE_STATES, SITTING_STATES, EntryState
from meetings.models import AgendaEntry, Meeting, Minutes
from meetings.services import reassign as meetings
from notifications.services import notify


class _Locked:
    """The rows a handover touches, locked in the order of docs/locking.md: meetings, items, tasks, findings."""

    def __init__(self, wanted: set[Ref]) -> None:
        of = defaultdict(list)
        for kind, pk in wanted:
            of[kind].append(pk)
        of_tasks = of[WorkKind.TASK] + of[WorkKind.HELP]
        drafts = Minutes.objects.filter(pk__in=of[WorkKind.MINUTES]).values_list("meeting", flat=True)
        listed = AgendaEntry.objects.filter(
            stage__item__in=of[WorkKind.ITEM],
            state=EntryState.WAITING,
            meeting__state__in=(*BEFORE_STATES, *SITTING_STATES),
        )
        self.meetings = self._lock(
            Meeting,
            {*of[WorkKind.CHAIR], *of[WorkKind.RECORDER], *drafts, *listed.values_list("meeting", flat=True)},
            "school__authority",
            "body",
        )
        items = set(Task.objects.filter(pk__in=of_tasks).values_list("item", flat=True))
        self.items = self._lock(
            DecisionItem, items | set(of[WorkKind.ITEM]), "school__party_org", "catalogue_entry"
        )
        self.tasks = self._lock(Task, set(of_tasks), "school", "owner")
        for task in self.tasks.values():
            task.item = self.items[task.item_id]
        self.findings = {pk: lock_finding(pk) for pk in sorted(of[WorkKind.FINDING])}
        self.minutes = Minutes.objects.in_bulk(of[WorkKind.MINUTES])
        for minutes in self.minutes.values():
            minutes.meeting = self.meetings[minutes.meeting_id]
        self.entries: dict[int, AgendaEntry] = {}
        for entry in listed.select_related("stage"):
            if entry.meeting_id in self.meetings and entry.stage is not None:
                entry.meeting = self.meetings[entry.meeting_id]
                self.entries[entry.stage.item_id] = entry

    @staticmethod
    def _lock(model: type[Model], pks: set[int], *related: str) -> dict[int, Any]:
        rows = model._default_manager.select_for_update(of=("self",)).select_related(*related)
        return {row.pk: row for row in rows.filter(pk__in=pks).order_by("pk")}


@transaction.atomic
def hand_over(
    *, actor: Any, school_id: int, giver_id: int, to: dict[Ref, int], reason: str
) -> list[Handover]:
    """Hand each piece of open work of the giver to a person; one record for each receiver.

    It holds at once: nothing is without an owner meanwhile. Raises NotPermitted for others than 书记, 校长,
    会议秘书 and the giver; NotNow where nothing is chosen, a receiver does not serve here, or a piece is no
    longer in the giver's hands; Blocked with every reason why somebody may not receive something.
    """
    school = school_for(actor, school_id)
    giver = selectors.giver_for(school, giver_id)
    if giver is None:
        raise NotVisible("User")
    access.require_hand_over(offices_of(actor, school), giver)
    people = {person.pk: person for person in selectors.receivers(school, giver)}
    if not to:
        raise NotNow("请至少为一项在办事项选择接收人。")
    if not reason.strip():
        raise NotNow("请填写交接事由，例如“调任教研室”。")
    if not set(to.values()) <= people.keys():
        raise NotNow("接收人须为本校在任人员，且不是移交人本人。")
    locked = _Locked(set(to))
    works = {
        (work.kind, work.pk): work
        for group in selectors.open_work(school, giver, giver)
        for work in group.works
    }
    if gone := [ref for ref in to if ref not in works]:
        raise NotNow(
            f"有 {len(gone)} 项已办结、已由他人接手或已开始审议，没有交接。请核对后再办。", current=giver
        )
    refusals = [check for ref, pk in to.items() for check in _refusals(locked, works[ref], giver, people[pk])]
    if refusals:
        raise Blocked(refusals, f"有 {len(refusals)} 处不能这样交接。")
    made = []
    for receiver_id in sorted(set(to.values())):
        given = [works[ref] for ref in works if to.get(ref) == receiver_id]
        made.append(_record(school, giver, people[receiver_id], given, locked, actor, reason.strip()))
    _tell(made, actor)
    return made


def _refusals(locked: _Locked, work: Work, giver: Any, receiver: Any) -> Iterator[Check]:
    name = f"{WorkKind(work.kind).label}：{work.formal}"
    match work.kind:
        case WorkKind.TASK | WorkKind.HELP:
            return rules.task_refusals(locked.tasks[work.pk].item, receiver, name)
        case WorkKind.ITEM:
            item = locked.items[work.pk]
            return rules.item_refusals(item, receiver, maker_fields(item, giver), name)
        case WorkKind.CHAIR:
            meeting = locked.meetings[work.pk]
            day = timezone.localtime(meeting.scheduled_at).date()
            return rules.chair_refusals(meeting.body, receiver, max(day, timezone.localdate()), name)
        case WorkKind.RECORDER:
            return rules.recorder_refusals(locked.meetings[work.pk].body, receiver, name)
        case WorkKind.MINUTES:
            return rules.recorder_refusals(locked.minutes[work.pk].meeting.body, receiver, name)
        case _:
            may_own = candidates(locked.findings[work.pk]).filter(pk=receiver.pk).exists()
            return rules.finding_refusals(may_own, receiver, name)


def _record(
    school: School,
    giver: Any,
    receiver: Any,
    works: list[Work],
    locked: _Locked,
    actor: Any,
    reason: str,
) -> Handover:
    """The record of one pair, its lines, the work itself, and the seal."""
    handover = save_as(
        Handover(school=school, giver=giver, receiver=receiver, reason=reason, handed_by=actor), actor, reason
    )
    for work in works:
        HandoverLine.objects.create(
            handover=handover,
            kind=work.kind,
            title=work.formal[:200],
            note=work.note[:120],
            subject=work.subject,
            url=work.url,
        )
        _pass_on(locked, work, giver, receiver, actor, reason)
    ledger.append(
        school.chain_key,
        kind="handover.made",
        subject=handover.subject,
        payload={
            "from": str(giver),
            "to": str(receiver),
            "reason": reason,
            "works": [f"{work.subject} {work.formal}" for work in works],
        },
        actor=actor,
    )
    return handover


def _pass_on(locked: _Locked, work: Work, giver: Any, receiver: Any, actor: Any, reason: str) -> None:
    named = {"giver": giver, "receiver": receiver, "actor": actor, "reason": reason}
    match work.kind:
        case WorkKind.TASK | WorkKind.HELP:
            decisions.reassign_task(locked.tasks[work.pk], is_owner=work.kind == WorkKind.TASK, **named)
        case WorkKind.ITEM:
            entry = locked.entries.get(work.pk)
            if entry is not None and entry.presenter_id == giver.pk:
                meetings.reassign_presenter(entry, **named)
            decisions.reassign_item(locked.items[work.pk], **named)
        case WorkKind.CHAIR:
            meeting = locked.meetings[work.pk]
            by_office = offices_of(receiver, meeting.school).chairs(meeting.body)
            meetings.reassign_chair(meeting, is_by_office=by_office, **named)
        case WorkKind.RECORDER:
            meetings.reassign_recorder(locked.meetings[work.pk], **named)
        case WorkKind.MINUTES:
            meetings.reassign_minutes(locked.minutes[work.pk], **named)
        case _:
            rectification.hand_over(locked.findings[work.pk], receiver=receiver, actor=actor, reason=reason)


def handover_url(handover: Handover) -> str:
    return reverse("handover:handover_detail", args=[handover.pk])


def _tell(made: list[Handover], actor: Any) -> None:
    """The receivers are asked to confirm; the giver is told what went to whom, unless it was the own act."""
    for handover in made:
        notify(
            recipients=[handover.receiver],
            kind="handover.made",
            title=f"请接收{handover.giver}交接的 {handover.lines.count()} 项工作",
            body=handover.reason,
            url=handover_url(handover),
            school=handover.school,
        )
        if handover.giver_id != actor.pk:
            notify(
                recipients=[handover.giver],
                kind="handover.made",
                title=f"您的 {handover.lines.count()} 项工作已交接给{handover.receiver}",
                body=handover.reason,
                url=handover_url(handover),
                school=handover.school,
            )


@transaction.atomic
def receive(handover_id: int, *, actor: Any) -> Handover:
    """接收: the receiver confirms; once."""
    handover = access.handover_for(actor, handover_id)
    if actor.pk != handover.receiver_id:
        raise NotPermitted(f"由{handover.receiver}本人接收。", need="接收人")
    handover = Handover.objects.select_for_update(of=("self",)).select_related("school").get(pk=handover_id)
    if handover.received_at is not None:
        raise NotNow("此项交接已接收。", current=handover)
    handover.received_at = timezone.now()
    save_as(handover, actor, "接收")
    ledger.append(
        handover.school.chain_key,
        kind="handover.received",
        subject=handover.subject,
        payload={"from": str(handover.giver), "to": str(handover.receiver)},
        actor=actor,
    )
    others = {person.pk: person for person in (handover.giver, handover.handed_by) if person.pk != actor.pk}
    notify(
        recipients=list(others.values()),
        kind="handover.received",
        title=f"{handover.receiver}已接收{handover.giver}交接的工作",
        url=handover_url(handover),
        school=handover.school,
    )
    return handover
