"""What a school enters in each register, as a browser posts it."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from registers import services
from registers.periods import Period
from registers.specs import REGISTERS
from tests.factories.cast import Cast

TERM = Period.TERM.start


def posted(cast: Cast) -> dict[str, dict[str, Any]]:
    """Form data by register: what `values` stores, in words a form takes."""
    today = timezone.localdate()
    day = today - timedelta(days=3)
    return {
        "term_report": {"term_starts_on": TERM(today), "part": 1, "summary": "召开党总支会议 9 次。"},
        "policy_filing": {
            "kind": "party_rules",
            "title": "明德中学党总支会议议事规则",
            "edition": "2026年修订稿",
            "filed_on": day,
            "effective_on": "",
        },
        "superior_approval": {
            "matter": "dual_role",
            "number": "云教党〔2026〕8号",
            "issuer": "云川区教育工委",
            "approved_on": day,
            "until": "",
        },
        "inspection_rectification": {
            "kind": "inspection",
            "source": "区委第二轮巡察反馈",
            "problems": 7,
            "feedback_on": day,
            "due_on": "",
            "reported_on": "",
        },
        "regular_consultation": {
            "held_on": day,
            "secretary": cast.secretary.pk,
            "counterpart": cast.principal.pk,
            "topics": "期末工作安排",
        },
        "execution_report": {
            "term_starts_on": TERM(today),
            "reported_on": day,
            "meeting": "",
            "summary": "重大决议 6 项，办结 4 项。",
        },
        "archive_transfer": {
            "year": today.year,
            "transferred_on": day,
            "meetings": 42,
            "archival_code": f"DQ-{today.year}-003",
            "retention": "permanent",
            "keeper": "学校档案室",
        },
        "appraisal": {
            "year": today.year,
            "held_on": day,
            "voters": 96,
            "average_tenths": "86.5",
            "talked_on": "",
        },
        "duty_review": {"year": today.year, "held_on": day, "plan_on": ""},
        "org_life": {
            "kind": "assembly",
            "branch": "第一党支部",
            "held_on": day,
            "topic": "学习教育",
            "due": 21,
            "present": 19,
        },
        "staff_congress_session": {
            "school_year": Period.SCHOOL_YEAR.start(today).year,
            "name": "第五届第二次",
            "held_on": day,
            "delegates": 60,
            "present": 52,
            "teachers": 40,
            "matter": "绩效工资分配方案",
            "votes_for": 45,
        },
        "party_funds": {
            "year": today.year,
            "members": 62,
            "payroll": 9_000_000,
            "allocated_members": 12_400,
            "allocated_payroll": 135_000,
            "spent": 60_000,
        },
        "expenditure": {
            "project": "校园绿化",
            "supplier": "云川园林公司",
            "amount": "98000.50",
            "spent_on": day,
            "item": "",
        },
        "loan": {
            "borrower": "后勤服务中心",
            "purpose": "垫付维修款",
            "amount": "30000",
            "lent_on": day,
            "settled_on": "",
        },
    }


def entered(cast: Cast, slug: str, **changes: Any):
    """One record made by the service as the clerk of the cast."""
    register = REGISTERS[slug]
    values = {
        name: register.field(name).to_python(value) if value != "" else None
        for name, value in posted(cast)[slug].items()
        if name != "average_tenths" and not register.field(name).is_relation
    }
    if slug == "appraisal":
        values["average_tenths"] = 865
    if slug == "regular_consultation":
        values |= {"secretary": cast.secretary, "counterpart": cast.principal}
    values = {name: value for name, value in values.items() if value is not None}
    return services.record(slug, actor=cast.clerk, school=cast.school, values=values | changes)
