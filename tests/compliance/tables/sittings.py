"""会议: R34, R39, R40, R41, R42."""

from tests.compliance.tables import BAD, OK, UNKNOWN, Row

CHAIRED = {
    "held_on": "2026-11-05",
    "seats": 7,
    "expected": 7,
    "chair_votes": True,
    "chair_by_office": True,
    "chair_came": True,
    "delegated": False,
}
# 9 月 1 日 to 11 月 20 日, last meeting 31 days ago
RHYTHM = {
    "limit_days": 31,
    "first_held": "2026-03-10",
    "counted_from": "2026-09-01",
    "counted_until": "2027-01-15",
    "meetings_held": 3,
    "last_held": "2026-10-20",
    "longest_days": 31,
    "longest_until": "2026-10-02",
}
HOLIDAY = RHYTHM | {"as_of": "2026-08-20", "counted_from": "2026-03-10", "counted_until": "2026-06-30"}
SUMMER = HOLIDAY | {"last_held": "2026-05-30", "longest_days": 20}
OWN = {"meeting_form": "regular", "is_own_body": True}
APART = {"held_on": "2026-11-05", "has_end": True, "same_day": 1, "without_end": 0, "overlapping": 0}
STUDIED = {"listed": 1, "studied": 1, "is_retro": False}

ROWS: dict[str, list[Row]] = {
    "R34": [
        ("合规", CHAIRED, OK),
        ("违规", CHAIRED | {"chair_by_office": False}, BAD),
        ("违规", CHAIRED | {"chair_votes": False}, BAD),
        ("违规", CHAIRED | {"chair_came": False, "delegated": True}, BAD),
        ("边界", CHAIRED | {"chair_by_office": False, "delegated": True}, OK),
        ("边界", CHAIRED | {"delegated": True}, OK),
        ("边界", CHAIRED | {"seats": 1, "expected": 1}, OK),
        ("无法判定", CHAIRED | {"seats": 0}, UNKNOWN),
        ("无法判定", CHAIRED | {"expected": 0}, UNKNOWN),
    ],
    "R39": [
        ("合规", RHYTHM | {"longest_days": 27}, OK),
        ("违规", RHYTHM | {"longest_days": 32}, BAD),
        ("违规", RHYTHM | {"last_held": "2026-10-19"}, BAD),
        ("违规", RHYTHM | {"last_held": None, "counted_from": "2026-10-19", "longest_days": 0}, BAD),
        ("边界", RHYTHM, OK),
        ("边界", RHYTHM | {"last_held": None, "counted_from": "2026-10-20", "longest_days": 0}, OK),
        ("边界", SUMMER, OK),
        ("边界", SUMMER | {"last_held": "2026-05-29"}, BAD),
        ("无法判定", RHYTHM | {"first_held": None}, UNKNOWN),
        ("无法判定", RHYTHM | {"limit_days": None}, UNKNOWN),
    ],
    "R40": [
        ("合规", OWN, OK),
        ("违规", OWN | {"meeting_form": "joint"}, BAD),
        ("违规", OWN | {"meeting_form": "topic"}, BAD),
        ("边界", OWN | {"is_own_body": False}, BAD),
        ("无法判定", OWN | {"meeting_form": ""}, UNKNOWN),
        ("无法判定", OWN | {"is_own_body": None}, UNKNOWN),
    ],
    "R41": [
        ("合规", APART, OK),
        ("违规", APART | {"overlapping": 1}, BAD),
        ("边界", APART | {"same_day": 0, "has_end": False}, OK),
        ("无法判定", APART | {"has_end": False}, UNKNOWN),
        ("无法判定", APART | {"without_end": 1}, UNKNOWN),
    ],
    "R42": [
        ("合规", STUDIED, OK),
        ("违规", STUDIED | {"studied": 0}, BAD),
        ("违规", STUDIED | {"listed": 0, "studied": 0}, BAD),
        ("边界", STUDIED | {"is_retro": True}, OK),
        ("无法判定", STUDIED | {"studied": 0, "is_retro": True}, UNKNOWN),
    ],
}
