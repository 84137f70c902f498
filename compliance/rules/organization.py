"""组织: R02–R04. 一肩挑 and 分设 are computed from the seats of the day; R01 and R05 stand in establishment.py."""

from datetime import date
from typing import Any, ClassVar

from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.expressions import Case, When
from django.db.models.lookups import Exact

from common.choices import Level
from compliance.choices import RuleGroup
from compliance.registry import Facts, register
from compliance.rules.subjects import PRINCIPAL, SECRETARY, SchoolRule, holder, in_office
from compliance.words import counted, exists
from governance.choices import BodyKind, PartyOrgKind, SeatRole
from governance.models import School, Seat
from registers.choices import ApprovalMatter
from registers.models import SuperiorApproval

KINDS = dict(PartyOrgKind.choices)


def approved(matter: str) -> ExpressionWrapper:
    """Whether the authority had granted the school an exception that holds on the day asked about."""
    return exists(
        SuperiorApproval.objects.standing().filter(
            Q(until__isnull=True) | Q(until__gte=OuterRef("as_of")),
            school=OuterRef("pk"),
            matter=matter,
            approved_on__lte=OuterRef("as_of"),
        )
    )


class ChairsRule(SchoolRule):
    """Asked of schools by kind of Party organisation; cannot be judged while an office is vacant or unknown."""

    group = RuleGroup.ORGANIZATION
    level = Level.WARN
    body = "D"
    trigger: ClassVar[tuple[str, ...]] = ("school", "seat")
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
class SeparatePostsUnlessApproved(SeparatePosts):
    """R02, since approvals are registered: what the authority approved is no breach."""

    version = 2
    trigger = ("school", "seat", "superiorapproval")
    mend = "配齐书记和校长两个岗位；确需一人担任的，取得上级批复并登记。"
    cases = (
        ("合规", "党总支学校，书记陈某、校长林某，两人担任。"),
        ("违规", "党委学校，书记和校长由同一人担任，没有上级批复。"),
        ("边界", "上级批复由一人担任，批复有效期最后一日：合规；次日：不符合。"),
        ("无法判定", "党总支学校校长空缺，或未登记党组织类型。"),
    )

    def facts(self) -> dict[str, Any]:
        return {**super().facts(), "is_approved": approved(ApprovalMatter.DUAL_ROLE)}

    def breach(self) -> Any:
        return Q(Exact(F("secretary"), F("principal"))) & Q(is_approved=False)

    def sentence(self, e: Facts) -> str:
        return super().sentence(e).removesuffix("。") + "，上级批复 0 件 ＜ 1 件。"


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


BELOW_DEPUTY = (SeatRole.DISCIPLINE_MEMBER, SeatRole.ORGANIZATION_MEMBER, SeatRole.MEMBER)


@register
class CrossAppointed(ChairsRule):
    """R04: where the posts are apart, the secretary holds no administrative post, and Party members of the
    administration serve in the committee: a principal as deputy secretary, vice principals as members.

    A seat in the committee shows membership of the Party; of others the school notes it with the seat.
    """

    code = "R04"
    title = "分设学校党政班子成员交叉任职"
    trigger = ("school", "seat")
    clauses = ("W6.post", "Z12.post")
    kinds = tuple(PartyOrgKind.values)
    mend = "书记不再兼任行政职务；党员校长任副书记，党员副校长进入党组织班子；在任职中登记是否党员。"
    note = "“一般不兼”“一般进入”见于地方实施细则，中办《意见（试行）》相应条款待核。"
    cases = (
        ("合规", "书记不在行政班子，党员校长任副书记，两名党员副校长任委员。"),
        ("违规", "书记在校长办公会议有表决权席位；或党员校长只任委员；或党员副校长不在党组织班子。"),
        ("边界", "校长不是党员，不任副书记：不违反本条。一肩挑学校、不设委员会的支部不作要求。"),
        ("无法判定", "校长或副校长不在党组织班子，也没有登记是否党员。"),
    )

    def facts(self) -> dict[str, Any]:
        active = Seat.objects.filter(
            Q(until__isnull=True) | Q(until__gte=OuterRef("as_of")), since__lte=OuterRef("as_of")
        )
        at_school = active.filter(school=OuterRef("pk"))
        in_committee = Seat.objects.filter(
            Q(until__isnull=True) | Q(until__gte=OuterRef(OuterRef("as_of"))),
            since__lte=OuterRef(OuterRef("as_of")),
            school=OuterRef("school"),
            body__kind=BodyKind.PARTY,
            person=OuterRef("person"),
            is_voting=True,
        )
        vices = at_school.filter(~Exists(in_committee), role=SeatRole.VICE_PRINCIPAL)
        principal_seat = at_school.filter(
            body__kind=BodyKind.PARTY, person=OuterRef("principal"), is_voting=True
        )
        return {
            **super().facts(),
            "has_board": F("party_org__has_committee"),
            "secretary_posts": counted(
                at_school.filter(body__kind=BodyKind.ADMIN, person=OuterRef("secretary"), is_voting=True)
            ),
            "principal_role": Subquery(principal_seat.values("role")[:1]),
            "principal_member": Subquery(in_office(PRINCIPAL).values("is_party_member")[:1]),
            "vices_outside": counted(vices.filter(is_party_member=True)),
            "vices_unknown": counted(vices.filter(is_party_member__isnull=True)),
        }

    def derived(self) -> dict[str, Any]:
        is_member = Q(principal_role__isnull=True, principal_member=True)
        out_of_place = Q(has_board=True) & (Q(principal_role__in=BELOW_DEPUTY) | is_member)
        return {
            "is_split": Case(
                When(Q(Exact(F("secretary"), F("principal"))), then=False),
                default=True,
                output_field=BooleanField(),
            ),
            "is_amiss": Case(
                When(
                    Q(secretary_posts__gt=0) | out_of_place | Q(has_board=True, vices_outside__gt=0),
                    then=True,
                ),
                default=False,
                output_field=BooleanField(),
            ),
        }

    def missing(self) -> dict[str, Any]:
        open_question = Q(is_split=True, has_board=True, is_amiss=False)
        return {
            **super().missing(),
            "校长是否党员": open_question & Q(principal_role__isnull=True, principal_member__isnull=True),
            "副校长是否党员": open_question & Q(vices_unknown__gt=0),
        }

    def breach(self) -> Any:
        return Q(is_split=True) & Q(is_amiss=True)

    def sentence(self, e: Facts) -> str:
        parts = []
        if e["secretary_posts"]:
            parts.append(f"书记兼任行政班子职务 {e['secretary_posts']} 个 ＞ 0")
        if e["has_board"] and e["principal_role"] in BELOW_DEPUTY:
            parts.append(f"党员校长任{SeatRole(e['principal_role']).label}，未任副书记")
        elif e["has_board"] and e["principal_role"] is None and e["principal_member"]:
            parts.append("党员校长未任副书记，不在党组织班子")
        if e["has_board"] and e["vices_outside"]:
            parts.append(f"党员副校长不在党组织班子 {e['vices_outside']} 人 ＞ 0")
        return f"书记、校长分设的学校，{'；'.join(parts)}。"
