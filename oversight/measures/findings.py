"""What the evaluation found: rates of single rules, and findings by the day they came and went."""

from typing import Any, ClassVar

from django.db.models import (
    Case,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from compliance.choices import SETTLED_STATES, FindingState
from compliance.models import Finding
from compliance.registry import RULES
from governance.models import School
from oversight.measures.base import NOBODY, ZERO, Measure, annotated, one_if

_OF_FINDING: dict[str, Any] = {"label": F("subject_label"), "finding": F("pk")}


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
        return annotated(
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


class FindingsOpened(Measure):
    """Violations by the day they were first seen; with FindingsSettled they give 未整改数 at any month's end."""

    key, title, unit = "finding_opened", "新发现问题数", "件"
    definition = "首次发现的合规问题，按首次发现日期统计；无法判定的不计。"
    lower_is_better = True
    trigger = ("finding",)
    rules = ("*",)

    def asked(self, schools: QuerySet[School]) -> QuerySet:
        rows = Finding.objects.violating().filter(school__in=schools.values("pk"))
        return annotated(rows, day=TruncDate("first_seen_at"), denominator=ZERO, **_OF_FINDING)


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
        return annotated(
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
        return annotated(rows, day=TruncDate("first_seen_at"), denominator=ZERO, **_OF_FINDING)
