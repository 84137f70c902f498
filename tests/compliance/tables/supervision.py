"""监督: R80–R89, and the registers of money R77, R79."""

from tests.compliance.tables import BAD, OK, UNKNOWN, Row

LONG_AGO = {"known_from": "2024-09-01"}
REPORT = LONG_AGO | {
    "period_from": "2026-02-01",
    "period_until": "2026-07-31",
    "reports_due": 1,
    "reports": 1,
}
WEEKS = LONG_AGO | {"week_0": "2026-11-16", "period_from": "2026-10-19", "talks_due": 1}
TALKS = WEEKS | {f"talks_{week}": 1 for week in (1, 2, 3, 4)}
POLICIES = {"approved": 3, "awaiting": 0, "used_early": 0, "meets": True}
TOPICS = LONG_AGO | {
    "period_from": "2025-01-01",
    "period_until": "2025-12-31",
    "topics_due": 2,
    "topics": 2,
}
LIFE = LONG_AGO | {
    "period_from": "2026-07-01",
    "month_from": "2026-10-01",
    "org_kind": "party_branch",
    "with_committee": True,
    "assemblies": 1,
    "committees": 1,
    "too_few": 0,
    "with_groups": True,
    "groups": 1,
}
YEAR = LONG_AGO | {"judged_year": 2025, "period_from": "2025-01-01"}
APPRAISED = YEAR | {"appraisals": 1, "talk_below": 80, "lowest_tenths": 865}
REVIEWED = YEAR | {"reviews": 1, "without_plan": 0}
INSPECTED = LONG_AGO | {
    "feedback_day": "2026-09-01",
    "stated_due": None,
    "report_days": 60,
    "reported_day": None,
    "as_of": "2026-10-31",
}
CONGRESS = LONG_AGO | {
    "judged_year": 2025,
    "period_from": "2025-09-01",
    "sessions": 1,
    "session_day": "2026-03-20",
    "all_delegates": 60,
    "came": 52,
    "teaching": 40,
    "votes_yes": 45,
}
FUNDS = {
    "judged_year": 2026,
    "party_members_paid": 62,
    "payroll_yuan": 9_000_000,
    "for_members": 12_400,
    "from_payroll": 135_000,
    "per_member": 200,
    "share_n": 3,
    "share_d": 200,
}
PAID = {
    "threshold": 300_000,
    "window_days": 90,
    "amount_fen": 9_800_000,
    "project_fen": 19_600_000,
    "project_payments": 2,
    "supplier_fen": 9_800_000,
    "supplier_payments": 1,
}
LENT = {
    "lent_day": "2026-03-10",
    "settled_day": None,
    "settle_months": 6,
    "loan_fen": 3_000_000,
    "as_of": "2026-09-10",
}

ROWS: dict[str, list[Row]] = {
    "R77": [
        ("合规", PAID, OK),
        ("违规", PAID | {"project_fen": 39_200_000}, BAD),
        ("违规", PAID | {"supplier_fen": 39_200_000}, BAD),
        ("边界", PAID | {"project_fen": 30_000_000}, BAD),
        ("边界", PAID | {"project_fen": 29_999_999, "supplier_fen": 29_999_999}, OK),
        ("边界", PAID | {"supplier_fen": 30_000_000}, BAD),
        ("边界", PAID | {"amount_fen": 30_000_000, "project_fen": 30_000_000}, OK),
        ("无法判定", PAID | {"threshold": None}, UNKNOWN),
    ],
    "R79": [
        ("合规", LENT | {"as_of": "2026-11-20", "settled_day": "2026-09-08"}, OK),
        ("违规", LENT | {"as_of": "2026-11-20"}, BAD),
        ("边界", LENT, OK),
        ("边界", LENT | {"as_of": "2026-09-11"}, BAD),
        ("边界", LENT | {"as_of": "2026-11-20", "settled_day": "2026-09-11"}, BAD),
        ("边界", LENT | {"lent_day": "2026-08-31", "as_of": "2027-02-28"}, OK),
        ("无法判定", LENT | {"settle_months": None}, UNKNOWN),
    ],
    "R80": [
        ("合规", REPORT, OK),
        ("违规", REPORT | {"reports": 0}, BAD),
        ("边界", REPORT | {"known_from": "2026-02-01", "reports": 0}, BAD),
        ("边界", REPORT | {"known_from": "2026-02-02"}, OK),
        ("无法判定", REPORT | {"known_from": "2026-02-02", "reports": 0}, UNKNOWN),
        ("无法判定", REPORT | {"reports_due": None}, UNKNOWN),
    ],
    "R81": [
        ("合规", TALKS, OK),
        ("违规", TALKS | {"talks_2": 0}, BAD),
        *(("边界", TALKS | {f"talks_{week}": 0}, BAD) for week in (1, 3, 4)),
        ("边界", TALKS | {f"talks_{week}": 0 for week in (1, 2, 3, 4)}, BAD),
        ("边界", TALKS | {f"talks_{week}": 0 for week in (1, 2)}, BAD),
        ("边界", TALKS | {"talks_due": 0, "talks_1": 0}, OK),
        ("无法判定", TALKS | {"known_from": "2026-10-20", "talks_2": 0}, UNKNOWN),
        ("无法判定", TALKS | {"talks_due": None}, UNKNOWN),
    ],
    "R82": [
        ("合规", POLICIES, OK),
        ("违规", POLICIES | {"approved": 2}, BAD),
        ("违规", POLICIES | {"used_early": 1}, BAD),
        ("边界", POLICIES | {"approved": 2, "meets": False}, OK),
        ("边界", POLICIES | {"approved": 1, "awaiting": 1}, BAD),
        ("边界", POLICIES | {"approved": 2, "awaiting": 1, "used_early": 1}, BAD),
        ("边界", POLICIES | {"used_early": 1, "meets": False}, BAD),
        ("无法判定", POLICIES | {"approved": 2, "awaiting": 1}, UNKNOWN),
    ],
    "R83": [
        ("合规", TOPICS, OK),
        ("违规", TOPICS | {"topics": 1}, BAD),
        ("边界", TOPICS | {"known_from": "2025-01-01", "topics": 1}, BAD),
        ("无法判定", TOPICS | {"known_from": "2025-01-02", "topics": 1}, UNKNOWN),
    ],
    "R84": [
        ("合规", LIFE, OK),
        ("违规", LIFE | {"assemblies": 0}, BAD),
        ("违规", LIFE | {"committees": 0}, BAD),
        ("违规", LIFE | {"groups": 0}, BAD),
        ("边界", LIFE | {"with_committee": False, "committees": 0}, OK),
        ("边界", LIFE | {"with_groups": False, "groups": 0}, OK),
        ("边界", LIFE | {"assemblies": 2, "committees": 2, "groups": 2}, OK),
        ("无法判定", LIFE | {"org_kind": None, "assemblies": 0}, UNKNOWN),
        ("无法判定", LIFE | {"known_from": "2026-07-02", "assemblies": 0}, UNKNOWN),
    ],
    "R85": [
        ("合规", APPRAISED, OK),
        ("违规", APPRAISED | {"appraisals": 0, "lowest_tenths": 1000}, BAD),
        ("违规", APPRAISED | {"lowest_tenths": 799}, BAD),
        ("边界", APPRAISED | {"lowest_tenths": 800}, OK),
        ("边界", APPRAISED | {"known_from": "2025-01-02", "lowest_tenths": 799}, BAD),
        ("边界", APPRAISED | {"known_from": "2025-01-02", "appraisals": 0, "lowest_tenths": 799}, BAD),
        ("无法判定", APPRAISED | {"known_from": "2025-01-02", "appraisals": 0}, UNKNOWN),
    ],
    "R86": [
        ("合规", REVIEWED, OK),
        ("违规", REVIEWED | {"reviews": 0}, BAD),
        ("违规", REVIEWED | {"without_plan": 1}, BAD),
        ("边界", REVIEWED | {"known_from": "2025-01-02", "without_plan": 1}, BAD),
        ("无法判定", REVIEWED | {"known_from": "2025-01-02", "reviews": 0}, UNKNOWN),
    ],
    "R87": [
        ("合规", INSPECTED | {"as_of": "2026-11-20", "reported_day": "2026-10-30"}, OK),
        ("违规", INSPECTED | {"as_of": "2026-11-20"}, BAD),
        ("边界", INSPECTED, OK),
        ("边界", INSPECTED | {"as_of": "2026-11-01"}, BAD),
        ("边界", INSPECTED | {"as_of": "2026-11-20", "stated_due": "2026-11-20"}, OK),
        ("边界", INSPECTED | {"known_from": "2026-09-02", "reported_day": "2026-11-02"}, BAD),
        ("无法判定", INSPECTED | {"known_from": "2026-09-02"}, UNKNOWN),
    ],
    "R88": [
        ("合规", CONGRESS, OK),
        ("违规", CONGRESS | {"sessions": 0, "all_delegates": None, "votes_yes": None}, BAD),
        ("违规", CONGRESS | {"came": 39, "votes_yes": 35}, BAD),
        ("边界", CONGRESS | {"came": 40}, OK),
        ("边界", CONGRESS | {"votes_yes": 30}, BAD),
        ("边界", CONGRESS | {"votes_yes": 31}, OK),
        ("边界", CONGRESS | {"votes_yes": None}, OK),
        ("边界", CONGRESS | {"teaching": 36}, OK),
        ("边界", CONGRESS | {"teaching": 35}, BAD),
        ("边界", CONGRESS | {"sessions": 0}, BAD),
        (
            "无法判定",
            CONGRESS | {"known_from": "2025-09-02", "sessions": 0, "all_delegates": None, "votes_yes": None},
            UNKNOWN,
        ),
    ],
    "R89": [
        ("合规", FUNDS, OK),
        ("违规", FUNDS | {"for_members": 12_000}, BAD),
        ("边界", FUNDS | {"for_members": 12_399}, BAD),
        ("边界", FUNDS | {"from_payroll": 134_999}, BAD),
        ("边界", FUNDS | {"for_members": 12_401, "from_payroll": 135_001}, OK),
        ("无法判定", FUNDS | {"payroll_yuan": None}, UNKNOWN),
    ],
}
