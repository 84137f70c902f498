"""Issued documents and the counters of their numbers. After issuing nothing changes but the PDF fields."""

from datetime import timedelta
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from common.reading import readable
from documents.choices import RESTRICTED_SCOPE, DocumentKind, ScanState

LATE_AFTER = timedelta(minutes=2)


class NumberCounter(models.Model):
    """The last number given out in one series; its row lock orders the allocations of that series only."""

    school = models.ForeignKey(
        "governance.School", on_delete=models.PROTECT, verbose_name="学校", related_name="+"
    )
    kind = models.CharField("文种", max_length=20, choices=DocumentKind)
    year = models.PositiveSmallIntegerField("年度")
    last = models.PositiveIntegerField("最新序号", default=0)

    class Meta:
        verbose_name = "编号簿"
        verbose_name_plural = "编号簿"
        constraints = [
            models.UniqueConstraint(fields=["school", "kind", "year"], name="number_counter_one_per_series")
        ]

    def __str__(self) -> str:
        return f"{self.school_id} {self.get_kind_display()} {self.year}：{self.last}"


class IssuedDocumentQuerySet(models.QuerySet):
    def visible_to(self, user: Any):
        """Documents whose own object the person may see: the item where there is one, else the meeting's papers.

        会议记录 are read inside the body only, 会议纪要 also by the district (meetings say whom); a document of
        neither is visible to nobody. The papers of a meeting with an item the person must keep away from (R36)
        are not given out: the pages of the meeting show the rest. The models lie above this app, found by name.
        """
        item = apps.get_model("decisions", "DecisionItem")
        meeting = apps.get_model("meetings", "Meeting")
        is_record = Q(kind=DocumentKind.MEETING_RECORD)
        return self.filter(
            Q(item__in=readable(item, user))
            | Q(item__isnull=True)
            & ~Q(meeting__in=readable(meeting, user, "withholding_from"))
            & (
                is_record & Q(meeting__in=readable(meeting, user, "records_visible_to"))
                | ~is_record & Q(meeting__in=readable(meeting, user, "papers_visible_to"))
            )
        )

    def outstanding(self):
        """Documents whose PDF has not been made yet."""
        return self.filter(rendered_at__isnull=True)


class IssuedDocument(models.Model):
    """签发的文书: the frozen content, its number, and the PDF made from it.

    A correction is a new row with the same number, the next version and `supersedes` set (R64).
    """

    school = models.ForeignKey(
        "governance.School", on_delete=models.PROTECT, related_name="documents", verbose_name="学校"
    )
    kind = models.CharField("文种", max_length=20, choices=DocumentKind)
    year = models.PositiveSmallIntegerField("年度")
    serial = models.PositiveIntegerField("序号")
    version = models.PositiveSmallIntegerField("版本", default=1)
    number_text = models.CharField("文号", max_length=60)
    title = models.CharField("标题", max_length=200)
    access_scope = models.PositiveSmallIntegerField("知悉范围")
    meeting = models.ForeignKey(
        "meetings.Meeting",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name="会议",
    )
    item = models.ForeignKey(
        "decisions.DecisionItem",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name="议题",
    )
    supersedes = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="superseded_by",
        verbose_name="更正的前一版",
    )
    template = models.CharField("模板", max_length=100)
    content = models.JSONField("内容", encoder=DjangoJSONEncoder)
    body_sha256 = models.CharField("内容摘要", max_length=64, help_text="内容规范文本的 SHA-256")
    verification_code = models.CharField("核验码", max_length=16, unique=True)
    issued_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="issued_documents", verbose_name="签发人"
    )
    issued_at = models.DateTimeField("签发时间")
    file = models.FileField("PDF", max_length=200, blank=True)
    file_sha256 = models.CharField("文件摘要", max_length=64, blank=True)
    rendered_at = models.DateTimeField("生成时间", null=True, blank=True)
    render_attempts = models.PositiveSmallIntegerField("生成次数", default=0)
    render_error = models.TextField("生成出错", blank=True)
    objects = IssuedDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "签发文书"
        verbose_name_plural = "签发文书"
        ordering = ["-issued_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "kind", "year", "serial", "version"],
                name="document_number_once_per_version",
            ),
            models.CheckConstraint(
                condition=Q(serial__gte=1, version__gte=1), name="document_counts_from_one"
            ),
            models.CheckConstraint(
                condition=Q(version=1, supersedes__isnull=True) | Q(version__gt=1, supersedes__isnull=False),
                name="document_later_versions_supersede",
            ),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | ~Q(supersedes=F("id")),
                name="document_not_its_own_correction",
            ),
            models.CheckConstraint(
                condition=Q(rendered_at__isnull=True, file="", file_sha256="")
                | Q(rendered_at__isnull=False) & ~Q(file="") & ~Q(file_sha256=""),
                name="document_rendered_with_file",
            ),
        ]
        indexes = [models.Index(fields=["school", "kind", "year"], name="document_school_series")]

    def __str__(self) -> str:
        return f"{self.number_text} {self.title}"

    @property
    def is_rendered(self) -> bool:
        return self.rendered_at is not None

    @property
    def is_late(self) -> bool:
        """Whether the PDF should have been there by now: the queue lost it, or nobody asked for it."""
        return not self.is_rendered and self.issued_at < timezone.now() - LATE_AFTER

    @property
    def is_restricted(self) -> bool:
        """Whether even the title is for named people only (知悉范围 2)."""
        return self.access_scope == RESTRICTED_SCOPE


class FileScan(models.Model):
    """查毒 of one upload, known by its place in the storage. No record: it can be done again."""

    path = models.CharField("存放位置", max_length=200, unique=True)
    school = models.ForeignKey(
        "governance.School",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="学校",
    )
    uploaded_by = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="上传人",
    )
    url = models.CharField("所在页面", max_length=200, blank=True)
    state = models.CharField("状态", max_length=10, choices=ScanState, default=ScanState.PENDING)
    words = models.CharField("病毒或故障", max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    asked_at = models.DateTimeField("送检时间", auto_now_add=True)
    scanned_at = models.DateTimeField("查毒时间", null=True, blank=True)

    class Meta:
        verbose_name = "查毒"
        verbose_name_plural = "查毒"
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ScanState.PENDING, scanned_at__isnull=True)
                | ~Q(state=ScanState.PENDING) & Q(scanned_at__isnull=False),
                name="file_scan_done_with_time",
            )
        ]
        indexes = [
            models.Index(fields=["attempts"], condition=Q(state=ScanState.PENDING), name="file_scan_pending")
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.get_state_display()}"
