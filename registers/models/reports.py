"""What a school reports or files upwards, and what its authority grants."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from meetings.models import Meeting
from registers.choices import ApprovalMatter, FilingState, InspectionKind, PolicyKind, ReportState
from registers.models.base import Record, Reviewed, term_check
from registers.periods import term_words


class SuperiorApproval(Record):
    """上级批复: an exception granted by the authority (R01, R02, R05)."""

    matter = models.CharField("批复事项", max_length=16, choices=ApprovalMatter)
    number = models.CharField("文号", max_length=60)
    issuer = models.CharField("批复机关", max_length=80)
    approved_on = models.DateField("批复日期", default=timezone.localdate)
    until = models.DateField("有效期至", null=True, blank=True)

    class Meta:
        verbose_name = "上级批复"
        verbose_name_plural = "上级批复"
        ordering = ["-approved_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("approved_on")),
                name="approval_dates",
                violation_error_message="有效期不得早于批复日期。",
            )
        ]
        indexes = [models.Index(fields=["school", "matter", "approved_on"], name="approval_school_matter")]

    def __str__(self) -> str:
        return f"{self.get_matter_display()} {self.number}"


class TermReport(Reviewed, Record):
    """学期报告 of the Party organisation to its authority (R80); `state` moves by services only."""

    term_starts_on = models.DateField("学期")
    part = models.PositiveSmallIntegerField("本学期第几次", default=1)
    summary = models.TextField("报告摘要")
    state = models.CharField("状态", max_length=10, choices=ReportState, default=ReportState.DRAFT)
    submitted_on = models.DateField("报送日期", null=True, blank=True)

    class Meta:
        verbose_name = "学期报告"
        verbose_name_plural = "学期报告"
        ordering = ["-term_starts_on", "-part", "-id"]
        constraints = [
            term_check("term_report_term"),
            models.UniqueConstraint(
                fields=["school", "term_starts_on", "part"],
                condition=Q(is_void=False),
                name="term_report_once",
                violation_error_message="本学期的这一次报告已登记，请打开它更正。",
            ),
            models.CheckConstraint(
                condition=Q(state=ReportState.DRAFT) | Q(submitted_on__isnull=False),
                name="term_report_submitted_has_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{term_words(self.term_starts_on)} 学期报告"


class PolicyFiling(Reviewed, Record):
    """制度备案: a rule of the school filed with its authority, which approves or returns it (R82)."""

    kind = models.CharField("制度", max_length=20, choices=PolicyKind)
    title = models.CharField("名称", max_length=120)
    edition = models.CharField("版本", max_length=40, help_text="例如 2026年修订稿")
    filed_on = models.DateField("报备日期", default=timezone.localdate)
    effective_on = models.DateField("启用日期", null=True, blank=True, help_text="尚未启用的留空。")
    state = models.CharField("审核结果", max_length=10, choices=FilingState, default=FilingState.FILED)

    class Meta:
        verbose_name = "制度备案"
        verbose_name_plural = "制度备案"
        ordering = ["-filed_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=FilingState.FILED) | Q(reviewed_on__isnull=False),
                name="filing_answer_has_day",
            )
        ]
        indexes = [models.Index(fields=["school", "kind", "filed_on"], name="filing_school_kind")]

    def __str__(self) -> str:
        return f"{self.title} {self.edition}"


class InspectionRectification(Record):
    """巡察整改: feedback received, and the report on rectification due in time (R87)."""

    kind = models.CharField("来源", max_length=12, choices=InspectionKind, default=InspectionKind.INSPECTION)
    source = models.CharField("反馈单位和批次", max_length=120)
    problems = models.PositiveSmallIntegerField("反馈问题（个）", default=0)
    feedback_on = models.DateField("反馈日期", default=timezone.localdate)
    due_on = models.DateField(
        "整改报告期限", null=True, blank=True, help_text="反馈意见写明的期限；未写明的留空，按议事参数计算。"
    )
    reported_on = models.DateField("整改报告报送日期", null=True, blank=True)

    class Meta:
        verbose_name = "巡察整改"
        verbose_name_plural = "巡察整改"
        ordering = ["-feedback_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(due_on__isnull=True) | Q(due_on__gte=F("feedback_on")))
                & (Q(reported_on__isnull=True) | Q(reported_on__gte=F("feedback_on"))),
                name="inspection_dates",
                violation_error_message="期限和报送日期不得早于反馈日期。",
            )
        ]
        indexes = [models.Index(fields=["school", "feedback_on"], name="inspection_school_day")]

    def __str__(self) -> str:
        return self.source


class ExecutionReport(Record):
    """决议执行情况报告: the principal to the Party organisation, once a term (R73)."""

    term_starts_on = models.DateField("学期")
    reported_on = models.DateField("报告日期", default=timezone.localdate)
    meeting = models.ForeignKey(
        Meeting,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="听取报告的会议",
    )
    summary = models.TextField("报告摘要")

    class Meta:
        verbose_name = "决议执行情况报告"
        verbose_name_plural = "决议执行情况报告"
        ordering = ["-reported_on", "-id"]
        constraints = [term_check("execution_report_term")]
        indexes = [models.Index(fields=["school", "term_starts_on"], name="execution_school_term")]

    def __str__(self) -> str:
        return f"{term_words(self.term_starts_on)} 决议执行情况报告"
