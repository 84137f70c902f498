"""Figures kept per school and day, rolled up per authority and month, and how each school stands.

All three are derived: services.aggregates writes them, and can write them again from the records at any time.
"""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from governance.choices import PartyOrgKind, SchoolStage
from governance.models import Authority, AuthorityMember, School
from oversight.choices import PostSetup


def paths_of(user: Any) -> list[str]:
    """Paths of the authorities in which a person holds an office today; one query."""
    if not user.is_authenticated:
        return []
    return list(
        AuthorityMember.objects.active().filter(person=user).values_list("authority__path", flat=True)
    )


class StandingQuerySet(models.QuerySet):
    def visible_to(self, user: Any):
        """Rows of the schools below an authority in which the person holds an office today."""
        below = Q(pk__in=[])
        for path in paths_of(user):
            below |= Q(authority_path__startswith=path)
        return self.filter(below)

    def under(self, authority: Authority):
        """Rows of the schools of an authority and of those below it."""
        return self.filter(authority_path__startswith=authority.path)


class SchoolStanding(models.Model):
    """学校现状: one row per school with what the board shows and filters; refreshed after acts and evaluations.

    Counts are findings that stand and are not settled: `blocks`, `breaches`, `warns` and `infos` by level, `unknowns`
    无法判定, `overdue` past the day of their step. `groups` is {rule group: [阻断 or 违规, 预警, 提示, 无法判定]}.
    """

    school = models.OneToOneField(
        School, on_delete=models.CASCADE, primary_key=True, related_name="standing", verbose_name="学校"
    )
    authority_path = models.CharField("主管路径", max_length=200)
    code = models.CharField("代码", max_length=20, blank=True)
    name = models.CharField("校名", max_length=80, blank=True)
    stage = models.CharField("学段", max_length=16, choices=SchoolStage)
    cluster = models.CharField("学区", max_length=40, blank=True)
    kind = models.CharField("党组织类型", max_length=20, choices=PartyOrgKind, blank=True)
    setup = models.CharField(
        "书记校长设置", max_length=10, choices=PostSetup, default=PostSetup.VACANT, help_text="由任职计算"
    )
    fulltime_deputies = models.PositiveSmallIntegerField("专职副书记数", default=0)
    office_staff = models.PositiveSmallIntegerField(
        "组织办人数", null=True, blank=True, help_text="未登记时为空"
    )
    blocks = models.PositiveIntegerField("阻断", default=0)
    breaches = models.PositiveIntegerField("违规", default=0)
    warns = models.PositiveIntegerField("预警", default=0)
    infos = models.PositiveIntegerField("提示", default=0)
    unknowns = models.PositiveIntegerField("无法判定", default=0)
    overdue = models.PositiveIntegerField("逾期未整改", default=0)
    groups = models.JSONField("各类问题", default=dict)
    last_party_on = models.DateField("最近党组织会议", null=True, blank=True)
    last_admin_on = models.DateField("最近校长办公会议", null=True, blank=True)
    last_report_term = models.DateField("最近报送学期", null=True, blank=True, help_text="该学期第一天")
    checked_at = models.DateTimeField("最近合规检查", null=True, blank=True)
    refreshed_at = models.DateTimeField("更新时间", default=timezone.now)
    objects = StandingQuerySet.as_manager()

    class Meta:
        verbose_name = "学校现状"
        verbose_name_plural = "学校现状"
        indexes = [
            models.Index(fields=["authority_path"], name="standing_path", opclasses=["varchar_pattern_ops"])
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def problems(self) -> int:
        """未整改数: open findings of every level, those that cannot be judged aside."""
        return self.blocks + self.breaches + self.warns + self.infos


class SchoolDayQuerySet(models.QuerySet):
    def visible_to(self, user: Any):
        """Figures of the schools the person supervises."""
        # Not `readable`: whose rows these are is asked of the database in Python, at every question.
        return self.filter(school__standing__in=SchoolStanding.objects.visible_to(user).values("pk"))

    def between(self, since: date, until: date):
        """Days from `since` to `until`, both included."""
        return self.filter(day__gte=since, day__lte=until)


class SchoolDay(models.Model):
    """每日指标: numerator and denominator of one measure of one school on one day; a day without either has no row."""

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="+", verbose_name="学校")
    day = models.DateField("日期")
    measure = models.CharField("指标", max_length=20)
    numerator = models.BigIntegerField("分子")
    denominator = models.BigIntegerField("分母")
    objects = SchoolDayQuerySet.as_manager()

    class Meta:
        verbose_name = "每日指标"
        verbose_name_plural = "每日指标"
        constraints = [
            models.UniqueConstraint(fields=["school", "measure", "day"], name="school_day_once"),
            models.CheckConstraint(
                condition=~Q(numerator=0) | ~Q(denominator=0), name="school_day_is_not_empty"
            ),
        ]
        indexes = [models.Index(fields=["measure", "day"], name="school_day_measure")]

    def __str__(self) -> str:
        return f"{self.measure} {self.day} {self.numerator}/{self.denominator}"


class AuthorityMonthQuerySet(models.QuerySet):
    def visible_to(self, user: Any):
        """Figures of the authorities in which the person holds an office, and of those below."""
        below = Q(pk__in=[])
        for path in paths_of(user):
            below |= Q(authority__path__startswith=path)
        return self.filter(below)


class AuthorityMonth(models.Model):
    """每月汇总: the sum of SchoolDay over every school below an authority; kept by differences, `month` its first day."""

    authority = models.ForeignKey(
        Authority, on_delete=models.CASCADE, related_name="+", verbose_name="教育工委"
    )
    month = models.DateField("月份")
    measure = models.CharField("指标", max_length=20)
    numerator = models.BigIntegerField("分子")
    denominator = models.BigIntegerField("分母")
    objects = AuthorityMonthQuerySet.as_manager()

    class Meta:
        verbose_name = "每月汇总"
        verbose_name_plural = "每月汇总"
        constraints = [
            models.UniqueConstraint(fields=["authority", "measure", "month"], name="authority_month_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="authority_month_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.month} {self.numerator}/{self.denominator}"
