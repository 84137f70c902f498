"""Procedure parameters: national defaults in code, dated overrides by layer, resolved once and pinned.

Keys and defaults are those of facts.md §4. A threshold is a pair of integers, never a float.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from common.errors import NotNow
from governance.choices import MajorClass, ParameterLevel
from governance.models import ProcedureParameter, School

SUGGESTED = "产品默认值（建议），非规定"


@dataclass(frozen=True)
class Key:
    """One parameter: its label, kind of value, national default and where that comes from."""

    key: str
    label: str
    kind: str  # fraction | bool | int | classes | choice | money
    default: Any
    source: str
    choices: tuple[str, ...] = ()
    unit: str = ""


_KEYS = (
    Key("party.quorum", "党组织会议到会", "fraction", [1, 2], "中办《意见（试行）》（五）"),
    Key("party.quorum_major", "干部任免等重要事项到会", "fraction", [2, 3], "中办《意见（试行）》（五）"),
    Key("admin.quorum", "校长办公会议到会", "fraction", [1, 2], "中办《意见（试行）》（六）"),
    Key("quorum.half_inclusive", "恰好半数算达到半数以上", "bool", False, "转载口径“超过半数”，" + SUGGESTED),
    Key("vote.base", "表决基数", "choice", "due", "参照地方议事规则", ("due", "present")),
    Key("vote.pass", "通过门槛", "choice", "gt_half", "参照地方议事规则", ("gt_half", "two_thirds")),
    Key("vote.major_pass", "特定事项通过门槛", "fraction", None, SUGGESTED),
    Key("vote.secret_classes", "须无记名投票的类别", "classes", ["K"], SUGGESTED, tuple(MajorClass.values)),
    Key("vote.recusal_reduces_base", "回避者从基数中扣除", "bool", False, SUGGESTED),
    Key("vote.defer_margin", "票数相近宜缓议", "int", 1, SUGGESTED, unit="票"),
    Key("agenda.submit_days", "议题申报提前", "int", 3, "参照某校校长办公会议制度", unit="日"),
    Key("agenda.material_days", "材料送达提前", "int", 2, "参照某校校长办公会议制度", unit="日"),
    Key(
        "agenda.adhoc_forbidden",
        "禁止临时动议的类别",
        "classes",
        ["K", "F"],
        SUGGESTED,
        tuple(MajorClass.values),
    ),
    Key(
        "agenda.absent_owner_block",
        "分管成员缺席时",
        "choice",
        "warn",
        "参照地方议事规则",
        ("warn", "block", "off"),
    ),
    Key("loop.deploy_days", "决定后部署时限", "int", 7, SUGGESTED, unit="日"),
    Key("loop.propose_max_age_days", "提出结果有效期", "int", 90, SUGGESTED, unit="日"),
    Key("consult.weekly_min", "书记校长每周沟通", "int", 1, "参照书记校长经常性沟通制度", unit="次"),
    Key(
        "consult.dual_role_counterpart",
        "一肩挑学校的沟通对象",
        "choice",
        "deputy_secretary",
        SUGGESTED,
        ("deputy_secretary", "vice_principal"),
    ),
    Key("minutes.days", "纪要签发时限", "int", 3, SUGGESTED, unit="工作日"),
    Key("notice.workdays", "任前公示", "int", 5, "《干部任用条例》（待核）", unit="工作日"),
    Key("emergency.ratify_days", "紧急处置补议", "int", 7, SUGGESTED, unit="日"),
    Key("meeting.party_interval_days", "党组织会议间隔", "int", 31, "参照地方议事规则", unit="日"),
    Key("meeting.admin_interval_days", "校长办公会议间隔", "int", 14, "参照地方议事规则", unit="日"),
    Key(
        "meeting.first_topic",
        "须有第一议题的会议",
        "choice",
        "party",
        "参照某中学校长办公会议议事规则，" + SUGGESTED,
        ("party", "all", "none"),
    ),
    Key("fund.large_threshold", "大额资金起点", "money", None, "须由区或校设定", unit="元"),
    Key("fund.split_window_days", "拆分识别窗口", "int", 90, SUGGESTED, unit="日"),
    Key("execution_report.per_term", "校长报告决议执行情况", "int", 1, SUGGESTED, unit="次／学期"),
    Key("term_report.per_term", "每学期报告", "int", 1, "曲靖做法", unit="次"),
    Key("integrity_topic.per_year", "廉政专题研究", "int", 2, SUGGESTED, unit="次／年"),
    Key("appraisal.talk_below", "测评谈话线", "int", 80, "参照民主测评办法", unit="分"),
    Key("inspection.report_days", "整改报告期限", "int", 60, "参照 2014 年口径（待核）", unit="日"),
    Key("loan.settle_months", "借款核销期限", "int", 6, "参照地方巡察整改做法", unit="个月"),
    Key("fund.per_member", "党员活动经费", "int", 200, "曲靖做法", unit="元／人"),
    Key("fund.payroll_ratio", "党建经费占工资总额", "fraction", [3, 200], "曲靖做法"),
    Key("rectify.answer_days", "合规问题核实期限", "int", 7, SUGGESTED, unit="日"),
    Key("rectify.plan_days", "整改最长期限", "int", 30, SUGGESTED, unit="日"),
    Key("rectify.review_days", "区级答复和验收期限", "int", 10, SUGGESTED, unit="日"),
    Key("rectify.look_back_days", "销号后回头看", "int", 90, SUGGESTED, unit="日"),
)
KEYS: dict[str, Key] = {key.key: key for key in _KEYS}


@dataclass(frozen=True)
class Parameters:
    """Values in force for one school on one day; `values` is JSON and is what a meeting pins."""

    values: dict[str, dict[str, Any]]

    def __getitem__(self, key: str) -> Any:
        return self.values[key]["value"]

    def source(self, key: str) -> str:
        """Document and clause of the value in force."""
        return self.values[key]["source"]

    def level(self, key: str) -> str:
        return self.values[key]["level"]


def _accepts(key: Key, value: Any) -> bool:
    is_int = isinstance(value, int) and not isinstance(value, bool)
    match key.kind:
        case "fraction":
            return (value is None and key.default is None) or (
                isinstance(value, list)
                and len(value) == 2
                and all(isinstance(part, int) and not isinstance(part, bool) for part in value)
                and 0 < value[0] <= value[1]
            )
        case "bool":
            return isinstance(value, bool)
        case "int":
            return is_int and value >= 0
        case "money":
            return value is None or (is_int and value > 0)
        case "classes":
            return isinstance(value, list) and set(value) <= set(key.choices)
        case _:
            return value in key.choices


def check_value(key: str, value: Any) -> None:
    """Raise NotNow with a plain reason where a key is unknown or its value has the wrong form."""
    known = KEYS.get(key)
    if known is None:
        raise NotNow(f"没有名为 {key} 的议事参数。")
    if not _accepts(known, value):
        raise NotNow(f"“{known.label}”的值 {value} 不符合要求。")


def resolve(school: School, on: date) -> Parameters:
    """The parameters of a school on a day: national → province → district → school, later dates win in a layer."""
    values: dict[str, dict[str, Any]] = {
        key.key: {"value": key.default, "source": key.source, "level": ParameterLevel.NATIONAL, "since": None}
        for key in _KEYS
    }
    for row in ProcedureParameter.objects.governing(school, on):
        values[row.key] = {
            "value": row.value,
            "source": row.source,
            "level": row.level,
            "since": row.since.isoformat(),
        }
    return Parameters(values)


# A school may only be stricter in these (facts.md §4, 下级只可更严); words run from lax to strict.
_STRICTER_WORDS = {"vote.base": ("present", "due"), "vote.pass": ("gt_half", "two_thirds")}
_STRICTER_SHARES = frozenset({"party.quorum", "party.quorum_major", "admin.quorum", "vote.major_pass"})
_STRICTER_FALSE = frozenset({"quorum.half_inclusive", "vote.recusal_reduces_base"})


def is_stricter(key: str, value: Any, above: Any) -> bool:
    """Whether a school may set the value: thresholds of attendance and vote never below the level above."""
    if key in _STRICTER_SHARES:
        if above is None:
            return True
        return value is not None and value[0] * above[1] >= above[0] * value[1]
    if key in _STRICTER_FALSE:
        return above or not value
    if order := _STRICTER_WORDS.get(key):
        return order.index(value) >= order.index(above)
    return True


def value_above(school: School, key: str, on: date) -> Any:
    """The value of a key on a day as the levels above the school set it."""
    rows = ProcedureParameter.objects.governing(school, on).filter(school__isnull=True, key=key)
    last = list(rows.values_list("value", flat=True))
    return last[-1] if last else KEYS[key].default


_CHOICE_WORDS = {
    "due": "应到人数",
    "present": "实到人数",
    "gt_half": "过半数",
    "two_thirds": "三分之二以上",
    "warn": "预警",
    "block": "不上会",
    "off": "不限制",
    "deputy_secretary": "副书记",
    "vice_principal": "分管副校长",
    "party": "党组织会议",
    "all": "党组织会议和校长办公会议",
    "none": "不要求",
}


def words(key: str, value: Any) -> str:
    """A value as people read it, e.g. 2/3, 3 日, 300,000 元, 重要干部任免."""
    known = KEYS[key]
    if value is None:
        return "未设定"
    match known.kind:
        case "fraction":
            return f"{value[0]}/{value[1]}"
        case "bool":
            return "是" if value else "否"
        case "classes":
            return "、".join(MajorClass(item).label for item in value) or "无"
        case "choice":
            return _CHOICE_WORDS[value]
        case "money":
            return f"{value:,} {known.unit}"
        case _:
            return f"{value} {known.unit}".strip()
