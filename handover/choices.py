"""Words of 交接."""

from django.db.models import TextChoices


class WorkKind(TextChoices):
    """What a person may have in hand. Confirming, accepting, issuing belong to the office and need no handover."""

    TASK = "task", "落实任务"
    HELP = "help", "协办任务"
    ITEM = "item", "未决议题"
    CHAIR = "chair", "待开会议（主持）"
    RECORDER = "recorder", "会议记录"
    MINUTES = "minutes", "纪要草稿"
    FINDING = "finding", "问题整改"


ICONS = {
    WorkKind.TASK: "checklist",
    WorkKind.HELP: "users",
    WorkKind.ITEM: "clipboard-list",
    WorkKind.CHAIR: "calendar-event",
    WorkKind.RECORDER: "writing",
    WorkKind.MINUTES: "file-text",
    WorkKind.FINDING: "shield-check",
}
