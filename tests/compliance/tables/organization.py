"""组织: R01–R05."""

from tests.compliance.tables import BAD, OK, UNKNOWN, Row

APART = {"org_kind": "general_branch", "secretary": 1, "principal": 2}
ONE = {"org_kind": "party_branch", "secretary": 1, "principal": 1}

ROWS: dict[str, list[Row]] = {
    "R02": [
        ("合规", APART, OK),
        ("违规", APART | {"principal": 1}, BAD),
        ("边界", APART | {"secretary": 3}, OK),
        ("无法判定", APART | {"principal": None}, UNKNOWN),
        ("无法判定", APART | {"org_kind": None}, UNKNOWN),
    ],
    "R03": [
        ("合规", ONE | {"deputies": 1}, OK),
        ("违规", ONE | {"deputies": 0}, BAD),
        ("边界", ONE | {"principal": 2, "deputies": 0}, OK),
        ("边界", ONE | {"secretary": 3, "principal": 2, "deputies": 0}, OK),
        ("无法判定", ONE | {"secretary": None, "deputies": 0}, UNKNOWN),
    ],
}
