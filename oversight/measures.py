"""Measures of the board (facts.md §6 看板指标). Each says what it counts and gives its subjects as one queryset.

The same queryset makes the daily figures and the list behind a number: `asked(schools)` is annotated with

    m_school  m_day  m_numerator  m_denominator     whole numbers; a pure count has the denominator 0
    m_label                                         number and catalogue entry or meeting, never a title
    m_item | m_meeting                              whose page is the evidence, where the district may read it
    m_finding                                       the finding that took the subject out of the numerator

A measure built on a rule counts what the evaluation found, so the board and the findings cannot disagree: a subject
that cannot be judged leaves the denominator, a finding dismissed as 误报 counts as kept.
"""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
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
    When,
)
from django.db.models.functions import Cast, Coalesce, TruncDate
from django.utils import timezone

from compliance.choices import SETTLED_STATES, FindingState
from compliance.models import BlockedAttempt, Finding
from compliance.registry import RULES
from compliance.rules.subjects import HELD, PARTY_BODIES, item_label, meeting_label
from compliance.words import counted
from decisions.choices import FAVOURABLE, EvidenceResult, Purpose, TaskState
from decisions.models import EmergencyAction, Prerequisite, Reconsideration, Stage, Task
from governance.choices import BodyKind, Route
from governance.models import School
from meetings.choices import AttendanceStatus, EntryState, MeetingFormat
from meetings.models import AgendaEntry, Attendance, Meeting

NOBODY = Value(None, BigIntegerField())
ONE, ZERO = Value(1, IntegerField()), Value(0, IntegerField())


class IsAny(Func):
    """Whether a value is an element of an array."""

    arity, template, arg_joiner, output_field = 2, "(%(expressions)s))", " = ANY(", BooleanField()


def one_if(condition: Any) -> Case:
    return Case(When(condition, then=ONE), default=ZERO, output_field=IntegerField())


class Measure(ABC):
    """One measure. `trigger` are the acts (as in the ledger) that can change it; `rules` whose findings it counts."""

    key: ClassVar[str]
    title: ClassVar[str]
    definition: ClassVar[str]  # 口径
    unit: ClassVar[str] = "%"
    target: ClassVar[tuple[int, int] | None] = None  # a share, for rates
    lower_is_better: ClassVar[bool | None] = False  # None: neither
    trigger: ClassVar[tuple[str, ...]] = ()
    rules: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def asked(self, schools: QuerySet[School]) -> QuerySet:
        """Every subject of the schools with the annotations above."""

    @property
    def is_rate(self) -> bool:
        return self.unit == "%"

    @property
    def target_words(self) -> str:
        return f"{self.target[0] * 100 // self.target[1]}%" if self.target else ""

    def hears(self, kind: str) -> bool:
        """Whether an act of this kind can change the measure."""
        return kind in self.trigger or kind.partition(".")[0] in self.trigger


def _annotated(rows: QuerySet, *, school: str = "school", **m: Any) -> QuerySet:
    """Rows with every annotation a measure promises; what is not given is empty."""
    given = {
        "school": F(f"{school}_id") if "__" not in school else F(f"{school}__pk"),
        "numerator": ONE,
        "denominator": ONE,
        "item": NOBODY,
        "meeting": NOBODY,
        "finding": NOBODY,
        **m,
    }
    given["label"] = Cast(given["label"], CharField())
    return rows.order_by().annotate(**{f"m_{name}": value for name, value in given.items()})


class AttendanceRate(Measure):
    """到会率: seats present of seats due in held meetings of both bodies (R33)."""

    key, title = "attendance", "到会率"
    definition = "党组织会议和校长办公会议实到人次 ÷ 应到人次；请假计入应到，列席不计。"
    target = (90, 100)
    trigger = ("meeting", "attendance", "seat")

    def asked(self, schools: QuerySet[School]) -> QuerySet:
        expected = Attendance.objects.filter(meeting=OuterRef("pk"))
        return _annotated(
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
        return _annotated(
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
        return _annotated(
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
        return _annotated(
            due,
            day=F("due_on"),
            numerator=one_if(Q(state=TaskState.DONE)),
            label=item_label("item", before="落实任务："),
            item=F("item_id"),
        )


class RuleRate(Measure):
    """The share of subjects of one rule in which the evaluation found no breach."""

    rule: ClassVar[str]
    trigger = ("finding", "entry", "meeting")

    def asked(self, schools: QuerySet[School]) -> QuerySet:
        rule = RULES[self.rule]
        found = Finding.objects.standing().filter(
            rule_code=self.rule, subject_type=rule.subject_type, subject_id=OuterRef("pk")
        )
        broken = found.violating().exclude(state=FindingState.DISMISSED)
        within = School.objects.filter(pk__in=schools.values("pk"))
        return _annotated(
            rule.asked(within, timezone.localdate()).filter(~Exists(found.unknown())),
            school=rule.school,
            day=rule.occurred_on(),
            numerator=one_if(~Exists(broken)),
            label=rule.label(),
            item=F(rule.link_id) if rule.link.startswith("decisions:item") else NOBODY,
            meeting=F(rule.link_id) if rule.link.startswith("meetings:") else NOBODY,
            finding=Subquery(broken.values("pk")[:1]),
        )


class ConsultationRate(RuleRate):
    """沟通率, as R17 finds it."""

    key, title, rule, rules = "consultation", "沟通率", "R17", ("R17",)
    definition = (
        "会前书记、校长（一肩挑学校为副书记等）沟通且无重大分歧的决定 ÷ 党组织会议的决定（规则 R17）。"
    )
    target = (100, 100)


class LastSpeakerRate(RuleRate):
    """末位表态合规率, as R51 finds it."""

    key, title, rule, rules = "last_speaker", "末位表态合规率", "R51", ("R51",)
    definition = "主要负责人最后表态的审议 ÷ 有发言记录可判定的审议（规则 R51）。"
    target = (100, 100)


class MinutesRate(RuleRate):
    """纪要及时率, as R62 finds it."""

    key, title, rule, rules = "minutes", "纪要及时率", "R62", ("R62",)
    definition = "在规定工作日内签发纪要的会议 ÷ 审议过议题的会议；尚在期限内的视为及时（规则 R62）。"
    target = (90, 100)


class Reconsiderations(Measure):
    """复议数."""

    key, title, unit = "reconsideration", "复议数", "件"
    definition = "提出的复议，按申请日期统计，不论结果。"
    lower_is_better = None
    trigger = ("reconsideration",)

    def asked(self, schools: QuerySet[School]) -> QuerySet:
        rows = Reconsideration.objects.filter(school__in=schools.values("pk"))
        return _annotated(
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
        return _annotated(
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
        return _annotated(rows, day=TruncDate("at"), denominator=ZERO, label=words)


class MeetingsHeld(Measure):
    """Held meetings of a kind of body (R39)."""

    unit = "次"
    lower_is_better = None
    trigger = ("meeting",)
    kinds: ClassVar[tuple[str, ...]]

    def asked(self, schools: QuerySet[School]) -> QuerySet:
        return _annotated(
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


class FindingsOpened(Measure):
    """Violations by the day they were first seen; with FindingsSettled they give 未整改数 at any month's end."""

    key, title, unit = "finding_opened", "新发现问题数", "件"
    definition = "首次发现的合规问题，按首次发现日期统计；无法判定的不计。"
    lower_is_better = True
    trigger = ("finding",)
    rules = ("*",)

    def asked(self, schools: QuerySet[School]) -> QuerySet:
        rows = Finding.objects.violating().filter(school__in=schools.values("pk"))
        return _annotated(rows, day=TruncDate("first_seen_at"), denominator=ZERO, **_OF_FINDING)


class FindingsSettled(Measure):
    """Violations nobody has to work on any more: closed, dismissed, or gone by themselves."""

    key, title, unit = "finding_settled", "已整改问题数", "件"
    definition = "已销号、撤销或自行消除的合规问题，按当日统计。"
    lower_is_better = False
    trigger = ("finding",)
    rules = ("*",)

    def asked(self, schools: QuerySet[School]) -> QuerySet:
        rows = Finding.objects.violating().filter(school__in=schools.values("pk"))
        ended = Coalesce("rectification__settled_at", "resolved_at", "last_seen_at")
        settled = Case(When(state__in=SETTLED_STATES, then=ended), default=Coalesce("resolved_at", ended))
        return _annotated(
            rows.filter(Q(resolved_at__isnull=False) | Q(state__in=SETTLED_STATES)),
            day=TruncDate(settled),
            denominator=ZERO,
            **_OF_FINDING,
        )


class OpenFindings(Measure):
    """未整改数: no days of its own; found less settled, up to a day."""

    key, title, unit = "finding_open", "未整改数", "件"
    definition = "截至月末已发现而未销号、未撤销、未自行消除的合规问题；无法判定的另计。"
    lower_is_better = True

    def asked(self, schools: QuerySet[School]) -> QuerySet:
        rows = Finding.objects.open().violating().filter(school__in=schools.values("pk"))
        return _annotated(rows, day=TruncDate("first_seen_at"), denominator=ZERO, **_OF_FINDING)


def held(schools: QuerySet[School]) -> QuerySet[Meeting]:
    """Meetings that began and were closed; 联席会议 and 专题会议 are no meetings of a body (R40)."""
    return Meeting.objects.filter(
        school__in=schools.values("pk"),
        form=MeetingFormat.REGULAR,
        state__in=HELD,
        started_at__isnull=False,
    )


def decided(schools: QuerySet[School]) -> QuerySet[AgendaEntry]:
    """Entries in which the Party body decided in favour."""
    return AgendaEntry.objects.filter(
        meeting__school__in=schools.values("pk"),
        meeting__started_at__isnull=False,
        state=EntryState.CONCLUDED,
        outcome__in=FAVOURABLE,
        stage__purpose=Purpose.DECIDE,
    )


_OF_FINDING: dict[str, Any] = {"label": F("subject_label"), "finding": F("pk")}
MEASURES: dict[str, Measure] = {
    measure.key: measure
    for measure in (
        PrerequisiteRate(),
        AttendanceRate(),
        LoopRate(),
        MinutesRate(),
        CompletionRate(),
        ConsultationRate(),
        LastSpeakerRate(),
        Reconsiderations(),
        Emergencies(),
        BlockedAttempts(),
        PartyMeetings(),
        AdminMeetings(),
        FindingsOpened(),
        FindingsSettled(),
    )
}


def measures() -> list[Measure]:
    """Every measure whose rules are live."""
    return [m for m in MEASURES.values() if all(code == "*" or code in RULES for code in m.rules)]
