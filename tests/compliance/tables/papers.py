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

ROWS: dict[str, list[Row]] = {
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
}
