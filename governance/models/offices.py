"""Offices in a school: the dated seats that decide who counts, staff posts, and who is in charge of what."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from common.history import FieldHistory
from common.reading import readable
from governance.choices import Aspect, BodyKind, SeatRole
from governance.models.dated import Dated, DatedQuerySet, Held, HeldQuerySet, ends_after_start, has_last_day
from governance.models.institutions import Body, School


class SeatQuerySet(HeldQuerySet):
    def voting(self):
        return self.filter(is_voting=True)

    def leadership(self):
        """领导班子: voting seats of the Party committee and the administration; of an assembly only its officers."""
        return self.filter(
            Q(body__kind__in=[BodyKind.PARTY, BodyKind.ADMIN])
            | Q(body__kind=BodyKind.ASSEMBLY) & ~Q(role=SeatRole.PARTY_MEMBER),
            is_voting=True,
        )

    def office(self):
        """Leadership, members of a deciding assembly, and the clerks who serve the bodies."""
        return self.filter(
            Q(is_voting=True, body__kind__in=[BodyKind.PARTY, BodyKind.ADMIN, BodyKind.ASSEMBLY])
            | Q(role=SeatRole.CLERK)
        )

    def watching(self):
        """书记, 校长 and 会议秘书: who look after what concerns the whole school."""
        return self.filter(role__in=(SeatRole.SECRETARY, SeatRole.PRINCIPAL, SeatRole.CLERK))

    def visible_to(self, user: Any):
        """Seats of every school the person may see."""
        return self.filter(school__in=readable(School, user))


class Seat(Held):
    """任职: a person in a body with a role, from a day to a day. Ended, never deleted."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="seats", verbose_name="学校")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="seats", verbose_name="议事机构")
    person = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="seats", verbose_name="人员"
    )
    role = models.CharField("职务", max_length=32, choices=SeatRole)
    is_voting = models.BooleanField("有表决权", default=True)
    is_party_member = models.BooleanField("中共党员", null=True, blank=True, help_text="未登记为空（R04）")
    order = models.PositiveSmallIntegerField("排序", default=50)
    objects = SeatQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "任职"
        verbose_name_plural = "任职"
        ordering = ["order", "id"]
        constraints = [
            ends_after_start("seat_dates"),
            has_last_day("seat_ended_has_day"),
            models.UniqueConstraint(
                fields=["body", "person"],
                condition=Q(until__isnull=True),
                name="seat_once_per_body",
                violation_error_message="此人在该机构已有在任职务。",
            ),
            models.UniqueConstraint(
                fields=["body", "role"],
                condition=Q(until__isnull=True, role__in=[SeatRole.SECRETARY, SeatRole.PRINCIPAL]),
                name="seat_one_chair_per_body",
                violation_error_message="该机构已有在任的书记或校长。",
            ),
            models.CheckConstraint(
                condition=~Q(role=SeatRole.CLERK, is_voting=True),
                name="seat_clerk_never_votes",
                violation_error_message="会议秘书没有表决权。",
            ),
        ]
        indexes = [models.Index(fields=["person", "until"], name="seat_person_until")]

    def __str__(self) -> str:
        return f"{self.person} {self.get_role_display()}"


class StaffQuerySet(HeldQuerySet):
    def visible_to(self, user: Any):
        return self.filter(school__in=readable(School, user))


class Staff(Held):
    """教职工 outside or beside the leadership: who may own a task or present a matter."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="staff", verbose_name="学校")
    person = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="staff_posts", verbose_name="人员"
    )
    department = models.CharField("部门", max_length=40)
    title = models.CharField("岗位", max_length=40, blank=True)
    objects = StaffQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "教职工"
        verbose_name_plural = "教职工"
        ordering = ["department", "id"]
        constraints = [
            ends_after_start("staff_dates"),
            has_last_day("staff_ended_has_day"),
            models.UniqueConstraint(
                fields=["school", "person"], condition=Q(until__isnull=True), name="staff_once_per_school"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.department}"


def serving(user: Any, school: str = "school") -> Q:
    """That the person serves today in the school a record belongs to."""
    seats = Seat.objects.active().filter(person=user, school=OuterRef(school))
    staff = Staff.objects.active().filter(person=user, school=OuterRef(school))
    return Q(Exists(seats) | Exists(staff))


class Portfolio(Dated):
    """分工: which aspects and departments a leader is in charge of (R26)."""

    school = models.ForeignKey(
        School, on_delete=models.PROTECT, related_name="portfolios", verbose_name="学校"
    )
    person = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="portfolios", verbose_name="人员"
    )
    duties = models.CharField("分工", max_length=200)
    aspects = ArrayField(
        models.CharField(max_length=1, choices=Aspect), default=list, blank=True, verbose_name="分管方面"
    )
    departments = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name="分管部门"
    )
    objects = DatedQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "分工"
        verbose_name_plural = "分工"
        constraints = [ends_after_start("portfolio_dates")]

    def __str__(self) -> str:
        return f"{self.person}:{self.duties}"
