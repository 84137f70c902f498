"""表决: R50, R51, R57, R59."""

from tests.compliance.tables import BAD, OK, UNKNOWN, Row

STATED = {"voters": 6, "statements_made": 6, "silent": 0, "is_retro": False}
ORDER = {"chair_order": 7, "others_order": 6}
HEARD = {
    "expected": 6,
    "principals": 1,
    "opinions": 5,
    "unheard": 0,
    "tallies_counted": 0,
    "decided_how": "principal",
    "is_retro": False,
}
MINORITY = {"minority": 1, "recorded_minority": 1, "statements_made": 7, "is_retro": False}

ROWS: dict[str, list[Row]] = {
    "R50": [
        ("合规", STATED, OK),
        ("违规", STATED | {"silent": 1}, BAD),
        ("违规", STATED | {"statements_made": 0, "silent": 6}, BAD),
        ("边界", STATED | {"is_retro": True, "statements_made": 1, "silent": 5}, BAD),
        ("无法判定", STATED | {"is_retro": True, "statements_made": 0, "silent": 6}, UNKNOWN),
        ("无法判定", STATED | {"voters": None}, UNKNOWN),
    ],
    "R51": [
        ("合规", ORDER, OK),
        ("违规", ORDER | {"chair_order": 3}, BAD),
        ("边界", ORDER | {"chair_order": 5}, BAD),
        ("无法判定", ORDER | {"chair_order": 6}, UNKNOWN),
        ("无法判定", ORDER | {"others_order": None}, UNKNOWN),
    ],
    "R57": [
        ("合规", HEARD, OK),
        ("违规", HEARD | {"unheard": 1}, BAD),
        ("违规", HEARD | {"tallies_counted": 1}, BAD),
        ("违规", HEARD | {"decided_how": "show_of_hands"}, BAD),
        ("违规", HEARD | {"principals": 0}, BAD),
        ("边界", HEARD | {"is_retro": True, "opinions": 0, "tallies_counted": 1}, BAD),
        ("边界", HEARD | {"is_retro": True, "opinions": 0, "decided_how": "secret"}, BAD),
        ("边界", HEARD | {"is_retro": True, "opinions": 1}, OK),
        ("无法判定", HEARD | {"is_retro": True, "opinions": 0}, UNKNOWN),
        ("无法判定", HEARD | {"expected": 0}, UNKNOWN),
    ],
    "R59": [
        ("合规", MINORITY, OK),
        ("违规", MINORITY | {"minority": 2}, BAD),
        ("边界", MINORITY | {"recorded_minority": 2}, OK),
        ("边界", MINORITY | {"recorded_minority": 0, "is_retro": True}, BAD),
        ("无法判定", MINORITY | {"statements_made": 0, "is_retro": True}, UNKNOWN),
        ("无法判定", MINORITY | {"minority": None}, UNKNOWN),
    ],
}
