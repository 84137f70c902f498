"""Measures of the board (facts.md §6 看板指标). Each says what it counts and gives its subjects as one queryset.

The same queryset makes the daily figures and the list behind a number: `asked(schools)` is annotated with

    m_school  m_day  m_numerator  m_denominator     whole numbers; a pure count has the denominator 0
    m_label                                         number and catalogue entry or meeting, never a title
    m_item | m_meeting                              whose page is the evidence, where the district may read it
    m_finding                                       the finding that took the subject out of the numerator

A measure built on a rule counts what the evaluation found, so the board and the findings cannot disagree: a subject
that cannot be judged leaves the denominator, a finding dismissed as 误报 counts as kept.
"""

from compliance.registry import RULES
from oversight.measures.base import Measure
from oversight.measures.findings import (
    ConsultationRate,
    FindingsOpened,
    FindingsSettled,
    LastSpeakerRate,
    MinutesRate,
    OpenFindings,
)
from oversight.measures.procedure import (
    AdminMeetings,
    AttendanceRate,
    BlockedAttempts,
    CompletionRate,
    Emergencies,
    LoopRate,
    PartyMeetings,
    PrerequisiteRate,
    Reconsiderations,
)

__all__ = ["MEASURES", "Measure", "OpenFindings", "measures"]

MEASURES: dict[str, Measure] = {
    measure.key: measure
    for measure in (
        PrerequisiteRate(),
        AttendanceRate(),
        LoopRate(),
        MinutesRate(),
        CompletionRate(),
        ConsultationRate(),
        LastSpeakerRate(),
        Reconsiderations(),
        Emergencies(),
        BlockedAttempts(),
        PartyMeetings(),
        AdminMeetings(),
        FindingsOpened(),
        FindingsSettled(),
    )
}


def measures() -> list[Measure]:
    """Every measure whose rules are live."""
    return [m for m in MEASURES.values() if all(code == "*" or code in RULES for code in m.rules)]
