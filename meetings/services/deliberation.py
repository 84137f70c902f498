"""Recording one agenda entry while it is deliberated. The conclusion stands in conclusion.py.

The snapshot an entry keeps is described at the top of meetings/rules/assessment.py. Every save names the version it was
based on; a save upon somebody else's is refused with StaleVersion, never merged silently.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils import timezone

from common.errors import NotNow, NotVisible, StaleVersion
from common.history import delete_as, save_as
from decisions.access import barred_people, lock_item
from decisions.services import outcomes
from governance.choices import BallotMethod
from governance.selectors import people_of
from ledger.rows import touch
from meetings import access
from meetings.choices import BallotChoice, EntryKind, EntryState, MeetingState, Stance
from meetings.models import AgendaEntry, Ballot, Observer, Recusal, Statement, Tally, TaskDraft
from meetings.rules import room_of
from meetings.services.acts import require_state, require_voting_seat, seal


def require_recording(entry: AgendaEntry, actor: Any) -> None:
    """The actor may record, the meeting sits, and the entry is under deliberation."""
    access.require_recorder(actor, entry.meeting)
    require_state(entry.meeting, (MeetingState.IN_PROGRESS,), "记录")
    if entry.state != EntryState.DELIBERATING:
        who = f"，由{entry.concluded_by}结束" if entry.concluded_by else ""
        raise NotNow(f"“{entry.title}”现为“{entry.get_state_display()}”{who}，不能修改记录。", current=entry)


def _fresh(record: Any, version: int, what: str) -> None:
    if record.version != version:
        raise StaleVersion(f"{what}刚被他人更新，您的修改没有保存。请核对后再改。", current=record)


@transaction.atomic
def open_entry(entry_id: int, *, actor: Any) -> AgendaEntry:
    """开始审议 one entry; another one under deliberation steps back to wait, with all its records."""
    entry = access.entry_for_update(actor, entry_id)
    meeting = entry.meeting
    access.require_recorder(actor, meeting)
    require_state(meeting, (MeetingState.IN_PROGRESS,), "审议")
    if entry.state == EntryState.DELIBERATING:
        return entry
    if entry.state == EntryState.CONCLUDED:
        raise NotNow(f"“{entry.title}”已有结论：{entry.get_outcome_display()}。", current=entry)
    for other in meeting.entries.filter(state=EntryState.DELIBERATING).select_related("stage"):
        other.state = EntryState.WAITING
        save_as(other, actor, "暂停审议")
        if other.stage is not None:
            outcomes.pause_deliberation(
                lock_item(other.stage.item_id), other.stage, actor=actor, meeting_label=meeting.label
            )
    first = entry.opened_at is None
    entry.state = EntryState.DELIBERATING
    entry.opened_at = entry.opened_at or timezone.now()
    save_as(entry, actor, "开始审议")
    if entry.stage is not None:
        outcomes.begin_deliberation(
            lock_item(entry.stage.item_id), entry.stage, actor=actor, meeting_label=meeting.label
        )
    if first and entry.kind == EntryKind.ITEM and not entry.is_principal_decision:
        save_as(Tally(entry=entry, position=1, question=entry.title), actor, "表决")
    return entry


@transaction.atomic
def finish_first_topic(entry_id: int, *, actor: Any) -> AgendaEntry:
    """第一议题 has been studied (R42)."""
    entry = access.entry_for_update(actor, entry_id)
    access.require_recorder(actor, entry.meeting)
    require_state(entry.meeting, (MeetingState.IN_PROGRESS,), "记录学习")
    if entry.kind != EntryKind.FIRST_TOPIC:
        raise NotNow("只有第一议题这样结束，其他议题须有结论。")
    if entry.state == EntryState.CONCLUDED:
        raise NotNow("第一议题已记录学习。", current=entry)
    now = timezone.now()
    room = room_of(entry.meeting, entry, None if entry.meeting.is_retrospective else now)
    entry.state, entry.concluded_at, entry.concluded_by = EntryState.CONCLUDED, now, actor
    entry.opened_at = entry.opened_at or now
    entry.snapshot = {"at": now.isoformat(), "due": room.due, "present": len(room.present)}
    touch([entry])
    save_as(entry, actor, "已学习")
    seal(entry.meeting, "entry.studied", actor, entry=entry.pk, title=entry.title)
    return entry


@transaction.atomic
def add_statement(
    entry_id: int,
    *,
    actor: Any,
    seat_id: int | None = None,
    observer_id: int | None = None,
    text: str = "",
    stance: str = Stance.NONE,
    is_written: bool = False,
) -> Statement:
    """A 发言 of a member present or of an observer, or the written opinion of an absent member (R37)."""
    entry = access.entry_for_update(actor, entry_id)
    require_recording(entry, actor)
    seat, observer = None, None
    if observer_id is not None:
        observer = Observer.objects.filter(pk=observer_id, meeting=entry.meeting).first()
        if observer is None or observer.entry_id not in (None, entry.pk):
            raise NotVisible("Observer")
        if is_written:
            raise NotNow("书面意见由缺席的成员提交，列席人员可以发言。")
    else:
        seat = require_voting_seat(entry.meeting, seat_id or 0)
        room = room_of(entry.meeting, entry, None if entry.meeting.is_retrospective else timezone.now())
        here = {present.pk for present in room.present}
        if seat.pk in {recused.pk for recused in room.recused}:
            raise NotNow(f"{seat.person}已回避，不参加讨论。")
        if is_written and seat.pk in here:
            raise NotNow(f"{seat.person}已到会，请记录发言。书面意见只用于缺席的成员。")
        if not is_written and seat.pk not in here:
            raise NotNow(f"{seat.person}未签到，不能记录发言。请先签到，或登记书面意见。")
    if stance not in Stance.values:
        raise NotNow("表态只能是同意、不同意、弃权或缓议。")
    same = entry.statements.filter(
        seat=seat, observer=observer, is_written=is_written, text=text, stance=stance
    )
    if text.strip() and same.exists():
        raise NotNow(f"{seat.person if seat else observer}的这段发言已经记录，没有重复添加。")
    last = entry.statements.filter(is_written=False).aggregate(last=Max("order"))["last"] or 0
    statement = Statement(
        entry=entry,
        seat=seat,
        observer=observer,
        order=0 if is_written else last + 1,
        text=text,
        stance=stance if seat else Stance.NONE,
        is_written=is_written,
        updated_by=actor,
    )
    try:
        with transaction.atomic():
            return save_as(statement, actor, "记录发言")
    except IntegrityError as error:
        raise NotNow(f"{seat.person if seat else observer}的书面意见已登记，请在原处修改。") from error


@transaction.atomic
def save_statement(statement_id: int, *, actor: Any, text: str, stance: str, version: int) -> Statement:
    """Save the words and the stance of one statement."""
    entry = access.statement_entry(actor, statement_id)
    require_recording(entry, actor)
    statement = Statement.objects.select_related("seat__person", "observer").get(pk=statement_id)
    _fresh(statement, version, f"{statement.seat.person if statement.seat else statement.observer}的发言")
    if stance not in Stance.values:
        raise NotNow("表态只能是同意、不同意、弃权或缓议。")
    statement.text = text
    statement.stance = stance if statement.seat_id else Stance.NONE
    statement.updated_by = actor
    statement.version += 1
    return save_as(statement, actor, "修改发言")


@transaction.atomic
def remove_statement(statement_id: int, *, actor: Any) -> AgendaEntry:
    """Remove a statement entered by mistake while the entry is open; its history remains."""
    entry = access.statement_entry(actor, statement_id)
    require_recording(entry, actor)
    statement = Statement.objects.get(pk=statement_id)
    delete_as(statement, actor, "误记，移除")
    return entry


@transaction.atomic
def move_statement(statement_id: int, *, actor: Any, is_up: bool) -> AgendaEntry:
    """Change places with the statement before or after it, so that the order is the one spoken."""
    entry = access.statement_entry(actor, statement_id)
    require_recording(entry, actor)
    spoken = list(entry.statements.filter(is_written=False).order_by("order", "id"))
    index = next((i for i, s in enumerate(spoken) if s.pk == statement_id), None)
    if index is None:
        raise NotNow("书面意见不排发言次序。")
    other = index - 1 if is_up else index + 1
    if 0 <= other < len(spoken):
        spoken[index], spoken[other] = spoken[other], spoken[index]
        for order, statement in enumerate(spoken, start=1):
            if statement.order != order:
                statement.order = order
                save_as(statement, actor, "调整发言次序")
    return entry


@transaction.atomic
def recuse(entry_id: int, *, actor: Any, seat_id: int, reason: str) -> Recusal:
    """回避: the member leaves for this entry, is counted as present, does not speak or vote (R36)."""
    entry = access.entry_for_update(actor, entry_id)
    require_recording(entry, actor)
    seat = require_voting_seat(entry.meeting, seat_id)
    if not reason.strip():
        raise NotNow("请填写回避原因，例如“与人选有亲属关系”。")
    if entry.statements.filter(seat=seat, is_written=False).exists():
        raise NotNow(f"{seat.person}在本题已有发言记录，请先移除再记录回避。")
    if Ballot.objects.filter(tally__entry=entry, seat=seat).exists():
        raise NotNow(f"{seat.person}在本题已有记名票，请先更正再记录回避。")
    if entry.recusals.filter(seat=seat).exists():
        raise NotNow(f"{seat.person}已回避。")
    if entry.task_drafts.filter(Q(owner=seat.person_id) | Q(helpers=seat.person_id)).exists():
        raise NotNow(f"本题已拟由{seat.person}承办或协办任务，请先移除再记录回避。")
    return save_as(
        Recusal(entry=entry, seat=seat, reason=reason, left_at=timezone.now()), actor, f"回避：{reason}"
    )


@transaction.atomic
def end_recusal(recusal_id: int, *, actor: Any) -> Recusal:
    """记录返席 after the entry is concluded, or undo a recusal recorded by mistake while it is open."""
    entry = access.recusal_entry(actor, recusal_id)
    access.require_recorder(actor, entry.meeting)
    recusal = Recusal.objects.get(pk=recusal_id)
    if entry.state == EntryState.DELIBERATING:
        delete_as(recusal, actor, "误记，移除")
        return recusal
    if recusal.returned_at is not None:
        raise NotNow("已记录返席。")
    recusal.returned_at = timezone.now()
    save_as(recusal, actor, "返席")
    seal(entry.meeting, "recusal.ended", actor, entry=entry.pk, seat=recusal.seat_id)
    return recusal


@transaction.atomic
def save_entry(
    entry_id: int,
    *,
    actor: Any,
    version: int,
    decision_text: str | None = None,
    method: str | None = None,
    presenter: Any = None,
) -> AgendaEntry:
    """Save the decision text, the ballot method or the presenter of an open entry."""
    entry = access.entry_for_update(actor, entry_id)
    require_recording(entry, actor)
    _fresh(entry, version, "本题的决定或表决方式")
    if method is not None and method != entry.method:
        if (
            entry.is_principal_decision
            or method == BallotMethod.PRINCIPAL
            or method not in BallotMethod.values
        ):
            raise NotNow("校长办公会议听取意见后由校长决定，党组织会议须表决，方式不能互换。")
        if Ballot.history.filter(tally__entry=entry).exists():
            raise NotNow("本题登记过记名票，不能再改表决方式，否则无记名投票可能对应到人。")
        if any(tally.voted for tally in entry.tallies.all()):
            raise NotNow("已登记无记名投票的已投票名单，不能再改表决方式。")
        entry.method = method
    if decision_text is not None:
        entry.decision_text = decision_text
    if presenter is not None:
        if not people_of(entry.meeting.school).filter(pk=presenter.pk).exists():
            raise NotNow("汇报人应为本校人员；校外人员请添加为列席。")
        entry.presenter = presenter
    entry.version += 1
    return save_as(entry, actor, "修改记录")


@transaction.atomic
def add_tally(entry_id: int, *, actor: Any, question: str) -> Tally:
    """One more question to vote on by itself (R52)."""
    entry = access.entry_for_update(actor, entry_id)
    require_recording(entry, actor)
    if entry.is_principal_decision:
        raise NotNow("校长办公会议听取意见后由校长决定，不表决。")
    if not question.strip():
        raise NotNow("请填写表决事项。")
    if entry.tallies.filter(question=question).exists():
        raise NotNow(f"表决事项“{question}”已经在列，没有重复添加。")
    position = (entry.tallies.aggregate(last=Max("position"))["last"] or 0) + 1
    return save_as(Tally(entry=entry, position=position, question=question), actor, "增加表决事项")


@transaction.atomic
def save_tally(
    tally_id: int,
    *,
    actor: Any,
    version: int,
    votes_for: int | None,
    votes_against: int | None,
    abstentions: int | None,
    invalid: int = 0,
    issued: int | None = None,
    tellers: str = "",
    counter: str = "",
    question: str | None = None,
    voted: Iterable[int] | None = None,
) -> Tally:
    """Save the count of one question. Any figures may be recorded; only the conclusion asks whether they agree.

    `voted`: the seats whose secret ballots are in the box, whole; kept in the order of their keys (R58).
    """
    entry = access.tally_entry(actor, tally_id)
    require_recording(entry, actor)
    tally = Tally.objects.get(pk=tally_id)
    _fresh(tally, version, "票数")
    for value in (votes_for, votes_against, abstentions, invalid, issued):
        if value is not None and not 0 <= value <= 999:
            raise NotNow("票数请填 0 到 999 的整数。")
    if entry.method == BallotMethod.NAMED and tally.ballots.exists():
        raise NotNow("记名投票的票数由逐人选择得出，请改逐人选择。")
    tally.votes_for, tally.votes_against, tally.abstentions = votes_for, votes_against, abstentions
    tally.invalid, tally.issued, tally.tellers, tally.counter = invalid, issued, tellers, counter
    if voted is not None:
        tally.voted = _signed_off(entry, voted)
    if question:
        tally.question = question
    tally.version += 1
    return save_as(tally, actor, "计票")


def _signed_off(entry: AgendaEntry, seats: Iterable[int]) -> list[int]:
    """The sign-off list as it is kept: voters of a secret ballot only, no order of theirs."""
    if entry.method != BallotMethod.SECRET:
        raise NotNow("只有无记名投票登记已投票名单。")
    room = room_of(entry.meeting, entry, None if entry.meeting.is_retrospective else timezone.now())
    chosen = set(seats)
    if chosen - {seat.pk for seat in room.voters}:
        raise NotNow("已投票名单中有未到会或已回避的成员。")
    return sorted(chosen)


@transaction.atomic
def save_ballots(tally_id: int, *, actor: Any, version: int, choices: dict[int, str]) -> Tally:
    """Named vote: the choice of every voter by seat; the count follows from it. Recused members cannot vote (R36)."""
    entry = access.tally_entry(actor, tally_id)
    require_recording(entry, actor)
    if entry.method != BallotMethod.NAMED:
        raise NotNow("只有记名投票登记逐人选择。无记名投票不得对应到人。")
    tally = Tally.objects.get(pk=tally_id)
    _fresh(tally, version, "记名票")
    room = room_of(entry.meeting, entry, None if entry.meeting.is_retrospective else timezone.now())
    voters = {seat.pk: seat for seat in room.voters}
    for seat_id, choice in choices.items():
        if seat_id not in voters:
            raise NotNow("选择中有未到会或已回避的成员，不能投票。")
        if choice not in BallotChoice.values:
            raise NotNow("选择只能是赞成、反对或弃权。")
    existing = {ballot.seat_id: ballot for ballot in tally.ballots.all()}
    for seat_id, ballot in existing.items():
        if seat_id not in choices:
            delete_as(ballot, actor, "更正记名票")
    for seat_id, choice in choices.items():
        ballot = existing.get(seat_id) or Ballot(tally=tally, seat=voters[seat_id])
        if ballot.choice != choice:
            ballot.choice = choice
            save_as(ballot, actor, "记名票")
    counted = list(choices.values())
    tally.votes_for = counted.count(BallotChoice.FOR)
    tally.votes_against = counted.count(BallotChoice.AGAINST)
    tally.abstentions = counted.count(BallotChoice.ABSTAIN)
    tally.version += 1
    return save_as(tally, actor, "记名计票")


@transaction.atomic
def add_task_draft(
    entry_id: int,
    *,
    actor: Any,
    title: str,
    owner: Any,
    due_on: date,
    department: str = "",
    requirement: str = "",
    report_every_days: int = 14,
    helpers: list[Any] | None = None,
) -> TaskDraft:
    """责任人、时限 as laid down in the meeting (R70); it becomes a task when the entry is concluded."""
    entry = access.entry_for_update(actor, entry_id)
    require_recording(entry, actor)
    serving = set(people_of(entry.meeting.school).values_list("pk", flat=True))
    barred = barred_people(entry.stage.item) if entry.stage else set()
    for person in (owner, *(helpers or [])):
        if person.pk not in serving:
            raise NotNow(f"{person}不在本校任职，不能作为责任人或协办人。")
        if person.pk in barred:
            raise NotNow(f"{person}须回避本题，不能作为责任人或协办人。")
    if not entry.meeting.is_retrospective and due_on < timezone.localdate():
        raise NotNow("时限不能早于今天。")
    if entry.task_drafts.filter(title=title, owner=owner, due_on=due_on, requirement=requirement).exists():
        raise NotNow(f"任务“{title}”已经在列，没有重复添加。")
    draft = TaskDraft.objects.create(
        entry=entry,
        title=title,
        owner=owner,
        due_on=due_on,
        department=department,
        requirement=requirement,
        report_every_days=report_every_days,
    )
    draft.helpers.set(helpers or [])
    return draft


@transaction.atomic
def remove_task_draft(draft_id: int, *, actor: Any) -> AgendaEntry:
    """Take a drafted task back before the entry is concluded."""
    entry = access.entry_for_update(actor, access.part_entry_id(TaskDraft, actor, draft_id))
    require_recording(entry, actor)
    TaskDraft.objects.filter(pk=draft_id).delete()
    return entry
