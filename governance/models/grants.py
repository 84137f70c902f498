"""例外授权: what one person may do with one record for some days, beside the offices (django-guardian).

One row is one object permission of guardian with the days it holds, why, and by whom. It is ended, never deleted.
"""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import BigIntegerField, Exists, OuterRef, Q
from django.db.models.functions import Cast
from django.utils import timezone
from guardian.managers import UserObjectPermissionManager
from guardian.models import UserObjectPermissionAbstract

from common.history import FieldHistory
from common.reading import readable
from governance.choices import GrantKind
from governance.models.dated import DatedQuerySet, ends_after_start
from governance.models.institutions import School
from governance.models.offices import Seat, serving


class ObjectGrantQuerySet(DatedQuerySet):
    def in_force(self, on: date | None = None):
        """Grants that open their record on a day (today by default)."""
        return self.active(on).filter(withdrawn_at__isnull=True)

    def of(self, user: Any, kind: str):
        """What is open to a person in one way today."""
        return self.in_force().filter(user=user, permission__codename=kind)

    def keys(self, user: Any, kind: str):
        """The primary keys of the records open to a person in one way today, to stand behind `__in`."""
        return self.of(user, kind).values(key=Cast("object_pk", BigIntegerField()))

    def visible_to(self, user: Any):
        """One's own in force, those one gave while serving; of the school to 书记, 校长, 会议秘书; 督查 to the authority.

        What follows from an office (a task, recording) is one's own while serving in the school.
        """
        if not user.is_authenticated:
            return self.none()
        watching = Seat.objects.active().watching().filter(person=user, school=OuterRef("school"))
        below = readable(School, user, "under_authority_of")
        return self.filter(
            Q(user=user, pk__in=self.model.objects.in_force().values("pk"))
            & (Q(permission__codename__in=(GrantKind.FILE, GrantKind.INSPECT)) | serving(user))
            | Q(granted_by=user) & serving(user)
            | Exists(watching)
            | Q(permission__codename=GrantKind.INSPECT, school__in=below)
        )


class ObjectGrant(UserObjectPermissionAbstract):
    """例外授权. `until` null: as long as the duty it follows from (a task) is the person's."""

    user = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="object_grants", verbose_name="被授权人"
    )
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", verbose_name="学校")
    since = models.DateField("起")
    until = models.DateField("止", null=True, blank=True, help_text="含当日")
    reason = models.CharField("授权事由", max_length=200)
    granted_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name="授权人"
    )
    granted_at = models.DateTimeField("授权时间", auto_now_add=True)
    withdrawn_at = models.DateTimeField("收回时间", null=True, blank=True)
    last_used_on = models.DateField("最近使用", null=True, blank=True)
    objects = UserObjectPermissionManager.from_queryset(ObjectGrantQuerySet)()
    history = FieldHistory()

    class Meta:
        verbose_name = "例外授权"
        verbose_name_plural = "例外授权"
        ordering = ["-granted_at", "-id"]
        constraints = [ends_after_start("object_grant_dates")]
        indexes = [
            models.Index(
                fields=["user", "permission"],
                condition=Q(withdrawn_at__isnull=True),
                name="object_grant_standing",
            ),
            models.Index(fields=["school", "granted_at"], name="object_grant_school"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.kind.label}"

    @property
    def kind(self) -> GrantKind:
        """In which way the record is open."""
        return GrantKind(self.permission.codename)

    @property
    def subject(self) -> str:
        """How the ledger names this record."""
        return f"governance.objectgrant:{self.pk}"

    @property
    def is_in_force(self) -> bool:
        """Whether it opens its record today."""
        today = timezone.localdate()
        return (
            self.withdrawn_at is None and self.since <= today and (self.until is None or today <= self.until)
        )
