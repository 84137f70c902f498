"""组织: R01–R05. 一肩挑 and 分设 are computed from the seats of the day."""

from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.lookups import Exact

from common.choices import Level
from compliance.choices import RuleGroup
from compliance.registry import Facts, register
from compliance.rules.subjects import PRINCIPAL, SECRETARY, SchoolRule, holder, in_office
from compliance.words import counted
from governance.choices import PartyOrgKind, SeatRole
from governance.models import School

KINDS = dict(PartyOrgKind.choices)


class ChairsRule(SchoolRule):
    """Asked of schools by kind of Party organisation; cannot be judged while an office is vacant or unknown."""

    group = RuleGroup.ORGANIZATION
    level = Level.WARN
    body = "D"
    trigger = ("school", "seat")
    kinds: tuple[str, ...]

    def asked(self, schools: QuerySet[School], as_of: date) -> QuerySet:
        asked = super().asked(schools, as_of)
        return asked.filter(Q(party_org__kind__in=self.kinds) | Q(party_org__isnull=True))

    def facts(self) -> dict[str, Any]:
        return {
            "org_kind": F("party_org__kind"),
            "secretary": holder(SECRETARY),
            "principal": holder(PRINCIPAL),
        }

    def missing(self) -> dict[str, Any]:
        return {
            "党组织类型": Q(org_kind__isnull=True),
            "书记任职": Q(secretary__isnull=True),
            "校长任职": Q(principal__isnull=True),
        }


@register
class SeparatePosts(ChairsRule):
    """R02: 党委 and 党总支 schools keep 书记 and 校长 apart."""

    code = "R02"
    title = "党委、党总支学校书记、校长分设"
    clauses = ("W6.post", "W7", "Z12.post")
    kinds = (PartyOrgKind.COMMITTEE, PartyOrgKind.GENERAL_BRANCH)
    mend = "配齐书记和校长两个岗位；确需一人担任的，取得上级批复。"
    note = "“一般分设”见于地方实施细则；中办《意见（试行）》相应条款待核。"
    cases = (
        ("合规", "党总支学校，书记陈某、校长林某，两人担任。"),
        ("违规", "党委学校，书记和校长由同一人担任。"),
        ("边界", "党支部学校由一人担任，不属于本条。"),
        ("无法判定", "党总支学校校长空缺，或未登记党组织类型。"),
    )

    def breach(self) -> Any:
        return Exact(F("secretary"), F("principal"))

    def sentence(self, e: Facts) -> str:
        return f"{KINDS[e['org_kind']]}学校书记、校长应分设，现由 1 人兼任 2 个岗位。"


@register
class FulltimeDeputy(ChairsRule):
    """R03: a branch whose secretary is also principal has a full-time deputy secretary."""

    code = "R03"
    title = "一肩挑党支部设 1 名专职副书记"
    clauses = ("W6.post", "S2.post", "Z12.post")
    kinds = (PartyOrgKind.BRANCH, PartyOrgKind.JOINT_BRANCH)
    mend = "向区教育工委申请核定专职副书记职数并配备到位。"
    note = "地方规定；曲靖另对党委核专职副书记 1 名，党总支未作规定。"
    cases = (
        ("合规", "党支部书记兼校长，在任专职副书记 1 人。"),
        ("违规", "党支部书记兼校长，专职副书记 0 人。"),
        ("边界", "党支部书记、校长分设，专职副书记 0 人：不违反本条。"),
        ("无法判定", "未登记书记或校长任职。"),
    )

    def facts(self) -> dict[str, Any]:
        return {**super().facts(), "deputies": counted(in_office(SeatRole.FULLTIME_DEPUTY_SECRETARY))}

    def breach(self) -> Any:
        return Q(Exact(F("secretary"), F("principal"))) & Q(deputies=0)

    def sentence(self, e: Facts) -> str:
        return f"书记兼任校长的党支部应有专职副书记 1 人，在任 {e['deputies']} 人：{e['deputies']} ＜ 1。"
