"""What an item asks and shows in words: attendance, ballot, money, people; and what an entry asks before it is written."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from common.components import Step
from decisions import rules, transitions
from decisions.models import DecisionItem
from decisions.selectors.route import planned_steps
from governance.access import offices_of
from governance.arithmetic import quorum_threshold, vote_threshold
from governance.choices import AttendanceKind, BallotMethod, BodyKind, PrerequisiteKind, Route
from governance.models import Body, CatalogueEntry
from governance.parameters import Parameters, resolve
from governance.selectors import admin_body, deciding_body, voting_seats


def attendance_words(entry: Any, body: Body, due: int, parameters: Parameters) -> str:
    """How many must come to the body for this entry, e.g. 半数以上：7 人中至少 4 人."""
    major = body.is_party and entry.attendance == AttendanceKind.TWO_THIRDS
    key = "admin.quorum" if not body.is_party else "party.quorum_major" if major else "party.quorum"
    threshold = quorum_threshold(parameters[key], parameters["quorum.half_inclusive"])
    kind = AttendanceKind.TWO_THIRDS if major else AttendanceKind.HALF
    return f"{kind.label}：{due} 人中至少 {threshold.required(due)} 人"


def ballot_words(entry: Any, body: Body, due: int, parameters: Parameters) -> str:
    """How the body decides on this entry."""
    if not body.is_party:
        return BallotMethod.PRINCIPAL.label
    is_major = entry.attendance == AttendanceKind.TWO_THIRDS
    threshold = vote_threshold(parameters["vote.pass"], parameters["vote.major_pass"] if is_major else None)
    base = "应到" if parameters["vote.base"] == "due" else "实到"
    method = entry.get_ballot_display()
    if parameters["vote.base"] == "due":
        return f"{method}，赞成须 {threshold.required(due)} 票（{base} {due} 人）"
    return f"{method}，赞成须超过{base}人数的 {threshold.share}"


def facts_of(
    item: DecisionItem, bodies: list[Body], due: dict[int, list[Any]], parameters: Parameters
) -> list[tuple[str, str, str]]:
    """(label, value, note) of the facts card; at most eight lines matter, empty ones are left out."""
    entry = item.catalogue_entry
    decider = next((body for body in bodies if body.is_party), bodies[0])
    titles = offices_of(item.proposer, item.school).titles
    count = len(due[decider.pk])
    presenter = f" {item.presenter}汇报" if item.presenter else ""
    facts = [
        ("提出人", f"{item.proposer}{f'（{titles}）' if titles else ''}", ""),
        ("承办", f"{item.department}{presenter}".strip(), ""),
        ("金额", "" if item.amount is None else "amount", item.fund_source),
        ("到会要求", attendance_words(entry, decider, count, parameters), str(decider)),
        ("表决方式", ballot_words(entry, decider, count, parameters), ""),
        ("列席", item.observers, ""),
        ("公开上报", entry.publicity, ""),
        ("知悉范围", item.get_access_scope_display(), ""),
    ]
    return [fact for fact in facts if fact[1]]


@dataclass(frozen=True, slots=True)
class Guide:
    """What an item of one catalogue entry will go through."""

    steps: list[Step]
    prerequisites: list[tuple[str, str, str]]
    attendance: str
    ballot: str
    needs_consultation: bool


def entry_guide(entry: CatalogueEntry) -> Guide:
    """The route, the evidence with why and clause, attendance and ballot of one entry, for its own school."""
    school = entry.school
    if school is None:
        raise ValueError("a template of an authority has no route of its own; pass the school's entry")
    parameters = resolve(school, timezone.localdate())
    kind = transitions.ROUTES[entry.route][0 if entry.route != Route.LOOP else 1][1]
    body = admin_body(school) if kind == BodyKind.ADMIN else deciding_body(school)
    due = voting_seats(body).count()
    probe = DecisionItem(school=school, catalogue_entry=entry, route=entry.route)
    needed = []
    for wanted in rules.required_kinds(probe):
        code, _, title, source, why = rules.PREREQUISITE_RULES[wanted]
        if wanted == PrerequisiteKind.CONGRESS:
            title = f"教代会{entry.get_congress_mode_display()}"
        needed.append((title, why, rules.cite(source, code)))
    return Guide(
        steps=planned_steps(entry.route, school, parameters),
        prerequisites=needed,
        attendance=attendance_words(entry, body, due, parameters),
        ballot=ballot_words(entry, body, due, parameters),
        needs_consultation=entry.route != Route.ADMIN,
    )
