"""Quorum, votes and the clauses on concluding an agenda entry: pure questions over loaded facts, no writes.

`assess` answers everything a recorder sees while working and everything `conclude_entry` decides upon; its
snapshot is what an entry keeps for ever:

    at, meeting, body, mode        when, where, live or 补录
    electorate                     [{seat, person, name, role, status, reason}]; status present|recused|leave|absent
    due, present, recused, voters  counts: 应到, 实到 (回避者 included), 回避, 可投票
    quorum                         {code, share, required, verdict, formula, why}
    method, votes                  [{question, for, against, abstain, invalid, issued, base, base_kind,
                                    required, passed, formula, tellers, counter, named}]
    opinions                       [{name, role, stance, is_written}]
    decided_by                     name of the principal where the principal decides (R57), else ""
    outcome, decision_text, parameters
    checks                         [{code, title, level, ok, message, clause}]
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from common.checks import Check
from common.choices import Level
from decisions.choices import FAVOURABLE, Outcome
from decisions.rules import OPINION, cite
from governance.arithmetic import Verdict, judge_quorum, quorum_threshold, vote_threshold
from governance.choices import AttendanceKind, BallotMethod, SeatRole
from governance.models import Seat
from governance.parameters import Parameters
from meetings.choices import AttendanceStatus, Stance
from meetings.models import AgendaEntry, Attendance, Meeting, Statement, Tally

DECIDING = (*FAVOURABLE, Outcome.REJECTED)


@dataclass(frozen=True)
class Room:
    """Who counts for one entry at one moment. 实到 includes those in recusal; they do not vote (R33, R36)."""

    attendances: tuple[Attendance, ...]
    present: tuple[Seat, ...]
    recused: tuple[Seat, ...]
    voters: tuple[Seat, ...]

    @property
    def due(self) -> int:
        """应到: voting seats of the body on the day; leave counts (R33)."""
        return len(self.attendances)


@dataclass(frozen=True)
class Quorum:
    """Attendance against the share the entry needs."""

    code: str
    share: list[int]
    required: int
    verdict: str
    formula: str
    why: str

    @property
    def is_met(self) -> bool:
        return self.verdict == Verdict.MET.value

    @property
    def allows_deciding(self) -> bool:
        """Exactly half warns and does not block (facts.md §4)."""
        return self.verdict in (Verdict.MET.value, Verdict.EXACTLY_HALF.value)


@dataclass(frozen=True)
class Vote:
    """One question as counted, against its threshold. `passed` is None while not counted."""

    tally: int
    question: str
    votes_for: int | None
    votes_against: int | None
    abstentions: int | None
    invalid: int
    issued: int | None
    cast: int
    base: int
    base_kind: str
    required: int
    passed: bool | None
    formula: str
    tellers: str
    counter: str
    named: tuple[dict[str, str], ...]


@dataclass(frozen=True)
class Assessment:
    """Everything computed about one entry at one moment."""

    room: Room
    quorum: Quorum
    votes: tuple[Vote, ...]
    outcome: str
    checks: tuple[Check, ...]

    @property
    def is_counted(self) -> bool:
        return bool(self.votes) and all(vote.passed is not None for vote in self.votes)

    @property
    def has_passed(self) -> bool:
        return self.is_counted and all(vote.passed for vote in self.votes)

    @property
    def failing(self) -> list[Check]:
        return [check for check in self.checks if check.is_failing]

    @property
    def refusing(self) -> list[Check]:
        """What keeps a decision from being formed: every B rule, and 记录与结论 that disagree (R55)."""
        return [check for check in self.failing if check.level == Level.BLOCK]


def room_of(meeting: Meeting, entry: AgendaEntry | None, moment: datetime | None) -> Room:
    """Who is in the room for an entry. Without a moment, the last known state of each seat counts."""
    attendances = tuple(meeting.attendances.all())
    present = tuple(row.seat for row in attendances if row.is_present_at(moment))
    out = {recusal.seat_id for recusal in entry.recusals.all()} if entry else set()
    recused = tuple(seat for seat in present if seat.pk in out)
    return Room(attendances, present, recused, tuple(seat for seat in present if seat.pk not in out))


def quorum_of(meeting: Meeting, attendance_kind: str, room: Room) -> Quorum:
    """R30, R31 (party) or R32 (administration) under the parameters pinned on the meeting."""
    parameters = Parameters(meeting.parameters)
    is_major = meeting.body.is_party and attendance_kind == AttendanceKind.TWO_THIRDS
    if not meeting.body.is_party:
        key, code, why = "admin.quorum", "R32", "校长办公会议须半数以上到会"
    elif is_major:
        key, code, why = "party.quorum_major", "R31", "干部任免等重要事项须三分之二以上到会"
    else:
        key, code, why = "party.quorum", "R30", "党组织会议须半数以上到会"
    share, half = parameters[key], parameters["quorum.half_inclusive"]
    threshold = quorum_threshold(share, half)
    present, due = len(room.present), room.due
    verdict = judge_quorum(share, half, present, due)
    return Quorum(code, share, threshold.required(due), verdict.value, threshold.formula(present, due), why)


def vote_of(tally: Tally, entry: AgendaEntry, room: Room, parameters: Parameters) -> Vote:
    """R53, R54: the count of one question against its threshold, base 应到 or 实到 as the parameters say."""
    is_major = entry.attendance_kind == AttendanceKind.TWO_THIRDS
    base_kind = parameters["vote.base"]
    base = room.due if base_kind == "due" else len(room.present)
    if parameters["vote.recusal_reduces_base"]:
        base -= len(room.recused)
    threshold = vote_threshold(parameters["vote.pass"], parameters["vote.major_pass"] if is_major else None)
    votes_for = tally.votes_for or 0
    return Vote(
        tally=tally.pk,
        question=tally.question,
        votes_for=tally.votes_for,
        votes_against=tally.votes_against,
        abstentions=tally.abstentions,
        invalid=tally.invalid,
        issued=tally.issued,
        cast=tally.cast,
        base=base,
        base_kind=base_kind,
        required=threshold.required(base),
        passed=threshold.is_met(votes_for, base) if tally.is_counted else None,
        formula=threshold.formula(votes_for, base) if tally.is_counted else "",
        tellers=tally.tellers,
        counter=tally.counter,
        named=tuple(
            {"name": str(ballot.seat.person), "choice": ballot.choice} for ballot in tally.ballots.all()
        ),
    )


def _quorum_check(meeting: Meeting, entry: AgendaEntry, quorum: Quorum, room: Room) -> Check:
    article = "（五）" if meeting.body.is_party else "（六）"
    half = quorum.verdict == Verdict.EXACTLY_HALF.value
    message = ""
    if half:
        message = f"恰好半数到会：{quorum.formula}。“半数以上”是否含本数由区教育工委规定，暂按预警。"
    elif not quorum.is_met:
        message = (
            f"{quorum.why}：应到 {room.due} 人，实到 {len(room.present)} 人，{quorum.formula}，"
            f"还差 {quorum.required - len(room.present)} 人。可记录情况，改为缓议。"
        )
    return Check(
        quorum.code,
        "到会人数",
        Level.WARN if half else Level.BLOCK,
        quorum.is_met,
        message=message,
        clause=cite(f"{OPINION}{article}", quorum.code),
        fix_url=reverse("meetings:desk", args=[meeting.pk]) + "#attendance",
        fix_label="核对签到",
        detail=quorum.formula,
    )


def _recusal_checks(entry: AgendaEntry, room: Room) -> list[Check]:
    """R36: persons the matter touches leave the room."""
    if entry.stage is None:
        return []
    touched = {concerned.person_id: concerned for concerned in entry.stage.item.concerned.all()}
    checks = []
    for seat in room.voters:
        if seat.person_id in touched:
            relation = touched[seat.person_id].relation
            checks.append(
                Check(
                    "R36",
                    f"{seat.person}须回避",
                    Level.BLOCK,
                    False,
                    message=f"{seat.person}与此议题有利害关系（{relation}），须离席，不讨论、不投票。请记录回避。",
                    clause=cite("参照学校党组织会议制度", "R36"),
                    fix_url=reverse("meetings:desk", args=[entry.meeting_id]) + "#recusal",
                    fix_label="记录回避",
                )
            )
    return checks


def _vote_checks(entry: AgendaEntry, votes: Sequence[Vote], room: Room, outcome: str) -> list[Check]:
    """R38, R52, R53, R55, R58: the count is complete, possible, and agrees with the recorded conclusion."""
    checks: list[Check] = []
    voters = len(room.voters)
    url = reverse("meetings:desk", args=[entry.meeting_id]) + "#vote"
    is_secret = entry.method == BallotMethod.SECRET
    for vote in votes:
        name = f"“{vote.question}”" if len(votes) > 1 else ""
        if vote.passed is None:
            checks.append(
                Check(
                    "R53",
                    f"{name}表决计票",
                    Level.BLOCK,
                    None,
                    message="尚未填写赞成、反对、弃权票数。请计票后再结束，或改为缓议。",
                    clause=cite("参照地方议事规则", "R53"),
                    fix_url=url,
                    fix_label="填写票数",
                )
            )
            continue
        if vote.cast != voters:
            code = "R58" if is_secret else ("R36" if room.recused and vote.cast > voters else "R38")
            excluded = f"（实到 {len(room.present)}，回避 {len(room.recused)}）"
            checks.append(
                Check(
                    code,
                    f"{name}票数与可投票人数一致",
                    Level.BLOCK if vote.cast > voters or is_secret else Level.BREACH,
                    False,
                    message=f"可投票 {voters} 人{excluded}，票数合计 {vote.cast}。请核对票数和签到。",
                    clause=cite("参照学校党组织会议制度", code),
                    fix_url=url,
                    fix_label="核对票数",
                )
            )
        if is_secret:
            checks.append(
                Check(
                    "R58",
                    "发出票数等于收回票数",
                    Level.BLOCK,
                    vote.issued == vote.cast,
                    message=""
                    if vote.issued == vote.cast
                    else f"发出 {vote.issued if vote.issued is not None else '未填'}，收回 {vote.cast}，不相符。",
                    clause=cite("参照无记名投票规则（待核）", "R58"),
                    fix_url=url,
                    fix_label="核对票数",
                    detail=f"发出 {vote.issued}，收回 {vote.cast}",
                )
            )
            named = bool(vote.tellers and vote.counter)
            checks.append(
                Check(
                    "R58",
                    "监票、计票人具名",
                    Level.BREACH,
                    named,
                    message="" if named else "请填写监票人和计票人姓名。",
                    clause=cite("参照无记名投票规则（待核）", "R58"),
                    fix_url=url,
                    fix_label="填写姓名",
                )
            )
        checks.append(
            Check(
                "R53",
                f"{name}赞成票数",
                Level.BLOCK if outcome in FAVOURABLE else Level.INFO,
                vote.passed or outcome not in FAVOURABLE,
                message=""
                if vote.passed
                else f"赞成 {vote.votes_for} 票，须 {vote.required} 票：{vote.formula}，未通过。",
                clause=cite("参照地方议事规则，国家文件未规定", "R53"),
                fix_url=url,
                fix_label="核对票数",
                detail=vote.formula,
            )
        )
    if votes and outcome == Outcome.REJECTED and all(vote.passed for vote in votes):
        checks.append(
            Check(
                "R55",
                "记录结论与计票一致",
                Level.BLOCK,
                False,
                message="按票数应为通过，不能记为否决。请核对票数，或改为通过。",
                clause=cite("《三重一大决策系统数据规范》要点", "R55"),
                fix_url=url,
                fix_label="核对",
            )
        )
    return checks


def _speaking_checks(
    meeting: Meeting, entry: AgendaEntry, statements: Sequence[Statement], room: Room
) -> list[Check]:
    """R50, R51 (party) and R57 (administration): everyone is heard, the chair speaks last."""
    url = reverse("meetings:desk", args=[meeting.pk]) + "#statements"
    spoken = [s for s in statements if not s.is_written and s.seat_id]
    clear = {s.seat_id for s in spoken if s.stance != Stance.NONE}
    silent = [str(seat.person) for seat in room.voters if seat.pk not in clear]
    checks = []
    if meeting.body.is_party:
        checks.append(
            Check(
                "R50",
                "到会成员逐一表态",
                Level.BREACH,
                not silent,
                message=f"{'、'.join(silent)}尚未表态。" if silent else "",
                clause=cite("参照《干部任用条例》讨论决定章", "R50"),
                fix_url=url,
                fix_label="补记表态",
            )
        )
    else:
        heard = {s.seat_id for s in spoken}
        unheard = [
            str(seat.person)
            for seat in room.voters
            if seat.pk not in heard and seat.person_id != meeting.chair_id
        ]
        checks.append(
            Check(
                "R57",
                "广泛听取意见",
                Level.BREACH,
                not unheard,
                message=f"尚未记录{'、'.join(unheard)}的意见。校长在听取意见后作出决定。" if unheard else "",
                clause=cite(f"{OPINION}（六）", "R57"),
                fix_url=url,
                fix_label="补记意见",
            )
        )
        principal_here = any(seat.role == SeatRole.PRINCIPAL for seat in room.present)
        checks.append(
            Check(
                "R57",
                "校长到会并作出决定",
                Level.BREACH,
                principal_here,
                message="" if principal_here else "校长未到会。校长办公会议事项由校长作出决定。",
                clause=cite(f"{OPINION}（六）", "R57"),
                fix_url=url,
                fix_label="核对签到",
            )
        )
    chair_spoke = any(s.seat and s.seat.person_id == meeting.chair_id for s in spoken)
    if chair_spoke:
        last = spoken[-1]
        is_last = last.seat is not None and last.seat.person_id == meeting.chair_id
        checks.append(
            Check(
                "R51",
                "主持人最后表态",
                Level.BREACH if meeting.body.is_party else Level.INFO,
                is_last,
                message=""
                if is_last
                else f"{meeting.chair}之后还有{last.seat.person}发言。主持人应最后表态。",
                clause=cite("参照《干部任用条例》讨论决定章", "R51"),
                fix_url=url,
                fix_label="调整次序",
            )
        )
    return checks


def _paper_checks(meeting: Meeting, entry: AgendaEntry, outcome: str, parameters: Parameters) -> list[Check]:
    """R34, R52, R60: chair by office or delegated, method fits the class, the decision is written down."""
    url = reverse("meetings:desk", args=[meeting.pk])
    checks = [
        Check(
            "R60",
            "决定文字",
            Level.BLOCK,
            bool(entry.decision_text.strip()),
            message="" if entry.decision_text.strip() else "尚未写明决定内容。决定原文会写入会议纪要。",
            clause=cite("《党组工作条例》要点", "R60"),
            fix_url=url + "#decision",
            fix_label="写决定",
        )
    ]
    secret = set(parameters["vote.secret_classes"])
    if meeting.body.is_party and entry.stage and secret & set(entry.stage.item.major_classes):
        ok = entry.method == BallotMethod.SECRET
        checks.append(
            Check(
                "R52",
                "表决方式",
                Level.BREACH,
                ok,
                message="" if ok else f"{entry.stage.item.major_labels}事项须无记名投票。",
                clause=cite("参照《党组工作条例》", "R52"),
                fix_url=url + "#vote",
                fix_label="改表决方式",
            )
        )
    return checks


def assess(entry: AgendaEntry, *, outcome: str = "", moment: datetime | None = None) -> Assessment:
    """Room, quorum, votes and every clause for one entry. Without an outcome, 通过 is what is asked about.

    `moment` defaults to now in a live meeting; in a retrospective one every person recorded as 到会 counts.
    """
    meeting = entry.meeting
    parameters = Parameters(meeting.parameters)
    if moment is None and not meeting.is_retrospective:
        moment = timezone.now()
    room = room_of(meeting, entry, moment)
    quorum = quorum_of(meeting, entry.attendance_kind, room)
    votes: tuple[Vote, ...] = ()
    if not entry.is_principal_decision:
        votes = tuple(vote_of(tally, entry, room, parameters) for tally in entry.tallies.all())
    asked = outcome or Outcome.PASSED
    checks: list[Check] = []
    if asked in DECIDING:
        statements = list(entry.statements.all())
        checks.append(_quorum_check(meeting, entry, quorum, room))
        checks.extend(_recusal_checks(entry, room))
        checks.extend(_vote_checks(entry, votes, room, asked))
        checks.extend(_speaking_checks(meeting, entry, statements, room))
        checks.extend(_paper_checks(meeting, entry, asked, parameters))
    return Assessment(room, quorum, votes, outcome, tuple(checks))


def snapshot_of(entry: AgendaEntry, assessment: Assessment, *, at: datetime, outcome: str) -> dict[str, Any]:
    """The JSON an entry keeps: see the module docstring."""
    meeting, room = entry.meeting, assessment.room
    recused = {seat.pk for seat in room.recused}
    here = {seat.pk for seat in room.present}
    away = {AttendanceStatus.LEAVE: "leave"}
    return {
        "at": at.isoformat(),
        "meeting": meeting.label,
        "body": meeting.body.name,
        "mode": meeting.mode,
        "electorate": [
            {
                "seat": row.seat_id,
                "person": row.seat.person_id,
                "name": str(row.seat.person),
                "role": row.seat.get_role_display(),
                "status": "recused"
                if row.seat_id in recused
                else "present"
                if row.seat_id in here
                else away.get(row.status, "absent"),
                "reason": row.reason,
            }
            for row in room.attendances
        ],
        "due": room.due,
        "present": len(room.present),
        "recused": len(room.recused),
        "voters": len(room.voters),
        "quorum": asdict(assessment.quorum),
        "method": entry.method,
        "votes": [
            {
                "question": vote.question,
                "for": vote.votes_for,
                "against": vote.votes_against,
                "abstain": vote.abstentions,
                "invalid": vote.invalid,
                "issued": vote.issued,
                "base": vote.base,
                "base_kind": vote.base_kind,
                "required": vote.required,
                "passed": vote.passed,
                "formula": vote.formula,
                "tellers": vote.tellers,
                "counter": vote.counter,
                "named": list(vote.named),
            }
            for vote in assessment.votes
        ],
        "opinions": [
            {
                "name": str(s.seat.person if s.seat else s.observer),
                "role": s.seat.get_role_display() if s.seat else "列席",
                "stance": s.stance,
                "is_written": s.is_written,
            }
            for s in entry.statements.all()
        ],
        "decided_by": next((str(seat.person) for seat in room.present if seat.role == SeatRole.PRINCIPAL), "")
        if entry.is_principal_decision
        else "",
        "outcome": outcome,
        "decision_text": entry.decision_text,
        "parameters": meeting.parameters,
        "checks": [
            {
                "code": c.code,
                "title": c.title,
                "level": str(c.level),
                "ok": c.ok,
                "message": c.message,
                "clause": c.clause,
            }
            for c in assessment.checks
        ],
    }
