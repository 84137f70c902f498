"""文书: R60–R67. 6 November 2026 is a Friday."""

from tests.compliance.tables import BAD, OK, UNKNOWN, Row

SIGNED = {
    "closed_day": "2026-11-06",
    "recorder_day": "2026-11-09",
    "chair_day": "2026-11-09",
    "limit_days": 3,
    "as_of": "2026-11-20",
}
ISSUED = {"closed_day": "2026-11-06", "issued_day": "2026-11-11", "limit_days": 3, "is_paper": False}
COMPLETE = {
    "has_times": True,
    "has_place": True,
    "chair_records": False,
    "has_list": True,
    "topics": 2,
    "undecided": 0,
    "unspoken": 0,
    "is_paper": False,
}
ISSUER = {
    "issued_day": "2026-11-09",
    "is_party": True,
    "has_issuer": True,
    "in_office": 1,
    "by_office": True,
    "by_delegation": False,
}
LOCKED = {
    "issued_day": "2026-11-09",
    "edition": 1,
    "rewritten": 0,
    "sealed": 1,
    "agreeing": 1,
    "has_reason": False,
}

ROWS: dict[str, list[Row]] = {
    "R60": [
        ("合规", COMPLETE, OK),
        ("合规", COMPLETE | {"is_paper": True}, OK),
        ("违规", COMPLETE | {"has_times": False}, BAD),
        ("违规", COMPLETE | {"has_place": False}, BAD),
        ("违规", COMPLETE | {"chair_records": True}, BAD),
        ("违规", COMPLETE | {"undecided": 1}, BAD),
        ("违规", COMPLETE | {"unspoken": 1}, BAD),
        ("边界", COMPLETE | {"topics": 0}, OK),
        ("无法判定", COMPLETE | {"has_list": False}, UNKNOWN),
        ("无法判定", COMPLETE | {"unspoken": 1, "is_paper": True}, UNKNOWN),
    ],
    "R61": [
        ("合规", SIGNED, OK),
        ("违规", SIGNED | {"chair_day": None}, BAD),
        ("违规", SIGNED | {"recorder_day": None}, BAD),
        ("边界", SIGNED | {"chair_day": None, "as_of": "2026-11-11"}, OK),
        ("边界", SIGNED | {"chair_day": None, "as_of": "2026-11-12"}, BAD),
        ("无法判定", SIGNED | {"limit_days": None}, UNKNOWN),
    ],
    "R62": [
        ("合规", ISSUED, OK),
        ("违规", ISSUED | {"issued_day": None, "as_of": "2026-11-20"}, BAD),
        ("边界", ISSUED | {"issued_day": "2026-11-12"}, BAD),
        ("无法判定", ISSUED | {"issued_day": None, "as_of": "2026-11-20", "is_paper": True}, UNKNOWN),
    ],
    "R63": [
        ("合规", ISSUER, OK),
        ("违规", ISSUER | {"by_office": False}, BAD),
        ("边界", ISSUER | {"by_office": False, "by_delegation": True}, OK),
        ("边界", ISSUER | {"by_office": False, "by_delegation": True, "in_office": 0}, OK),
        ("无法判定", ISSUER | {"by_office": False, "in_office": 0}, UNKNOWN),
        ("无法判定", ISSUER | {"has_issuer": False}, UNKNOWN),
    ],
    "R64": [
        ("合规", LOCKED, OK),
        ("违规", LOCKED | {"rewritten": 1}, BAD),
        ("违规", LOCKED | {"agreeing": 0}, BAD),
        ("违规", LOCKED | {"edition": 2}, BAD),
        ("边界", LOCKED | {"edition": 2, "has_reason": True}, OK),
        ("无法判定", LOCKED | {"sealed": 0, "agreeing": 0}, UNKNOWN),
    ],
}
