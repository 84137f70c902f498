"""议题 and 环节: one item keeps one identity through every body and every round."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from common.history import FieldHistory
from common.reading import readable
from decisions.choices import ItemState, Outcome, Purpose, StageState
from decisions.models.grants import ReadingGrant
from governance.choices import AccessScope, GrantKind, MajorClass, Route
from governance.models import Body, CatalogueEntry, ObjectGrant, School, Seat
from governance.models.offices import serving


class DecisionItemQuerySet(models.QuerySet):
    def barred_to(self, user: Any):
        """Items this person must keep away from: named as concerned, or recused in a meeting of theirs (R36).

        It begins with 申报: in a draft a maker may still take the own name off. It ends only where the naming
        or the recusal is taken back, not with the meeting.
        """
        from decisions.models.evidence import ConcernedPerson  # parts of an item import it

        if not user.is_authenticated:
            return self.none()
        concerned = ConcernedPerson.objects.filter(person=user)
        recused = Stage.objects.filter(agenda_entries__recusals__seat__person=user)
        return self.filter(
            ~Q(state=ItemState.DRAFT),
            Q(pk__in=concerned.values("item")) | Q(pk__in=recused.order_by().values("item")),
        )

    def visible_to(self, user: Any):
        """The only read rule of items (R66; scopes of facts.md §3).

        Leadership and clerks see scopes 0 and 1 once submitted; other staff once decided; scope 2 only the
        bodies on the item's route; drafts only their makers; the district scopes 0 and 1 once a 会议纪要
        is issued, and scope 2 by a dated grant; who has a task of it by that, while serving in the school. Whoever
        must keep away from an item (`barred_to`) reads it by none of these.
        """
        if not user.is_authenticated:
            return self.none()
        seats = Seat.objects.active().filter(person=user)
        office = seats.office().filter(school=OuterRef("school"))
        on_route = seats.office().filter(body__stages__item=OuterRef("pk"))
        granted = Q(pk__in=ObjectGrant.objects.keys(user, GrantKind.TASK))
        belongs = serving(user)
        makers = Q(created_by=user) | Q(proposer=user) | Q(presenter=user)
        decided = Q(state__in=[ItemState.IMPLEMENTING, ItemState.COMPLETED]) | Q(round__gt=1)
        open_scope = Q(access_scope__lte=AccessScope.INTERNAL)
        issued = Stage.objects.filter(
            item=OuterRef("pk"), agenda_entries__meeting__minutes__issued_at__isnull=False
        )
        supervised = Q(school__in=readable(School, user, "supervised_by"))
        opened = ReadingGrant.objects.in_force().filter(item=OuterRef("pk"), person=user)
        return self.exclude(pk__in=readable(self.model, user, "barred_to")).filter(
            (makers | granted) & belongs
            | ~Q(state=ItemState.DRAFT)
            & (
                open_scope & Exists(office)
                | open_scope & decided & belongs
                | Q(access_scope=AccessScope.RESTRICTED) & Exists(on_route)
                | supervised & (open_scope & Exists(issued) | Exists(opened))
            )
        )

    def under_way(self):
        """Items that still travel: neither finished nor ended."""
        return self.filter(
            state__in=[
                ItemState.PENDING,
                ItemState.DELIBERATING,
                ItemState.DEFERRED,
                ItemState.RETURNED,
                ItemState.IMPLEMENTING,
            ]
        )


class DecisionItem(models.Model):
    """议题. Its state is assigned by decisions.services only."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="items", verbose_name="学校")
    number = models.CharField("编号", max_length=16, blank=True, help_text="申报时取得，例如 2026-031")
    catalogue_entry = models.ForeignKey(
        CatalogueEntry, on_delete=models.PROTECT, related_name="items", verbose_name="事项"
    )
    title = models.CharField("标题", max_length=120)
    route = models.CharField("路线", max_length=1, choices=Route)
    major_classes = ArrayField(
        models.CharField(max_length=1, choices=MajorClass),
        default=list,
        blank=True,
        verbose_name="三重一大类别",
    )
    access_scope = models.PositiveSmallIntegerField(
        "知悉范围", choices=AccessScope, default=AccessScope.INTERNAL
    )
    background = models.TextField("背景和依据", blank=True)
    proposal = models.TextField("建议方案", blank=True)
    proposal_version = models.PositiveSmallIntegerField("方案版本", default=1)
    proposal_revised_at = models.DateTimeField("方案更新时间", null=True, blank=True)
    amount = models.DecimalField("涉及金额（元）", max_digits=14, decimal_places=2, null=True, blank=True)
    fund_source = models.CharField("资金来源", max_length=80, blank=True)
    department = models.CharField("承办部门", max_length=40, blank=True)
    observers = models.CharField("建议列席", max_length=120, blank=True)
    created_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="drafted_items", verbose_name="经办人"
    )
    proposer = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="proposed_items", verbose_name="提出人"
    )
    presenter = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="presented_items",
        verbose_name="汇报人",
    )
    state = models.CharField("状态", max_length=16, choices=ItemState, default=ItemState.DRAFT)
    round = models.PositiveSmallIntegerField("轮次", default=1)
    current_stage = models.ForeignKey(
        "decisions.Stage",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="当前环节",
    )
    version = models.PositiveIntegerField("修改序号", default=1)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)
    submitted_at = models.DateTimeField("申报时间", null=True, blank=True)
    completed_at = models.DateTimeField("办结时间", null=True, blank=True)
    completion_note = models.TextField("办结说明", blank=True)
    objects = DecisionItemQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "议题"
        verbose_name_plural = "议题"
        ordering = ["-updated_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "number"], condition=~Q(number=""), name="item_number_once_per_school"
            ),
            models.CheckConstraint(
                condition=Q(state=ItemState.DRAFT) | ~Q(number=""), name="item_number_from_submission"
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0),
                name="item_amount_not_negative",
                violation_error_message="金额不得为负数。",
            ),
        ]
        indexes = [models.Index(fields=["school", "state"], name="item_school_state")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()

    @property
    def is_restricted(self) -> bool:
        """Whether only named people may read it (知悉范围 2)."""
        return self.access_scope >= AccessScope.RESTRICTED

    @property
    def subject(self) -> str:
        """How the ledger and documents name this record."""
        return f"decisions.decisionitem:{self.pk}"

    @property
    def is_cadre(self) -> bool:
        return MajorClass.CADRE in self.major_classes

    @property
    def major_labels(self) -> str:
        """三重一大 classes in words, joined with 、."""
        return "、".join(MajorClass(value).label for value in self.major_classes)


class StageQuerySet(models.QuerySet):
    def visible_to(self, user: Any):
        return self.filter(item__in=readable(DecisionItem, user))


class Stage(models.Model):
    """环节: one step of one round of an item, in one body, for one purpose."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", verbose_name="学校")
    item = models.ForeignKey(
        DecisionItem, on_delete=models.PROTECT, related_name="stages", verbose_name="议题"
    )
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="stages", verbose_name="议事机构")
    round = models.PositiveSmallIntegerField("轮次", default=1)
    position = models.PositiveSmallIntegerField("次序")
    purpose = models.CharField("目的", max_length=8, choices=Purpose)
    state = models.CharField("状态", max_length=10, choices=StageState, default=StageState.WAITING)
    outcome = models.CharField("结果", max_length=16, choices=Outcome, blank=True)
    confirmed_by = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="确定人",
    )
    confirmed_at = models.DateTimeField("确定时间", null=True, blank=True)
    concluded_at = models.DateTimeField("审议时间", null=True, blank=True)
    objects = StageQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "环节"
        verbose_name_plural = "环节"
        ordering = ["round", "position"]
        constraints = [
            models.UniqueConstraint(fields=["item", "round", "position"], name="stage_once_per_round"),
            models.UniqueConstraint(
                fields=["item"],
                condition=Q(state__in=[StageState.OPEN, StageState.CONFIRMED, StageState.SCHEDULED]),
                name="stage_one_open_per_item",
            ),
        ]
        indexes = [models.Index(fields=["body", "state"], name="stage_body_state")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}（{self.body}）"

    @property
    def forms_resolution(self) -> bool:
        """True where passing this stage forms a resolution: 决定, or 部署 on route A."""
        return self.purpose == Purpose.DECIDE or (
            self.purpose == Purpose.DEPLOY and self.item.route == Route.ADMIN
        )


class ItemEvent(models.Model):
    """One thing that happened to an item, in the words of the timeline; never changed."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", verbose_name="学校")
    item = models.ForeignKey(
        DecisionItem, on_delete=models.PROTECT, related_name="events", verbose_name="议题"
    )
    round = models.PositiveSmallIntegerField("轮次", default=1)
    kind = models.CharField("事件", max_length=40)
    text = models.TextField("内容")
    actor = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="办理人",
    )
    data = models.JSONField("数据", default=dict)
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = "办理历程"
        verbose_name_plural = "办理历程"
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["school", "kind"], name="event_school_kind")]

    def __str__(self) -> str:
        return self.text
