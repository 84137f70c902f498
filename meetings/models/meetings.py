"""会议, its expected seats and its observers."""

from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from common.history import FieldHistory
from common.reading import readable
from governance.choices import AccessScope, GrantKind
from governance.models import Body, ObjectGrant, School, Seat
from governance.models.offices import serving
from meetings.choices import BEFORE_STATES, AttendanceStatus, MeetingFormat, MeetingMode, MeetingState

AFTERWARDS = timedelta(days=7)  # 建议: so long an invitation stays open after the day of the meeting


class MeetingQuerySet(models.QuerySet):
    def visible_to(self, user: Any):
        """Office holders of the body, who records by delegation, invited observers around it while serving, and the
        district once 纪要 is issued."""
        if not user.is_authenticated:
            return self.none()
        sits = Seat.objects.active().filter(person=user).office().filter(body=OuterRef("body"))
        return self.filter(
            Exists(sits)
            | Q(pk__in=self.delegated_to(user).values("pk"))
            | Q(pk__in=Observer.objects.open_to(user).values("meeting"))
            | Q(school__in=readable(School, user, "supervised_by"))
            & Q(pk__in=self.model.objects.filter(minutes__issued_at__isnull=False).values("pk"))
        )

    def delegated_to(self, user: Any):
        """Meetings a person records today by an exception (委托记录), while serving in the school.

        None with a matter of scope 2 on its agenda: that is opened to nobody by the way (R66).
        """
        restricted = self.model.objects.filter(entries__stage__item__access_scope=AccessScope.RESTRICTED)
        return self.model.objects.filter(
            serving(user),
            ~Q(pk__in=restricted.values("pk")),
            pk__in=ObjectGrant.objects.keys(user, GrantKind.RECORD),
        )

    def records_visible_to(self, user: Any):
        """Meetings whose 会议记录 the person may read: office holders of the body, and who records it (R66)."""
        if not user.is_authenticated:
            return self.none()
        sits = Seat.objects.active().filter(person=user).office().filter(body=OuterRef("body"))
        return self.filter(Exists(sits) | Q(pk__in=self.delegated_to(user).values("pk")))

    def papers_visible_to(self, user: Any):
        """Meetings whose 会议纪要 the person may read: the body, and the district once issued.

        Observers of an entry may not, nor the district where an item of scope 2 was deliberated.
        """
        if not user.is_authenticated:
            return self.none()
        sits = Seat.objects.active().filter(person=user).office().filter(body=OuterRef("body"))
        issued = self.model.objects.filter(minutes__issued_at__isnull=False)
        restricted = self.model.objects.filter(entries__stage__item__access_scope=AccessScope.RESTRICTED)
        return self.filter(
            Exists(sits)
            | Q(school__in=readable(School, user, "supervised_by"))
            & Q(pk__in=issued.values("pk"))
            & ~Q(pk__in=restricted.values("pk"))
        )

    def withholding_from(self, user: Any):
        """Meetings with an item on the agenda the person must keep away from: their papers are not read whole."""
        barred = apps.get_model("decisions", "DecisionItem").objects.barred_to(user)
        return self.filter(entries__stage__item__in=barred.values("pk"))

    def upcoming(self):
        return self.filter(state__in=BEFORE_STATES).order_by("scheduled_at")


class Meeting(models.Model):
    """One meeting of one body. Its state is assigned by meetings.services only."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="meetings", verbose_name="学校")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="meetings", verbose_name="议事机构")
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveSmallIntegerField("次序", help_text="本年度第几次")
    mode = models.CharField("方式", max_length=14, choices=MeetingMode, default=MeetingMode.LIVE)
    retrospective_reason = models.CharField("补录说明", max_length=200, blank=True)
    form = models.CharField("会议形式", max_length=8, choices=MeetingFormat, default=MeetingFormat.REGULAR)
    state = models.CharField("状态", max_length=12, choices=MeetingState, default=MeetingState.PLANNED)
    scheduled_at = models.DateTimeField("预定时间")
    place = models.CharField("地点", max_length=60)
    chair = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="chaired_meetings", verbose_name="主持人"
    )
    chair_delegation = models.CharField(
        "委托主持说明", max_length=200, blank=True, help_text="书记或校长不主持时必填（R34）"
    )
    recorder = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="recorded_meetings", verbose_name="记录人"
    )
    parameters = models.JSONField("议事参数", default=dict, help_text="开会时生效的参数，固定在会议上")
    notified_at = models.DateTimeField("通知时间", null=True, blank=True)
    materials_sent_at = models.DateTimeField("材料送达时间", null=True, blank=True)
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    ended_at = models.DateTimeField("散会时间", null=True, blank=True)
    version = models.PositiveIntegerField("修改序号", default=1)
    created_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name="安排人"
    )
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    objects = MeetingQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "会议"
        verbose_name_plural = "会议"
        permissions = [("record_meeting", "委托记录")]
        ordering = ["-scheduled_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["body", "year", "number"], name="meeting_number_once_per_year"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="meeting_ends_after_start",
                violation_error_message="散会时间不得早于开始时间。",
            ),
        ]
        indexes = [models.Index(fields=["school", "state"], name="meeting_school_state")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Full name, e.g. 党总支会议第19次."""
        return f"{self.body.name}第{self.number}次"

    @property
    def subject(self) -> str:
        return f"meetings.meeting:{self.pk}"

    @property
    def is_retrospective(self) -> bool:
        return self.mode == MeetingMode.RETROSPECTIVE


class MeetingPartQuerySet(models.QuerySet):
    def visible_to(self, user: Any):
        return self.filter(meeting__in=readable(Meeting, user))


class ObserverQuerySet(models.QuerySet):
    def open_to(self, user: Any):
        """Invitations of a person that open meeting and entry today: from the invitation to a week after the meeting."""
        first = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) - AFTERWARDS
        return self.filter(serving(user, "meeting__school"), person=user, meeting__scheduled_at__gte=first)

    def visible_to(self, user: Any):
        """Observers of a visible meeting as a whole, and of its visible entries."""
        entries = apps.get_model("meetings", "AgendaEntry").objects.visible_to(user)
        return self.filter(
            Q(meeting__in=readable(Meeting, user)),
            Q(entry__isnull=True) | Q(entry__in=entries.values("pk")),
        )


class MinutesQuerySet(models.QuerySet):
    def visible_to(self, user: Any):
        """Drafts, and drafted corrections of issued minutes too, stay with the body."""
        return self.filter(
            Q(meeting__in=readable(Meeting, user, "records_visible_to"))
            | Q(meeting__in=readable(Meeting, user, "papers_visible_to"), issued_at__isnull=False)
        )


class MeetingRecordQuerySet(models.QuerySet):
    def visible_to(self, user: Any):
        return self.filter(meeting__in=readable(Meeting, user, "records_visible_to"))


class Attendance(models.Model):
    """One voting seat of the body at one meeting; 请假 counts as due (R33)."""

    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="attendances", verbose_name="会议"
    )
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="attendances", verbose_name="任职")
    status = models.CharField(
        "出席", max_length=8, choices=AttendanceStatus, default=AttendanceStatus.EXPECTED
    )
    arrived_at = models.DateTimeField("到会时间", null=True, blank=True)
    left_at = models.DateTimeField("离席时间", null=True, blank=True)
    reason = models.CharField("原因", max_length=100, blank=True)
    version = models.PositiveIntegerField("修改序号", default=1)
    objects = MeetingPartQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "出席"
        verbose_name_plural = "出席"
        ordering = ["seat__order", "seat_id"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "seat"], name="attendance_once_per_seat"),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("arrived_at")),
                name="attendance_leaves_after_arrival",
                violation_error_message="离席时间不得早于到会时间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seat} {self.get_status_display()}"

    def is_present_at(self, moment: Any) -> bool:
        """In the room at an instant; without an instant, whether the person came at all."""
        if self.status != AttendanceStatus.PRESENT:
            return False
        if moment is None:
            return self.left_at is None
        arrived = self.arrived_at is None or self.arrived_at <= moment
        return arrived and (self.left_at is None or self.left_at > moment)


class Observer(models.Model):
    """列席: may speak, has no vote (R35); for one agenda entry or the whole meeting."""

    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="observers", verbose_name="会议"
    )
    entry = models.ForeignKey(
        "meetings.AgendaEntry",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="observers",
        verbose_name="议程",
    )
    person = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="observed_meetings",
        verbose_name="人员",
    )
    name = models.CharField("姓名", max_length=40)
    identity = models.CharField("身份", max_length=60, blank=True, help_text="例如 法律顾问")
    is_present = models.BooleanField("已到", default=False)
    objects = ObserverQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "列席"
        verbose_name_plural = "列席"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.name}（{self.identity}）" if self.identity else self.name
