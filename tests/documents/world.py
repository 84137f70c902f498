"""The smallest school in which a document can be issued, and the documents themselves."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from decisions.choices import ItemState, Purpose
from decisions.models import DecisionItem, Stage
from documents import services
from documents.choices import DocumentKind
from documents.models import IssuedDocument
from governance.choices import Aspect, AuthorityLevel, BallotMethod, BodyKind, Route, SchoolStage, SeatRole
from governance.models import Authority, Body, CatalogueEntry, School, Seat, Staff
from meetings.models import AgendaEntry, Meeting, Observer

SINCE = date(2024, 9, 1)
MINUTES: dict[str, Any] = {
    "school": "明德中学",
    "issuer": "中共明德中学总支部委员会",
    "number_text": "〔2026〕第19期",
    "title": "研究2027年度预算等事项会议纪要",
    "date": "2026年11月23日",
    "mark": "明德中学党总支会议纪要",
    "signer": "陈立德",
    "meeting": {
        "name": "2026年第19次党总支会议",
        "held": "2026年11月20日15:00",
        "place": "行政楼301会议室",
        "chair": "党总支书记陈立德",
        "recorder": "苏敏",
        "quorum_sentence": "应到7人，实到6人，超过半数，符合规定。",
        "mode_note": "",
    },
    "entries": [
        {
            "title": "关于2027年度学校预算方案",
            "presenter": "副校长田家和",
            "discussion": "会议认为，预算方案收支安排总体稳妥。\n会议要求，公用经费压减6.5%。",
            "decision": "会议决定，同意2027年度学校预算方案。",
            "vote_sentence": "举手表决：赞成5票、反对0票、弃权1票；赞成5＞7÷2=3.5，通过。",
            "tasks": [{"title": "完成预算编报", "owner": "田家和（总务处）", "due": "2026年12月10日"}],
        },
        {
            "title": "关于校舍修缮工程",
            "presenter": "总务处主任罗建平",
            "discussion": "会议认为，合法性审查意见书尚未更新。" * 12,
            "decision": "会议决定，该事项缓议。",
            "vote_sentence": "",
            "tasks": [],
        },
    ],
    "present": ["陈立德", "林知远", "许静", "田家和", "周明远", "欧阳慧敏"],
    "leave": [{"name": "何素云", "reason": "市委党校学习"}],
    "observers": ["罗建平", "法律顾问赵一鸣"],
    "copy_to": "区教育工委，各支部、各处室。",
}


def person(name: str, username: str, email: str = "") -> User:
    return User.objects.create_user(username, email, "x", display_name=name)


@dataclass
class World:
    """One school with a Party body of two, a meeting on one item, and an outsider of another school."""

    school: School
    party: Body
    secretary: User
    member: User
    outsider: User
    item: DecisionItem
    meeting: Meeting

    def issue(self, **changes: Any) -> IssuedDocument:
        """Issue minutes of the meeting with a number of their own."""
        with transaction.atomic():
            words = {
                "school": self.school,
                "kind": DocumentKind.PARTY_MINUTES,
                "year": 2026,
                "number_text": "〔2026〕第1期",
                "title": "会议纪要",
                "template": "documents/minutes.html",
                "context": MINUTES,
                "actor": self.secretary,
                "access_scope": 1,
                "meeting": self.meeting,
            } | changes
            words.setdefault("serial", services.next_number(words["school"], words["kind"], words["year"]))
            return services.issue(**words)

    def observer(self, entry: AgendaEntry) -> User:
        """Somebody with a seat in another body of the school, invited to one entry."""
        admin = Body.objects.create(school=self.school, kind=BodyKind.ADMIN, name="校长办公会议")
        guest = person("罗建平", "luo")
        seat(admin, guest, SeatRole.ADMIN_MEMBER)
        Observer.objects.create(meeting=self.meeting, entry=entry, person=guest, name="罗建平")
        return guest


def employ(who: User, where: School) -> Staff:
    """教职工 since the beginning."""
    return Staff.objects.create(school=where, person=who, department="总务处", since=SINCE)


def school(code: str, name: str) -> School:
    authority, _ = Authority.objects.get_or_create(
        path="/1/", defaults={"name": "临川区教育工委", "level": AuthorityLevel.DISTRICT}
    )
    return School.objects.create(
        authority=authority, code=code, name=name, short_name=name[:2], stage=SchoolStage.SENIOR
    )


def seat(body: Body, user: User, role: str) -> Seat:
    return Seat.objects.create(school=body.school, body=body, person=user, role=role, since=SINCE)


def build() -> World:
    """Make the world in the database."""
    here, elsewhere = school("MD", "明德中学"), school("YC", "育才中学")
    party = Body.objects.create(school=here, kind=BodyKind.PARTY, name="党总支会议")
    other = Body.objects.create(school=elsewhere, kind=BodyKind.PARTY, name="党支部会议")
    secretary, member, outsider = person("陈立德", "chen"), person("许静", "xu"), person("外校书记", "wai")
    seat(party, secretary, SeatRole.SECRETARY)
    seat(party, member, SeatRole.MEMBER)
    seat(other, outsider, SeatRole.SECRETARY)
    entry = CatalogueEntry.objects.create(
        authority=here.authority,
        school=here,
        code="G01",
        title="年度预决算",
        aspect=Aspect.MANAGEMENT,
        route=Route.PARTY,
        ballot=BallotMethod.SHOW_OF_HANDS,
    )
    item = DecisionItem.objects.create(
        school=here,
        number="2026-001",
        catalogue_entry=entry,
        title="2027年度学校预算方案",
        route=Route.PARTY,
        created_by=secretary,
        proposer=secretary,
        state=ItemState.PENDING,
    )
    meeting = Meeting.objects.create(
        school=here,
        body=party,
        year=2026,
        number=1,
        scheduled_at=timezone.now(),
        place="行政楼301",
        chair=secretary,
        recorder=member,
        created_by=secretary,
    )
    return World(here, party, secretary, member, outsider, item, meeting)


def agenda(world: World, item: DecisionItem, position: int) -> AgendaEntry:
    """Put an item on the meeting's agenda."""
    stage = Stage.objects.create(
        school=world.school, item=item, body=world.party, position=1, purpose=Purpose.DECIDE
    )
    return AgendaEntry.objects.create(meeting=world.meeting, stage=stage, position=position, title=item.title)
