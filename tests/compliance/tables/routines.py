"""文书 R67, 执行 R73."""

from tests.compliance.tables import BAD, OK, UNKNOWN, Row

ARCHIVED = {
    "known_from": "2025-09-01",
    "archived_year": 2025,
    "deadline": "2026-06-30",
    "held": 42,
    "in_time": 42,
    "kept_short": 0,
}
REPORTED = {
    "known_from": "2025-09-01",
    "period_from": "2026-02-01",
    "period_until": "2026-07-31",
    "resolutions": 9,
    "reports_due": 1,
    "reports": 1,
}

ROWS: dict[str, list[Row]] = {
    "R67": [
        ("合规", ARCHIVED, OK),
        ("合规", ARCHIVED | {"held": 0, "in_time": 0}, OK),
        ("违规", ARCHIVED | {"in_time": 41}, BAD),
        ("违规", ARCHIVED | {"kept_short": 1}, BAD),
        ("边界", ARCHIVED | {"in_time": 43}, OK),
        ("边界", ARCHIVED | {"known_from": "2026-06-30", "in_time": 0}, BAD),
        ("无法判定", ARCHIVED | {"known_from": "2026-07-01", "in_time": 0}, UNKNOWN),
        ("无法判定", ARCHIVED | {"held": None}, UNKNOWN),
    ],
    "R73": [
        ("合规", REPORTED, OK),
        ("违规", REPORTED | {"reports": 0}, BAD),
        ("违规", REPORTED | {"reports": 0, "resolutions": 1}, BAD),
        ("边界", REPORTED | {"reports": 0, "resolutions": 0}, OK),
        ("边界", REPORTED | {"known_from": "2026-02-01", "reports": 0}, BAD),
        ("无法判定", REPORTED | {"known_from": "2026-02-02", "reports": 0}, UNKNOWN),
        ("无法判定", REPORTED | {"reports_due": None}, UNKNOWN),
    ],
}
