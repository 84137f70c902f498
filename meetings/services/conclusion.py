"""结束本题: the one irreversible act of a meeting. Facts → computed result → snapshot → item moves."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from common.errors import Blocked, NotNow, StaleVersion
from common.history import save_as
from decisions.access import lock_item
from decisions.choices import TASKING, Outcome
from decisions.services import outcomes
from decisions.services.outcomes import TaskSpec
from ledger.rows import touch
from meetings import access
from meetings.choices import EntryKind, EntryState, MeetingState
from meetings.models import AgendaEntry, Ballot
from meetings.rules import assess, snapshot_of
from meetings.services.acts import require_state, seal


def _already(entry: AgendaEntry) -> str:
    at = timezone.localtime(entry.concluded_at)
    return f"“{entry.title}”已由{entry.concluded_by}于 {at:%H:%M} 结束：{entry.get_outcome_display()}。"


@transaction.atomic
def conclude_entry(entry_id: int, *, actor: Any, outcome: str, version: int) -> AgendaEntry:
    """Conclude an open entry with an outcome and move its item.

    In a live meeting every failing B rule refuses to form a decision (通过, 修改后通过, 否决): Blocked with all of
    them, and what was recorded stays. 缓议, 退回完善 and 撤回 only record what happened. In 补录 nothing refuses;
    failing rules are kept in the snapshot. Of two recorders exactly one concludes: the meeting row is locked and
    the second meets NotNow.
    """
    entry = access.entry_for_update(actor, entry_id)
    meeting = entry.meeting
    access.require_recorder(actor, meeting)
    if entry.state == EntryState.CONCLUDED:
        raise NotNow(_already(entry), current=entry)
    require_state(meeting, (MeetingState.IN_PROGRESS,), "结束议题")
    if entry.kind != EntryKind.ITEM or entry.stage is None:
        raise NotNow("第一议题没有结论，请记录学习。")
    if entry.state != EntryState.DELIBERATING:
        raise NotNow(f"“{entry.title}”尚未开始审议。", current=entry)
    if entry.version != version:
        raise StaleVersion(f"“{entry.title}”的记录刚被他人更新，请核对后再结束。", current=entry)
    if outcome not in Outcome.values:
        raise NotNow("请选择结论：通过、修改后通过、缓议、退回完善、否决或撤回。")
    now = timezone.now()
    assessment = assess(entry, outcome=outcome, moment=None if meeting.is_retrospective else now)
    if assessment.refusing and not meeting.is_retrospective:
        raise Blocked(
            assessment.refusing,
            f"还有 {len(assessment.refusing)} 项不符，不能形成“{Outcome(outcome).label}”。",
        )
    entry.state, entry.outcome = EntryState.CONCLUDED, outcome
    entry.concluded_at, entry.concluded_by = now, actor
    entry.snapshot = snapshot_of(entry, assessment, at=now, outcome=outcome)
    entry.version += 1
    save_as(entry, actor, f"结束本题：{Outcome(outcome).label}")
    ballots = Ballot.objects.filter(tally__entry=entry)
    touch([entry])
    for parts in (entry.statements.all(), entry.recusals.all(), entry.tallies.all(), ballots):
        touch(parts)
    decided_on = timezone.localtime(meeting.started_at if meeting.is_retrospective else now).date()
    outcomes.conclude_stage(
        lock_item(entry.stage.item_id),
        entry.stage,
        outcome=outcome,
        text=entry.decision_text,
        decided_on=decided_on,
        meeting_label=meeting.label,
        actor=actor,
        tasks=_task_specs(entry) if outcome in TASKING else (),
        data={"entry": entry.pk, "votes": entry.snapshot["votes"], "quorum": entry.snapshot["quorum"]},
    )
    seal(
        meeting,
        "entry.concluded",
        actor,
        entry=entry.pk,
        title=entry.title,
        outcome=outcome,
        snapshot=entry.snapshot,
    )
    return entry


def _task_specs(entry: AgendaEntry) -> list[TaskSpec]:
    """The tasks drafted in the meeting, for the item."""
    drafts = entry.task_drafts.select_related("owner").prefetch_related("helpers")
    return [
        TaskSpec(
            title=draft.title,
            owner=draft.owner,
            due_on=draft.due_on,
            department=draft.department,
            requirement=draft.requirement,
            report_every_days=draft.report_every_days,
            helpers=tuple(draft.helpers.all()),
        )
        for draft in drafts
    ]
