"""议题: R10–R27. Asked of the entry that decided; evidence counts when it was held before the meeting."""

from datetime import date
from typing import Any, ClassVar

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import ExpressionWrapper
from django.db.models.fields import BooleanField
from django.db.models.lookups import Exact, GreaterThan

from common.choices import Level
from compliance.choices import RuleGroup
from compliance.registry import Facts, register
from compliance.rules.subjects import DecisionRule, EntryRule
from compliance.words import counted, day, days_between, pinned_int
from decisions.choices import FAVOURABLE, AttachmentKind, Disagreement, EvidenceResult, Purpose
from decisions.models import Attachment, Consultation, Prerequisite
from governance.choices import CongressMode, PrerequisiteKind, Route
from governance.models import School
from meetings.choices import EntryState, MeetingMode
from meetings.models import AgendaEntry

FORMS = Q(stage__purpose=Purpose.DECIDE) | Q(stage__purpose=Purpose.DEPLOY, stage__item__route=Route.ADMIN)


def flag(condition: Any) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())


def evidence(*kinds: str) -> QuerySet[Prerequisite]:
    """Evidence of the kinds, not void and not unfavourable, held by the fact `decided_day`; correlated."""
    return Prerequisite.objects.filter(
        held_on__lte=OuterRef("decided_day"),
        item=OuterRef("stage__item"),
        kind__in=kinds,
        is_void=False,
    ).exclude(result=EvidenceResult.UNFAVOURABLE)


def paper() -> Any:
    """Whether the meeting was held on paper and entered afterwards: its papers may exist outside the platform."""
    return flag(Exact(F("meeting__mode"), MeetingMode.RETROSPECTIVE))


def on_day(value: str) -> str:
    """An ISO day as people read it."""
    when = date.fromisoformat(value)
    return f"{when.year}年{when.month}月{when.day}日"


class FormingRule(EntryRule):
    """Asked of each entry that formed a decision in favour: 决定, or 部署 on route A."""

    outcomes_asked = FAVOURABLE
    link = "decisions:item_detail"
    link_id = "stage__item_id"

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return super().asked(schools, as_of).filter(FORMS)


@register
class ProposedFirst(DecisionRule):
    """R13: on route L the 校长办公会议 of the same round proposed before, and not too long before."""

    code = "R13"
    group = RuleGroup.ITEMS
    title = "循环议题先由校长办公会议研究提出"
    level = Level.BLOCK
    body = "P"
    trigger: ClassVar[tuple[str, ...]] = ("entry.concluded",)
    clauses: ClassVar[tuple[str, ...]] = ("Z6.duty", "S1.5", "X.suggest")
    parameters = ("loop.propose_max_age_days",)
    mend = "先列入校长办公会议研究提出，再提交党组织会议；紧急处置的，登记事由并补议。"
    note = "提出结果的有效天数为产品建议值，由参数 loop.propose_max_age_days 设定。"
    cases = (
        ("合规", "10 月 8 日校长办公会议提出并通过，10 月 20 日党组织会议决定。"),
        ("违规", "党组织会议决定前没有校长办公会议的提出。"),
        ("边界", "提出后恰好第 90 日决定：合规；第 91 日：不符合。"),
        ("无法判定", "会议没有固定提出有效期参数。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return super().asked(schools, as_of).filter(stage__item__route=Route.LOOP)

    def facts(self) -> dict[str, Any]:
        proposed = AgendaEntry.objects.filter(
            stage__item=OuterRef("stage__item"),
            stage__round=OuterRef("stage__round"),
            stage__purpose=Purpose.PROPOSE,
            state=EntryState.CONCLUDED,
            outcome__in=FAVOURABLE,
            meeting__started_at__lte=OuterRef("meeting__started_at"),
        ).order_by("-meeting__started_at")
        return {
            "proposed_day": Subquery(proposed.annotate(on=day("meeting__started_at")).values("on")[:1]),
            "decided_day": day("meeting__started_at"),
            "max_days": pinned_int(self.pinned, "loop.propose_max_age_days"),
        }

    def missing(self) -> dict[str, Any]:
        return {"会议固定的提出有效期": Q(max_days__isnull=True)}

    def breach(self) -> Any:
        age = days_between(F("proposed_day"), F("decided_day"))
        return Q(proposed_day__isnull=True) | Q(GreaterThan(age, F("max_days")))

    def sentence(self, e: Facts) -> str:
        if e["proposed_day"] is None:
            return (
                f"{on_day(e['decided_day'])}党组织会议决定前，校长办公会议没有研究提出：提出 0 次 ＜ 1 次。"
            )
        age = (date.fromisoformat(e["decided_day"]) - date.fromisoformat(e["proposed_day"])).days
        return (
            f"校长办公会议 {on_day(e['proposed_day'])}提出，至 {on_day(e['decided_day'])}决定已 {age} 日："
            f"{age} ＞ {e['max_days']}，应重新研究提出。"
        )


@register
class ResearchAndProposal(DecisionRule):
    """R16: research and a proposal before the Party decides."""

    code = "R16"
    group = RuleGroup.ITEMS
    title = "会前有调研材料和建议方案"
    level = Level.BREACH
    body = "P"
    trigger = ("entry.concluded", "prerequisite", "attachment")
    clauses = ("Z7.research",)
    mend = "补充登记会前的调研材料和建议方案；确未调研的，说明情况并纳入整改。"
    note = "高校有材料字数和汇报时长的规定，中小学未见，不作要求。"
    cases = (
        ("合规", "会前 5 日登记调研报告，议题附建议方案。"),
        ("违规", "没有调研材料，或没有建议方案。"),
        ("边界", "调研当日开会：合规；调研晚于会议：不符合。"),
        ("无法判定", "补录的会议，纸质调研或方案材料尚未登记。"),
    )

    def facts(self) -> dict[str, Any]:
        files = Attachment.objects.filter(
            item=OuterRef("stage__item"), kind=AttachmentKind.PROPOSAL, is_withdrawn=False
        )
        return {
            "decided_day": day("meeting__started_at"),
            "research": counted(evidence(PrerequisiteKind.RESEARCH)),
            "has_text": flag(Q(stage__item__proposal__gt="")),
            "proposal_files": counted(files),
            "is_paper": paper(),
        }

    def _lacking(self) -> Q:
        return Q(research=0) | (Q(has_text=False) & Q(proposal_files=0))

    def missing(self) -> dict[str, Any]:
        return {"补录会议的调研和方案材料": Q(is_paper=True) & self._lacking()}

    def breach(self) -> Any:
        return self._lacking()

    def sentence(self, e: Facts) -> str:
        proposals = int(bool(e["has_text"])) + e["proposal_files"]
        return f"会前应有调研材料和建议方案各 1 份以上：调研 {e['research']} 份，建议方案 {proposals} 份。"


@register
class ConsultedWithoutDispute(DecisionRule):
    """R17: 书记 and 校长 consulted before the meeting, on the proposal that was decided, without major dispute."""

    code = "R17"
    group = RuleGroup.ITEMS
    title = "会前书记、校长沟通且无重大分歧"
    level = Level.BLOCK
    body = "P"
    trigger = ("entry.concluded", "consultation")
    clauses = ("Z7.consult", "X.suggest")
    mend = "登记会前沟通的时间、意见和有无重大分歧；确未沟通的，说明情况并纳入整改。"
    note = "一肩挑学校改为与专职副书记或分管副职沟通，属建议做法。"
    cases = (
        ("合规", "会前 3 日沟通，无重大分歧，针对上会的方案。"),
        ("违规", "没有会前沟通，或只有“有重大分歧”的沟通。"),
        ("边界", "沟通后方案又作修改且未再沟通：不符合；沟通早于会议一小时：合规。"),
        ("无法判定", "补录的会议，纸质沟通记录尚未登记。"),
    )

    def facts(self) -> dict[str, Any]:
        before = Consultation.objects.filter(
            item=OuterRef("stage__item"), held_at__lt=OuterRef("meeting__started_at")
        )
        # Which version was decided is known only while the proposal has not been revised since.
        same = (
            Q(item__proposal_revised_at__isnull=True)
            | Q(item__proposal_revised_at__gte=OuterRef("meeting__started_at"))
            | Q(proposal_version=F("item__proposal_version"))
        )
        agreed = before.filter(same, ~Q(counterpart=F("secretary")), disagreement=Disagreement.NONE)
        return {
            "agreed_day": Subquery(agreed.order_by("-held_at").annotate(on=day("held_at")).values("on")[:1]),
            "talks": counted(before),
            "disputes": counted(before.filter(disagreement=Disagreement.MAJOR)),
            "decided_day": day("meeting__started_at"),
            "is_paper": paper(),
        }

    def missing(self) -> dict[str, Any]:
        return {"补录会议的沟通记录": Q(is_paper=True) & Q(talks=0)}

    def breach(self) -> Any:
        return Q(agreed_day__isnull=True)

    def sentence(self, e: Facts) -> str:
        head = f"{on_day(e['decided_day'])}会议前沟通 {e['talks']} 次，其中有重大分歧 {e['disputes']} 次"
        return f"{head}；就上会方案取得一致的沟通 0 次 ＜ 1 次。"


@register
class InterestsHeard(FormingRule):
    """R20: matters of staff and students' interests were heard, and approved where the congress must approve."""

    code = "R20"
    group = RuleGroup.ITEMS
    title = "师生切身利益事项经教代会等听取意见"
    level = Level.BREACH
    body = "P/A"
    trigger = ("entry.concluded", "prerequisite")
    clauses = ("Z7.opinion", "W15")
    mend = "登记会前征求意见或教代会的时间、参加人员和结论；须讨论通过的，补齐讨论通过的记录。"
    note = "绩效工资、聘任、考核、奖惩办法须教代会讨论通过，听取意见不能代替；第（七）条此句待核。"
    cases = (
        ("合规", "绩效工资方案会前经教代会讨论通过。"),
        ("违规", "事项清单要求征求意见，会前没有记录。"),
        ("边界", "须讨论通过的事项只听取了意见：不符合。"),
        ("无法判定", "补录的会议，纸质征求意见或教代会记录尚未登记。"),
    )

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        return (
            super()
            .asked(schools, as_of)
            .filter(
                stage__item__catalogue_entry__prerequisites__overlap=[
                    PrerequisiteKind.OPINION,
                    PrerequisiteKind.CONGRESS,
                ],
            )
        )

    def facts(self) -> dict[str, Any]:
        entry = "stage__item__catalogue_entry"
        wants = f"{entry}__prerequisites__contains"
        congress = evidence(PrerequisiteKind.CONGRESS)
        return {
            "decided_day": day("meeting__started_at"),
            "wants_opinion": flag(Q(**{wants: [PrerequisiteKind.OPINION]})),
            "wants_congress": flag(Q(**{wants: [PrerequisiteKind.CONGRESS]})),
            "wants_approval": flag(Q(**{f"{entry}__congress_mode": CongressMode.APPROVE})),
            "opinions": counted(evidence(PrerequisiteKind.OPINION)),
            "hearings": counted(congress),
            "approvals": counted(congress.filter(result=EvidenceResult.APPROVED)),
            "is_paper": paper(),
        }

    def _lacking(self) -> Q:
        return (
            (Q(wants_opinion=True) & Q(opinions=0))
            | (Q(wants_congress=True) & Q(hearings=0))
            | (Q(wants_congress=True) & Q(wants_approval=True) & Q(approvals=0))
        )

    def missing(self) -> dict[str, Any]:
        return {"补录会议的征求意见或教代会记录": Q(is_paper=True) & self._lacking()}

    def breach(self) -> Any:
        return self._lacking()

    def sentence(self, e: Facts) -> str:
        parts = []
        if e["wants_opinion"] and not e["opinions"]:
            parts.append("会前征求意见 0 次 ＜ 1 次")
        if e["wants_congress"] and not e["hearings"]:
            parts.append("教代会程序 0 次 ＜ 1 次")
        elif e["wants_congress"] and e["wants_approval"] and not e["approvals"]:
            parts.append(
                f"教代会听取意见 {e['hearings']} 次，讨论通过 0 次 ＜ 1 次，听取意见不能代替讨论通过"
            )
        return "；".join(parts) + "。"
