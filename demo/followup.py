"""公示, 紧急处置, 批复 and 归档 of the demo schools: kept well, and each kind of breach in one school on purpose."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from decisions.choices import FAVOURABLE, NoticeConclusion, ResolutionState
from decisions.services import followup
from demo import carried
from demo.clock import Calendar
from demo.player import Player
from demo.story import Item, SchoolStory, Sitting, Visit
from governance import services as governance
from governance.models import PartyOrg
from meetings.choices import MeetingState
from meetings.models import Meeting
from registers import services as registers
from registers.choices import ApprovalMatter, Retention

SHORT_NOTICE = "chenguang"  # ends its 公示 after three days (R65)
LATER = "zhiyuan"  # enters a paper meeting of last year with two topics of integrity (R83)
PAPER_MEETING = Sitting("PL", "party", 0, retrospective="上一年度纸质会议，补录备查", entered=-10)
PAPER_ITEMS = (
    ("l0", "党风廉政建设形势分析", "每年专题研究党风廉政建设。", "查找廉政风险点 12 个，逐项落实防控责任。"),
    ("l1", "食堂和采购领域廉政风险防控", "审计提出采购验收不规范。", "验收改为三人以上共同签字，每月公开。"),
)


def told(story: SchoolStory, calendar: Calendar) -> SchoolStory:
    """A story with what depends on the year it is told in: the paper meeting of last November."""
    if story.slug != LATER:
        return story
    held = calendar.index_of(date(calendar.today.year - 1, 11, 20))
    items = tuple(
        Item(
            key,
            "A06",
            title,
            "discipline",
            "组织办",
            background,
            proposal,
            visits=(Visit("PL"),),
            finish="防控措施已落实。",
        )
        for key, title, background, proposal in PAPER_ITEMS
    )
    sittings = (*story.sittings, replace(PAPER_MEETING, day=held))
    return replace(story, sittings=sittings, items=(*story.items, *items))


def lay_followup(player: Player) -> None:
    """Have everything of a school done on its day."""
    for plan in player.story.items:
        for visit in plan.visits:
            sitting = player.sittings[visit.meeting]
            if sitting.body == "party" and visit.outcome in FAVOURABLE and sitting.happens_on < -3:
                day = sitting.happens_on + 3
                player.at(day, "08:42", publish, player, plan.key, day)
    for day, clock, act, *args in ACTS.get(player.story.slug, ()):
        player.at(day, clock, act, player, *args)
    for deed, rest in carried.ACTS.get(player.story.slug, ()):
        player.at(-4, "17:30", deed, player, *rest)
    if player.story.slug in KEPT:
        transferred = archived_until(player.calendar.today) - timedelta(days=41)
        day = player.calendar.index_of(transferred)
        player.at(day, "16:30", archive, player, transferred, KEPT[player.story.slug])


# --- 公示 -----------------------------------------------------------------------------------------------


def publish(player: Player, key: str, day: int) -> None:
    """公示 of a decision where the catalogue asks for one, for as many working days; three days in one school."""
    item = player.item(key)
    asked = item.catalogue_entry.notice_workdays
    if not asked or not item.resolutions.filter(state=ResolutionState.IN_FORCE).exists():
        return
    since, until = player.calendar.day(day), player.calendar.day(day + asked - 1)
    if player.story.slug == SHORT_NOTICE:
        until = since + timedelta(days=2)
    notice = followup.publish_notice(
        item.pk,
        actor=player.who("clerk"),
        since=since,
        until=until,
        place="校务公开栏、学校网站",
        channel="办公室和纪检委员，书面或电话反映",
    )
    if day + asked < 0:
        player.at(day + asked, "08:44", conclude, player, notice.pk)


def conclude(player: Player, notice: int) -> None:
    """Nobody objected; the decision takes effect that day."""
    followup.conclude_notice(
        notice,
        actor=player.who("clerk"),
        conclusion=NoticeConclusion.CLEAR,
        effective_on=player.clock.moment.date(),
    )


# --- 紧急处置 -------------------------------------------------------------------------------------------


def dispose(player: Player, key: str, reason: str, measures: str) -> None:
    """书记 disposed an hour ago, the clerk writes it down (R76)."""
    followup.record_emergency(
        player.items[key],
        actor=player.who("clerk"),
        happened_at=player.clock.moment - timedelta(hours=1),
        reason=reason,
        measures=measures,
    )


# --- 党组织 and 归档 --------------------------------------------------------------------------------------


def count_members(player: Player, members: int) -> None:
    """The number of 正式党员 has changed (R01)."""
    org = PartyOrg.objects.get(school=player.school)
    governance.update_party_org(
        actor=player.chair("party"),
        school=player.school,
        party_members=members,
        term_started_on=org.term_started_on,
    )


def expire_term(player: Player, years: int) -> None:
    """The present term of so many years ended on the first of this month (R05)."""
    today, org = player.calendar.today, PartyOrg.objects.get(school=player.school)
    governance.update_party_org(
        actor=player.chair("party"),
        school=player.school,
        party_members=org.party_members,
        term_started_on=date(today.year - years, today.month, 1),
    )


def approve(player: Player, matter: str, number: int) -> None:
    """上级批复 of an exception."""
    today = player.clock.moment.date()
    registers.record(
        "superior_approval",
        actor=player.chair("party"),
        school=player.school,
        values={
            "matter": matter,
            "number": f"云教工〔{today.year}〕{number}号",
            "issuer": "云川区教育工委",
            "approved_on": today,
            "until": today + timedelta(days=365),
        },
    )


def archived_until(today: date) -> date:
    """30 June by which the papers of the year before were to be in the archive."""
    return date(today.year if today.month > 6 else today.year - 1, 6, 30)


def archive(player: Player, transferred: date, retention: str) -> None:
    """Hand over the papers of the year before, as many meetings as were held, at least six on paper (R67)."""
    year = transferred.year - 1
    held = Meeting.objects.filter(
        school=player.school, year=year, state__in=[MeetingState.CLOSED, MeetingState.SIGNED]
    )
    registers.record(
        "archive_transfer",
        actor=player.who("clerk"),
        school=player.school,
        values={
            "year": year,
            "transferred_on": transferred,
            "meetings": max(held.count(), 6),
            "archival_code": f"{player.school.code}-WS·{year}-Y-DZB",
            "retention": retention,
            "keeper": "学校档案室",
        },
    )


KEPT = {"": Retention.PERMANENT, LATER: Retention.PERMANENT, "qiuzhen": Retention.TEN}
ACTS: dict[str, tuple[tuple[int, str, Callable[..., None], *tuple[Any, ...]], ...]] = {
    "zhiyuan": (
        (-60, "16:31", count_members, 97),
        (-59, "16:32", approve, ApprovalMatter.ORG_EXCEPTION, 12),
    ),
    "chongshi": (
        (-60, "16:31", count_members, 96),
        (
            -31,
            "10:40",
            dispose,
            "m5",
            "原承租户退租时燃气管线泄漏，须当日处置。",
            "关闭燃气总阀并清场，委托物业公司临时看管门面。",
        ),
    ),
    "yucai": (
        (-60, "16:31", expire_term, 3),
        (-59, "16:32", approve, ApprovalMatter.TERM_EXTENSION, 15),
    ),
    "huaiyin": ((-60, "16:31", expire_term, 3),),
    "chenguang": (
        (
            -25,
            "09:40",
            dispose,
            "m1",
            "检测发现攀爬架主承重件开裂，须当日停用。",
            "封闭器械区，拆除开裂的攀爬架，当日下午提交党员大会补议。",
        ),
    ),
}
