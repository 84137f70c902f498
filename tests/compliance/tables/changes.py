"""执行: R74–R76."""

from tests.compliance.tables import BAD, OK, UNKNOWN, Row

CHANGED = {"changed_day": "2026-11-10", "reconsidered": 1, "same_body": True, "is_paper": False}
SECONDED = {
    "taken_up_day": "2026-11-02",
    "members": 7,
    "seconded": 4,
    "decided_again": True,
    "old_n": 1,
    "old_d": 2,
    "new_n": 1,
    "new_d": 2,
    "old_share": "gt_half",
    "new_share": "gt_half",
}
AGAIN_NOT_YET = SECONDED | {
    "decided_again": False,
    "new_n": None,
    "new_d": None,
    "new_share": None,
}
URGENT = {"happened_day": "2026-11-03", "ratified_day": "2026-11-09", "passed_over": 0, "limit_days": 7}

ROWS: dict[str, list[Row]] = {
    "R74": [
        ("合规", CHANGED, OK),
        ("违规", CHANGED | {"reconsidered": 0}, BAD),
        ("违规", CHANGED | {"same_body": False}, BAD),
        ("边界", CHANGED | {"is_paper": True}, OK),
        ("边界", {"changed_day": None, "reconsidered": 0, "same_body": False, "is_paper": False}, BAD),
        ("无法判定", CHANGED | {"reconsidered": 0, "is_paper": True}, UNKNOWN),
    ],
    "R75": [
        ("合规", SECONDED, OK),
        ("合规", AGAIN_NOT_YET, OK),
        ("违规", SECONDED | {"seconded": 3}, BAD),
        ("违规", AGAIN_NOT_YET | {"seconded": 3}, BAD),
        ("违规", SECONDED | {"old_n": 2, "old_d": 3}, BAD),
        ("违规", SECONDED | {"old_share": "two_thirds"}, BAD),
        ("边界", SECONDED | {"members": 6, "seconded": 3}, BAD),
        ("边界", SECONDED | {"members": 6, "seconded": 4}, OK),
        ("边界", SECONDED | {"old_n": 2, "old_d": 3, "new_n": 2, "new_d": 3}, OK),
        ("边界", SECONDED | {"new_n": 2, "new_d": 3}, OK),
        ("边界", SECONDED | {"old_share": "two_thirds", "new_share": "two_thirds"}, OK),
        ("边界", SECONDED | {"new_share": "two_thirds"}, OK),
        ("无法判定", SECONDED | {"members": 0, "seconded": 0}, UNKNOWN),
    ],
    "R76": [
        ("合规", URGENT, OK),
        ("违规", URGENT | {"ratified_day": None, "as_of": "2026-11-12"}, BAD),
        ("违规", URGENT | {"passed_over": 1}, BAD),
        ("边界", URGENT | {"ratified_day": "2026-11-10"}, OK),
        ("边界", URGENT | {"ratified_day": "2026-11-11"}, BAD),
        ("边界", URGENT | {"ratified_day": None, "as_of": "2026-11-10"}, OK),
        ("无法判定", URGENT | {"limit_days": None}, UNKNOWN),
    ],
}
