"""议题, what goes before: R18, R19, R21–R23."""

from tests.compliance.tables import BAD, OK, UNKNOWN, Row

SETTLED = {
    "disputed_at": "2026-10-08T01:00:00+00:00",
    "agreed_at": "2026-10-12T01:00:00+00:00",
    "decided_day": "2026-10-20",
    "is_paper": False,
}
DISPUTED = SETTLED | {"agreed_at": None}
DELIBERATED = {
    "decided_day": "2026-10-20",
    "deliberations": 1,
    "with_circle": 1,
    "wants_inspection": True,
    "inspections": 1,
    "is_paper": False,
}
SILENT = DELIBERATED | {"deliberations": 0, "with_circle": 0}
EXPERTS = {"decided_day": "2026-10-20", "experts": 1, "legal": 0, "asks_legal": False, "is_paper": False}
REVIEWED = {"decided_day": "2026-10-20", "opinions": 1, "unnumbered": 0, "advisers": 0, "is_paper": False}
ASSESSED = {"decided_day": "2026-10-20", "assessments": 1, "is_paper": False}

ROWS: dict[str, list[Row]] = {
    "R18": [
        ("合规", SETTLED, OK),
        ("违规", DISPUTED, BAD),
        ("违规", SETTLED | {"agreed_at": "2026-10-07T01:00:00+00:00"}, BAD),
        ("边界", SETTLED | {"agreed_at": "2026-10-08T01:00:00+00:00"}, BAD),
        ("边界", SETTLED | {"agreed_at": "2026-10-08T01:00:01+00:00"}, OK),
        ("无法判定", DISPUTED | {"is_paper": True}, UNKNOWN),
        ("边界", SETTLED | {"is_paper": True}, OK),
        ("无法判定", SETTLED | {"disputed_at": None}, UNKNOWN),
    ],
    "R19": [
        ("合规", DELIBERATED, OK),
        ("违规", SILENT, BAD),
        ("违规", DELIBERATED | {"inspections": 0}, BAD),
        ("边界", DELIBERATED | {"inspections": 0, "wants_inspection": False}, OK),
        ("边界", DELIBERATED | {"wants_inspection": False}, OK),
        ("无法判定", DELIBERATED | {"with_circle": 0}, UNKNOWN),
        ("无法判定", SILENT | {"is_paper": True}, UNKNOWN),
    ],
    "R21": [
        ("合规", EXPERTS, OK),
        ("违规", EXPERTS | {"experts": 0}, BAD),
        ("边界", EXPERTS | {"experts": 0, "legal": 1}, OK),
        ("边界", EXPERTS | {"experts": 0, "legal": 1, "asks_legal": True}, BAD),
        ("边界", EXPERTS | {"asks_legal": True}, OK),
        ("无法判定", EXPERTS | {"experts": 0, "is_paper": True}, UNKNOWN),
    ],
    "R22": [
        ("合规", REVIEWED, OK),
        ("违规", REVIEWED | {"opinions": 0}, BAD),
        ("边界", REVIEWED | {"opinions": 0, "advisers": 1}, OK),
        ("边界", REVIEWED | {"advisers": 1, "unnumbered": 1}, OK),
        ("无法判定", REVIEWED | {"opinions": 0, "unnumbered": 1}, UNKNOWN),
        ("无法判定", REVIEWED | {"opinions": 0, "is_paper": True}, UNKNOWN),
    ],
    "R23": [
        ("合规", ASSESSED, OK),
        ("违规", ASSESSED | {"assessments": 0}, BAD),
        ("边界", ASSESSED | {"assessments": 2}, OK),
        ("无法判定", ASSESSED | {"assessments": 0, "is_paper": True}, UNKNOWN),
    ],
}
