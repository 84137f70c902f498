"""What the acts, records and faults of the ledger are called for people."""

from common.components import Pill
from compliance.transitions import TRANSITIONS as FINDING_ACTS
from registers.specs import REGISTERS

REGISTER_VERBS = {
    "recorded": "登记",
    "corrected": "更正",
    "voided": "作废",
    "submitted": "报送",
    "reviewed": "审阅",
    "returned": "退回",
    "approved": "审核通过",
}
KINDS = {
    "item.submitted": "申报议题",
    "item.revised": "修改议题",
    "item.returned": "退回完善",
    "item.withdrawn": "撤回议题",
    "item.completed": "办结",
    "item.concerned": "登记利害回避人",
    "stage.confirmed": "确定议题",
    "stage.scheduled": "列入会议",
    "stage.unscheduled": "移出会议",
    "stage.opened": "开始审议",
    "stage.paused": "暂停审议",
    "stage.concluded": "形成结论",
    "prerequisite.recorded": "登记前置程序",
    "prerequisite.voided": "作废前置程序",
    "consultation.recorded": "记录会前沟通",
    "attachment.added": "上传文件",
    "attachment.withdrawn": "撤下文件",
    "notice.published": "登记公示",
    "notice.concluded": "登记公示结论",
    "emergency.recorded": "登记紧急处置",
    "grant.given": "阅看授权",
    "grant.used": "依授权阅看",
    "grant.withdrawn": "收回阅看授权",
    "exception.given": "例外授权",
    "exception.used": "依例外授权阅看",
    "exception.withdrawn": "收回例外授权",
    "file.shared": "共享文件",
    "reconsideration.requested": "申请复议",
    "reconsideration.seconded": "附议复议",
    "reconsideration.accepted": "受理复议",
    "reconsideration.refused": "不予受理复议",
    "task.issued": "下达任务",
    "task.received": "签收任务",
    "task.reported": "反馈进展",
    "task.submitted": "报请验收",
    "task.accepted": "验收任务",
    "task.returned": "退回任务",
    "task.urged": "催办任务",
    "extension.requested": "申请延期",
    "extension.decided": "审批延期",
    "meeting.planned": "安排会议",
    "meeting.notified": "发会议通知",
    "meeting.started": "会议开始",
    "meeting.closed": "散会",
    "meeting.cancelled": "取消会议",
    "observer.invited": "邀请列席",
    "observer.removed": "取消列席",
    "entry.added": "增加第一议题",
    "entry.scheduled": "列入议程",
    "entry.removed": "移出议程",
    "entry.studied": "第一议题学习",
    "entry.concluded": "结束本题",
    "agenda.reordered": "调整议程",
    "recusal.ended": "回避后返席",
    "record.signed": "会议记录签字",
    "minutes.issued": "签发会议纪要",
    "document.issued": "签发文件",
    "document.rendered": "生成文件",
    "school.created": "登记学校",
    "school.party_org_updated": "登记党组织情况",
    "seat.appointed": "登记任职",
    "seat.noted": "登记是否党员",
    "seat.ended": "结束任职",
    "staff.employed": "登记教职工",
    "staff.left": "教职工离任",
    "handover.made": "交接工作",
    "handover.received": "确认接收",
    "item.handed_over": "交接议题",
    "task.handed_over": "交接任务",
    "entry.handed_over": "交接汇报人",
    "meeting.handed_over": "交接会议主持或记录",
    "minutes.handed_over": "交接会议纪要起草",
    "finding.handed_over": "交接整改责任",
    "portfolio.assigned": "登记分工",
    "portfolio.ended": "结束分工",
    "parameter.set": "设定议事参数",
    "catalogue.published": "发布事项清单",
    "catalogue.adopted": "启用事项清单",
    "catalogue.tightened": "从严调整事项",
    "authority.created": "登记教育工委",
    "authority.joined": "登记教育工委人员",
    "authority.left": "结束教育工委任职",
    "authority.second_factor_set": "设定双因素要求",
    "import.recorded": "导入历史资料",
    "finding.recur": "问题再次出现",
    "finding.escalate": "整改逾期提醒",
    **{act.event: f"整改：{act.label}" for act in FINDING_ACTS.values()},
    **{
        f"{register.slug}.{verb}": f"{register.title}{word}"
        for register in REGISTERS.values()
        for verb, word in REGISTER_VERBS.items()
    },
}
# Fault → what the reader is to do about it.
ENTRY_FAULT = "停止以本链为依据。请用平台外保存的根哈希核对，找出改动从哪一条开始，并向区教育工委报告。"
ROW_FAULT = (
    "不要在平台内改回。请对照纸质原件或已签发的文件，由区教育工委会同审计管理员查明是谁直接改动了数据库。"
)
PAST_FAULT = (
    "记录本身以存证为准；谁在何时改过什么，暂勿以这条修改痕迹为依据。"
    "请从备份中核对，由区教育工委会同审计管理员查明是谁直接改动了数据库。"
)
REMEDIES = {
    "与存证不符": ROW_FAULT,
    "没有存证的记录": "这条记录不是在平台上办理产生的。请核对纸质原件，由区教育工委会同审计管理员查明来源。",
    "记录缺失": "这条记录已从数据库中消失。请从备份中找回，并由区教育工委会同审计管理员查明。",
    "状态被改回未生效": ROW_FAULT,
    "修改痕迹与存证不符": PAST_FAULT,
    "修改痕迹缺失": PAST_FAULT,
    "没有存证的修改痕迹": PAST_FAULT,
}


def kind_words(kind: str) -> str:
    """An act in Chinese; the bare kind where a newer one has no words yet."""
    return KINDS.get(kind, kind)


def remedy(problem: str) -> str:
    """What to do about a fault."""
    return REMEDIES.get(problem, ENTRY_FAULT)


UNCHECKED = Pill("尚未核验", "circle-dashed", "")
HOLDS = Pill("完整", "circle-check", "ok")
FAULTY = "alert-octagon"


def result_pill(faults: int | None) -> Pill:
    """How a chain stands: None where nobody has looked yet."""
    if faults is None:
        return UNCHECKED
    return Pill(f"{faults} 处不符", FAULTY, "bad") if faults else HOLDS
