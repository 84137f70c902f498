"""Quorum, votes and the clauses on concluding an agenda entry: pure questions over loaded facts, no writes.

`assess` answers everything a recorder sees while working and everything `conclude_entry` decides upon; its
snapshot is what an entry keeps for ever:

    at, meeting, body, mode        when, where, live or 补录
    electorate                     [{seat, person, name, role, status, reason}]; status present|recused|leave|absent
    due, present, recused, voters  counts: 应到, 实到 (回避者 included), 回避, 可投票
    quorum                         {code, share, required, verdict, formula, why}
    method, votes                  [{question, for, against, abstain, invalid, issued, base, base_kind,
                                    required, passed, formula, tellers, counter, named, voted}]
                                    (voted: sign-off list of a secret ballot, never beside a choice)
    opinions                       [{name, role, stance, is_written}]
    decided_by                     name of the principal where the principal decides (R57), else ""
    outcome, decision_text, parameters
    checks                         [{code, title, level, ok, message, clause}]
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from common.checks import Check
from common.choices import Level
from decisions.choices import FAVOURABLE, Outcome
from governance.choices import SeatRole
from governance.parameters import Parameters
from meetings.choices import AttendanceStatus
from meetings.models import AgendaEntry
from meetings.rules.clauses import (
    paper_checks,
    quorum_check,
    recusal_checks,
    speaking_checks,
    vote_checks,
)
from meetings.rules.facts import Quorum, Room, Vote, quorum_of, room_of, vote_of

DECIDING = (*FAVOURABLE, Outcome.REJECTED)


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
        checks.append(quorum_check(meeting, entry, quorum, room))
        checks.extend(recusal_checks(entry, room))
        checks.extend(vote_checks(entry, votes, room, asked))
        checks.extend(speaking_checks(meeting, entry, statements, room))
        checks.extend(paper_checks(meeting, entry, room, parameters))
    return Assessment(room, quorum, votes, outcome, tuple(checks))


def snapshot_of(entry: AgendaEntry, assessment: Assessment, *, at: datetime, outcome: str) -> dict[str, Any]:
    """The JSON an entry keeps: see the module docstring."""
    meeting, room = entry.meeting, assessment.room
    recused = {seat.pk for seat in room.recused}
    here = {seat.pk for seat in room.present}
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
                else "leave"
                if row.status == AttendanceStatus.LEAVE
                else "absent",
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
                "voted": list(vote.voted),
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
        "decided_by": next((str(seat.person) for seat in room.voters if seat.role == SeatRole.PRINCIPAL), "")
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
