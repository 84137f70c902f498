"""What a decision brings with it in public and in haste: 公示 after it, 紧急处置 before it."""

from django.db import models
from django.db.models import F, Q

from common.history import FieldHistory
from decisions.choices import NoticeConclusion
from decisions.models.evidence import ItemPartQuerySet
from decisions.models.execution import Resolution
from decisions.models.items import DecisionItem
from governance.models import School


class PublicNotice(models.Model):
    """公示 of a decision: from when to when, where objections were received, how it ended (R65)."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", verbose_name="学校")
    item = models.ForeignKey(
        DecisionItem, on_delete=models.PROTECT, related_name="public_notices", verbose_name="议题"
    )
    resolution = models.ForeignKey(
        Resolution, on_delete=models.PROTECT, related_name="public_notices", verbose_name="公示的决议"
    )
    since = models.DateField("起始日")
    until = models.DateField("截止日", help_text="含当日")
    place = models.CharField("公示方式", max_length=100, help_text="例如 校务公开栏和学校网站")
    channel = models.CharField("受理渠道", max_length=200, help_text="电话、信箱和受理人")
    published_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )
    published_at = models.DateTimeField("登记时间", auto_now_add=True)
    conclusion = models.CharField("公示结论", max_length=12, choices=NoticeConclusion, blank=True)
    objections = models.TextField("异议和核实情况", blank=True)
    effective_on = models.DateField("任职或执行日期", null=True, blank=True)
    concluded_by = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="结论登记人",
    )
    concluded_at = models.DateTimeField("结论时间", null=True, blank=True)
    objects = ItemPartQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "公示"
        verbose_name_plural = "公示"
        ordering = ["since", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("since")),
                name="notice_ends_after_start",
                violation_error_message="截止日不得早于起始日。",
            ),
            models.CheckConstraint(
                condition=Q(conclusion="", concluded_at__isnull=True)
                | ~Q(conclusion="") & Q(concluded_at__isnull=False),
                name="notice_concluded_has_time",
            ),
            models.UniqueConstraint(
                fields=["item"],
                condition=Q(conclusion=""),
                name="notice_one_running_per_item",
                violation_error_message="此议题已有正在进行的公示。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resolution} 公示"


class EmergencyAction(models.Model):
    """紧急处置: the secretary disposed first; the next Party meeting is to hear and ratify it (R76, W1)."""

    school = models.ForeignKey(
        School, on_delete=models.PROTECT, related_name="emergencies", verbose_name="学校"
    )
    item = models.ForeignKey(
        DecisionItem, on_delete=models.PROTECT, related_name="emergencies", verbose_name="议题"
    )
    round = models.PositiveSmallIntegerField("轮次", default=1)
    decided_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name="处置书记"
    )
    happened_at = models.DateTimeField("处置时间")
    reason = models.TextField("紧急事由")
    measures = models.TextField("处置措施")
    recorded_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    objects = ItemPartQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "紧急处置"
        verbose_name_plural = "紧急处置"
        ordering = ["happened_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "round"],
                name="emergency_once_per_round",
                violation_error_message="此议题已登记紧急处置。",
            ),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(measures=""), name="emergency_has_reason"),
        ]
        indexes = [models.Index(fields=["school", "happened_at"], name="emergency_school_when")]

    def __str__(self) -> str:
        return f"{self.item} 紧急处置"
