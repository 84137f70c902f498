"""表决: R52, R54, R56, R58."""

from tests.compliance.tables import BAD, OK, UNKNOWN, Row, votes

RAISED = {
    "voted_how": "show_of_hands",
    "must_be_secret": False,
    "questions": 2,
    "questions_counted": 2,
}
SPECIAL = {
    "in_favour": 5,
    "due": 7,
    "present": 6,
    "recused": 1,
    "is_major": True,
    "base_kind": "due",
    "deducts": False,
    "share_rule": "gt_half",
    "major_n": 2,
    "major_d": 3,
}
CLEAR = {"margin": 1, "voters": 7, "in_favour": 5, "not_in_favour": 2, "for_deferring": 0}
SEALED = {
    "given_out": 7,
    "returned": 7,
    "teller_count": 2,
    "counter_count": 1,
    "ballots_by_name": 0,
}

ROWS: dict[str, list[Row]] = {
    "R52": [
        ("合规", RAISED, OK),
        ("违规", RAISED | {"must_be_secret": True}, BAD),
        ("违规", RAISED | {"questions_counted": 1}, BAD),
        ("违规", RAISED | {"voted_how": "principal", "questions": 0, "questions_counted": 0}, BAD),
        ("边界", RAISED | {"voted_how": "secret"}, OK),
        ("边界", RAISED | {"voted_how": "secret", "must_be_secret": True}, OK),
        ("边界", RAISED | {"questions": 1, "questions_counted": 1}, OK),
        ("无法判定", RAISED | {"questions": 1, "questions_counted": 0}, UNKNOWN),
        ("无法判定", RAISED | {"must_be_secret": None}, UNKNOWN),
    ],
    "R54": [
        *votes.ROWS["R53"],
        ("合规", SPECIAL, OK),
        ("违规", SPECIAL | {"in_favour": 4}, BAD),
        ("边界", SPECIAL | {"due": 6, "in_favour": 4}, OK),
        ("边界", SPECIAL | {"due": 6, "in_favour": 3}, BAD),
        ("边界", SPECIAL | {"deducts": True, "in_favour": 4}, OK),
        ("边界", SPECIAL | {"base_kind": "present", "in_favour": 4}, OK),
        ("边界", SPECIAL | {"base_kind": "present", "deducts": True, "in_favour": 4}, OK),
        ("边界", SPECIAL | {"base_kind": "present", "deducts": True, "in_favour": 3}, BAD),
        ("无法判定", SPECIAL | {"in_favour": None}, UNKNOWN),
        ("无法判定", SPECIAL | {"due": None}, UNKNOWN),
    ],
    "R56": [
        ("合规", CLEAR, OK),
        ("违规", CLEAR | {"in_favour": 4, "not_in_favour": 3}, BAD),
        ("违规", CLEAR | {"in_favour": 3, "not_in_favour": 4}, BAD),
        ("违规", CLEAR | {"for_deferring": 4}, BAD),
        ("边界", CLEAR | {"in_favour": 4, "not_in_favour": 2}, OK),
        ("边界", CLEAR | {"for_deferring": 3}, OK),
        ("边界", CLEAR | {"for_deferring": 3, "voters": 6}, BAD),
        ("边界", CLEAR | {"voters": 1}, OK),
        ("边界", CLEAR | {"in_favour": 1, "not_in_favour": 1, "margin": 0}, BAD),
        ("无法判定", CLEAR | {"in_favour": None}, UNKNOWN),
        ("无法判定", CLEAR | {"voters": 0}, UNKNOWN),
        ("无法判定", CLEAR | {"margin": None}, UNKNOWN),
    ],
    "R58": [
        ("合规", SEALED | {"teller_count": 3}, OK),
        ("违规", SEALED | {"returned": 6}, BAD),
        ("违规", SEALED | {"returned": 8}, BAD),
        ("违规", SEALED | {"teller_count": 1}, BAD),
        ("违规", SEALED | {"counter_count": 0}, BAD),
        ("违规", SEALED | {"ballots_by_name": 1}, BAD),
        ("边界", SEALED, OK),
        ("无法判定", SEALED | {"given_out": None}, UNKNOWN),
        ("无法判定", SEALED | {"returned": None}, UNKNOWN),
    ],
}
