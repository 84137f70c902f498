"""Findings and the evaluations that keep them; the parameters in force, laid out so that SQL can join them."""

from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from simple_history.models import HistoricalRecords

from common.choices import Level
from compliance.choices import SETTLED_STATES, FindingState, FindingVerdict
from governance.choices import AccessScope, BodyKind
from governance.models import School, Seat


class EffectiveParameter(models.Model):
    """The value of one procedure parameter of one school from a day on, until the next row of the same key.

    Derived from `governance.ProcedureParameter` by `services.refresh_parameters`, equal to `parameters.resolve`.
    `number` and `denominator` hold integers (a fraction as two, a truth value as 1 or 0), `word` a choice.
    """

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="+", verbose_name="学校")
    key = models.CharField("参数", max_length=40)
    since = models.DateField("生效日期")
    value = models.JSONField("值", null=True)
    number = models.BigIntegerField("整数", null=True)
    denominator = models.BigIntegerField("分母", null=True)
    word = models.CharField("选项", max_length=40, blank=True, default="")
    source = models.CharField("依据", max_length=120)
    level = models.CharField("层级", max_length=10)

    class Meta:
        verbose_name = "现行议事参数"
        verbose_name_plural = "现行议事参数"
        constraints = [
            models.UniqueConstraint(fields=["school", "key", "since"], name="effective_parameter_once")
        ]

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


class Evaluation(models.Model):
    """One run of rules over schools: what was asked, found, and how long it took.

    `counts` is {rule: {violating, unknown, new, changed, resolved, ms}}.
    """

    scope = models.CharField("范围", max_length=120)
    schools = models.PositiveIntegerField("学校数", default=0)
    rules = models.JSONField("规则", default=list)
    as_of = models.DateField("截止日期")
    is_trial = models.BooleanField("试算", default=False, help_text="只计数，不改动合规问题")
    actor = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="发起人",
    )
    started_at = models.DateTimeField("开始")
    finished_at = models.DateTimeField("结束", null=True, blank=True)
    counts = models.JSONField("结果", default=dict)

    class Meta:
        verbose_name = "合规检查"
        verbose_name_plural = "合规检查"
        ordering = ["-started_at", "-id"]
        indexes = [models.Index(fields=["-finished_at"], name="evaluation_finished")]

    def __str__(self) -> str:
        return f"{self.scope} {self.as_of}"


class RuleError(models.Model):
    """A rule that could not be run; what it found before stays as it was."""

    evaluation = models.ForeignKey(
        Evaluation, on_delete=models.CASCADE, related_name="errors", verbose_name="合规检查"
    )
    rule_code = models.CharField("规则", max_length=8)
    error = models.CharField("错误", max_length=300)
    trace = models.TextField("详情")
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = "规则出错"
        verbose_name_plural = "规则出错"
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["rule_code", "-at"], name="rule_error_latest")]

    def __str__(self) -> str:
        return f"{self.rule_code} {self.error}"


class FindingQuerySet(models.QuerySet):
    def visible_to(self, user: Any):
        """Metadata of findings: the offices of the school, and the district.

        A finding on a matter of scope 2 is seen in the school by the Party body's offices only. What names
        persons in the evidence is withheld from the district (selectors.evidence_for).
        """
        if not user.is_authenticated:
            return self.none()
        offices = Seat.objects.active().filter(person=user, school=OuterRef("school")).office()
        party = offices.filter(body__kind__in=[BodyKind.PARTY, BodyKind.ASSEMBLY])
        return self.filter(
            Q(access_scope__lt=AccessScope.RESTRICTED) & Exists(offices)
            | Q(access_scope=AccessScope.RESTRICTED) & Exists(party)
            | Q(school__in=School.objects.all().supervised_by(user).values("pk"))
        )

    def standing(self):
        """Findings that the latest evaluation still sees."""
        return self.filter(resolved_at__isnull=True)

    def open(self):
        """Findings that ask for something: still seen, and neither dismissed nor closed."""
        return self.standing().exclude(state__in=SETTLED_STATES)

    def violating(self):
        return self.filter(verdict=FindingVerdict.VIOLATING)

    def unknown(self):
        return self.filter(verdict=FindingVerdict.UNKNOWN)


class Finding(models.Model):
    """合规问题: one rule not met by one subject, with everything needed to replay and to explain it.

    One row per rule and subject for ever: it resolves by itself when the facts change (`resolved_at`) and
    stands again when they change back. `state` is the rectification and is assigned by its services only.
    """

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="findings", verbose_name="学校")
    rule_code = models.CharField("规则", max_length=8)
    rule_version = models.PositiveSmallIntegerField("规则版本")
    clauses = models.JSONField("条款", default=list, help_text="条款代码和当时的文本")
    subject_type = models.CharField("对象类别", max_length=60)
    subject_id = models.BigIntegerField("对象")
    subject_label = models.CharField("对象名称", max_length=200)
    access_scope = models.PositiveSmallIntegerField(
        "知悉范围", choices=AccessScope, default=AccessScope.INTERNAL
    )
    occurred_on = models.DateField("发生日期", null=True, blank=True)
    level = models.CharField("级别", max_length=1, choices=Level)
    verdict = models.CharField("判定", max_length=10, choices=FindingVerdict)
    missing = models.JSONField("缺少", default=list, help_text="无法判定时缺少的内容")
    evidence = models.JSONField("证据", default=dict)
    parameters = models.JSONField("参数", default=dict)
    inputs_sha256 = models.CharField("输入摘要", max_length=64)
    link = models.CharField("去处", max_length=200, blank=True)
    first_seen_at = models.DateTimeField("首次发现")
    last_seen_at = models.DateTimeField("最近发现")
    resolved_at = models.DateTimeField("自行消除", null=True, blank=True)
    state = models.CharField("整改状态", max_length=12, choices=FindingState, default=FindingState.FOUND)
    version = models.PositiveIntegerField("修改序号", default=1)
    objects = FindingQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "合规问题"
        verbose_name_plural = "合规问题"
        ordering = ["-occurred_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule_code", "subject_type", "subject_id"], name="finding_once_per_subject"
            ),
            models.CheckConstraint(
                condition=~Q(verdict=FindingVerdict.COMPLIANT), name="finding_is_never_compliant"
            ),
            models.CheckConstraint(
                condition=Q(verdict=FindingVerdict.UNKNOWN) | Q(missing=Value([], models.JSONField())),
                name="finding_missing_only_where_unknown",
            ),
            models.CheckConstraint(
                condition=Q(last_seen_at__gte=F("first_seen_at")), name="finding_seen_in_order"
            ),
        ]
        indexes = [
            models.Index(fields=["school", "rule_code"], name="finding_school_rule"),
            models.Index(
                fields=["school", "state"],
                condition=Q(resolved_at__isnull=True),
                name="finding_school_standing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_code} {self.subject_label}"

    @property
    def subject(self) -> str:
        """How the ledger names this record."""
        return f"compliance.finding:{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None and self.state not in SETTLED_STATES
