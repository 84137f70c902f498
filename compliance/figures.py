"""The words of figures: what each fact of the rules is called on a page, and how its value reads."""

from datetime import date
from typing import Any

from common.templatetags.ui import cn_date
from governance.choices import PartyOrgKind

# fact, or "R30.fact" where one rule means something else by the name
WORDS: dict[str, str] = {
    "agreed_day": "取得一致的沟通日期",
    "approvals": "教代会通过记录",
    "base": "表决基数",
    "base_kind": "基数口径",
    "chair_day": "主持人签字日期",
    "closed_day": "散会日期",
    "concerned_present": "到会的利害关系人",
    "counted": "已计票的问题",
    "decided_day": "决定日期",
    "deducts": "回避者从基数扣除",
    "deputies": "在任专职副书记",
    "disputes": "有重大分歧的沟通",
    "due": "应到人数",
    "due_day": "任务时限",
    "entries": "在用清单事项",
    "every_days": "反馈频次（日）",
    "expected": "应出席成员",
    "fund_entries": "资金类事项",
    "given": "已下达任务",
    "half_inclusive": "恰好半数算达到",
    "has_text": "有方案正文",
    "hearings": "教代会听取意见记录",
    "in_favour": "赞成票",
    "is_major": "属重要干部任免",
    "is_paper": "补录，材料在平台外",
    "issued_day": "纪要签发日期",
    "last_heard": "最近一次反馈",
    "limit_days": "期限（工作日）",
    "lowest": "各问题最低赞成票",
    "major_d": "特定事项门槛分母",
    "major_n": "特定事项门槛分子",
    "max_days": "最长间隔（日）",
    "need_d": "通过门槛分母",
    "need_n": "通过门槛分子",
    "opinions": "征求意见记录",
    "org_kind": "党组织类别",
    "present": "实到人数",
    "principal": "校长人数",
    "proposal_files": "方案附件",
    "proposed_day": "提出日期",
    "questions": "表决问题",
    "recorded": "已登记表决的问题",
    "recorder_day": "记录人签字日期",
    "recused": "回避人数",
    "research": "调研论证记录",
    "secretary": "书记人数",
    "share_d": "到会要求分母",
    "share_n": "到会要求分子",
    "share_rule": "门槛方式",
    "slack": "余量",
    "stayed": "未回避人数",
    "talks": "会前沟通记录",
    "threshold": "大额资金起点（元）",
    "wants_approval": "须教代会通过",
    "wants_congress": "须经教代会",
    "wants_opinion": "须征求意见",
    "without_department": "未定责任部门的任务",
}

_VALUES: dict[str, str] = {
    **dict(PartyOrgKind.choices),
    "due": "应到人数",
    "present": "实到人数",
    "gt_half": "过半数",
    "two_thirds": "三分之二以上",
}


def word_of(rule: str, name: str) -> str:
    """What a fact is called; empty where it has no word and is not shown."""
    return WORDS.get(f"{rule}.{name}") or WORDS.get(name, "")


def value_of(value: Any) -> str:
    """A stored value (JSON) as people read it: 是/否, a date, a list, a number; 未记录 for nothing."""
    match value:
        case None | "":
            return "未记录"
        case bool():
            return "是" if value else "否"
        case int():
            return f"{value:,}" if abs(value) >= 10_000 else str(value)
        case list():
            return "、".join(value_of(part) for part in value) or "无"
        case str():
            return _VALUES.get(value) or _day(value)
        case _:
            return str(value)


def _day(text: str) -> str:
    try:
        return cn_date(date.fromisoformat(text[:10])) if text[4:5] == "-" else text
    except ValueError:
        return text
