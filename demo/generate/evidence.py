"""What is prepared before a deciding meeting: prerequisites and the consultation of 书记 and 校长."""

from datetime import date, timedelta
from typing import Any

from decisions.choices import Disagreement, EvidenceResult
from decisions.models import Consultation, Prerequisite
from demo.generate.world import World, at
from governance.choices import CongressMode, PrerequisiteKind, Route

WORDS = {kind.value: f"{kind.label}已完成，无不同意见。" for kind in PrerequisiteKind}
BY_SECRETARY = (PrerequisiteKind.DISCIPLINE, PrerequisiteKind.INSPECTION)


def prepare(world: World, matter: Any, day: date) -> None:
    """Evidence of everything the item needs, held before the day; now and then something is left out."""
    entry = matter.entry
    kinds = [PrerequisiteKind.RESEARCH.value] if entry["route"] != Route.ADMIN else []
    kinds += [kind for kind in entry["prerequisites"] if kind not in kinds]
    for kind in kinds:
        if not world.slips():
            _prerequisite(world, matter, kind, day - timedelta(days=world.dice.randint(2, 6)))
    if entry["route"] != Route.ADMIN and not world.slips():
        _consultation(world, matter, day)


def _prerequisite(world: World, matter: Any, kind: str, held: date) -> None:
    entry = matter.entry
    result, mode, participants = EvidenceResult.FAVOURABLE, "", "相关部门负责人"
    if kind == PrerequisiteKind.CONGRESS:
        approves = entry["congress_mode"] == CongressMode.APPROVE and not world.slips(0.02)
        result = EvidenceResult.APPROVED if approves else EvidenceResult.HEARD
        mode = (CongressMode.APPROVE if approves else CongressMode.HEAR).value
        participants = "教职工代表"
    elif kind in (PrerequisiteKind.OPINION, PrerequisiteKind.PARENTS):
        result, participants = EvidenceResult.HEARD, "教职工、家长代表"
    number = ""
    if kind == PrerequisiteKind.LEGAL and not world.slips(0.02):
        number = f"法审〔{held.year}〕{matter.number[5:]}号"
    world.books.add(
        Prerequisite,
        school_id=world.school,
        item_id=matter.id,
        kind=kind,
        held_on=held,
        participants=participants,
        conclusion=WORDS[kind],
        result=result.value,
        congress_mode=mode,
        document_number=number,
        recorded_by_id=world.people["clerk"][0],
        recorded_at=at(held, 17),
    )


def _consultation(world: World, matter: Any, day: date) -> None:
    dice, people = world.dice, world.people
    counterpart = people["principal"]
    if world.plan.is_dual:
        counterpart = people.get("deputy", people["vice"])
    rounds = [Disagreement.NONE]
    if dice.random() < 0.02:
        rounds = [Disagreement.MAJOR] if world.slips(0.2) else [Disagreement.MAJOR, Disagreement.NONE]
    for number, disagreement in enumerate(rounds):
        held = at(day - timedelta(days=3 - number), 15, 30)
        is_major = disagreement == Disagreement.MAJOR
        world.books.add(
            Consultation,
            school_id=world.school,
            item_id=matter.id,
            held_at=held,
            secretary_id=people["secretary"][0],
            counterpart_id=counterpart[0],
            opinions="对实施时间意见不一致。" if is_major else "双方同意方案，可以上会。",
            disagreement=disagreement.value,
            follow_up="完善方案后再次沟通。" if is_major else "",
            proposal_version=1,
            recorded_by_id=people["secretary"][0],
            recorded_at=held + timedelta(minutes=40),
        )
