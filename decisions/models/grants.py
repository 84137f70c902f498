"""阅看授权: the only way of the district to an item of scope 2, explicit, dated and logged."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from common.history import FieldHistory
from governance.models import School


class ReadingGrantQuerySet(models.QuerySet):
    def visible_to(self, user: Any):
        """The grants of items a person may read, and one's own."""
        from decisions.models.items import DecisionItem  # the item's own read rule names this model

        if not user.is_authenticated:
            return self.none()
        items = DecisionItem.objects.visible_to(user).values("pk")
        return self.filter(Q(person=user) | Q(item__in=items))

    def in_force(self, on: date | None = None):
        """Grants that open their item on a day (today by default)."""
        day = on or timezone.localdate()
        return self.filter(since__lte=day, until__gte=day, withdrawn_at__isnull=True)


class ReadingGrant(models.Model):
    """One person of the 教育工委 may read one item from a day up to and including another (facts.md §6)."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", verbose_name="学校")
    item = models.ForeignKey(
        "decisions.DecisionItem", on_delete=models.PROTECT, related_name="reading_grants", verbose_name="议题"
    )
    person = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name="被授权人"
    )
    since = models.DateField("起")
    until = models.DateField("止", help_text="含当日")
    reason = models.CharField("授权事由", max_length=200)
    granted_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name="授权人"
    )
    granted_at = models.DateTimeField("授权时间", auto_now_add=True)
    withdrawn_at = models.DateTimeField("收回时间", null=True, blank=True)
    last_read_on = models.DateField("最近阅看", null=True, blank=True)
    objects = ReadingGrantQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "阅看授权"
        verbose_name_plural = "阅看授权"
        ordering = ["-granted_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="reading_grant_in_order")
        ]
        indexes = [
            models.Index(
                fields=["person", "item"],
                condition=Q(withdrawn_at__isnull=True),
                name="reading_grant_standing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.since}～{self.until}"

    @property
    def is_in_force(self) -> bool:
        """Whether it opens the item today."""
        return self.withdrawn_at is None and self.since <= timezone.localdate() <= self.until
