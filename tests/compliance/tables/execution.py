"""执行: R70–R79."""

from tests.compliance.tables import BAD, OK, UNKNOWN, Row

GIVEN = {"given": 2, "without_department": 0}
RUNNING = {"due_day": "2026-12-31", "last_heard": "2026-11-10", "every_days": 14, "as_of": "2026-11-20"}
LARGE = {"threshold": 300_000, "entries": 73, "fund_entries": 8}

ROWS: dict[str, list[Row]] = {
    "R70": [
        ("合规", GIVEN, OK),
        ("违规", GIVEN | {"given": 0}, BAD),
        ("边界", GIVEN | {"given": 1, "without_department": 1}, BAD),
        ("边界", GIVEN | {"given": 1}, OK),
        ("无法判定", {}, UNKNOWN),
    ],
    "R72": [
        ("合规", RUNNING, OK),
        ("违规", RUNNING | {"due_day": "2026-11-19"}, BAD),
        ("边界", RUNNING | {"due_day": "2026-11-20"}, OK),
        ("边界", RUNNING | {"last_heard": "2026-11-06"}, OK),
        ("边界", RUNNING | {"last_heard": "2026-11-05"}, BAD),
        ("无法判定", RUNNING | {"every_days": None}, UNKNOWN),
    ],
    "R78": [
        ("合规", LARGE, OK),
        ("违规", LARGE | {"threshold": None}, BAD),
        ("边界", LARGE | {"threshold": None, "fund_entries": 1}, BAD),
        ("边界", LARGE | {"threshold": None, "fund_entries": 0}, OK),
        ("无法判定", LARGE | {"entries": 0, "fund_entries": 0, "threshold": None}, UNKNOWN),
    ],
}
