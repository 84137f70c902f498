"""What happens on one agenda entry: statements, recusals, votes, decision and drafted tasks."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from common.history import FieldHistory
from common.reading import readable
from decisions.choices import Outcome
from decisions.models import DecisionItem, Stage
from governance.choices import AttendanceKind, BallotMethod
from governance.models import Seat
from meetings.choices import BallotChoice, EntryKind, EntryState, Stance
from meetings.models.meetings import Meeting, MeetingPartQuerySet, Observer


class AgendaEntryQuerySet(MeetingPartQuerySet):
    def visible_to(self, user: Any):
        """Entries of visible meetings whose item is visible too, or which the person is invited to or records.

        None of an item the person must keep away from (R36): a member, clerk or recorder who sits in the meeting
        sees that such an entry stands on the agenda (`withheld_from`), and nothing of it.
        """
        if not user.is_authenticated:
            return self.none()
        concerned = Q(pk__in=Observer.objects.open_to(user).values("entry")) | Q(
            meeting__in=readable(Meeting, user, "delegated_to")
        )
        return self.filter(
            Q(meeting__in=readable(Meeting, user)),
            Q(stage__isnull=True)
            | Q(stage__item__in=readable(DecisionItem, user))
            | concerned & ~Q(stage__item__in=readable(DecisionItem, user, "barred_to")),
        )

    def withheld_from(self, user: Any):
        """Entries of meetings whose record the person may read, on items the person must keep away from (R36)."""
        return self.filter(
            meeting__in=readable(Meeting, user, "records_visible_to"),
            stage__item__in=readable(DecisionItem, user, "barred_to"),
        )


class AgendaEntry(models.Model):
    """议程: one stage of one item in one meeting. A deferred stage comes back as another entry."""

    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="entries", verbose_name="会议"
    )
    stage = models.ForeignKey(
        Stage,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="agenda_entries",
        verbose_name="环节",
    )
    kind = models.CharField("类别", max_length=12, choices=EntryKind, default=EntryKind.ITEM)
    position = models.PositiveSmallIntegerField("次序")
    title = models.CharField("标题", max_length=120)
    presenter = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="汇报人",
    )
    attendance_kind = models.CharField(
        "到会要求", max_length=1, choices=AttendanceKind, default=AttendanceKind.HALF
    )
    method = models.CharField("表决方式", max_length=16, choices=BallotMethod, default=BallotMethod.ORAL)
    is_ad_hoc = models.BooleanField("临时动议", default=False)
    ad_hoc_reason = models.CharField("临时动议理由", max_length=200, blank=True)
    state = models.CharField("状态", max_length=12, choices=EntryState, default=EntryState.WAITING)
    outcome = models.CharField("结论", max_length=16, choices=Outcome, blank=True)
    decision_text = models.TextField("决定", blank=True)
    opened_at = models.DateTimeField("开始审议", null=True, blank=True)
    concluded_at = models.DateTimeField("结束审议", null=True, blank=True)
    concluded_by = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="结束人",
    )
    snapshot = models.JSONField("结论快照", null=True, blank=True, help_text="席位、到会、基数、票数和参数")
    version = models.PositiveIntegerField("修改序号", default=1)
    objects = AgendaEntryQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "议程"
        verbose_name_plural = "议程"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "position"],
                name="entry_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(
                fields=["stage"], condition=~Q(state=EntryState.CONCLUDED), name="entry_one_open_per_stage"
            ),
            models.UniqueConstraint(
                fields=["meeting"],
                condition=Q(state=EntryState.DELIBERATING),
                name="entry_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(kind=EntryKind.ITEM, stage__isnull=False)
                | Q(kind=EntryKind.FIRST_TOPIC, stage__isnull=True),
                name="entry_item_has_stage",
            ),
            models.CheckConstraint(
                condition=~Q(state=EntryState.CONCLUDED) | Q(snapshot__isnull=False),
                name="entry_concluded_has_snapshot",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def subject(self) -> str:
        return f"meetings.agendaentry:{self.pk}"

    @property
    def is_principal_decision(self) -> bool:
        """校长办公会议: opinions are heard, the principal decides, nobody votes (R57)."""
        return self.method == BallotMethod.PRINCIPAL


class EntryPartQuerySet(models.QuerySet):
    def visible_to(self, user: Any):
        return self.filter(entry__in=readable(AgendaEntry, user))


class StatementQuerySet(EntryPartQuerySet):
    def visible_to(self, user: Any):
        """What each person said is read like the 会议记录: by office holders of the body who see the entry."""
        return (
            super().visible_to(user).filter(entry__meeting__in=readable(Meeting, user, "records_visible_to"))
        )


class Recusal(models.Model):
    """回避: a seat leaves the room for one entry, takes no part in discussion or vote (R36)."""

    entry = models.ForeignKey(
        AgendaEntry, on_delete=models.PROTECT, related_name="recusals", verbose_name="议程"
    )
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+", verbose_name="任职")
    reason = models.CharField("原因", max_length=100)
    left_at = models.DateTimeField("离席时间", null=True, blank=True)
    returned_at = models.DateTimeField("返席时间", null=True, blank=True)
    objects = EntryPartQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "回避"
        verbose_name_plural = "回避"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["entry", "seat"], name="recusal_once_per_seat")]

    def __str__(self) -> str:
        return f"{self.seat} 回避"


class Statement(models.Model):
    """发言 in speaking order, or the written opinion of an absent member (recorded, never counted, R37)."""

    entry = models.ForeignKey(
        AgendaEntry, on_delete=models.PROTECT, related_name="statements", verbose_name="议程"
    )
    seat = models.ForeignKey(
        Seat, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="任职"
    )
    observer = models.ForeignKey(
        "meetings.Observer",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="列席",
    )
    order = models.PositiveSmallIntegerField("发言序号")
    text = models.TextField("要点", blank=True)
    stance = models.CharField("表态", max_length=10, choices=Stance, blank=True, default=Stance.NONE)
    is_written = models.BooleanField("书面意见", default=False)
    version = models.PositiveIntegerField("修改序号", default=1)
    updated_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name="记录人"
    )
    updated_at = models.DateTimeField("更新时间", auto_now=True)
    objects = StatementQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "发言"
        verbose_name_plural = "发言"
        ordering = ["is_written", "order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(seat__isnull=False, observer__isnull=True)
                | Q(seat__isnull=True, observer__isnull=False, stance="", is_written=False),
                name="statement_has_one_speaker",
            ),
            models.UniqueConstraint(
                fields=["entry", "seat"],
                condition=Q(is_written=True),
                name="statement_one_written_per_seat",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.seat or self.observer}"


class Tally(models.Model):
    """表决 on one question of an entry; several questions are voted on one by one (R52).

    `voted` is the sign-off list of a secret ballot: whose ballot is in the box, by seat, in ascending order. It is
    kept apart from every choice and without its history: states of the list beside states of the count would lead
    from a late voter to the vote (R58).
    """

    entry = models.ForeignKey(
        AgendaEntry, on_delete=models.PROTECT, related_name="tallies", verbose_name="议程"
    )
    position = models.PositiveSmallIntegerField("次序", default=1)
    question = models.CharField("表决事项", max_length=120)
    votes_for = models.PositiveSmallIntegerField("赞成", null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField("反对", null=True, blank=True)
    abstentions = models.PositiveSmallIntegerField("弃权", null=True, blank=True)
    invalid = models.PositiveSmallIntegerField("无效", default=0)
    issued = models.PositiveSmallIntegerField("发出票数", null=True, blank=True)
    tellers = models.CharField("监票人", max_length=60, blank=True)
    counter = models.CharField("计票人", max_length=40, blank=True)
    voted = ArrayField(models.BigIntegerField(), verbose_name="已投票席位", default=list, blank=True)
    version = models.PositiveIntegerField("修改序号", default=1)
    objects = EntryPartQuerySet.as_manager()
    history = FieldHistory(excluded_fields=["voted"])

    class Meta:
        verbose_name = "表决"
        verbose_name_plural = "表决"
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["entry", "position"], name="tally_position_once")]

    def __str__(self) -> str:
        return self.question

    @property
    def is_counted(self) -> bool:
        return None not in (self.votes_for, self.votes_against, self.abstentions)

    @property
    def cast(self) -> int:
        """Votes returned: for, against, abstained and invalid."""
        return (self.votes_for or 0) + (self.votes_against or 0) + (self.abstentions or 0) + self.invalid


class Ballot(models.Model):
    """One seat's choice in a named vote. Secret ballots have no such rows (R58)."""

    tally = models.ForeignKey(Tally, on_delete=models.PROTECT, related_name="ballots", verbose_name="表决")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+", verbose_name="任职")
    choice = models.CharField("选择", max_length=8, choices=BallotChoice)
    history = FieldHistory()

    class Meta:
        verbose_name = "记名票"
        verbose_name_plural = "记名票"
        constraints = [models.UniqueConstraint(fields=["tally", "seat"], name="ballot_once_per_seat")]

    def __str__(self) -> str:
        return f"{self.seat} {self.get_choice_display()}"


class TaskDraft(models.Model):
    """A task as recorded in the meeting; it becomes a Task when the entry is concluded, unless the matter ends there."""

    entry = models.ForeignKey(
        AgendaEntry, on_delete=models.PROTECT, related_name="task_drafts", verbose_name="议程"
    )
    title = models.CharField("任务", max_length=120)
    requirement = models.TextField("要求", blank=True)
    owner = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name="责任人"
    )
    department = models.CharField("责任部门", max_length=40, blank=True)
    helpers = models.ManyToManyField("accounts.User", blank=True, related_name="+", verbose_name="协办")
    due_on = models.DateField("时限")
    report_every_days = models.PositiveSmallIntegerField("反馈频次（日）", default=14)
    objects = EntryPartQuerySet.as_manager()

    class Meta:
        verbose_name = "任务草案"
        verbose_name_plural = "任务草案"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title
