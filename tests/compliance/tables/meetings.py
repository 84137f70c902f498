"""会议: R30–R43."""

from tests.compliance.tables import BAD, OK, UNKNOWN, Row

HALF = {"due": 7, "present": 4, "share_n": 1, "share_d": 2, "half_inclusive": False}
EVEN = HALF | {"due": 6, "present": 3}
THIRDS = {"due": 7, "present": 5, "share_n": 2, "share_d": 3, "half_inclusive": False}
CONCERNED = {"expected": 7, "concerned_present": 1, "stayed": 0, "names_stayed": []}


def half() -> list[Row]:
    """半数以上 read strictly unless the parameter says that half is enough."""
    return [
        ("合规", HALF, OK),
        ("违规", HALF | {"present": 3}, BAD),
        ("边界", EVEN, BAD),
        ("边界", EVEN | {"half_inclusive": True}, OK),
        ("边界", EVEN | {"present": 4}, OK),
        ("边界", THIRDS | {"due": 6, "present": 4}, OK),
        ("边界", HALF | {"due": 1, "present": 1}, OK),
        ("无法判定", HALF | {"due": None}, UNKNOWN),
        ("无法判定", HALF | {"share_n": None}, UNKNOWN),
    ]


ROWS: dict[str, list[Row]] = {
    "R30": half(),
    "R31": [
        ("合规", THIRDS, OK),
        ("违规", THIRDS | {"present": 4}, BAD),
        ("边界", THIRDS | {"due": 6, "present": 4}, OK),
        ("边界", THIRDS | {"due": 6, "present": 3}, BAD),
        ("边界", THIRDS | {"due": 3, "present": 2}, OK),
        *half(),
        ("无法判定", THIRDS | {"present": None}, UNKNOWN),
    ],
    "R32": half(),
    "R36": [
        ("合规", CONCERNED, OK),
        ("违规", CONCERNED | {"stayed": 1, "names_stayed": ["林"]}, BAD),
        ("边界", CONCERNED | {"concerned_present": 0}, OK),
        ("无法判定", CONCERNED | {"expected": 0}, UNKNOWN),
    ],
}
