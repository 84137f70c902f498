"""Relations that begin and end on a day and are never deleted."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class DatedQuerySet(models.QuerySet):
    """Words for rows with `since` and `until` (both days included; an open end is null)."""

    def active(self, on: date | None = None):
        """Rows in force on a day (today by default)."""
        day = on or timezone.localdate()
        return self.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)


class Dated(models.Model):
    """A relation that begins and ends on a day and is never deleted."""

    since = models.DateField("起")
    until = models.DateField("止", null=True, blank=True)

    class Meta:
        abstract = True

    def is_active(self, on: date | None = None) -> bool:
        day = on or timezone.localdate()
        return self.since <= day and (self.until is None or self.until >= day)


class HeldQuerySet(DatedQuerySet):
    """Words for offices: what they give ends with the last day, or earlier at the instant noted."""

    def active(self, on: date | None = None):
        """Offices in force on a day. Of today (the default), what gives rights now; of days gone by, who served."""
        rows = super().active(on)
        return rows.filter(ended_at__isnull=True) if on is None or on >= timezone.localdate() else rows


class Held(Dated):
    """An office of a person. `ended_at`: its rights ended at this instant, before its last day was over."""

    ended_at = models.DateTimeField("权限停止时间", null=True, blank=True)

    class Meta:
        abstract = True

    def is_active(self, on: date | None = None) -> bool:
        is_now = on is None or on >= timezone.localdate()
        return super().is_active(on) and not (is_now and self.ended_at)


def has_last_day(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(ended_at__isnull=True) | Q(until__isnull=False),
        name=name,
        violation_error_message="停止权限的任职须有最后一日。",
    )


def ends_after_start(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(until__isnull=True) | Q(until__gte=F("since")),
        name=name,
        violation_error_message="截止日期不得早于开始日期。",
    )
