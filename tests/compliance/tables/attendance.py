"""会议: R33, R35, R37, R38, R43."""

from tests.compliance.tables import BAD, OK, UNKNOWN, Row

BASE = {"held_on": "2026-11-05", "due": 7, "seats": 7}
OURS = {"held_on": "2026-11-05", "expected": 7, "outsiders": 0, "outside_votes": 0, "doubled": 0}
WRITTEN = {"voters": 6, "written": 1, "written_empty": 0, "votes_cast": 6, "votes_of_absent": 0}
SAME = {"expected": 7, "signed_in": 6, "recorded": 6, "entries_differ": 0, "votes_differ": 0}
THERE = {"expected": 7, "discipline_members": 1, "discipline_observers": 0}

ROWS: dict[str, list[Row]] = {
    "R33": [
        ("合规", BASE, OK),
        ("违规", BASE | {"due": 6}, BAD),
        ("边界", BASE | {"due": 8}, BAD),
        ("边界", BASE | {"due": 1, "seats": 1}, OK),
        ("无法判定", BASE | {"due": None}, UNKNOWN),
        ("无法判定", BASE | {"seats": 0}, UNKNOWN),
    ],
    "R35": [
        ("合规", OURS, OK),
        ("违规", OURS | {"outsiders": 1}, BAD),
        ("违规", OURS | {"outside_votes": 1}, BAD),
        ("违规", OURS | {"doubled": 1}, BAD),
        ("边界", OURS | {"expected": 1}, OK),
        ("无法判定", OURS | {"expected": 0}, UNKNOWN),
    ],
    "R37": [
        ("合规", WRITTEN | {"votes_cast": 5}, OK),
        ("违规", WRITTEN | {"votes_cast": 7}, BAD),
        ("违规", WRITTEN | {"votes_of_absent": 1}, BAD),
        ("违规", WRITTEN | {"written_empty": 1}, BAD),
        ("边界", WRITTEN, OK),
        ("无法判定", WRITTEN | {"votes_cast": None}, UNKNOWN),
        ("无法判定", WRITTEN | {"voters": None}, UNKNOWN),
    ],
    "R38": [
        ("合规", SAME, OK),
        ("违规", SAME | {"recorded": 5}, BAD),
        ("违规", SAME | {"recorded": 7}, BAD),
        ("违规", SAME | {"entries_differ": 1}, BAD),
        ("违规", SAME | {"votes_differ": 1}, BAD),
        ("边界", SAME | {"recorded": None}, OK),
        ("边界", SAME | {"recorded": None, "votes_differ": 1}, BAD),
        ("无法判定", SAME | {"expected": 0}, UNKNOWN),
    ],
    "R43": [
        ("合规", THERE, OK),
        ("违规", THERE | {"discipline_members": 0}, BAD),
        ("边界", THERE | {"discipline_members": 0, "discipline_observers": 1}, OK),
        ("边界", THERE | {"expected": 1}, OK),
        ("无法判定", THERE | {"expected": 0}, UNKNOWN),
    ],
}
