"""The snapshot an entry keeps, in the shape of meetings.rules.snapshot_of, with the same arithmetic."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from common.choices import Level
from decisions.choices import FAVOURABLE
from demo.generate.books import as_json
from demo.generate.world import Member, World
from governance.arithmetic import judge_quorum, quorum_threshold, vote_threshold
from governance.choices import AttendanceKind, BallotMethod
from meetings.choices import AttendanceStatus, MeetingMode

STATUS = {AttendanceStatus.LEAVE: "leave", AttendanceStatus.ABSENT: "absent"}
MORE_THAN_HALF = vote_threshold("gt_half")


@dataclass(frozen=True)
class Present:
    """One seat at one meeting."""

    member: Member
    status: AttendanceStatus
    reason: str

    @property
    def is_there(self) -> bool:
        return self.status == AttendanceStatus.PRESENT


def vote_passes(votes_for: int, due: int) -> bool:
    """More than half of those due (national and local default of this district)."""
    return MORE_THAN_HALF.is_met(votes_for, due)


@cache
def _quorum(is_party: bool, is_major: bool, present: int, due: int) -> dict[str, Any]:
    share = [2, 3] if is_major else [1, 2]
    code = ("R31" if is_major else "R30") if is_party else "R32"
    threshold = quorum_threshold(share, half_inclusive=False)
    why = {
        "R30": "党组织会议须半数以上到会",
        "R31": "干部任免等重要事项须三分之二以上到会",
        "R32": "校长办公会议须半数以上到会",
    }[code]
    return {
        "code": code,
        "share": share,
        "required": threshold.required(due),
        "verdict": judge_quorum(share, False, present, due).value,
        "formula": threshold.formula(present, due),
        "why": why,
    }


@cache
def _vote(votes_for: int, due: int) -> tuple[int, bool, str]:
    return (
        MORE_THAN_HALF.required(due),
        MORE_THAN_HALF.is_met(votes_for, due),
        MORE_THAN_HALF.formula(votes_for, due),
    )


@cache
def _checks(
    is_party: bool, quorum_ok: bool, vote_ok: bool | None, has_text: bool
) -> tuple[dict[str, Any], ...]:
    """The gist of the checks of an entry; in 补录 they are kept although failing."""
    rows = [("R30" if is_party else "R32", "到会人数", Level.BLOCK, quorum_ok, "中办《意见（试行）》")]
    if vote_ok is not None:
        rows.append(("R53", "赞成票数", Level.BLOCK, vote_ok, "参照地方议事规则，国家文件未规定"))
    rows.append(
        (
            "R50" if is_party else "R57",
            "到会成员逐一表态",
            Level.BREACH,
            True,
            "参照《干部任用条例》讨论决定章",
        )
    )
    rows.append(("R60", "决定文字", Level.BLOCK, has_text, "《党组工作条例》要点"))
    return tuple(
        {
            "code": code,
            "title": title,
            "level": str(level),
            "ok": ok,
            "message": "",
            "clause": f"{clause}·规则 {code}",
        }
        for code, title, level, ok, clause in rows
    )


def snapshot_text(
    world: World,
    sitting: Any,
    hearing: Any,
    present: list[Present],
    away: set[int],
    there: int,
    kind: str,
    method: str,
    tally: dict[str, Any] | None,
    opinions: list[dict[str, Any]],
    chair: Member,
) -> str:
    """The snapshot as JSON text; the parameters are spliced in, they are the same for all of a school."""
    due, is_party = len(present), sitting.body == "party"
    if due > there and world.slips(0.004):  # who was on leave is left out of the base (R33)
        due -= 1
    quorum = _quorum(is_party, is_party and kind == AttendanceKind.TWO_THIRDS, there, due)
    votes = []
    if tally is not None:
        required, passed, formula = _vote(tally["votes_for"], due)
        votes.append(
            {
                "question": tally["question"],
                "for": tally["votes_for"],
                "against": tally["votes_against"],
                "abstain": tally["abstentions"],
                "invalid": 0,
                "issued": tally["issued"],
                "base": due,
                "base_kind": "due",
                "required": required,
                "passed": passed,
                "formula": formula,
                "tellers": tally["tellers"],
                "counter": tally["counter"],
                "named": [],
            }
        )
    is_deciding = hearing.outcome in (*FAVOURABLE, "rejected")
    checks = _checks(
        is_party, quorum["verdict"] == "met", votes[0]["passed"] if votes else None, bool(hearing.decision)
    )
    text = as_json(
        {
            "at": hearing.concluded.isoformat(),
            "meeting": sitting.label(world),
            "body": world.body_names[sitting.body],
            "mode": MeetingMode.LIVE.value,
            "electorate": [
                {
                    "seat": row.member.seat,
                    "person": row.member.person,
                    "name": row.member.name,
                    "role": row.member.role.label,
                    "status": "recused" if row.member.seat in away else STATUS.get(row.status, "present"),
                    "reason": row.reason,
                }
                for row in present
            ],
            "due": due,
            "present": there,
            "recused": len(away),
            "voters": there - len(away),
            "quorum": quorum,
            "method": method,
            "votes": votes,
            "opinions": opinions,
            "decided_by": chair.name if method == BallotMethod.PRINCIPAL else "",
            "outcome": hearing.outcome.value,
            "decision_text": hearing.decision,
            "checks": list(checks) if is_deciding else [],
        }
    )
    return f'{text[:-1]},"parameters":{world.parameters_text}}}'
