"""组织: R01, R05. How a Party organisation is set up: kind by number of members, size and term of its board."""

from datetime import date
from typing import Any

from django.db.models import BooleanField, DateField, F, Func, IntegerField, OuterRef, Q, Value
from django.db.models.expressions import Case, When
from django.db.models.lookups import LessThanOrEqual

from common.choices import Level
from compliance.choices import RuleGroup
from compliance.registry import Facts, register
from compliance.rules.items import on_day
from compliance.rules.organization import KINDS, approved
from compliance.rules.subjects import SchoolRule
from compliance.words import counted, days_between
from governance.choices import BodyKind, PartyOrgKind
from governance.models import Seat
from registers.choices import ApprovalMatter

COMMITTEE, GENERAL = PartyOrgKind.COMMITTEE, PartyOrgKind.GENERAL_BRANCH
BRANCH, JOINT = PartyOrgKind.BRANCH, PartyOrgKind.JOINT_BRANCH


def by_kind(values: dict[PartyOrgKind, int]) -> Case:
    """A norm that depends on the fact `org_kind`; NULL for kinds without one."""
    return Case(
        *[When(org_kind=kind, then=Value(value)) for kind, value in values.items()],
        output_field=IntegerField(),
    )


class AddYears(Func):
    """The day some whole years after a day."""

    template = "(%(expressions)s))::date"
    arg_joiner = " + make_interval(years => "
    output_field = DateField()


@register
class KindFitsMembers(SchoolRule):
    """R01: 党委 from more than 100 members, 党总支 from more than 50, 党支部 from 3; a board from 7 in a branch."""

    code = "R01"
    group = RuleGroup.ORGANIZATION
    title = "党组织类型与正式党员数匹配"
    level = Level.WARN
    body = "D"
    trigger = ("school", "superiorapproval")
    clauses = ("W13", "W14")
    mend = "核对正式党员数；人数与类型不符的，报上级调整设置，或取得上级批复并登记。"
    note = "党委、党总支的人数见于转载口径；支部设委员会的人数出自《支部工作条例》要点。上级批准可例外。"
    cases = (
        ("合规", "党总支，正式党员 62 名：50 ＜ 62 ≤ 100。"),
        ("违规", "党委，正式党员 80 名；或党支部正式党员 7 名以上而不设委员会。"),
        ("边界", "党委恰好 100 名：不足；101 名：合规。党支部恰好 50 名：合规。"),
        ("无法判定", "未登记党组织类型，或正式党员数为 0。"),
    )
    LOWEST = {COMMITTEE: 101, GENERAL: 51, BRANCH: 3, JOINT: 1}
    HIGHEST = {GENERAL: 100, BRANCH: 50, JOINT: 2}
    BOARD_FROM = {BRANCH: 7}

    def facts(self) -> dict[str, Any]:
        return {
            "org_kind": F("party_org__kind"),
            "members": F("party_org__party_members"),
            "has_board": F("party_org__has_committee"),
            "is_approved": approved(ApprovalMatter.ORG_EXCEPTION),
        }

    def derived(self) -> dict[str, Any]:
        return {
            "lowest": by_kind(self.LOWEST),
            "highest": by_kind(self.HIGHEST),
            "board_from": by_kind(self.BOARD_FROM),
        }

    def missing(self) -> dict[str, Any]:
        return {
            "党组织类型": Q(org_kind__isnull=True),
            "正式党员数": Q(members__isnull=True) | Q(members=0),
        }

    def breach(self) -> Any:
        wrong_kind = Q(members__lt=F("lowest")) | Q(highest__isnull=False, members__gt=F("highest"))
        no_board = Q(board_from__isnull=False, has_board=False, members__gte=F("board_from"))
        idle_board = Q(board_from__isnull=False, has_board=True, members__lt=F("board_from"))
        return Q(is_approved=False) & (wrong_kind | no_board | idle_board)

    def sentence(self, e: Facts) -> str:
        kind, members = KINDS[e["org_kind"]], e["members"]
        parts = []
        if members < e["lowest"]:
            parts.append(f"{members} ＜ {e['lowest']}")
        elif e["highest"] is not None and members > e["highest"]:
            parts.append(f"{members} ＞ {e['highest']}")
        if e["board_from"] is not None and e["has_board"] != (members >= e["board_from"]):
            sign, had = ("＜", "设") if e["has_board"] else ("≥", "不设")
            parts.append(f"{had}支部委员会，{members} {sign} {e['board_from']}")
        return f"{kind}正式党员 {members} 名：{'；'.join(parts)}，上级批复 0 件。"


@register
class BoardSizeAndTerm(SchoolRule):
    """R05: the board has as many members as its kind allows, and is elected anew in time; a reminder 90 days ahead."""

    code = "R05"
    group = RuleGroup.ORGANIZATION
    title = "党组织班子人数合规，到期换届"
    level = Level.WARN
    body = "D"
    trigger = ("school", "seat", "superiorapproval")
    clauses = ("W14", "W13", "X.suggest")
    mend = "按职数增补或调整班子成员；到期前筹备换届，确需延期的，取得上级批复并登记。"
    note = "职数和任期（党委 5 年，其他 3 年）见于转载口径；到期前 90 日提示为建议值。"
    cases = (
        ("合规", "党总支班子 7 人，本届 2025 年 9 月起，任期 3 年。"),
        ("违规", "党总支班子 8 人；或任期届满没有换届，也没有延期批复。"),
        ("边界", "党委班子 5 人、9 人：合规。届满前 90 日起提示，届满当日起预警。"),
        ("无法判定", "未登记班子成员，或未登记本届起始日期。"),
    )
    LOWEST = {COMMITTEE: 5, GENERAL: 5, BRANCH: 3, JOINT: 3}
    HIGHEST = {COMMITTEE: 9, GENERAL: 7, BRANCH: 5, JOINT: 5}
    TERM_YEARS = {COMMITTEE: 5, GENERAL: 3, BRANCH: 3, JOINT: 3}
    REMIND_DAYS = 90

    def facts(self) -> dict[str, Any]:
        board = Seat.objects.filter(
            Q(until__isnull=True) | Q(until__gte=OuterRef("as_of")),
            since__lte=OuterRef("as_of"),
            school=OuterRef("pk"),
            body__kind=BodyKind.PARTY,
            is_voting=True,
        )
        return {
            "org_kind": F("party_org__kind"),
            "has_board": F("party_org__has_committee"),
            "board_seats": counted(board),
            "term_since": F("party_org__term_started_on"),
            "is_extended": approved(ApprovalMatter.TERM_EXTENSION),
        }

    def derived(self) -> dict[str, Any]:
        return {
            "lowest": by_kind(self.LOWEST),
            "highest": by_kind(self.HIGHEST),
            "term_years": by_kind(self.TERM_YEARS),
            "term_ends": AddYears(F("term_since"), F("term_years")),
            "is_in_range": Case(
                When(has_board=False, then=True),
                When(Q(board_seats__gte=F("lowest")) & Q(board_seats__lte=F("highest")), then=True),
                default=False,
                output_field=BooleanField(),
            ),
        }

    def missing(self) -> dict[str, Any]:
        return {
            "党组织类型": Q(org_kind__isnull=True),
            "党组织班子任职": Q(has_board=True, board_seats=0),
            "本届起始日期": Q(term_since__isnull=True, is_in_range=True),
        }

    def breach(self) -> Any:
        left = days_between(F("as_of"), F("term_ends"))
        ending = Q(is_extended=False) & Q(LessThanOrEqual(left, Value(self.REMIND_DAYS)))
        return Q(is_in_range=False) | ending

    def found_level(self) -> Any:
        over = Q(is_extended=False) & Q(term_ends__lte=F("as_of"))
        return Case(
            When(Q(is_in_range=False) | over, then=Value(str(self.level))), default=Value(str(Level.INFO))
        )

    def sentence(self, e: Facts) -> str:
        parts = []
        if not e["is_in_range"]:
            seats = e["board_seats"]
            sign = f"{seats} ＜ {e['lowest']}" if seats < e["lowest"] else f"{seats} ＞ {e['highest']}"
            parts.append(
                f"{KINDS[e['org_kind']]}班子 {seats} 人，职数 {e['lowest']} 至 {e['highest']} 人：{sign}"
            )
        if e["term_ends"] and not e["is_extended"]:
            left = (date.fromisoformat(e["term_ends"]) - date.fromisoformat(e["as_of"])).days
            if left <= 0:
                over = f"已超 {-left} 日" if left else "今日到期"
                parts.append(f"本届 {on_day(e['term_ends'])}届满，{over}未换届，延期批复 0 件")
            elif left <= self.REMIND_DAYS:
                parts.append(
                    f"本届 {on_day(e['term_ends'])}届满，还有 {left} 日：{left} ≤ {self.REMIND_DAYS}"
                )
        return "；".join(parts) + "。"
