"""文书: R65, R67. 2 November 2026 is a Monday."""

from tests.compliance.tables import BAD, OK, UNKNOWN, Row

TOLD = {
    "decided_day": "2026-10-30",
    "required": 5,
    "notice_since": "2026-11-02",
    "notice_until": "2026-11-06",
    "was_stopped": False,
    "effective_day": "2026-11-07",
    "closed_day": None,
    "is_paper": False,
}
UNTOLD = TOLD | {"notice_since": None, "notice_until": None, "effective_day": None}

ROWS: dict[str, list[Row]] = {
    "R65": [
        ("合规", TOLD, OK),
        ("合规", TOLD | {"effective_day": None}, OK),
        ("合规", TOLD | {"effective_day": None, "closed_day": "2026-11-07"}, OK),
        ("违规", TOLD | {"notice_until": "2026-11-05", "effective_day": None}, BAD),
        ("违规", TOLD | {"notice_since": "2026-11-03"}, BAD),
        ("违规", TOLD | {"effective_day": "2026-11-12", "closed_day": "2026-11-05"}, BAD),
        ("违规", UNTOLD | {"closed_day": "2026-11-12"}, BAD),
        ("边界", TOLD | {"effective_day": "2026-11-06"}, BAD),
        ("边界", TOLD | {"notice_since": "2026-11-01", "notice_until": "2026-11-08"}, BAD),
        ("边界", TOLD | {"notice_until": "2026-11-03", "was_stopped": True}, OK),
        ("边界", UNTOLD | {"as_of": "2026-11-06"}, OK),
        ("无法判定", UNTOLD | {"as_of": "2026-11-09"}, UNKNOWN),
        ("无法判定", UNTOLD | {"closed_day": "2026-11-12", "is_paper": True}, UNKNOWN),
        ("无法判定", TOLD | {"required": None}, UNKNOWN),
    ],
}
