"""会议记录 (verbatim, signed) and 会议纪要 (issued)."""

from django.db import models
from django.db.models import Q

from common.history import FieldHistory
from meetings.choices import MinutesState
from meetings.models.meetings import Meeting, MeetingRecordQuerySet, MinutesQuerySet


class MeetingRecord(models.Model):
    """会议记录: frozen from the facts when the first signature is given (R60, R61)."""

    meeting = models.OneToOneField(
        Meeting, on_delete=models.PROTECT, related_name="record", verbose_name="会议"
    )
    supplement = models.TextField("补充说明", blank=True)
    content = models.JSONField("定稿内容", null=True, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    recorder_signed_by = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="记录人签字",
    )
    recorder_signed_at = models.DateTimeField("记录人签字时间", null=True, blank=True)
    chair_signed_by = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="主持人签字",
    )
    chair_signed_at = models.DateTimeField("主持人签字时间", null=True, blank=True)
    objects = MeetingRecordQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "会议记录"
        verbose_name_plural = "会议记录"
        constraints = [
            models.CheckConstraint(
                condition=Q(recorder_signed_at__isnull=True, chair_signed_at__isnull=True)
                | Q(content__isnull=False),
                name="record_signed_is_frozen",
            )
        ]

    def __str__(self) -> str:
        return f"{self.meeting} 会议记录"

    @property
    def is_signed(self) -> bool:
        return self.recorder_signed_at is not None and self.chair_signed_at is not None


class Minutes(models.Model):
    """会议纪要: drafted from the facts, reviewed, issued with a number, then locked (R62–R64)."""

    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="minutes", verbose_name="会议"
    )
    version = models.PositiveSmallIntegerField("版次", default=1)
    state = models.CharField("状态", max_length=8, choices=MinutesState, default=MinutesState.DRAFT)
    preamble = models.TextField("开头", blank=True)
    entries = models.JSONField("议定事项", default=list, help_text="[{entry, title, text}]")
    copy_to = models.CharField("抄送", max_length=200, blank=True)
    number_text = models.CharField("编号", max_length=40, blank=True)
    edit_version = models.PositiveIntegerField("修改序号", default=1)
    drafted_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name="起草人"
    )
    issued_by = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="签发人",
    )
    issued_at = models.DateTimeField("签发时间", null=True, blank=True)
    document = models.OneToOneField(
        "documents.IssuedDocument",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="文件",
    )
    supersedes = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="superseded_by",
        verbose_name="更正的版次",
    )
    correction_reason = models.CharField("更正原因", max_length=200, blank=True)
    objects = MinutesQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "会议纪要"
        verbose_name_plural = "会议纪要"
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "version"], name="minutes_version_once"),
            models.CheckConstraint(
                condition=Q(state=MinutesState.ISSUED, issued_at__isnull=False)
                | ~Q(state=MinutesState.ISSUED) & Q(issued_at__isnull=True),
                name="minutes_issued_has_time",
            ),
            models.CheckConstraint(
                condition=Q(version=1) | ~Q(correction_reason=""),
                name="minutes_correction_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting} 会议纪要"
