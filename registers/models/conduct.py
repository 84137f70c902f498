"""How the leadership works and is judged: talks, appraisals, reviews, congress, organisation life."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from registers.choices import OrgLifeKind
from registers.models.base import Record


class RegularConsultation(Record):
    """书记校长定期沟通, apart from the talk before a meeting (R81)."""

    held_on = models.DateField("沟通日期", default=timezone.localdate)
    secretary = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name="书记"
    )
    counterpart = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="沟通对象",
        help_text="分设学校为校长；一肩挑学校为副书记或分管副校长。",
    )
    topics = models.CharField("沟通内容", max_length=300)

    class Meta:
        verbose_name = "定期沟通"
        verbose_name_plural = "定期沟通"
        ordering = ["-held_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(secretary=F("counterpart")),
                name="regular_consultation_two_persons",
                violation_error_message="沟通双方不能是同一人。",
            )
        ]
        indexes = [models.Index(fields=["school", "held_on"], name="regular_talk_school_day")]

    def __str__(self) -> str:
        return f"定期沟通 {self.held_on:%Y-%m-%d}"


class Appraisal(Record):
    """民主测评 of the leadership team; the average is kept in tenths of a point (R85)."""

    year = models.PositiveSmallIntegerField("测评年度")
    held_on = models.DateField("测评日期", default=timezone.localdate)
    voters = models.PositiveSmallIntegerField("收回有效票")
    average_tenths = models.PositiveSmallIntegerField("平均分（十分之一分）")
    talked_on = models.DateField("上级谈话日期", null=True, blank=True)

    class Meta:
        verbose_name = "民主测评"
        verbose_name_plural = "民主测评"
        ordering = ["-year", "-held_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(average_tenths__lte=1000),
                name="appraisal_at_most_100",
                violation_error_message="平均分在0到100之间。",
            )
        ]
        indexes = [models.Index(fields=["school", "year"], name="appraisal_school_year")]

    def __str__(self) -> str:
        return f"{self.year}年度民主测评"

    @property
    def average(self) -> str:
        """The average in points, e.g. 86.5."""
        return f"{self.average_tenths // 10}.{self.average_tenths % 10}"


class DutyReview(Record):
    """述职评议: the secretary's yearly account of Party building, with a plan to mend what was said (R86)."""

    year = models.PositiveSmallIntegerField("述职年度")
    held_on = models.DateField("评议日期", default=timezone.localdate)
    plan_on = models.DateField("整改方案日期", null=True, blank=True)

    class Meta:
        verbose_name = "述职评议"
        verbose_name_plural = "述职评议"
        ordering = ["-year", "-held_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(plan_on__isnull=True) | Q(plan_on__gte=F("held_on")),
                name="duty_review_dates",
                violation_error_message="整改方案日期不得早于评议日期。",
            )
        ]
        indexes = [models.Index(fields=["school", "year"], name="duty_review_school_year")]

    def __str__(self) -> str:
        return f"{self.year}年度述职评议"


class StaffCongressSession(Record):
    """教代会会次; `school_year` 2025 is September 2025 to August 2026 (R88)."""

    school_year = models.PositiveSmallIntegerField("学年")
    name = models.CharField("届次", max_length=60, help_text="例如 第五届第二次")
    held_on = models.DateField("召开日期", default=timezone.localdate)
    delegates = models.PositiveSmallIntegerField("代表总数")
    present = models.PositiveSmallIntegerField("到会代表")
    teachers = models.PositiveSmallIntegerField("教师代表")
    matter = models.CharField("表决事项", max_length=120, blank=True)
    votes_for = models.PositiveSmallIntegerField(
        "同意票", null=True, blank=True, help_text="没有表决事项的留空；有几项的填票数最少的一项。"
    )

    class Meta:
        verbose_name = "教代会会次"
        verbose_name_plural = "教代会会次"
        ordering = ["-held_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(delegates__gt=0, present__lte=F("delegates"), teachers__lte=F("delegates"))
                & (Q(votes_for__isnull=True) | Q(votes_for__lte=F("present"))),
                name="congress_numbers",
                violation_error_message="到会代表、教师代表不得多于代表总数，同意票不得多于到会代表。",
            )
        ]
        indexes = [models.Index(fields=["school", "held_on"], name="congress_school_day")]

    def __str__(self) -> str:
        return f"教代会{self.name}"


class OrgLife(Record):
    """组织生活: 三会一课 and 主题党日 of a branch or group (R84)."""

    kind = models.CharField("类别", max_length=10, choices=OrgLifeKind)
    branch = models.CharField("支部或党小组", max_length=60)
    held_on = models.DateField("日期", default=timezone.localdate)
    topic = models.CharField("主题", max_length=120)
    due = models.PositiveSmallIntegerField("应到")
    present = models.PositiveSmallIntegerField("实到")

    class Meta:
        verbose_name = "组织生活"
        verbose_name_plural = "组织生活"
        ordering = ["-held_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(due__gt=0, present__lte=F("due")),
                name="org_life_numbers",
                violation_error_message="实到不得多于应到。",
            )
        ]
        indexes = [models.Index(fields=["school", "kind", "held_on"], name="org_life_school_kind")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.held_on:%Y-%m-%d}"
