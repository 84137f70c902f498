"""What prepares a decision: prerequisites, the consultation of secretary and principal, files, persons concerned."""

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from common.history import FieldHistory
from common.reading import readable
from decisions.choices import AttachmentKind, Disagreement, EvidenceResult
from decisions.models.items import DecisionItem
from governance.choices import AccessScope, CongressMode, GrantKind, PrerequisiteKind
from governance.models import ObjectGrant, School


class ItemPartQuerySet(models.QuerySet):
    """Parts of an item are read by whoever may read the item."""

    def visible_to(self, user: Any):
        return self.filter(item__in=readable(DecisionItem, user))


class Prerequisite(models.Model):
    """前置程序: evidence that a step before the meeting was really taken."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", verbose_name="学校")
    item = models.ForeignKey(
        DecisionItem, on_delete=models.PROTECT, related_name="prerequisites", verbose_name="议题"
    )
    kind = models.CharField("程序", max_length=16, choices=PrerequisiteKind)
    held_on = models.DateField("日期")
    participants = models.CharField("参加人员", max_length=200)
    conclusion = models.TextField("结论")
    result = models.CharField("结果", max_length=16, choices=EvidenceResult)
    congress_mode = models.CharField("教代会程序", max_length=8, choices=CongressMode, blank=True, default="")
    document_number = models.CharField("文书编号", max_length=60, blank=True, help_text="例如意见书编号")
    proposal_version = models.PositiveSmallIntegerField("针对方案版本", default=1)
    recorded_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    is_void = models.BooleanField("已作废", default=False)
    void_reason = models.CharField("作废原因", max_length=200, blank=True)
    objects = ItemPartQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "前置程序"
        verbose_name_plural = "前置程序"
        ordering = ["held_on", "id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.held_on:%Y-%m-%d}"


class Consultation(models.Model):
    """会前沟通 of 书记 and 校长 on one version of the proposal (Z7, R17, R18)."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", verbose_name="学校")
    item = models.ForeignKey(
        DecisionItem, on_delete=models.PROTECT, related_name="consultations", verbose_name="议题"
    )
    held_at = models.DateTimeField("沟通时间")
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
    opinions = models.TextField("意见")
    disagreement = models.CharField("有无重大分歧", max_length=8, choices=Disagreement)
    follow_up = models.CharField("后续安排", max_length=200, blank=True)
    proposal_version = models.PositiveSmallIntegerField("针对方案版本")
    recorded_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    objects = ItemPartQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "会前沟通"
        verbose_name_plural = "会前沟通"
        ordering = ["held_at", "id"]

    def __str__(self) -> str:
        return f"{self.held_at:%Y-%m-%d} {self.get_disagreement_display()}"


class ConcernedPerson(models.Model):
    """A person the matter touches, or a relative of one: such members recuse themselves (R36)."""

    item = models.ForeignKey(
        DecisionItem, on_delete=models.CASCADE, related_name="concerned", verbose_name="议题"
    )
    person = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="concerned_in", verbose_name="人员"
    )
    relation = models.CharField("利害关系", max_length=80)
    history = FieldHistory()

    class Meta:
        verbose_name = "利害回避人"
        verbose_name_plural = "利害回避人"
        constraints = [models.UniqueConstraint(fields=["item", "person"], name="concerned_once_per_item")]

    def __str__(self) -> str:
        return f"{self.person}（{self.relation}）"


class AttachmentQuerySet(models.QuerySet):
    def visible_to(self, user: Any):
        """Files are read with their item or the task they report on; one by one by an exception (共享文件).

        Who is invited to an entry of a meeting (列席) reads the materials of its item around the meeting, not of
        scope 2 (R66). What one must keep away from (R36) is read in none of these ways.
        """
        from decisions.models.execution import Task

        if not user.is_authenticated:
            return self.none()
        shared = Q(pk__in=ObjectGrant.objects.keys(user, GrantKind.FILE))
        invited = apps.get_model("meetings", "Observer").objects.open_to(user).values("entry__stage__item")
        materials = Q(item__access_scope__lt=AccessScope.RESTRICTED, kind=AttachmentKind.MATERIAL)
        apart = shared | Q(item__in=invited) & materials
        return self.filter(
            Q(item__in=readable(DecisionItem, user))
            | Q(task_report__task__in=readable(Task, user))
            | apart & ~Q(item__in=readable(DecisionItem, user, "barred_to"))
        )


def attachment_path(attachment: "Attachment", filename: str) -> str:
    """Where a file is stored: by school and content hash, never by the name a person chose."""
    return f"attachments/{attachment.school_id}/{attachment.sha256[:2]}/{attachment.sha256}"


class Attachment(models.Model):
    """One uploaded file of an item; its type was determined from its content."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", verbose_name="学校")
    item = models.ForeignKey(
        DecisionItem, on_delete=models.PROTECT, related_name="attachments", verbose_name="议题"
    )
    kind = models.CharField("类别", max_length=10, choices=AttachmentKind, default=AttachmentKind.MATERIAL)
    prerequisite = models.ForeignKey(
        Prerequisite,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="attachments",
        verbose_name="前置程序",
    )
    task_report = models.ForeignKey(
        "decisions.TaskReport",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="attachments",
        verbose_name="任务反馈",
    )
    name = models.CharField("文件名", max_length=120)
    file = models.FileField("文件", upload_to=attachment_path, max_length=200)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveIntegerField("大小（字节）")
    sha256 = models.CharField("SHA-256", max_length=64)
    uploaded_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name="上传人"
    )
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    is_withdrawn = models.BooleanField("已撤下", default=False)
    objects = AttachmentQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "会议材料"
        verbose_name_plural = "会议材料"
        ordering = ["uploaded_at", "id"]

    def __str__(self) -> str:
        return self.name
