"""Words of meetings (facts.md §1, ui.md §7)."""

from django.db.models import TextChoices


class MeetingMode(TextChoices):
    LIVE = "live", "现场记录"
    RETROSPECTIVE = "retrospective", "补录"


class MeetingFormat(TextChoices):
    """How a body met; what was held on paper may have been no meeting of its own (R40)."""

    REGULAR = "regular", "单独召开"
    JOINT = "joint", "联席会议"
    TOPIC = "topic", "专题会议"


class MeetingState(TextChoices):
    PLANNED = "planned", "筹备"
    NOTIFIED = "notified", "已通知"
    IN_PROGRESS = "in_progress", "进行中"
    RECESS = "recess", "休会"
    CLOSED = "closed", "已散会"
    SIGNED = "signed", "记录已签字"
    CANCELLED = "cancelled", "已取消"


SITTING_STATES = (MeetingState.IN_PROGRESS, MeetingState.RECESS)
BEFORE_STATES = (MeetingState.PLANNED, MeetingState.NOTIFIED)


class EntryKind(TextChoices):
    FIRST_TOPIC = "first_topic", "第一议题"
    ITEM = "item", "议题"


class EntryState(TextChoices):
    WAITING = "waiting", "待审议"
    DELIBERATING = "deliberating", "正在审议"
    CONCLUDED = "concluded", "已审议"


class AttendanceStatus(TextChoices):
    EXPECTED = "expected", "未签到"
    PRESENT = "present", "到会"
    LEAVE = "leave", "请假"
    ABSENT = "absent", "缺席"


class Stance(TextChoices):
    NONE = "", "未表态"
    AGREE = "agree", "同意"
    DISAGREE = "disagree", "不同意"
    ABSTAIN = "abstain", "弃权"
    DEFER = "defer", "缓议"


class BallotChoice(TextChoices):
    FOR = "for", "赞成"
    AGAINST = "against", "反对"
    ABSTAIN = "abstain", "弃权"


class MinutesState(TextChoices):
    DRAFT = "draft", "起草"
    REVIEW = "review", "待签发"
    ISSUED = "issued", "已签发"
