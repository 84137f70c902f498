"""表决: R50–R59."""

from tests.compliance.tables import BAD, OK, UNKNOWN, Row

HALF = {
    "in_favour": 4,
    "due": 7,
    "present": 6,
    "recused": 0,
    "is_major": False,
    "base_kind": "due",
    "deducts": False,
    "share_rule": "gt_half",
    "major_n": None,
    "major_d": None,
}
THIRDS = HALF | {"share_rule": "two_thirds", "due": 6}
MAJOR = HALF | {"is_major": True, "major_n": 3, "major_d": 4, "due": 8, "present": 8}


def passing(votes: str) -> list[tuple[dict, bool]]:
    """Every kind of base and threshold just reached and just missed; `votes` names the fact that counts."""

    def row(facts: dict, in_favour: int, passes: bool) -> tuple[dict, bool]:
        kept = {name: value for name, value in facts.items() if name != "in_favour"}
        return kept | {votes: in_favour}, passes

    deducted = HALF | {"deducts": True, "recused": 1}
    present = HALF | {"base_kind": "present"}
    return [
        row(HALF, 4, True),
        row(HALF, 3, False),
        row(HALF | {"due": 6}, 3, False),
        row(THIRDS, 4, True),
        row(THIRDS, 3, False),
        row(THIRDS | {"due": 7}, 4, False),
        row(THIRDS | {"due": 5}, 3, False),
        row(present, 4, True),
        row(present, 3, False),
        row(present | {"present": 8}, 4, False),
        row(present | {"deducts": True, "recused": 1, "present": 7}, 3, False),
        row(present | {"deducts": True, "recused": 1, "present": 7}, 4, True),
        row(deducted | {"due": 8}, 4, True),
        row(deducted | {"due": 7}, 3, False),
        row(HALF | {"recused": 2}, 3, False),
        row(HALF | {"recused": 2, "due": 6}, 4, True),
        row(MAJOR, 6, True),
        row(MAJOR, 5, False),
        row(MAJOR | {"due": 3}, 2, False),
        row(MAJOR | {"is_major": False}, 5, True),
        row(MAJOR | {"is_major": False}, 4, False),
        row(MAJOR | {"major_n": None, "major_d": None}, 5, True),
        row(MAJOR | {"major_n": 1, "major_d": 2}, 4, True),
        row(MAJOR | {"share_rule": "two_thirds", "major_n": None, "major_d": None, "due": 9}, 5, False),
    ]


def recorded(outcome: str) -> list[Row]:
    """R55: a conclusion beside every count."""
    says_passed = outcome == "passed"
    return [
        (
            "合规" if passes == says_passed else "违规",
            facts | {"recorded": outcome, "questions": 1, "counted": 1},
            OK if passes == says_passed else BAD,
        )
        for facts, passes in passing("lowest")
    ]


ROWS: dict[str, list[Row]] = {
    "R53": [
        *(("边界", facts, OK if passes else BAD) for facts, passes in passing("in_favour")),
        ("合规", HALF, OK),
        ("违规", HALF | {"in_favour": 3}, BAD),
        ("无法判定", HALF | {"in_favour": None}, UNKNOWN),
        ("无法判定", HALF | {"share_rule": None}, UNKNOWN),
    ],
    "R55": [
        *recorded("passed"),
        *recorded("rejected"),
        ("边界", HALF | {"lowest": 3, "recorded": "rejected", "questions": 2, "counted": 2}, OK),
        ("无法判定", HALF | {"lowest": None, "recorded": "passed", "questions": 0, "counted": 0}, UNKNOWN),
        ("无法判定", HALF | {"lowest": 5, "recorded": "passed", "questions": 2, "counted": 1}, UNKNOWN),
    ],
}
