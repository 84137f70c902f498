"""归档: which papers of a year went to the archive, when, and for how long they are kept (R67)."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import ExtractYear
from django.utils import timezone

from registers.choices import Retention
from registers.models.base import Record


class ArchiveTransfer(Record):
    """归档移交 of records and minutes of a year's meetings; a year may be handed over in several parts."""

    year = models.PositiveSmallIntegerField("会议年度")
    transferred_on = models.DateField("移交日期", default=timezone.localdate)
    meetings = models.PositiveSmallIntegerField("会议次数", help_text="本次移交的记录和纪要涉及几次会议。")
    archival_code = models.CharField("档号", max_length=60)
    retention = models.CharField(
        "保管期限",
        max_length=10,
        choices=Retention,
        default=Retention.PERMANENT,
        help_text="决策会议应为永久。",
    )
    keeper = models.CharField("保管部门", max_length=60)

    class Meta:
        verbose_name = "归档移交"
        verbose_name_plural = "归档移交"
        ordering = ["-year", "-transferred_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(meetings__gt=0),
                name="archive_has_meetings",
                violation_error_message="会议次数须大于0。",
            ),
            models.CheckConstraint(
                condition=Q(year__lte=ExtractYear(F("transferred_on"))),
                name="archive_after_meetings",
                violation_error_message="移交日期不得早于会议年度。",
            ),
        ]
        indexes = [models.Index(fields=["school", "year"], name="archive_school_year")]

    def __str__(self) -> str:
        return f"{self.year}年度会议材料归档"
