"""监督: R81, R84–R86, R88. How the leadership works week by week and is judged year by year."""

from typing import Any

from django.db.models import Case, F, IntegerField, Min, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThan, LessThanOrEqual

from common.choices import Level
from compliance.choices import RuleGroup
from compliance.registry import Facts, register
from compliance.rules.periods import (
    ACCOUNTED_YEAR,
    LAST_MONTH_FROM,
    LAST_MONTH_UNTIL,
    LAST_QUARTER_FROM,
    LAST_QUARTER_UNTIL,
    LAST_SCHOOL_YEAR,
    TEACHING_MONDAY,
    PeriodRule,
    date_of,
    number_of,
)
from compliance.rules.sittings import day_words
from compliance.rules.subjects import HELD
from compliance.words import counted, effective_int, exists
from decisions.models import Consultation
from governance.choices import BodyKind, PartyOrgKind
from meetings.models import Meeting
from registers.choices import OrgLifeKind
from registers.models import Appraisal, DutyReview, OrgLife, RegularConsultation, StaffCongressSession
from registers.periods import school_year_words

WEEKS = (1, 2, 3, 4)


@register
class LeadersTalkWeekly(PeriodRule):
    """R81: 书记 and 校长 talk at least once a week; talks before a meeting count too."""

    code = "R81"
    group = RuleGroup.SUPERVISION
    title = "书记校长每周沟通"
    level = Level.WARN
    body = "–"
    trigger = ("regular_consultation", "consultation", "school", "parameter")
    clauses = ("W5", "Z10.meet")
    parameters = ("consult.weekly_min",)
    link_words = ("regular_consultation",)
    period_words = "接入满四周的沟通登记"
    mend = "在台账登记定期沟通；会前沟通在议题中登记，也计入。"
    note = "每周一次见于书记校长经常性沟通制度，第（十）条只要求定期。看学期内最近四个整周，寒暑假不计，法定节假日所在周仍计。"
    cases = (
        ("合规", "最近四个整周各沟通 1 次以上。"),
        ("违规", "最近四个整周中有 1 周没有沟通。"),
        ("边界", "周一至周日为一周，本周未满不计；会前沟通也算 1 次。"),
        ("无法判定", "学校接入不满四周。"),
    )

    def facts(self) -> dict[str, Any]:
        return {
            **self.joined(),
            "week_0": date_of(TEACHING_MONDAY),
            "period_from": date_of("{day} - 28", "week_0"),
            "talks_due": effective_int("consult.weekly_min", school="pk"),
            **{f"talks_{week}": self._talks(week) for week in WEEKS},
        }

    def _talks(self, week: int) -> Any:
        """Talks in the week that began so many weeks before `week_0`."""
        first, after = OuterRef("week_0") - 7 * week, OuterRef("week_0") - 7 * (week - 1)
        regular = RegularConsultation.objects.standing().filter(
            school=OuterRef("pk"), held_on__gte=first, held_on__lt=after
        )
        before_meetings = Consultation.objects.filter(
            school=OuterRef("pk"), held_at__date__gte=first, held_at__date__lt=after
        )
        return counted(regular) + counted(before_meetings)

    def breach(self) -> Any:
        return (
            Q(LessThan(F("talks_1"), F("talks_due")))
            | Q(LessThan(F("talks_2"), F("talks_due")))
            | Q(LessThan(F("talks_3"), F("talks_due")))
            | Q(LessThan(F("talks_4"), F("talks_due")))
        )

    def sentence(self, e: Facts) -> str:
        talks = [e[f"talks_{week}"] for week in reversed(WEEKS)]
        figures, short = "、".join(map(str, talks)), sum(count < e["talks_due"] for count in talks)
        return (
            f"{day_words(e['period_from'])}起四个整周依次沟通 {figures} 次，每周应 {e['talks_due']} 次，"
            f"不足的 {short} 周 ＞ 0 周。"
        )


BRANCHES = (PartyOrgKind.BRANCH, PartyOrgKind.JOINT_BRANCH)


@register
class OrgLifeKept(PeriodRule):
    """R84: 支部党员大会 once a quarter, 支委会 once a month with more than half present, groups once a month."""

    code = "R84"
    group = RuleGroup.SUPERVISION
    title = "按期开展组织生活"
    level = Level.WARN
    body = "P"
    trigger = ("org_life", "meeting.closed", "school")
    clauses = ("W13",)
    link_words = ("org_life",)
    period_words = "接入满一个季度的登记"
    mend = "在台账登记党员大会、支委会和党小组会；平台上开过的不必重复登记。"
    note = "次数按全校合计。支部党员大会、支部委员会在平台上开的会议已计入。党小组会只对登记过党小组会的学校要求。"
    cases = (
        ("合规", "第三季度党员大会 1 次，10月支委会 1 次，应到 5 人，实到 3 人。"),
        ("违规", "第三季度党员大会 0 次，或10月支委会 0 次。"),
        ("边界", "支委会应到 4 人，实到 2 人：未超过半数，不计。"),
        ("无法判定", "学校在季度中途接入，此前没有登记。"),
    )

    def facts(self) -> dict[str, Any]:
        held = OrgLife.objects.standing().filter(school=OuterRef("pk"))
        in_quarter = {"held_on__gte": OuterRef("period_from"), "held_on__lte": OuterRef("period_until")}
        in_month = {"held_on__gte": OuterRef("month_from"), "held_on__lte": OuterRef("month_until")}
        committee = held.filter(kind=OrgLifeKind.COMMITTEE, **in_month).annotate(twice=F("present") * 2)
        return {
            **self.joined(),
            "period_from": date_of(LAST_QUARTER_FROM),
            "period_until": date_of(LAST_QUARTER_UNTIL),
            "month_from": date_of(LAST_MONTH_FROM),
            "month_until": date_of(LAST_MONTH_UNTIL),
            "org_kind": F("party_org__kind"),
            "with_committee": F("party_org__has_committee"),
            "assemblies": counted(held.filter(kind=OrgLifeKind.ASSEMBLY, **in_quarter))
            + counted(self._met(BodyKind.ASSEMBLY, "period_from", "period_until")),
            "committees": counted(committee.filter(twice__gt=F("due")))
            + Case(
                When(
                    party_org__kind__in=BRANCHES,
                    then=counted(self._met(BodyKind.PARTY, "month_from", "month_until")),
                ),
                default=0,
            ),
            "too_few": counted(committee.filter(twice__lte=F("due"))),
            "with_groups": exists(held.filter(kind=OrgLifeKind.GROUP, held_on__lt=OuterRef("month_from"))),
            "groups": counted(held.filter(kind=OrgLifeKind.GROUP, **in_month)),
        }

    def _met(self, kind: str, first: str, last: str) -> QuerySet[Meeting]:
        """Meetings of a body of the school held on the platform between two days."""
        return Meeting.objects.filter(
            school=OuterRef("pk"),
            body__kind=kind,
            state__in=HELD,
            started_at__date__gte=OuterRef(first),
            started_at__date__lte=OuterRef(last),
        )

    def missing(self) -> dict[str, Any]:
        return {"党组织类型": Q(org_kind__isnull=True), **super().missing()}

    def breach(self) -> Any:
        return Q(assemblies=0) | Q(with_committee=True, committees=0) | Q(with_groups=True, groups=0)

    def occurred_on(self) -> Any:
        return F("month_until")

    def sentence(self, e: Facts) -> str:
        lacking = []
        if not e["assemblies"]:
            lacking.append(f"{day_words(e['period_from'])}起一季党员大会 0 次 ＜ 1 次")
        month = f"{int(e['month_from'][5:7])}月"
        if e["with_committee"] and not e["committees"]:
            few = f"（另有 {e['too_few']} 次到会未超过半数）" if e["too_few"] else ""
            lacking.append(f"{month}支委会 0 次 ＜ 1 次{few}")
        if e["with_groups"] and not e["groups"]:
            lacking.append(f"{month}党小组会 0 次 ＜ 1 次")
        return "；".join(lacking) + "。"


class YearlyRule(PeriodRule):
    """Asked about the last year whose yearly duties are done by now (from April on)."""

    group = RuleGroup.SUPERVISION
    level = Level.WARN
    body = "D"

    def year(self) -> dict[str, Any]:
        return {
            **self.joined(),
            "judged_year": number_of(ACCOUNTED_YEAR),
            "period_from": date_of(f"make_date({ACCOUNTED_YEAR}, 1, 1)"),
        }


@register
class LeadersAppraised(YearlyRule):
    """R85: a democratic appraisal a year; whoever falls below the line is talked to by the level above."""

    code = "R85"
    title = "领导班子每年民主测评"
    trigger = ("appraisal", "school", "parameter")
    clauses = ("S1.7",)
    parameters = ("appraisal.talk_below",)
    link_words = ("appraisal",)
    period_words = "接入满一个年度的测评"
    mend = "组织民主测评并登记平均分；低于谈话线的，请上级谈话后补登日期。"
    note = "参照国有企业班子测评办法。年底或次年年初测评，4月起看上一年度。"
    cases = (
        ("合规", "2025年度测评 1 次，平均 86.5 分。"),
        ("违规", "2025年度没有测评；或平均 79.9 分，没有谈话。"),
        ("边界", "平均恰好 80 分：不必谈话。"),
        ("无法判定", "学校在年度中途接入，没有登记该年度测评。"),
    )

    def facts(self) -> dict[str, Any]:
        appraised = Appraisal.objects.standing().filter(school=OuterRef("pk"), held_on__lte=OuterRef("as_of"))
        untalked = appraised.filter(
            Q(talked_on__isnull=True) | Q(talked_on__gt=OuterRef("as_of")),
            year__gte=OuterRef("judged_year"),
        )
        lowest = untalked.order_by().values("school").annotate(lowest=Min("average_tenths"))
        return {
            **self.year(),
            "appraisals": counted(appraised.filter(year=OuterRef("judged_year"))),
            "talk_below": effective_int("appraisal.talk_below", school="pk"),
            # Where every appraisal was talked over, the full mark: nobody is below the line.
            "lowest_tenths": Coalesce(Subquery(lowest.values("lowest")), 1000, output_field=IntegerField()),
        }

    def shortage(self) -> Q:
        at_least = GreaterThanOrEqual(F("lowest_tenths"), F("talk_below") * 10)
        return Q(appraisals=0) & Q(at_least)

    def breach(self) -> Any:
        return Q(appraisals=0) | Q(LessThan(F("lowest_tenths"), F("talk_below") * 10))

    def sentence(self, e: Facts) -> str:
        parts = []
        if not e["appraisals"]:
            parts.append(f"{e['judged_year']}年度民主测评 0 次 ＜ 1 次")
        if e["lowest_tenths"] < e["talk_below"] * 10:
            points = f"{e['lowest_tenths'] // 10}.{e['lowest_tenths'] % 10}"
            parts.append(f"平均 {points} 分 ＜ {e['talk_below']} 分，没有登记上级谈话")
        return "；".join(parts) + "。"


@register
class DutyReviewed(YearlyRule):
    """R86: a yearly review of the secretary's account, and a plan to mend what was said."""

    code = "R86"
    title = "书记抓党建每年述职评议"
    trigger = ("duty_review", "school")
    clauses = ("S1.10",)
    link_words = ("duty_review",)
    period_words = "接入满一个年度的述职评议"
    mend = "登记述职评议；整改方案定下后补登日期并上传方案。"
    note = "地方做法。年底或次年年初评议，4月起看上一年度。"
    cases = (
        ("合规", "2025年度述职评议 1 次，整改方案已定。"),
        ("违规", "2025年度没有述职评议；或已评议 1 次，没有整改方案。"),
        ("边界", "评议当日即定整改方案：合规。"),
        ("无法判定", "学校在年度中途接入，没有登记该年度述职评议。"),
    )

    def facts(self) -> dict[str, Any]:
        reviewed = DutyReview.objects.standing().filter(
            school=OuterRef("pk"), year=OuterRef("judged_year"), held_on__lte=OuterRef("as_of")
        )
        planless = reviewed.filter(Q(plan_on__isnull=True) | Q(plan_on__gt=OuterRef("as_of")))
        return {**self.year(), "reviews": counted(reviewed), "without_plan": counted(planless)}

    def shortage(self) -> Q:
        return Q(reviews=0)

    def breach(self) -> Any:
        return Q(reviews=0) | Q(without_plan__gt=0)

    def sentence(self, e: Facts) -> str:
        if not e["reviews"]:
            return f"{e['judged_year']}年度述职评议 0 次 ＜ 1 次。"
        return f"{e['judged_year']}年度述职评议 {e['reviews']} 次，没有整改方案的 {e['without_plan']} 次 ＞ 0 次。"


@register
class CongressMeets(PeriodRule):
    """R88: the staff congress meets once a school year, two thirds come, more than half of all pass a matter.

    Judged on the last full school year and on the session since then that breaches most.
    """

    code = "R88"
    group = RuleGroup.SUPERVISION
    title = "教代会每学年召开，出席和表决达到人数"
    level = Level.WARN
    body = "T"
    trigger = ("staff_congress_session", "school")
    clauses = ("W15",)
    link_words = ("staff_congress_session",)
    period_words = "接入满一个学年的会次"
    mend = "召开教代会并登记会次；到会或同意票不足的，重新召开或重新表决。"
    note = "教师代表不少于 60% 的比例待核。学年按9月至次年8月计算。"
    cases = (
        ("合规", "2025—2026学年 1 次，代表 60 人，到会 40 人，教师 36 人，同意 31 票。"),
        ("违规", "代表 60 人，到会 39 人：39 × 3 ＜ 60 × 2。"),
        ("边界", "同意 30 票，恰好半数：未过半数，违规；到会 40 人，恰好三分之二：合规。"),
        ("无法判定", "学校在学年中途接入，没有登记该学年会次。"),
    )

    def facts(self) -> dict[str, Any]:
        held = StaffCongressSession.objects.standing().filter(
            school=OuterRef("pk"), held_on__lte=OuterRef("as_of")
        )
        worst = (
            held.filter(school_year__gte=OuterRef("judged_year"))
            .annotate(
                is_bad=Case(
                    When(
                        Q(LessThan(F("present") * 3, F("delegates") * 2))
                        | Q(LessThan(F("teachers") * 5, F("delegates") * 3))
                        | Q(LessThanOrEqual(F("votes_for") * 2, F("delegates"))),
                        then=1,
                    ),
                    default=0,
                )
            )
            .order_by("-is_bad", "-held_on", "-pk")
        )
        return {
            **self.joined(),
            "judged_year": number_of(LAST_SCHOOL_YEAR),
            "period_from": date_of(f"make_date({LAST_SCHOOL_YEAR}, 9, 1)"),
            "sessions": counted(held.filter(school_year=OuterRef("judged_year"))),
            "session_day": Subquery(worst.values("held_on")[:1]),
            "all_delegates": Subquery(worst.values("delegates")[:1]),
            "came": Subquery(worst.values("present")[:1]),
            "teaching": Subquery(worst.values("teachers")[:1]),
            "votes_yes": Subquery(worst.values("votes_for")[:1]),
        }

    def shortage(self) -> Q:
        return Q(sessions=0, all_delegates__isnull=True)

    def breach(self) -> Any:
        return (
            Q(sessions=0)
            | Q(LessThan(F("came") * 3, F("all_delegates") * 2))
            | Q(LessThan(F("teaching") * 5, F("all_delegates") * 3))
            | Q(LessThanOrEqual(F("votes_yes") * 2, F("all_delegates"))) & Q(votes_yes__isnull=False)
        )

    def sentence(self, e: Facts) -> str:
        parts = []
        if not e["sessions"]:
            parts.append(f"{school_year_words(e['judged_year'])}教代会 0 次 ＜ 1 次")
        total = e["all_delegates"]
        if total is not None:
            head = f"{day_words(e['session_day'])}的会次代表 {total} 人，"
            if e["came"] * 3 < total * 2:
                parts.append(f"{head}到会 {e['came']} 人：{e['came']} × 3 ＜ {total} × 2")
            if e["teaching"] * 5 < total * 3:
                parts.append(f"{head}教师代表 {e['teaching']} 人：{e['teaching']} × 5 ＜ {total} × 3")
            if e["votes_yes"] is not None and e["votes_yes"] * 2 <= total:
                parts.append(f"{head}同意 {e['votes_yes']} 票：{e['votes_yes']} × 2 ≤ {total}")
        return "；".join(parts) + "。"
