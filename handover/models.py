"""交接: who handed what to whom, when and why. Made once, received once, never changed otherwise."""

from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from common.history import FieldHistory
from governance.models import School, Seat
from governance.models.offices import serving
from handover.choices import WorkKind


class HandoverQuerySet(models.QuerySet):
    def visible_to(self, user: Any):
        """书记, 校长 and 会议秘书 of the school; whoever gave or received, while serving there."""
        if not user.is_authenticated:
            return self.none()
        watching = Seat.objects.active().watching().filter(person=user, school=OuterRef("school"))
        own = Q(giver=user) | Q(receiver=user)
        return self.filter(Exists(watching) | own & serving(user))

    def waiting(self):
        """Handovers whose receiver has not confirmed them."""
        return self.filter(received_at__isnull=True)


class Handover(models.Model):
    """交接: what one person handed to one other in one act. It holds from `handed_at`; 接收 is its receipt."""

    school = models.ForeignKey(
        School, on_delete=models.PROTECT, related_name="handovers", verbose_name="学校"
    )
    giver = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="handovers_given", verbose_name="移交人"
    )
    receiver = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="handovers_received", verbose_name="接收人"
    )
    reason = models.CharField("事由", max_length=200)
    handed_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name="办理人"
    )
    handed_at = models.DateTimeField("交接时间", auto_now_add=True)
    received_at = models.DateTimeField("接收时间", null=True, blank=True)
    objects = HandoverQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "交接"
        verbose_name_plural = "交接"
        ordering = ["-handed_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(giver=F("receiver")), name="handover_between_two"),
            models.CheckConstraint(
                condition=Q(received_at__isnull=True) | Q(received_at__gte=F("handed_at")),
                name="handover_received_after",
            ),
        ]
        indexes = [
            models.Index(fields=["school", "-handed_at"], name="handover_latest"),
            models.Index(fields=["receiver"], condition=Q(received_at__isnull=True), name="handover_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.giver}交接给{self.receiver}"

    @property
    def subject(self) -> str:
        """How the ledger names this record."""
        return f"handover.handover:{self.pk}"

    @property
    def state_word(self) -> str:
        return "待接收" if self.received_at is None else "已接收"


class HandoverLine(models.Model):
    """One piece of work of a handover, in words anybody who may read the handover may read. Only ever added."""

    handover = models.ForeignKey(
        Handover, on_delete=models.PROTECT, related_name="lines", verbose_name="交接"
    )
    kind = models.CharField("类别", max_length=10, choices=WorkKind)
    title = models.CharField("事项", max_length=200)
    note = models.CharField("说明", max_length=120, blank=True)
    subject = models.CharField("对象", max_length=60)
    url = models.CharField("去处", max_length=200)

    class Meta:
        verbose_name = "交接事项"
        verbose_name_plural = "交接事项"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title
