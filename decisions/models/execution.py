"""What follows a decision: resolution, tasks with reports and extensions, reconsideration."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from common.history import FieldHistory
from common.reading import readable
from decisions.choices import (
    OPEN_TASK_STATES,
    ReconsiderationState,
    ReportKind,
    RequestState,
    ResolutionState,
    TaskState,
)
from decisions.models.evidence import ItemPartQuerySet
from decisions.models.items import DecisionItem, Stage
from governance.models import School, Seat, Staff


class Resolution(models.Model):
    """决议: what a body decided, with its number; superseded by reconsideration, never erased."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", verbose_name="学校")
    item = models.ForeignKey(
        DecisionItem, on_delete=models.PROTECT, related_name="resolutions", verbose_name="议题"
    )
    stage = models.OneToOneField(
        Stage, on_delete=models.PROTECT, related_name="resolution", verbose_name="环节"
    )
    number = models.CharField("文号", max_length=40)
    text = models.TextField("决定内容")
    decided_on = models.DateField("决定日期")
    meeting_label = models.CharField("依据会议", max_length=60)
    state = models.CharField("状态", max_length=12, choices=ResolutionState, default=ResolutionState.IN_FORCE)
    supersedes = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="superseded_by",
        verbose_name="变更的原决议",
    )
    created_at = models.DateTimeField("形成时间", auto_now_add=True)
    objects = ItemPartQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "决议"
        verbose_name_plural = "决议"
        ordering = ["-decided_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["school", "number"], name="resolution_number_once"),
            models.UniqueConstraint(
                fields=["item"],
                condition=Q(state=ResolutionState.IN_FORCE),
                name="resolution_one_in_force_per_item",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class TaskQuerySet(models.QuerySet):
    def visible_to(self, user: Any):
        """Tasks of visible items, and a person's own while serving in the school; none one must keep away from."""
        if not user.is_authenticated:
            return self.none()
        belongs = Exists(Seat.objects.active().filter(person=user, school=OuterRef("school"))) | Exists(
            Staff.objects.active().filter(person=user, school=OuterRef("school"))
        )
        helping = Task.helpers.through.objects.filter(task=OuterRef("pk"), user=user)
        return self.exclude(item__in=readable(DecisionItem, user, "barred_to")).filter(
            Q(item__in=readable(DecisionItem, user)) | (Q(owner=user) | Exists(helping)) & belongs
        )

    def open(self):
        return self.filter(state__in=OPEN_TASK_STATES)

    def overdue(self, on: date | None = None):
        """Open tasks whose day has passed (R72)."""
        return self.open().filter(due_on__lt=on or timezone.localdate())


class Task(models.Model):
    """落实任务: who does what by when (R70)."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="tasks", verbose_name="学校")
    item = models.ForeignKey(
        DecisionItem, on_delete=models.PROTECT, related_name="tasks", verbose_name="议题"
    )
    resolution = models.ForeignKey(
        Resolution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name="来源决议",
    )
    title = models.CharField("任务", max_length=120)
    requirement = models.TextField("要求", blank=True)
    owner = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="owned_tasks", verbose_name="责任人"
    )
    department = models.CharField("责任部门", max_length=40, blank=True)
    helpers = models.ManyToManyField(
        "accounts.User", blank=True, related_name="helped_tasks", verbose_name="协办"
    )
    due_on = models.DateField("时限")
    report_every_days = models.PositiveSmallIntegerField("反馈频次（日）", default=14)
    state = models.CharField("状态", max_length=12, choices=TaskState, default=TaskState.ISSUED)
    progress = models.PositiveSmallIntegerField("进度（%）", default=0)
    progress_note = models.CharField("最新进展", max_length=120, blank=True)
    reported_at = models.DateTimeField("最近反馈", null=True, blank=True)
    deployed_at_label = models.CharField("部署会议", max_length=60, blank=True)
    issued_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name="下达人"
    )
    issued_at = models.DateTimeField("下达时间", auto_now_add=True)
    finished_at = models.DateTimeField("办结时间", null=True, blank=True)
    version = models.PositiveIntegerField("修改序号", default=1)
    objects = TaskQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "落实任务"
        verbose_name_plural = "落实任务"
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(progress__lte=100), name="task_progress_at_most_100"),
            models.CheckConstraint(
                condition=~Q(state=TaskState.DONE) | Q(progress=100), name="task_done_is_complete"
            ),
        ]
        indexes = [models.Index(fields=["school", "state", "due_on"], name="task_school_state_due")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_TASK_STATES

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due_on < timezone.localdate()


class TaskPartQuerySet(models.QuerySet):
    def visible_to(self, user: Any):
        return self.filter(task__in=readable(Task, user))


class TaskReport(models.Model):
    """One entry in the life of a task: receipt, progress, submission, acceptance, return, urging."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="reports", verbose_name="落实任务")
    kind = models.CharField("类别", max_length=12, choices=ReportKind)
    progress = models.PositiveSmallIntegerField("进度（%）")
    text = models.TextField("内容")
    author = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name="填报人"
    )
    at = models.DateTimeField("时间", auto_now_add=True)
    objects = TaskPartQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "任务反馈"
        verbose_name_plural = "任务反馈"
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.progress}%"


class TaskExtension(models.Model):
    """延期: a request for a later day, decided by whoever accepts the task."""

    task = models.ForeignKey(
        Task, on_delete=models.PROTECT, related_name="extensions", verbose_name="落实任务"
    )
    old_due_on = models.DateField("原时限")
    new_due_on = models.DateField("申请时限")
    reason = models.CharField("理由", max_length=200)
    requested_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name="申请人"
    )
    requested_at = models.DateTimeField("申请时间", auto_now_add=True)
    state = models.CharField("结果", max_length=10, choices=RequestState, default=RequestState.OPEN)
    decided_by = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="审批人",
    )
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    answer = models.CharField("审批意见", max_length=200, blank=True)
    objects = TaskPartQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "延期申请"
        verbose_name_plural = "延期申请"
        ordering = ["-requested_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["task"], condition=Q(state=RequestState.OPEN), name="extension_one_open_per_task"
            ),
            models.CheckConstraint(
                condition=Q(new_due_on__gt=models.F("old_due_on")),
                name="extension_is_later",
                violation_error_message="新时限须晚于原时限。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old_due_on} → {self.new_due_on}"


class Reconsideration(models.Model):
    """复议: a reasoned request to change a resolution by the same procedure that made it (R74, R75)."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", verbose_name="学校")
    item = models.ForeignKey(
        DecisionItem, on_delete=models.PROTECT, related_name="reconsiderations", verbose_name="议题"
    )
    resolution = models.ForeignKey(
        Resolution, on_delete=models.PROTECT, related_name="reconsiderations", verbose_name="原决议"
    )
    reason = models.TextField("理由和新情况")
    change = models.TextField("拟变更内容")
    state = models.CharField(
        "状态", max_length=12, choices=ReconsiderationState, default=ReconsiderationState.SECONDING
    )
    requested_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name="申请人"
    )
    requested_at = models.DateTimeField("申请时间", auto_now_add=True)
    decided_by = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="受理人",
    )
    decided_at = models.DateTimeField("受理时间", null=True, blank=True)
    answer = models.CharField("受理意见", max_length=200, blank=True)
    round = models.PositiveSmallIntegerField("复议轮次", null=True, blank=True)
    objects = ItemPartQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "复议"
        verbose_name_plural = "复议"
        ordering = ["-requested_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item"],
                condition=Q(state__in=[ReconsiderationState.SECONDING, ReconsiderationState.ACCEPTED]),
                name="reconsideration_one_open_per_item",
                violation_error_message="此议题已有正在办理的复议。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.resolution} 复议"


class ReconsiderationSecond(models.Model):
    """附议 by one voting seat of the deciding body."""

    reconsideration = models.ForeignKey(
        Reconsideration, on_delete=models.PROTECT, related_name="seconds", verbose_name="复议"
    )
    seat = models.ForeignKey(
        "governance.Seat", on_delete=models.PROTECT, related_name="+", verbose_name="附议席位"
    )
    at = models.DateTimeField("时间", auto_now_add=True)
    history = FieldHistory()

    class Meta:
        verbose_name = "附议"
        verbose_name_plural = "附议"
        constraints = [models.UniqueConstraint(fields=["reconsideration", "seat"], name="second_once")]

    def __str__(self) -> str:
        return f"{self.seat} 附议"
