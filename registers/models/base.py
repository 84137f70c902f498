"""What every register shares: the school, who recorded it and when, a file, and void instead of delete."""

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from common.history import FieldHistory
from common.reading import readable
from governance.models import School, Seat


class RecordQuerySet(models.QuerySet):
    """Words for every register."""

    def visible_to(self, user: Any):
        """Records are read by the offices of the school and by the district above it."""
        if not user.is_authenticated:
            return self.none()
        offices = Seat.objects.active().filter(person=user, school=OuterRef("school")).office()
        return self.filter(Exists(offices) | Q(school__in=readable(School, user, "supervised_by")))

    def standing(self):
        """Records that were not made void."""
        return self.filter(is_void=False)


def file_path(record: "Record", filename: str) -> str:
    """Where a file is stored: by school and content hash, never by the name a person chose."""
    return f"registers/{record.school_id}/{record.sha256[:2]}/{record.sha256}"


class Record(models.Model):
    """One dated fact in a register. Corrected with a reason or made void, never deleted."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", verbose_name="学校")
    note = models.CharField("说明", max_length=500, blank=True)
    file = models.FileField("佐证文件", upload_to=file_path, max_length=200, blank=True)
    file_name = models.CharField("文件名", max_length=120, blank=True)
    content_type = models.CharField("文件类型", max_length=100, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    recorded_by = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="登记人",
    )
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    is_void = models.BooleanField("已作废", default=False)
    void_reason = models.CharField("作废原因", max_length=200, blank=True)
    version = models.PositiveIntegerField("修改序号", default=1)
    objects = RecordQuerySet.as_manager()
    history = FieldHistory(inherit=True)

    class Meta:
        abstract = True

    @property
    def subject(self) -> str:
        """How the ledger names this record."""
        return f"{self._meta.label_lower}:{self.pk}"


class Reviewed(models.Model):
    """A record that an office of the authority answers."""

    reviewed_on = models.DateField("答复日期", null=True, blank=True)
    reviewed_by = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="答复人",
    )
    opinion = models.CharField("答复意见", max_length=500, blank=True)

    class Meta:
        abstract = True


def term_check(name: str) -> models.CheckConstraint:
    """A term is stored as its first day: 1 February (春) or 1 August (秋)."""
    return models.CheckConstraint(
        condition=Q(term_starts_on__month__in=[2, 8], term_starts_on__day=1),
        name=name,
        violation_error_message="学期从2月1日（春）或8月1日（秋）起算。",
    )
