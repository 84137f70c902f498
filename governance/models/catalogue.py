"""What is decided where and how: the catalogue of matters, and dated values of the procedure."""

from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from common.history import FieldHistory
from governance.choices import (
    AccessScope,
    Aspect,
    AttendanceKind,
    BallotMethod,
    CongressMode,
    MajorClass,
    ParameterLevel,
    PrerequisiteKind,
    Route,
)
from governance.models.institutions import Authority, AuthorityMember, School


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
