"""What meetings did with an item, drawn from the snapshot each agenda entry pinned when it ended."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import NoReverseMatch, reverse

from common.components import Pill, pill_for, vote_marks
from decisions.choices import Outcome
from decisions.models import ItemEvent, Stage

MAX_DRAWN = 15  # seats of an assembly would not fit a line; its numbers are told in words


@dataclass(frozen=True, slots=True)
class Vote:
    """One counted question of a deliberation, as drawn."""

    question: str
    marks: list[str]
    required: int
    tally: list[tuple[str, str, int]]
    formula: str
    passed: bool | None
    counters: str
    is_drawn: bool

    @property
    def gate_text(self) -> str:
        """What stands under the gold line."""
        return f"通过须 {self.required} 票"


@dataclass(frozen=True, slots=True)
class Deliberation:
    """One agenda entry of the item that has ended: facts, arithmetic and decision."""

    label: str
    at: datetime
    method: str
    url: str
    purpose: str
    round: int
    pill: Pill
    votes: list[Vote]
    sentence: str
    decision: str
    is_retrospective: bool
    warnings: list[str]


def _meeting_url(meeting: Any) -> str:
    try:
        return reverse("meetings:meeting_detail", args=[meeting.pk])
    except NoReverseMatch:
        return ""


def deliberations_of(
    stages: list[Stage], entries: dict[int, list[Any]], events: Iterable[ItemEvent]
) -> list[Deliberation]:
    """Concluded entries of the item, newest first.

    Where the person sees the item and not the meeting (a secretary and 校长办公会议), what the event of the item
    itself tells is shown; the caller passes events only to people in office.
    """
    by_pk = {stage.pk: stage for stage in stages}
    held = [e for rows in entries.values() for e in rows if e.state == "concluded" and e.snapshot]
    known = {entry.pk for entry in held}
    told = [_deliberation(entry, by_pk[entry.stage_id]) for entry in held]
    for event in events:
        stage = by_pk.get(event.data.get("stage", 0))
        if event.kind == "stage.concluded" and stage and event.data.get("entry") not in known:
            told.append(_told(event, stage))
    return sorted(told, key=lambda one: one.at, reverse=True)


def _told(event: ItemEvent, stage: Stage) -> Deliberation:
    data = event.data
    votes = [vote["formula"] for vote in data.get("votes", []) if vote.get("passed") is not None]
    parts = [data["quorum"]["formula"]] if data.get("quorum") else []
    sentence = "；".join([*(f"到会 {text}" for text in parts), *(f"赞成票 {text}" for text in votes)])
    return Deliberation(
        label=event.text.partition(stage.get_purpose_display() + "：")[0] or str(stage.body),
        at=event.at,
        method="",
        url="",
        purpose=stage.get_purpose_display(),
        round=stage.round,
        pill=pill_for(Outcome(data["outcome"])),
        votes=[],
        sentence=f"{sentence}。" if sentence else "",
        decision=data.get("decision", ""),
        is_retrospective=False,
        warnings=[],
    )


def _deliberation(entry: Any, stage: Stage) -> Deliberation:
    kept = entry.snapshot
    voting = not kept.get("decided_by")
    votes = [_vote(v, kept) for v in kept["votes"]] if voting else []
    agreed = sum(o.get("stance") == "agree" for o in kept["opinions"] if not o.get("is_written"))
    quorum = kept["quorum"]
    parts = [f"应到 {kept['due']} 人，实到 {kept['present']} 人（{quorum['formula']}）"]
    if kept.get("recused"):
        parts.append(f"回避 {kept['recused']} 人")
    for vote in votes:
        if vote.passed is not None:
            verdict = "通过" if vote.passed else "未通过"
            named = f"“{vote.question}”" if len(votes) > 1 else ""
            parts.append(f"{named}赞成票 {vote.formula}，{verdict}")
        if vote.counters:
            parts.append(vote.counters)
    if not voting:
        parts.append(f"{agreed} 人同意，由{kept['decided_by']}作出决定")
    away = [p for p in kept["electorate"] if p["status"] in ("leave", "absent")]
    if away:
        parts.append("未到会：" + "、".join(p["name"] for p in away))
    return Deliberation(
        label=entry.meeting.label,
        at=entry.concluded_at,
        method=entry.get_method_display(),
        url=_meeting_url(entry.meeting),
        purpose=stage.get_purpose_display(),
        round=stage.round,
        pill=pill_for(entry.get_outcome_display()),
        votes=votes,
        sentence="；".join(parts) + "。",
        decision=entry.decision_text,
        is_retrospective=entry.meeting.is_retrospective,
        warnings=[
            f"{c['title']}：{c['message']}" for c in kept["checks"] if c["ok"] is not True and c["message"]
        ],
    )


def _vote(vote: dict[str, Any], kept: dict[str, Any]) -> Vote:
    approve, against, abstain = (vote.get(key) or 0 for key in ("for", "against", "abstain"))
    due, recused = kept["due"], kept["recused"]
    unvoted = max(kept["present"] - recused - approve - against - abstain, 0)
    absent = due - kept["present"]
    tally = [("check", "赞成", approve), ("x", "反对", against), ("minus", "弃权", abstain)]
    if recused:
        tally.append(("user-minus", "回避", recused))
    if vote.get("invalid"):
        tally.append(("", "无效", vote["invalid"]))
    if absent:
        tally.append(("", "未到会", absent))
    counters = "，".join(
        f"{name} {vote[key]}" for key, name in (("tellers", "监票"), ("counter", "计票")) if vote.get(key)
    )
    return Vote(
        question=vote["question"],
        marks=vote_marks(
            due, approve=approve, against=against, abstain=abstain, recused=recused, unvoted=unvoted
        ),
        required=vote["required"],
        tally=tally,
        formula=vote["formula"],
        passed=vote["passed"],
        counters=counters,
        is_drawn=due <= MAX_DRAWN and vote.get("for") is not None,
    )
