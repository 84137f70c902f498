"""The inbox and the outbox. Both are written in the transaction of the act they tell of."""

from typing import Any

from django.db import models
from django.db.models import Q

from notifications.choices import KIND_ICONS, PERSONAL_KINDS, Channel, DeliveryState


class MessageQuerySet(models.QuerySet):
    def visible_to(self, user: Any):
        """A person's own messages; those of a school only while the person may see that school.

        What tells of the person's own offices stays readable after the last of them has ended.
        """
        if not user.is_authenticated:
            return self.none()
        schools = self.model._meta.get_field("school").related_model.objects.visible_to(user)
        return self.filter(
            Q(school__isnull=True) | Q(kind__in=PERSONAL_KINDS) | Q(school__in=schools.values("pk")),
            recipient=user,
        )

    def unread(self):
        return self.filter(read_at__isnull=True)


class Message(models.Model):
    """One line in one person's inbox. `kind` is noun.verb, e.g. task.assigned."""

    recipient = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="messages", verbose_name="收件人"
    )
    school = models.ForeignKey(
        "governance.School",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="学校",
    )
    kind = models.CharField("类别", max_length=40)
    title = models.CharField("标题", max_length=200)
    body = models.TextField("正文", blank=True)
    url = models.CharField("去处", max_length=200, help_text="本平台内的路径")
    dedupe = models.CharField("去重键", max_length=120, blank=True)
    created_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)
    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = "通知"
        verbose_name_plural = "通知"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "dedupe"], condition=~Q(dedupe=""), name="message_once_per_dedupe_key"
            ),
            models.CheckConstraint(
                condition=Q(url__startswith="/") & ~Q(url__startswith="//"), name="message_url_stays_here"
            ),
        ]
        indexes = [
            models.Index(fields=["recipient", "-created_at", "-id"], name="message_inbox"),
            models.Index(fields=["recipient"], condition=Q(read_at__isnull=True), name="message_unread"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def icon(self) -> str:
        """Tabler icon of the noun of its kind."""
        return KIND_ICONS.get(self.kind.partition(".")[0], "bell")

    @property
    def is_read(self) -> bool:
        return self.read_at is not None


class DeliveryQuerySet(models.QuerySet):
    def due(self, at: Any):
        """Deliveries still to be tried whose time has come."""
        return self.filter(state=DeliveryState.PENDING, due_at__lte=at)


class Delivery(models.Model):
    """One message on its way out by one channel."""

    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="deliveries", verbose_name="通知"
    )
    channel = models.CharField("渠道", max_length=10, choices=Channel, default=Channel.EMAIL)
    state = models.CharField("状态", max_length=10, choices=DeliveryState, default=DeliveryState.PENDING)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    last_error = models.TextField("最近出错", blank=True)
    due_at = models.DateTimeField("下次发送")
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)
    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = "发送"
        verbose_name_plural = "发送"
        constraints = [
            models.UniqueConstraint(fields=["message", "channel"], name="delivery_one_per_channel"),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.SENT, sent_at__isnull=False)
                | ~Q(state=DeliveryState.SENT) & Q(sent_at__isnull=True),
                name="delivery_sent_with_time",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state=DeliveryState.PENDING), name="delivery_pending")
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.get_state_display()}"
