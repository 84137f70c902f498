"""议题: R10–R27."""

from tests.compliance.tables import BAD, OK, UNKNOWN, Row

PROPOSED = {"proposed_day": "2026-10-08", "decided_day": "2026-10-20", "max_days": 90, "was_urgent": False}
PREPARED = {
    "decided_day": "2026-10-20",
    "research": 1,
    "has_text": True,
    "proposal_files": 0,
    "is_paper": False,
}
AGREED = {
    "agreed_day": "2026-10-10",
    "talks": 1,
    "disputes": 0,
    "decided_day": "2026-10-20",
    "is_paper": False,
}
SILENT = AGREED | {"agreed_day": None, "talks": 0}
HEARD = {
    "decided_day": "2026-10-20",
    "wants_opinion": True,
    "wants_congress": False,
    "wants_approval": False,
    "opinions": 1,
    "hearings": 0,
    "approvals": 0,
    "is_paper": False,
}

ROWS: dict[str, list[Row]] = {
    "R13": [
        ("合规", PROPOSED, OK),
        ("违规", PROPOSED | {"proposed_day": None}, BAD),
        ("边界", PROPOSED | {"decided_day": "2027-01-06"}, OK),
        ("边界", PROPOSED | {"decided_day": "2027-01-07"}, BAD),
        ("边界", PROPOSED | {"proposed_day": None, "was_urgent": True}, OK),
        ("无法判定", PROPOSED | {"max_days": None}, UNKNOWN),
    ],
    "R16": [
        ("合规", PREPARED, OK),
        ("违规", PREPARED | {"research": 0}, BAD),
        ("违规", PREPARED | {"has_text": False}, BAD),
        ("边界", PREPARED | {"has_text": False, "proposal_files": 1}, OK),
        ("无法判定", PREPARED | {"research": 0, "is_paper": True}, UNKNOWN),
    ],
    "R17": [
        ("合规", AGREED, OK),
        ("违规", SILENT, BAD),
        ("边界", AGREED | {"agreed_day": "2026-10-20", "talks": 3, "disputes": 2}, OK),
        ("违规", AGREED | {"agreed_day": None, "disputes": 1}, BAD),
        ("无法判定", SILENT | {"is_paper": True}, UNKNOWN),
    ],
    "R20": [
        ("合规", HEARD, OK),
        ("违规", HEARD | {"opinions": 0}, BAD),
        ("违规", HEARD | {"wants_congress": True}, BAD),
        ("边界", HEARD | {"wants_congress": True, "hearings": 1}, OK),
        ("违规", HEARD | {"wants_congress": True, "wants_approval": True, "hearings": 1}, BAD),
        ("边界", HEARD | {"wants_congress": True, "wants_approval": True, "hearings": 1, "approvals": 1}, OK),
        ("边界", HEARD | {"wants_opinion": False, "opinions": 0}, OK),
        ("无法判定", HEARD | {"opinions": 0, "is_paper": True}, UNKNOWN),
    ],
}
