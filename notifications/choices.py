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
