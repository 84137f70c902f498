"""Findings and the evaluations that keep them; the parameters in force, laid out so that SQL can join them."""

from datetime import date
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.utils import timezone

from common.choices import Level
from common.history import FieldHistory
from common.reading import readable
from compliance.choices import (
    DISTRICT_STATES,
    SCHOOL_STATES,
    SETTLED_STATES,
    FindingAct,
    FindingState,
    FindingVerdict,
)
from decisions.models import DecisionItem
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


# Subjects of findings that belong to one item, with the way to it.
_OF_ITEMS = {
    "decisions.decisionitem": "pk",
    "decisions.stage": "item",
    "decisions.resolution": "item",
    "decisions.reconsideration": "item",
    "decisions.emergencyaction": "item",
    "decisions.task": "item",
    "meetings.agendaentry": "stage__item",
    "meetings.tally": "entry__stage__item",
}


def _on_items(items: Any) -> Q:
    """Findings whose subject belongs to one of the items."""
    found = Q()
    for label, path in _OF_ITEMS.items():
        subjects = apps.get_model(label).objects.filter(**{f"{path}__in": items})
        found |= Q(subject_type=label, subject_id__in=subjects.order_by().values("pk"))
    return found


class FindingQuerySet(models.QuerySet):
    def visible_to(self, user: Any):
        """Metadata of findings: the offices of the school, and the district.

        A finding on a matter of scope 2 is seen in the school by the Party body's offices only, and one on a
        matter a person must keep away from (R36) not by that person. What names persons in the evidence is
        withheld from the district (selectors.evidence_for).
        """
        if not user.is_authenticated:
            return self.none()
        offices = Seat.objects.active().filter(person=user, school=OuterRef("school")).office()
        party = offices.filter(body__kind__in=[BodyKind.PARTY, BodyKind.ASSEMBLY])
        return self.filter(
            (
                Q(access_scope__lt=AccessScope.RESTRICTED) & Exists(offices)
                | Q(access_scope=AccessScope.RESTRICTED) & Exists(party)
            )
            & ~_on_items(readable(DecisionItem, user, "barred_to"))
            | Q(school__in=readable(School, user, "supervised_by"))
        )

    def standing(self):
        """Findings that the latest evaluation still sees."""
        return self.filter(resolved_at__isnull=True)

    def open(self):
        """Findings that ask for something: still seen, and neither dismissed nor closed."""
        return self.standing().exclude(state__in=SETTLED_STATES)

    def under_way(self):
        """Findings that somebody still works on, whether or not the evaluation still sees them."""
        return self.filter(
            Q(resolved_at__isnull=True, state=FindingState.FOUND)
            | ~Q(state__in=[FindingState.FOUND, *SETTLED_STATES])
        )

    def overdue(self, on: date | None = None):
        """Findings whose present step should have been done before the day, 回头看 included."""
        waiting = Q(state__in=[FindingState.CLOSED]) | Q(pk__in=Finding.objects.under_way().values("pk"))
        return self.filter(waiting, due_on__lt=on or timezone.localdate())

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
    due_on = models.DateField("本步时限", null=True, blank=True)
    version = models.PositiveIntegerField("修改序号", default=1)
    objects = FindingQuerySet.as_manager()
    history = FieldHistory()

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
            models.Index(fields=["due_on"], condition=Q(due_on__isnull=False), name="finding_step_due"),
            models.Index(
                fields=["school"], condition=Q(state__in=DISTRICT_STATES), name="finding_waits_for_district"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_code} {self.subject_label}"

    @property
    def subject(self) -> str:
        """How the ledger names this record."""
        return f"compliance.finding:{self.pk}"

    @property
    def is_restricted(self) -> bool:
        """Whether only named people may read it (知悉范围 2)."""
        return self.access_scope == AccessScope.RESTRICTED

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None and self.state not in SETTLED_STATES

    @property
    def plan(self) -> "Rectification | None":
        """The rectification, where the school has answered."""
        return getattr(self, "rectification", None)

    @property
    def is_overdue(self) -> bool:
        """Whether the present step should have been done before today."""
        if self.due_on is None or self.state in (FindingState.DISMISSED, FindingState.REVIEWED):
            return False
        is_gone = self.state == FindingState.FOUND and self.resolved_at is not None
        return not is_gone and self.due_on < timezone.localdate()

    @property
    def waits_for_school(self) -> bool:
        """Whether the next step is the school's."""
        return self.state in SCHOOL_STATES


class Rectification(models.Model):
    """整改: what the school does about one finding, by whom and until when, and how it was settled.

    Made when the school first answers. `appeal_sha256` names the facts an appeal was about; `settled_at` is when
    it was closed or dismissed: a finding seen gone and standing again after that reopens.
    """

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", verbose_name="学校")
    finding = models.OneToOneField(
        Finding, on_delete=models.PROTECT, related_name="rectification", verbose_name="合规问题"
    )
    measures = models.TextField("整改措施", blank=True)
    owner = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_rectifications",
        verbose_name="责任人",
    )
    due_on = models.DateField("整改时限", null=True, blank=True)
    appeal_sha256 = models.CharField("申诉所据输入", max_length=64, blank=True)
    self_assessment = models.TextField("自评", blank=True)
    submitted_at = models.DateTimeField("报验时间", null=True, blank=True)
    opinion = models.TextField("区级意见", blank=True)
    settled_at = models.DateTimeField("销号或撤销时间", null=True, blank=True)
    look_back_on = models.DateField("回头看日期", null=True, blank=True)
    history = FieldHistory()

    class Meta:
        verbose_name = "整改"
        verbose_name_plural = "整改"
        constraints = [
            models.CheckConstraint(
                condition=Q(measures="", owner__isnull=True, due_on__isnull=True)
                | (~Q(measures="") & Q(owner__isnull=False, due_on__isnull=False)),
                name="rectification_plan_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"整改 {self.finding_id}"


class FindingStep(models.Model):
    """One act on a finding: who, when, from which state to which, in words. Only ever added.

    `actor` is empty for the platform. `occasion` makes a reminder unique: state, deadline and level.
    """

    finding = models.ForeignKey(
        Finding, on_delete=models.PROTECT, related_name="steps", verbose_name="合规问题"
    )
    act = models.CharField("办理", max_length=12, choices=FindingAct)
    actor = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="办理人",
    )
    at = models.DateTimeField("时间", auto_now_add=True)
    from_state = models.CharField("原状态", max_length=12, choices=FindingState)
    to_state = models.CharField("新状态", max_length=12, choices=FindingState)
    words = models.TextField("说明", blank=True)
    due_on = models.DateField("下一步时限", null=True, blank=True)
    occasion = models.CharField("提醒场合", max_length=60, blank=True)

    class Meta:
        verbose_name = "整改步骤"
        verbose_name_plural = "整改步骤"
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["finding", "occasion"],
                condition=~Q(occasion=""),
                name="finding_step_once_per_occasion",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.finding_id}"


def evidence_path(evidence: "FindingFile", filename: str) -> str:
    """Where a file is stored: by school and content hash, never by the name a person chose."""
    return f"findings/{evidence.step.finding.school_id}/{evidence.sha256[:2]}/{evidence.sha256}"


class FindingFile(models.Model):
    """整改佐证: one file of one step; its type was determined from its content."""

    step = models.ForeignKey(
        FindingStep, on_delete=models.PROTECT, related_name="files", verbose_name="整改步骤"
    )
    name = models.CharField("文件名", max_length=120)
    file = models.FileField("文件", upload_to=evidence_path, max_length=200)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveIntegerField("大小（字节）")
    sha256 = models.CharField("SHA-256", max_length=64)

    class Meta:
        verbose_name = "整改佐证"
        verbose_name_plural = "整改佐证"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class BlockedAttempt(models.Model):
    """受阻办理: an act that rules of level B refused. Kept apart from the act, which left no trace (R76)."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", verbose_name="学校")
    actor = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name="办理人"
    )
    view = models.CharField("办理页面", max_length=60)
    path = models.CharField("地址", max_length=200)
    rule_codes = ArrayField(models.CharField(max_length=8), verbose_name="规则")
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = "受阻办理"
        verbose_name_plural = "受阻办理"
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["school", "-at"], name="blocked_attempt_latest")]

    def __str__(self) -> str:
        return f"{self.view} {'、'.join(self.rule_codes)}"
