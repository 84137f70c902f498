"""Which schools a generated district has: pure, without database. At 485 schools exactly 曲靖 (facts.md §2)."""

from collections import Counter
from dataclasses import dataclass
from random import Random

from governance.choices import PartyOrgKind, SchoolStage

CITY = "曲岭市委教育工委"
COUNTIES = (
    "青麓区", "沾溪区", "云塘区", "宣岭市", "富泉县", "罗溪县", "师崇县", "陆桥县", "会南县",
)  # fmt: skip
MUNICIPAL = 14  # of 485 schools belong to the city itself
WHOLE = 485
# (kind of Party organisation, 一肩挑): number of schools of 485
QUJING: dict[tuple[str, bool], int] = {
    (PartyOrgKind.COMMITTEE.value, True): 11,
    (PartyOrgKind.COMMITTEE.value, False): 7,
    (PartyOrgKind.GENERAL_BRANCH.value, True): 64,
    (PartyOrgKind.GENERAL_BRANCH.value, False): 13,
    (PartyOrgKind.BRANCH.value, True): 290,
    (PartyOrgKind.BRANCH.value, False): 100,
}
STAGES: dict[str, tuple[tuple[str, int], ...]] = {
    PartyOrgKind.COMMITTEE.value: (
        (SchoolStage.SENIOR.value, 8), (SchoolStage.COMPLETE.value, 5), (SchoolStage.VOCATIONAL.value, 3),
        (SchoolStage.TWELVE_YEAR.value, 2),
    ),
    PartyOrgKind.GENERAL_BRANCH.value: (
        (SchoolStage.JUNIOR.value, 30), (SchoolStage.NINE_YEAR.value, 15), (SchoolStage.PRIMARY.value, 20),
        (SchoolStage.COMPLETE.value, 8), (SchoolStage.VOCATIONAL.value, 4),
    ),
    PartyOrgKind.BRANCH.value: (
        (SchoolStage.PRIMARY.value, 230), (SchoolStage.JUNIOR.value, 80), (SchoolStage.KINDERGARTEN.value, 66),
        (SchoolStage.NINE_YEAR.value, 10), (SchoolStage.SPECIAL.value, 4),
    ),
}  # fmt: skip
SUFFIXES = {
    SchoolStage.KINDERGARTEN.value: "幼儿园",
    SchoolStage.PRIMARY.value: "小学",
    SchoolStage.JUNIOR.value: "初级中学",
    SchoolStage.SENIOR.value: "高级中学",
    SchoolStage.NINE_YEAR.value: "九年一贯制学校",
    SchoolStage.COMPLETE.value: "中学",
    SchoolStage.TWELVE_YEAR.value: "学校",
    SchoolStage.VOCATIONAL.value: "职业高级中学",
    SchoolStage.SPECIAL.value: "特殊教育学校",
}
PLACES = [
    "柳溪",
    "松坪",
    "河口",
    "石桥",
    "红崖",
    "清泉",
    "龙潭",
    "金沙",
    "梨园",
    "竹山",
    "白水",
    "大营",
    "永安",
    "东屯",
    "西坝",
    "南塘",
    "北坡",
    "新街",
    "老厂",
    "花田",
]
WORDS = [
    "明理",
    "启智",
    "博雅",
    "致远",
    "崇文",
    "育英",
    "弘毅",
    "笃行",
    "尚德",
    "思源",
    "求是",
    "励志",
    "修远",
    "敬业",
    "春晖",
    "晨曦",
    "朝阳",
    "远航",
    "恒毅",
    "勤朴",
]


@dataclass(frozen=True)
class SchoolPlan:
    """One school before anything happens in it. `index` orders it in the district and fixes all its chances."""

    index: int
    code: str
    name: str
    short_name: str
    county: int  # position in COUNTIES; -1: the city itself
    kind: str
    is_dual: bool
    has_committee: bool
    stage: str
    cluster: str
    group: str
    party_members: int
    students: int
    teachers: int


def shares(schools: int) -> dict[tuple[str, bool], int]:
    """How many schools of each kind a district of this size has: largest remainders of 曲靖's 485."""
    exact = {cell: schools * number for cell, number in QUJING.items()}
    counts = {cell: product // WHOLE for cell, product in exact.items()}
    by_rest = sorted(exact, key=lambda cell: (-(exact[cell] % WHOLE), cell))
    for cell in by_rest[: schools - sum(counts.values())]:
        counts[cell] += 1
    return counts


def plans(schools: int, seed: int) -> list[SchoolPlan]:
    """All schools of a district, the same for the same size and seed. ValueError for fewer than one."""
    if schools < 1:
        raise ValueError("a district has at least one school")
    dice = Random(f"plan:{seed}")  # noqa: S311 - the same every time is what is wanted
    cells = [cell for cell, number in sorted(shares(schools).items()) for _ in range(number)]
    dice.shuffle(cells)
    in_county: Counter[int] = Counter()
    return [_plan(index, cells[index], schools, dice, in_county) for index in range(schools)]


def _plan(index: int, cell: tuple[str, bool], schools: int, dice: Random, seen: Counter[int]) -> SchoolPlan:
    kind, is_dual = cell
    municipal = -(-MUNICIPAL * schools // WHOLE)
    county = -1 if index < municipal else (index - municipal) % len(COUNTIES)
    seen[county] += 1
    number = seen[county]
    stages, weights = zip(*STAGES[kind], strict=True)
    stage = dice.choices(stages, weights)[0]
    has_committee = not (
        kind == PartyOrgKind.BRANCH and stage == SchoolStage.KINDERGARTEN and dice.random() < 0.4
    )
    if kind == PartyOrgKind.COMMITTEE:
        members, students = dice.randint(101, 180), dice.randint(1800, 4600)
    elif kind == PartyOrgKind.GENERAL_BRANCH:
        members, students = dice.randint(51, 99), dice.randint(900, 2600)
    elif has_committee:
        members, students = dice.randint(8, 50), dice.randint(180, 1300)
    else:
        members, students = dice.randint(3, 6), dice.randint(60, 260)
    if dice.random() < 0.015 and has_committee:  # a kind that no longer fits the number of members (R01)
        members = members // 2 if kind != PartyOrgKind.BRANCH else members + 50
    town = "曲岭市" if county < 0 else COUNTIES[county]
    place = f"{dice.choice(PLACES)}{dice.choice(WORDS)}"
    return SchoolPlan(
        index=index,
        code=f"QL{county + 1:02d}-{number:03d}",
        name=f"{town}{place}{SUFFIXES[stage]}",
        short_name=f"{place}{number}",
        county=county,
        kind=kind,
        is_dual=is_dual,
        has_committee=has_committee,
        stage=stage,
        cluster="" if county < 0 else f"{town[:2]}第{(number - 1) // 9 + 1}学区",
        group=f"{dice.choice(WORDS)}教育集团" if dice.random() < 0.15 else "",
        party_members=members,
        students=students,
        teachers=max(12, students // 14),
    )
