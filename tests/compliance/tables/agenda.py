"""议题, from proposal to agenda: R10–R12, R14, R15, R24–R27."""

from tests.compliance.tables import BAD, OK, UNKNOWN, Row

PROPOSED = {"submitted_day": "2026-09-12", "offices": 1}
CONFIRMED = {
    "is_party": True,
    "confirmed_at": "2026-10-15T01:00:00+00:00",
    "confirmed_day": "2026-10-15",
    "by_chair": True,
    "was_added": False,
    "due_at": "2026-10-17T01:00:00+00:00",
    "is_paper": False,
}
UNCONFIRMED = CONFIRMED | {"confirmed_at": None, "confirmed_day": None, "by_chair": False}
LISTED = {
    "decided_day": "2026-10-20",
    "listed_route": "L",
    "taken_route": "L",
    "is_own": True,
    "is_same_route": True,
    "is_right_body": True,
    "lacking": 0,
    "is_paper": False,
}
DEPLOYED = {
    "as_of": "2026-11-20",
    "decided_day": "2026-10-20",
    "deployed_day": "2026-10-24",
    "limit_days": 7,
    "is_standing": True,
    "is_paper": False,
}
WAITING = DEPLOYED | {"as_of": "2026-10-28", "deployed_day": None}
RESERVED = {"decided_day": "2026-10-20", "listed_route": "L", "taken_route": "L", "aim": "propose"}
SENT = {
    "meeting_day": "2026-10-20",
    "submitted_day": "2026-10-16",
    "sent_day": "2026-10-17",
    "submit_days": 3,
    "material_days": 2,
    "is_paper": False,
}
ADDED = {"forbidden_classes": '["K", "F"]', "forbidden": 0, "has_reason": True, "is_paper": False}
IN_CHARGE = {"meeting_day": "2026-10-20", "setting": "warn", "owners": [2]}
MET = {"listed": 1, "deliberated": 1, "undated": 0}

ROWS: dict[str, list[Row]] = {
    "R10": [
        ("合规", PROPOSED, OK),
        ("违规", PROPOSED | {"offices": 0}, BAD),
        ("边界", PROPOSED | {"offices": 2}, OK),
        ("无法判定", PROPOSED | {"submitted_day": None, "offices": 0}, UNKNOWN),
    ],
    "R11": [
        ("合规", CONFIRMED, OK),
        ("违规", UNCONFIRMED, BAD),
        ("违规", CONFIRMED | {"by_chair": False}, BAD),
        ("违规", UNCONFIRMED | {"by_chair": True}, BAD),
        ("违规", CONFIRMED | {"due_at": "2026-10-15T00:59:00+00:00"}, BAD),
        ("边界", CONFIRMED | {"due_at": CONFIRMED["confirmed_at"]}, OK),
        ("无法判定", UNCONFIRMED | {"is_paper": True}, UNKNOWN),
        ("无法判定", CONFIRMED | {"due_at": "2026-10-14T01:00:00+00:00", "is_paper": True}, UNKNOWN),
        ("边界", CONFIRMED | {"is_paper": True, "by_chair": False}, BAD),
    ],
    "R12": [
        ("合规", LISTED, OK),
        ("违规", LISTED | {"is_own": False}, BAD),
        ("违规", LISTED | {"taken_route": "A", "is_same_route": False}, BAD),
        ("违规", LISTED | {"is_right_body": False}, BAD),
        ("边界", LISTED | {"lacking": 1}, BAD),
        ("无法判定", LISTED | {"lacking": 1, "is_paper": True}, UNKNOWN),
    ],
    "R14": [
        ("合规", DEPLOYED, OK),
        ("违规", WAITING, BAD),
        ("边界", DEPLOYED | {"deployed_day": "2026-10-27"}, OK),
        ("边界", DEPLOYED | {"deployed_day": "2026-10-28"}, BAD),
        ("边界", DEPLOYED | {"deployed_day": "2026-10-28", "is_standing": False}, BAD),
        ("边界", WAITING | {"as_of": "2026-10-27"}, OK),
        ("边界", WAITING | {"is_standing": False}, OK),
        ("无法判定", WAITING | {"is_paper": True}, UNKNOWN),
        ("无法判定", DEPLOYED | {"limit_days": None}, UNKNOWN),
    ],
    "R15": [
        ("合规", RESERVED, OK),
        ("违规", RESERVED | {"aim": "decide"}, BAD),
        ("违规", RESERVED | {"aim": "deploy", "taken_route": "A"}, BAD),
        ("边界", RESERVED | {"aim": "deploy"}, OK),
        ("无法判定", RESERVED | {"aim": ""}, UNKNOWN),
    ],
    "R24": [
        ("合规", SENT, OK),
        ("违规", SENT | {"sent_day": "2026-10-19"}, BAD),
        ("违规", SENT | {"sent_day": None}, BAD),
        ("违规", SENT | {"submitted_day": "2026-10-18"}, BAD),
        ("边界", SENT | {"submitted_day": "2026-10-17"}, OK),
        ("边界", SENT | {"sent_day": "2026-10-18"}, OK),
        ("无法判定", SENT | {"material_days": None}, UNKNOWN),
        ("无法判定", SENT | {"submitted_day": None}, UNKNOWN),
        ("无法判定", SENT | {"sent_day": None, "is_paper": True}, UNKNOWN),
        ("边界", SENT | {"is_paper": True}, OK),
    ],
    "R25": [
        ("合规", ADDED, OK),
        ("违规", ADDED | {"has_reason": False}, BAD),
        ("边界", ADDED | {"forbidden": 1}, BAD),
        ("无法判定", ADDED | {"forbidden_classes": None}, UNKNOWN),
        ("无法判定", ADDED | {"has_reason": False, "is_paper": True}, UNKNOWN),
        ("边界", ADDED | {"has_reason": False, "is_paper": True, "forbidden": 1}, BAD),
    ],
    "R26": [
        ("合规", IN_CHARGE, OK),
        ("违规", IN_CHARGE | {"owners": [1]}, BAD),
        ("违规", IN_CHARGE | {"owners": [0, 1], "setting": "block"}, BAD),
        ("边界", IN_CHARGE | {"owners": [0]}, OK),
        ("边界", IN_CHARGE | {"owners": [1, 2]}, OK),
        ("边界", IN_CHARGE | {"owners": [1], "setting": "off"}, OK),
        ("边界", IN_CHARGE | {"owners": [], "setting": "off"}, OK),
        ("无法判定", IN_CHARGE | {"owners": []}, UNKNOWN),
        ("无法判定", IN_CHARGE | {"setting": None}, UNKNOWN),
    ],
    "R27": [
        ("合规", MET, OK),
        ("违规", {"listed": 0, "deliberated": 0, "undated": 0}, BAD),
        ("边界", MET | {"deliberated": 0}, BAD),
        ("边界", {"listed": 2, "deliberated": 2, "undated": 0}, OK),
        ("无法判定", MET | {"undated": 1}, UNKNOWN),
    ],
}
