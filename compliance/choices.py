"""Words of the compliance room (facts.md §4, §6)."""

from django.db.models import TextChoices


class RuleGroup(TextChoices):
    ORGANIZATION = "organization", "组织"
    ITEMS = "items", "议题"
    MEETINGS = "meetings", "会议"
    VOTES = "votes", "表决"
    PAPERS = "papers", "文书"
    EXECUTION = "execution", "执行"
    SUPERVISION = "supervision", "监督"


class FindingVerdict(TextChoices):
    COMPLIANT = "compliant", "合规"
    VIOLATING = "violating", "不符合"
    UNKNOWN = "unknown", "无法判定"


class FindingState(TextChoices):
    """整改台账: 发现 → 核实（或申诉）→ 整改 → 自评 → 验收 → 销号或退回 → 回头看."""

    FOUND = "found", "待核实"
    APPEALED = "appealed", "申诉中"
    DISMISSED = "dismissed", "误报已撤销"
    RECTIFYING = "rectifying", "整改中"
    SUBMITTED = "submitted", "待验收"
    RETURNED = "returned", "退回整改"
    CLOSED = "closed", "已销号"
    REVIEWED = "reviewed", "回头看通过"


SETTLED_STATES = (FindingState.DISMISSED, FindingState.CLOSED, FindingState.REVIEWED)


SCHOOL_STATES = (FindingState.FOUND, FindingState.RECTIFYING, FindingState.RETURNED)
DISTRICT_STATES = (FindingState.APPEALED, FindingState.SUBMITTED)


class FindingAct(TextChoices):
    """What happens to a finding between discovery and 回头看; the last two are the platform's own."""

    CONFIRM = "confirm", "核实并制定措施"
    APPEAL = "appeal", "提出申诉"
    UPHOLD = "uphold", "申诉成立"
    REJECT = "reject", "申诉不成立"
    REVISE = "revise", "调整措施"
    HAND_OVER = "hand_over", "交接"
    PROGRESS = "progress", "反馈整改进展"
    SUBMIT = "submit", "自评报验"
    CLOSE = "close", "验收销号"
    SEND_BACK = "send_back", "退回补充"
    REVIEW = "review", "回头看通过"
    REOPEN = "reopen", "重新整改"
    RECUR = "recur", "再次出现"
    ESCALATE = "escalate", "逾期提醒"
