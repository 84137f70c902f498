"""议题: R18, R19, R21–R23. What had to be done before the meeting that decided."""

from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import Case, When
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from common.choices import Level
from compliance.choices import RuleGroup
from compliance.registry import Facts, register
from compliance.rules.items import FormingRule, evidence, flag, on_day, paper
from compliance.rules.subjects import DecisionRule
from compliance.words import counted, day
from decisions.choices import Disagreement
from decisions.models import Consultation
from governance.choices import MajorClass, PrerequisiteKind
from governance.models import School
from meetings.models import Observer

DEMANDS = "stage__item__catalogue_entry__prerequisites__contains"


def moment(value: str) -> str:
    """A stored instant as people read it, in local time."""
    when = parse_datetime(value)
    if when is None:
        raise ValueError(f"{value} is no instant")
    local = timezone.localtime(when)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


@register
class DisputeDefers(DecisionRule):
    """R18: a matter on which 书记 and 校长 last disagreed does not come to the meeting."""

    code = "R18"
    group = RuleGroup.ITEMS
    title = "沟通有重大分歧的暂缓上会"
    level = Level.BLOCK
    body = "P"
    trigger = ("entry.concluded", "consultation")
    clauses = ("Z7.consult", "W37")
    mend = "再次沟通取得一致并登记；已经作出的决定，由书记、校长说明情况，必要时复议。"
    note = "“无重大分歧方可上会”出自第（七）条；暂缓后继续沟通的做法参照学校沟通办法。"
    cases = (
        ("合规", "10 月 8 日有重大分歧，10 月 12 日再沟通无重大分歧，10 月 20 日上会。"),
        ("违规", "最近一次会前沟通有重大分歧，仍然上会并形成决定。"),
        ("边界", "同一时间登记了两次结论相反的沟通：按有重大分歧处理。"),
        ("无法判定", "补录的会议，分歧之后的纸质沟通记录尚未登记。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        disputed = self._before().filter(disagreement=Disagreement.MAJOR)
        return super().asked(schools, as_of).filter(Exists(disputed))

    def _before(self) -> QuerySet[Consultation]:
        return Consultation.objects.filter(
            item=OuterRef("stage__item"), held_at__lt=OuterRef("meeting__started_at")
        )

    def facts(self) -> dict[str, Any]:
        def last(disagreement: str) -> Subquery:
            held = self._before().filter(disagreement=disagreement).order_by("-held_at")
            return Subquery(held.values("held_at")[:1])

        return {
            "disputed_at": last(Disagreement.MAJOR),
            "agreed_at": last(Disagreement.NONE),
            "decided_day": day("meeting__started_at"),
            "is_paper": paper(),
        }

    def _unsettled(self) -> Q:
        return Q(agreed_at__isnull=True, disputed_at__isnull=False) | Q(disputed_at__gte=F("agreed_at"))

    def missing(self) -> dict[str, Any]:
        return {
            "有重大分歧的沟通时间": Q(disputed_at__isnull=True),
            "补录会议在分歧之后的沟通记录": Q(is_paper=True) & self._unsettled(),
        }

    def breach(self) -> Any:
        return Q(agreed_at__isnull=True) | Q(disputed_at__gte=F("agreed_at"))

    def sentence(self, e: Facts) -> str:
        return (
            f"{moment(e['disputed_at'])}沟通有重大分歧，其后取得一致的沟通 0 次 ＜ 1 次，"
            f"{on_day(e['decided_day'])}仍上会形成决定。"
        )


@register
class CadresDeliberated(DecisionRule):
    """R19: a scheme on cadres was deliberated in a circle before the meeting, and inspected where the list asks it."""

    code = "R19"
    group = RuleGroup.ITEMS
    title = "干部方案会前在一定范围内酝酿"
    level = Level.BLOCK
    body = "P"
    trigger = ("entry.concluded", "prerequisite")
    clauses = ("Z7.cadre", "W12")
    mend = "登记会前酝酿的时间和参加人员，按清单补齐考察材料；确未酝酿的，说明情况并纳入整改。"
    note = "考察由事项清单提出要求，只缺考察的按违规处理。"
    cases = (
        ("合规", "10 月 10 日在班子成员范围内酝酿，10 月 12 日考察，10 月 20 日讨论决定。"),
        ("违规", "干部任免没有会前酝酿记录；或清单要求考察而没有考察。"),
        ("边界", "开会当日会前酝酿：合规；酝酿晚于会议：不符合。"),
        ("无法判定", "登记了酝酿而没有写明参加人员，或补录会议的纸质材料尚未登记。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return (
            super()
            .asked(schools, as_of)
            .filter(
                Q(stage__item__major_classes__contains=[MajorClass.CADRE])
                | Q(**{DEMANDS: [PrerequisiteKind.DELIBERATION]})
            )
        )

    def facts(self) -> dict[str, Any]:
        held = evidence(PrerequisiteKind.DELIBERATION)
        return {
            "decided_day": day("meeting__started_at"),
            "deliberations": counted(held),
            "with_circle": counted(held.filter(participants__gt="")),
            "wants_inspection": flag(Q(**{DEMANDS: [PrerequisiteKind.INSPECTION]})),
            "inspections": counted(evidence(PrerequisiteKind.INSPECTION)),
            "is_paper": paper(),
        }

    def _lacking(self) -> Q:
        return Q(deliberations=0) | Q(wants_inspection=True, inspections=0)

    def missing(self) -> dict[str, Any]:
        return {
            "酝酿的范围": Q(deliberations__gt=0, with_circle=0),
            "补录会议的酝酿和考察材料": Q(is_paper=True) & self._lacking(),
        }

    def breach(self) -> Any:
        return self._lacking()

    def found_level(self) -> Any:
        return Case(When(deliberations__gt=0, then=Value(str(Level.BREACH))), default=Value(str(self.level)))

    def sentence(self, e: Facts) -> str:
        parts = []
        if not e["deliberations"]:
            parts.append("会前酝酿 0 次 ＜ 1 次")
        if e["wants_inspection"] and not e["inspections"]:
            parts.append("考察 0 次 ＜ 1 次")
        return f"{on_day(e['decided_day'])}讨论决定，{'；'.join(parts)}。"


class DemandedRule(FormingRule):
    """Asked of each decision whose catalogue entry demands one kind of evidence."""

    group = RuleGroup.ITEMS
    trigger = ("entry.concluded", "prerequisite")
    kind: str

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return super().asked(schools, as_of).filter(**{DEMANDS: [self.kind]})


@register
class ExpertHeard(DemandedRule):
    """R21: a matter of professional or technical weight was assessed by experts."""

    code = "R21"
    title = "专业性技术性事项经专家评估或法律政策咨询"
    level = Level.BREACH
    body = "P"
    clauses = ("Z7.expert",)
    kind = PrerequisiteKind.EXPERT
    mend = "登记会前专家论证或法律政策咨询的时间、参加人员和结论。"
    note = "第（七）条此句待核；哪些事项须专家论证由区、校事项清单规定。"
    cases = (
        ("合规", "清单要求专家论证，会前 6 日登记论证意见。"),
        ("违规", "清单要求专家论证，会前没有论证，也没有法律政策咨询。"),
        ("边界", "清单同时要求合法性审查的，审查意见不能代替专家论证；未要求的可以代替。"),
        ("无法判定", "补录的会议，纸质论证意见尚未登记。"),
    )

    def facts(self) -> dict[str, Any]:
        return {
            "decided_day": day("meeting__started_at"),
            "experts": counted(evidence(PrerequisiteKind.EXPERT)),
            "legal": counted(evidence(PrerequisiteKind.LEGAL)),
            "asks_legal": flag(Q(**{DEMANDS: [PrerequisiteKind.LEGAL]})),
            "is_paper": paper(),
        }

    def _lacking(self) -> Q:
        return Q(experts=0) & (Q(legal=0) | Q(asks_legal=True))

    def missing(self) -> dict[str, Any]:
        return {"补录会议的专家论证意见": Q(is_paper=True) & self._lacking()}

    def breach(self) -> Any:
        return self._lacking()

    def sentence(self, e: Facts) -> str:
        other = "合法性审查另有要求，不能代替" if e["asks_legal"] else f"法律政策咨询 {e['legal']} 次"
        return f"{on_day(e['decided_day'])}决定前，专家论证 0 次 ＜ 1 次，{other}。"


@register
class LegallyReviewed(DemandedRule):
    """R22: an opinion with its number, or the legal adviser in the room; a file name proves nothing."""

    code = "R22"
    title = "需合法性审查的事项有意见书或法律顾问列席"
    level = Level.BREACH
    body = "P"
    trigger = ("entry.concluded", "prerequisite")
    clauses = ("W19", "W20", "Z7.expert")
    kind = PrerequisiteKind.LEGAL
    mend = "登记合法性审查意见书的编号和结论，或补记法律顾问列席。"
    note = "国家文件未规定意见书编号，参照“三重一大”系统数据规范；不以附件名称判断。"
    cases = (
        ("合规", "会前登记意见书“法审〔2026〕12 号”，结论为可行。"),
        ("违规", "清单要求合法性审查，没有意见书，法律顾问也未列席。"),
        ("边界", "没有意见书，法律顾问到会列席本议题：合规。"),
        ("无法判定", "登记了审查而没有意见书编号，或补录会议的纸质意见书尚未登记。"),
    )

    def facts(self) -> dict[str, Any]:
        reviews = evidence(PrerequisiteKind.LEGAL)
        advisers = Observer.objects.filter(
            Q(entry__isnull=True) | Q(entry=OuterRef("pk")),
            meeting=OuterRef("meeting"),
            identity__contains="法律",
            is_present=True,
        )
        return {
            "decided_day": day("meeting__started_at"),
            "opinions": counted(reviews.filter(document_number__gt="")),
            "unnumbered": counted(reviews.filter(document_number="")),
            "advisers": counted(advisers),
            "is_paper": paper(),
        }

    def _lacking(self) -> Q:
        return Q(opinions=0, advisers=0)

    def missing(self) -> dict[str, Any]:
        return {
            "合法性审查意见书的编号": Q(unnumbered__gt=0) & self._lacking(),
            "补录会议的合法性审查意见书": Q(is_paper=True) & self._lacking(),
        }

    def breach(self) -> Any:
        return self._lacking()

    def sentence(self, e: Facts) -> str:
        return (
            f"{on_day(e['decided_day'])}决定时，有编号的意见书 {e['opinions']} 份，"
            f"法律顾问列席 {e['advisers']} 人：合计 0 ＜ 1。"
        )


@register
class RiskAssessed(DemandedRule):
    """R23: matters of stability and safety were assessed for risk."""

    code = "R23"
    title = "稳定安全类事项有风险评估"
    level = Level.WARN
    body = "P"
    clauses = ("X.suggest",)
    kind = PrerequisiteKind.RISK
    mend = "登记会前风险评估的时间、参加人员和结论。"
    note = "国家文件依据待核；须评估的事项由区、校事项清单规定，属建议。"
    cases = (
        ("合规", "清单要求风险评估，会前 4 日评估为可行。"),
        ("违规", "清单要求风险评估，会前没有评估，或评估结论为不可行。"),
        ("边界", "评估当日开会：合规；评估晚于会议：不符合。"),
        ("无法判定", "补录的会议，纸质评估表尚未登记。"),
    )

    def facts(self) -> dict[str, Any]:
        return {
            "decided_day": day("meeting__started_at"),
            "assessments": counted(evidence(PrerequisiteKind.RISK)),
            "is_paper": paper(),
        }

    def missing(self) -> dict[str, Any]:
        return {"补录会议的风险评估": Q(is_paper=True, assessments=0)}

    def breach(self) -> Any:
        return Q(assessments=0)

    def sentence(self, e: Facts) -> str:
        return f"{on_day(e['decided_day'])}决定前，结论可行的风险评估 {e['assessments']} 次 ＜ 1 次。"
