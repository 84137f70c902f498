"""How matters were prepared, decided and carried out; how often bodies met."""

from typing import ClassVar

from django.db.models import (
    CharField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import TruncDate
from django.utils import timezone

from compliance.models import BlockedAttempt
from compliance.rules.subjects import PARTY_BODIES, item_label, meeting_label
from compliance.words import counted
from decisions.choices import FAVOURABLE, EvidenceResult, Purpose, TaskState
from decisions.models import EmergencyAction, Prerequisite, Reconsideration, Stage, Task
from governance.choices import BodyKind, Route
from governance.models import School
from meetings.choices import AttendanceStatus
from meetings.models import Attendance
from oversight.measures.base import ZERO, IsAny, Measure, annotated, decided, held, one_if


class AttendanceRate(Measure):
    """到会率: seats present of seats due in held meetings of both bodies (R33)."""

    key, title = "attendance", "到会率"
    definition = "党组织会议和校长办公会议实到人次 ÷ 应到人次；请假计入应到，列席不计。"
    target = (90, 100)
    trigger = ("meeting", "attendance", "seat")

    def asked(self, schools: QuerySet[School]) -> QuerySet:
        expected = Attendance.objects.filter(meeting=OuterRef("pk"))
        return annotated(
            held(schools).filter(body__kind__in=[*PARTY_BODIES, BodyKind.ADMIN]),
            day=TruncDate("started_at"),
            numerator=counted(expected.filter(status=AttendanceStatus.PRESENT)),
            denominator=counted(expected),
            label=meeting_label(),
            meeting=F("pk"),
        )


class PrerequisiteRate(Measure):
    """前置完成率: procedures the catalogue asks for that were done before the Party decided (Z7)."""

    key, title = "prerequisite", "前置完成率"
    definition = "党组织会议决定前已完成的前置程序数 ÷ 事项清单要求的前置程序数；作废和不同意的不计。"
    target = (95, 100)
    trigger = ("entry", "meeting", "prerequisite")

    def asked(self, schools: QuerySet[School]) -> QuerySet:
        done = (
            Prerequisite.objects.filter(
                IsAny(F("kind"), F("item__catalogue_entry__prerequisites")),
                item=OuterRef("stage__item"),
                is_void=False,
                held_on__lte=OuterRef("decided_day"),
            )
            .exclude(result=EvidenceResult.UNFAVOURABLE)
            .order_by()
            .annotate(
                kinds=Func(F("kind"), template="COUNT(DISTINCT %(expressions)s)", output_field=IntegerField())
            )
            .values("kinds")
        )
        return annotated(
            decided(schools).annotate(decided_day=TruncDate("meeting__started_at")),
            school="meeting__school",
            day=F("decided_day"),
            numerator=Subquery(done),
            denominator=Func(
                F("stage__item__catalogue_entry__prerequisites"),
                function="CARDINALITY",
                output_field=IntegerField(),
            ),
            label=item_label("stage__item"),
            item=F("stage__item_id"),
        )


class LoopRate(Measure):
    """循环闭环率: decided rounds of loop items that were proposed before and deployed afterwards (S1§5)."""

    key, title = "loop", "循环闭环率"
    definition = "提出、决定、部署三段齐全的循环议题 ÷ 党组织会议已决定的循环议题，按决定所在月统计。"
    target = (90, 100)
    trigger = ("entry", "meeting", "stage")

    def asked(self, schools: QuerySet[School]) -> QuerySet:
        def passed(purpose: str) -> Exists:
            same = Stage.objects.filter(item=OuterRef("item"), round=OuterRef("round"))
            return Exists(same.filter(purpose=purpose, outcome__in=FAVOURABLE))

        rounds = Stage.objects.filter(
            school__in=schools.values("pk"),
            item__route=Route.LOOP,
            purpose=Purpose.DECIDE,
            outcome__in=FAVOURABLE,
        )
        return annotated(
            rounds,
            day=TruncDate("concluded_at"),
            numerator=one_if(Q(passed(Purpose.PROPOSE)) & Q(passed(Purpose.DEPLOY))),
            label=item_label("item"),
            item=F("item_id"),
        )


class CompletionRate(Measure):
    """决议办结率: tasks of resolutions whose day has come and that are done (R72)."""

    key, title = "completion", "决议办结率"
    definition = "决议的落实任务中已办结的 ÷ 时限已到的（已终止的不计），按时限所在月统计。"
    target = (85, 100)
    trigger = ("task", "extension", "item", "entry")

    def asked(self, schools: QuerySet[School]) -> QuerySet:
        due = Task.objects.filter(
            school__in=schools.values("pk"), resolution__isnull=False, due_on__lte=timezone.localdate()
        ).exclude(state=TaskState.CANCELLED)
        return annotated(
            due,
            day=F("due_on"),
            numerator=one_if(Q(state=TaskState.DONE)),
            label=item_label("item", before="落实任务："),
            item=F("item_id"),
        )


class Reconsiderations(Measure):
    """复议数."""

    key, title, unit = "reconsideration", "复议数", "件"
    definition = "提出的复议，按申请日期统计，不论结果。"
    lower_is_better = None
    trigger = ("reconsideration",)

    def asked(self, schools: QuerySet[School]) -> QuerySet:
        rows = Reconsideration.objects.filter(school__in=schools.values("pk"))
        return annotated(
            rows,
            day=TruncDate("requested_at"),
            denominator=ZERO,
            label=item_label("item", before="复议："),
            item=F("item_id"),
        )


class Emergencies(Measure):
    """紧急处置数 (R76)."""

    key, title, unit = "emergency", "紧急处置数", "件"
    definition = "书记先行处置、事后补议的事项，按处置日期统计。"
    lower_is_better = None
    trigger = ("emergency",)

    def asked(self, schools: QuerySet[School]) -> QuerySet:
        rows = EmergencyAction.objects.filter(school__in=schools.values("pk"))
        return annotated(
            rows,
            day=TruncDate("happened_at"),
            denominator=ZERO,
            label=item_label("item", before="紧急处置："),
            item=F("item_id"),
        )


class BlockedAttempts(Measure):
    """受阻办理数: acts that a rule refused at the moment of action."""

    key, title, unit = "blocked", "受阻办理数", "次"
    definition = "因阻断级规则未能办理的操作次数，按当日统计，每晚更新。"
    lower_is_better = True

    def asked(self, schools: QuerySet[School]) -> QuerySet:
        rows = BlockedAttempt.objects.filter(school__in=schools.values("pk"))
        words = Func(F("rule_codes"), Value("、"), function="ARRAY_TO_STRING", output_field=CharField())
        return annotated(rows, day=TruncDate("at"), denominator=ZERO, label=words)


class MeetingsHeld(Measure):
    """Held meetings of a kind of body (R39)."""

    unit = "次"
    lower_is_better = None
    trigger = ("meeting",)
    kinds: ClassVar[tuple[str, ...]]

    def asked(self, schools: QuerySet[School]) -> QuerySet:
        return annotated(
            held(schools).filter(body__kind__in=self.kinds),
            day=TruncDate("started_at"),
            denominator=ZERO,
            label=meeting_label(),
            meeting=F("pk"),
        )


class PartyMeetings(MeetingsHeld):
    """党组织会议次数."""

    key, title, kinds = "party_meetings", "党组织会议次数", PARTY_BODIES
    definition = "已召开并散会的党组织会议（含决策的支部党员大会）。"


class AdminMeetings(MeetingsHeld):
    """校长办公会议次数."""

    key, title, kinds = "admin_meetings", "校长办公会议次数", (BodyKind.ADMIN,)
    definition = "已召开并散会的校长办公会议。"
