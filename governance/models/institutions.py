"""Institutions: authorities, schools, Party organisations and bodies."""

from typing import Any

from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q
from django.utils import timezone

from common.history import FieldHistory
from common.reading import compiled, readable
from governance.choices import (
    AuthorityLevel,
    AuthorityRole,
    BodyKind,
    GrantKind,
    PartyOrgKind,
    SchoolStage,
    SeatRole,
    SecondFactor,
)
from governance.models.dated import Held, HeldQuerySet, ends_after_start, has_last_day


class Authority(models.Model):
    """教育工委 and the levels above it; `path` is the chain of primary keys, e.g. /1/4/."""

    name = models.CharField("名称", max_length=80)
    level = models.CharField("层级", max_length=10, choices=AuthorityLevel)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    path = models.CharField("路径", max_length=200, unique=True)
    second_factor = models.CharField(
        "两步验证", max_length=10, choices=SecondFactor, blank=True, default=SecondFactor.INHERIT
    )
    history = FieldHistory()

    class Meta:
        verbose_name = "教育工委"
        verbose_name_plural = "教育工委"

    def __str__(self) -> str:
        return self.name

    @property
    def chain_key(self) -> str:
        """Key of this authority's ledger chain."""
        return f"authority:{self.pk}"


class AuthorityMember(Held):
    """A dated office in an authority; it covers every school below that authority."""

    authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, related_name="members", verbose_name="教育工委"
    )
    person = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="authority_memberships", verbose_name="人员"
    )
    role = models.CharField("职责", max_length=10, choices=AuthorityRole)
    objects = HeldQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "教育工委人员"
        verbose_name_plural = "教育工委人员"
        constraints = [
            ends_after_start("authority_member_dates"),
            has_last_day("authority_member_ended_has_day"),
            models.UniqueConstraint(
                fields=["authority", "person"], condition=Q(until__isnull=True), name="authority_member_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.get_role_display()}"


class SchoolQuerySet(models.QuerySet):
    @compiled
    def visible_to(self, user: Any):
        """Schools a person serves in today, and those the person supervises today."""
        if not user.is_authenticated:
            return self.none()
        served = Q(pk__in=readable(School, user, "served_by"))
        return self.filter(served | Q(pk__in=readable(School, user, "supervised_by")))

    def served_by(self, user: Any):
        """Schools in which the person holds a seat or a staff post today."""
        from governance.models.offices import Seat, Staff  # a seat is one of a body of a school

        own = Seat.objects.active().filter(person=user, body__school=OuterRef("pk"))
        staff = Staff.objects.active().filter(person=user, school=OuterRef("pk"))
        return self.filter(Exists(own) | Exists(staff))

    def own_first(self, user: Any):
        """In the order of their codes, those the person serves in today before others."""
        own = ExpressionWrapper(Q(pk__in=readable(School, user, "served_by")), models.BooleanField())
        return self.annotate(is_own=own).order_by("-is_own", "code")

    def under_authority_of(self, user: Any):
        """Schools under an authority in which the person holds an office today."""
        above = (
            AuthorityMember.objects.active()
            .annotate(school_path=ExpressionWrapper(OuterRef("authority__path"), models.CharField()))
            .filter(person=user, school_path__startswith=F("authority__path"))
        )
        return self.filter(Exists(above))

    @compiled
    def supervised_by(self, user: Any):
        """Schools under an authority in which the person holds an office today, or open to 督查 by a grant."""
        from governance.models.grants import ObjectGrant  # a grant names the school it holds in

        if not user.is_authenticated:
            return self.none()
        under = Q(pk__in=readable(School, user, "under_authority_of"))
        return self.filter(under | Q(pk__in=ObjectGrant.objects.keys(user, GrantKind.INSPECT)))


class School(models.Model):
    """One school. Names in full; `short_name` heads document numbers."""

    authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, related_name="schools", verbose_name="教育工委"
    )
    code = models.CharField("代码", max_length=20, unique=True)
    name = models.CharField("校名", max_length=80)
    short_name = models.CharField("简称", max_length=12)
    stage = models.CharField("学段", max_length=16, choices=SchoolStage)
    cluster = models.CharField("学区", max_length=40, blank=True)
    education_group = models.CharField("教育集团", max_length=40, blank=True)
    is_legal_person = models.BooleanField("独立法人", default=True)
    students = models.PositiveIntegerField("学生人数", default=0)
    teachers = models.PositiveIntegerField("教职工人数", default=0)
    joined_on = models.DateField("接入日期", default=timezone.localdate, help_text="此前的事项不据以判定")
    objects = SchoolQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "学校"
        verbose_name_plural = "学校"
        permissions = [("inspect_school", "督查授权")]
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def chain_key(self) -> str:
        """Key of this school's ledger chain."""
        return f"school:{self.pk}"


class PartyOrg(models.Model):
    """党组织 of a school. A branch without a committee decides in its 支部党员大会 (W13)."""

    school = models.OneToOneField(
        School, on_delete=models.PROTECT, related_name="party_org", verbose_name="学校"
    )
    kind = models.CharField("类型", max_length=20, choices=PartyOrgKind)
    name = models.CharField("名称", max_length=80)
    has_committee = models.BooleanField("设委员会", default=True)
    party_members = models.PositiveSmallIntegerField("正式党员数", default=0)
    term_started_on = models.DateField("本届起", null=True, blank=True)
    history = FieldHistory()

    class Meta:
        verbose_name = "党组织"
        verbose_name_plural = "党组织"

    def __str__(self) -> str:
        return self.name

    @property
    def term_years(self) -> int:
        """Years of one term: 党委 5, others 3 (facts.md §2)."""
        return 5 if self.kind == PartyOrgKind.COMMITTEE else 3

    @property
    def deciding_kind(self) -> str:
        """Kind of the body that decides for the Party organisation."""
        return BodyKind.PARTY if self.has_committee else BodyKind.ASSEMBLY


class Body(models.Model):
    """议事机构: one per school and kind. Its voting seats are the base of quorum and votes."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="bodies", verbose_name="学校")
    kind = models.CharField("类别", max_length=16, choices=BodyKind)
    name = models.CharField("名称", max_length=40, help_text="例如 党总支会议、校长办公会议")
    history = FieldHistory()

    class Meta:
        verbose_name = "议事机构"
        verbose_name_plural = "议事机构"
        constraints = [models.UniqueConstraint(fields=["school", "kind"], name="body_one_per_kind")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_party(self) -> bool:
        """True where the Party organisation decides (委员会 or 党员大会)."""
        return self.kind in (BodyKind.PARTY, BodyKind.ASSEMBLY)

    @property
    def chair_role(self) -> str:
        """Role that convenes and chairs by rule (Z5, Z6)."""
        return SeatRole.PRINCIPAL if self.kind == BodyKind.ADMIN else SeatRole.SECRETARY
