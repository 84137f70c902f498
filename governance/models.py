"""Institutions: authorities, schools, Party organisations, bodies and the dated seats that decide who counts."""

from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q
from django.utils import timezone

from common.history import FieldHistory
from common.reading import readable
from governance.choices import (
    AccessScope,
    Aspect,
    AttendanceKind,
    AuthorityLevel,
    AuthorityRole,
    BallotMethod,
    BodyKind,
    CongressMode,
    MajorClass,
    ParameterLevel,
    PartyOrgKind,
    PrerequisiteKind,
    Route,
    SchoolStage,
    SeatRole,
    SecondFactor,
)


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
    def visible_to(self, user: Any):
        """Schools a person serves in today, and those under an authority the person serves in today."""
        if not user.is_authenticated:
            return self.none()
        own = Seat.objects.active().filter(person=user, body__school=OuterRef("pk"))
        staff = Staff.objects.active().filter(person=user, school=OuterRef("pk"))
        return self.filter(Exists(own) | Exists(staff) | Q(pk__in=self._supervised_by(user)))

    def supervised_by(self, user: Any):
        """Schools under an authority in which the person holds an office today."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(pk__in=self._supervised_by(user))

    @staticmethod
    def _supervised_by(user: Any):
        above = (
            AuthorityMember.objects.active()
            .annotate(school_path=ExpressionWrapper(OuterRef("authority__path"), models.CharField()))
            .filter(person=user, school_path__startswith=F("authority__path"))
        )
        return School.objects.filter(Exists(above)).values("pk")


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


class CatalogueQuerySet(models.QuerySet):
    def templates(self):
        """Entries an authority publishes."""
        return self.filter(school__isnull=True, is_current=True)

    def in_force(self):
        return self.filter(is_current=True)

    def visible_to(self, user: Any):
        """Entries of visible schools, and templates of the authorities above them."""
        schools = School.objects.visible_to(user)
        return self.filter(
            Q(school__in=schools)
            | Q(school__isnull=True, authority__in=schools.values("authority"))
            | Q(
                school__isnull=True,
                authority__in=AuthorityMember.objects.active().filter(person_id=user.pk).values("authority"),
            )
        )


class CatalogueEntry(models.Model):
    """事项清单 entry: an authority publishes a template, a school adopts it and may tighten it (facts.md §3)."""

    authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, related_name="catalogue", verbose_name="发布机关"
    )
    school = models.ForeignKey(
        School,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="catalogue",
        verbose_name="学校",
    )
    template = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="adoptions",
        verbose_name="区版条目",
    )
    code = models.CharField("事项码", max_length=8)
    version = models.PositiveSmallIntegerField("版本", default=1)
    is_current = models.BooleanField("现行", default=True)
    title = models.CharField("事项", max_length=80)
    aspect = models.CharField("方面", max_length=1, choices=Aspect)
    major_classes = ArrayField(
        models.CharField(max_length=1, choices=MajorClass),
        default=list,
        blank=True,
        verbose_name="三重一大类别",
    )
    route = models.CharField("路线", max_length=1, choices=Route)
    prerequisites = ArrayField(
        models.CharField(max_length=16, choices=PrerequisiteKind),
        default=list,
        blank=True,
        verbose_name="前置程序",
    )
    congress_mode = models.CharField(
        "教代会程序", max_length=8, choices=CongressMode, blank=True, default=CongressMode.NONE
    )
    attendance = models.CharField(
        "到会要求", max_length=1, choices=AttendanceKind, default=AttendanceKind.HALF
    )
    ballot = models.CharField("表决方式", max_length=16, choices=BallotMethod)
    publicity = models.CharField("公开与上报", max_length=40, blank=True)
    notice_workdays = models.PositiveSmallIntegerField("公示工作日", default=0)
    access_scope = models.PositiveSmallIntegerField(
        "知悉范围", choices=AccessScope, default=AccessScope.INTERNAL
    )
    note = models.CharField("说明", max_length=200, blank=True)
    objects = CatalogueQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "事项"
        verbose_name_plural = "事项清单"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "code"],
                condition=Q(school__isnull=True, is_current=True),
                name="catalogue_one_template_per_code",
            ),
            models.UniqueConstraint(
                fields=["school", "code"],
                condition=Q(school__isnull=False, is_current=True),
                name="catalogue_one_entry_per_school_code",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def is_cadre(self) -> bool:
        return MajorClass.CADRE in self.major_classes

    @property
    def is_fund(self) -> bool:
        return MajorClass.FUND in self.major_classes

    @property
    def major_labels(self) -> str:
        """三重一大 classes in words, joined with 、."""
        return "、".join(MajorClass(value).label for value in self.major_classes)


class ParameterQuerySet(models.QuerySet):
    def visible_to(self, user: Any):
        """Values of visible schools, of the authorities above them, and of one's own authority."""
        schools = School.objects.visible_to(user)
        below = schools.filter(authority__path__startswith=OuterRef("path"))
        above = Authority.objects.filter(
            Exists(below)
            | Q(pk__in=AuthorityMember.objects.active().filter(person_id=user.pk).values("authority"))
        )
        return self.filter(Q(school__in=schools) | Q(school__isnull=True, authority__in=above))

    def governing(self, school: School, on: date):
        """Rows that apply to a school on a day, weakest layer first, older first."""
        above = [int(part) for part in school.authority.path.strip("/").split("/") if part]
        return (
            self.filter(Q(school=school) | Q(school__isnull=True, authority__in=above), since__lte=on)
            .annotate(
                layer=models.Case(
                    *[
                        models.When(level=level, then=models.Value(position))
                        for position, level in enumerate(ParameterLevel.values)
                    ],
                    output_field=models.SmallIntegerField(),
                )
            )
            .order_by("layer", "since", "id")
        )


class ProcedureParameter(models.Model):
    """One dated value of one procedure parameter at one level; the national layer stands in parameters.py."""

    level = models.CharField("层级", max_length=10, choices=ParameterLevel)
    authority = models.ForeignKey(
        Authority,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parameters",
        verbose_name="机关",
    )
    school = models.ForeignKey(
        School,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parameters",
        verbose_name="学校",
    )
    key = models.CharField("参数", max_length=40)
    value = models.JSONField("值", null=True)
    source = models.CharField("依据", max_length=120, help_text="文件名和条款")
    since = models.DateField("生效日期")
    objects = ParameterQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "议事参数"
        verbose_name_plural = "议事参数"
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(level=ParameterLevel.SCHOOL, school__isnull=False, authority__isnull=True)
                    | Q(school__isnull=True, authority__isnull=False) & ~Q(level=ParameterLevel.SCHOOL)
                ),
                name="parameter_level_matches_owner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.key}={self.value}"
