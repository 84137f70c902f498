"""Words of decision items, stages, evidence and tasks (facts.md §1, ui.md §7)."""

from django.db.models import TextChoices


class ItemState(TextChoices):
    DRAFT = "draft", "草拟"
    PENDING = "pending", "待审议"
    DELIBERATING = "deliberating", "正在审议"
    DEFERRED = "deferred", "缓议"
    RETURNED = "returned", "退回完善"
    REJECTED = "rejected", "否决"
    WITHDRAWN = "withdrawn", "撤回"
    IMPLEMENTING = "implementing", "落实中"
    COMPLETED = "completed", "已办结"


class Purpose(TextChoices):
    PROPOSE = "propose", "提出"
    DECIDE = "decide", "决定"
    DEPLOY = "deploy", "部署"


class StageState(TextChoices):
    WAITING = "waiting", "未开始"
    OPEN = "open", "待确定"
    CONFIRMED = "confirmed", "已确定"
    SCHEDULED = "scheduled", "已列会"
    CONCLUDED = "concluded", "已审议"


class Outcome(TextChoices):
    PASSED = "passed", "通过"
    PASSED_AMENDED = "passed_amended", "修改后通过"
    DEFERRED = "deferred", "缓议"
    RETURNED = "returned", "退回完善"
    REJECTED = "rejected", "否决"
    WITHDRAWN = "withdrawn", "撤回"


FAVOURABLE = (Outcome.PASSED, Outcome.PASSED_AMENDED)
# 缓议 and 退回完善 may ask for work before the matter comes back, e.g. a legal opinion.
TASKING = (*FAVOURABLE, Outcome.DEFERRED, Outcome.RETURNED)


class EvidenceResult(TextChoices):
    FAVOURABLE = "favourable", "同意或可行"
    CONDITIONAL = "conditional", "有条件同意"
    UNFAVOURABLE = "unfavourable", "不同意或不可行"
    HEARD = "heard", "已听取意见"
    APPROVED = "approved", "讨论通过"


class Disagreement(TextChoices):
    NONE = "none", "无重大分歧"
    MAJOR = "major", "有重大分歧"


class AttachmentKind(TextChoices):
    PROPOSAL = "proposal", "建议方案"
    MATERIAL = "material", "会议材料"
    EVIDENCE = "evidence", "前置程序佐证"
    TASK = "task", "落实佐证"


class ResolutionState(TextChoices):
    IN_FORCE = "in_force", "有效"
    SUPERSEDED = "superseded", "已被变更"


class TaskState(TextChoices):
    ISSUED = "issued", "已下达"
    IN_PROGRESS = "in_progress", "进行中"
    SUBMITTED = "submitted", "待验收"
    DONE = "done", "已办结"
    CANCELLED = "cancelled", "已终止"


OPEN_TASK_STATES = (TaskState.ISSUED, TaskState.IN_PROGRESS, TaskState.SUBMITTED)


class ReportKind(TextChoices):
    RECEIPT = "receipt", "签收"
    PROGRESS = "progress", "反馈进展"
    SUBMISSION = "submission", "报请验收"
    ACCEPTANCE = "acceptance", "验收通过"
    RETURN = "return", "退回"
    URGE = "urge", "催办"


class RequestState(TextChoices):
    OPEN = "open", "待处理"
    ACCEPTED = "accepted", "已同意"
    REFUSED = "refused", "不同意"


class ReconsiderationState(TextChoices):
    SECONDING = "seconding", "征集附议"
    ACCEPTED = "accepted", "复议中"
    REFUSED = "refused", "不予受理"
    CHANGED = "changed", "决议已变更"
    UPHELD = "upheld", "维持原决议"


class NoticeConclusion(TextChoices):
    CLEAR = "clear", "无异议"
    DISMISSED = "dismissed", "异议不成立"
    UPHELD = "upheld", "异议成立，暂缓执行"


# Who makes an item: its fields, in the words of the form.
MAKERS = {"created_by": "经办人", "proposer": "提出人", "presenter": "汇报人"}
