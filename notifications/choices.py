"""Words of notifications."""

from django.db.models import TextChoices


class Channel(TextChoices):
    """Ways out of the platform; the inbox row itself is the message."""

    EMAIL = "email", "电子邮件"


class DeliveryState(TextChoices):
    PENDING = "pending", "待发送"
    SENT = "sent", "已发送"
    FAILED = "failed", "发送失败"
    SKIPPED = "skipped", "无须发送"


# Tabler icon by the noun of a message kind (noun.verb); anything else gets the bell.
KIND_ICONS = {
    "item": "clipboard-list",
    "stage": "clipboard-list",
    "meeting": "calendar-event",
    "minutes": "file-text",
    "record": "notes",
    "document": "file-text",
    "resolution": "file-text",
    "consultation": "messages",
    "task": "checklist",
    "reconsideration": "rotate",
    "finding": "shield-check",
    "session": "device-desktop",
    "handover": "arrows-exchange",
    "ledger": "fingerprint",
    "file": "virus",
}

# Messages about the person's own offices, in words that tell nothing of a school's business.
PERSONAL_KINDS = ("seat.news",)
