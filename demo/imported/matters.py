"""The writer of taken-over papers: matters and what was done about them before their meetings."""

from collections.abc import Mapping, Sequence
from typing import Any

from common.history import save_as
from decisions.choices import Disagreement, EvidenceResult, ItemState
from decisions.models import (
    ConcernedPerson,
    Consultation,
    DecisionItem,
    ItemEvent,
    Prerequisite,
    Stage,
    Task,
)
from decisions.transitions import ROUTES
from demo.clock import Calendar
from documents.choices import DocumentKind
from documents.services import next_number
from governance.choices import BodyKind
from governance.models import CatalogueEntry, School
from governance.selectors import admin_body, deciding_body
from ledger import services as ledger

REASON = "由原系统和纸质记录导入"


def matter_of(title: str) -> str:
    """What a matter is about, without the remark in brackets that tells a visitor what went wrong."""
    return title.partition("（")[0]


class Matters:
    """Writes matters of one school, and what went before their meetings.

    Days are working days counted from today. Every method must run in a transaction, which `seal` ends.
    """

    def __init__(self, school: School, people: Mapping[str, Any], calendar: Calendar) -> None:
        self.school, self.people, self.calendar = school, people, calendar
        self.party, self.admin = deciding_body(school), admin_body(school)
        self.clerk = people["clerk"]

    def save(self, record: Any) -> Any:
        """One row with its history."""
        return save_as(record, self.clerk, REASON)

    def seal(self, subject: str, title: str) -> None:
        """The ledger entry that ends an import; it seals every row written since the last one."""
        ledger.append(
            self.school.chain_key,
            kind="import.recorded",
            subject=subject,
            payload={"title": title, "source": REASON},
            actor=self.clerk,
        )

    def matter(
        self,
        code: str,
        title: str,
        *,
        day: int,
        who: str = "vice",
        department: str = "总务处",
        route: str = "",
        proposal: str = "按附件所列方案组织实施。",
        amount: int | None = None,
        talks: Sequence[tuple[int, str]] = (),
        concerned: Sequence[str] = (),
    ) -> DecisionItem:
        """A submitted item with the stages of its route; `talks` are (day, disagreement) of 书记 and 副书记."""
        entry = CatalogueEntry.objects.in_force().get(school=self.school, code=code)
        submitted = self.calendar.at(day, "10:00")
        number = next_number(self.school, DocumentKind.ITEM, submitted.year)
        item = self.save(
            DecisionItem(
                school=self.school,
                number=f"{submitted.year}-{number:03d}",
                catalogue_entry=entry,
                title=title,
                route=route or entry.route,
                major_classes=entry.major_classes,
                access_scope=entry.access_scope,
                background=f"{REASON}。",
                proposal=proposal,
                amount=amount,
                fund_source="公用经费" if amount else "",
                department=department,
                created_by=self.clerk,
                proposer=self.people[who],
                presenter=self.people[who],
                state=ItemState.PENDING,
                submitted_at=submitted,
            )
        )
        bodies = {BodyKind.ADMIN: self.admin, BodyKind.PARTY: self.party}
        for position, (purpose, kind) in enumerate(ROUTES[item.route], start=1):
            stage = Stage(
                school=self.school, item=item, body=bodies[BodyKind(kind)], position=position, purpose=purpose
            )
            self.save(stage)
        ItemEvent.objects.create(
            school=self.school, item=item, kind="import.recorded", text=f"{REASON}：{title}", actor=self.clerk
        )
        for key in concerned:
            ConcernedPerson.objects.create(item=item, person=self.people[key], relation="亲属")
        for when, disagreement in talks:
            self._talk(item, when, disagreement)
        return item

    def _talk(self, item: DecisionItem, day: int, disagreement: str) -> None:
        is_settled = disagreement == Disagreement.NONE
        talk = Consultation(
            school=self.school,
            item=item,
            held_at=self.calendar.at(day, "16:30"),
            secretary=self.people["secretary"],
            counterpart=self.people["deputy"],
            opinions="意见一致，同意上会。" if is_settled else "对实施时间和人选意见不一致，没有形成共识。",
            disagreement=disagreement,
            proposal_version=1,
            recorded_by=self.clerk,
        )
        self.save(talk)

    def evidence(
        self,
        item: DecisionItem,
        kind: str,
        *,
        day: int,
        result: str = EvidenceResult.FAVOURABLE,
        number: str = "",
    ) -> None:
        """A step taken before the meeting."""
        row = Prerequisite(
            school=self.school,
            item=item,
            kind=kind,
            held_on=self.calendar.day(day),
            participants="分管领导、承办部门和有关代表",
            conclusion="已按要求办理，材料存档。",
            result=result,
            document_number=number,
            recorded_by=self.clerk,
        )
        self.save(row)

    def task(self, item: DecisionItem, title: str, *, due: int) -> None:
        """A task of an item being carried out, due so many working days from today."""
        row = Task(
            school=self.school,
            item=item,
            resolution=item.resolutions.first(),
            title=title,
            owner=self.people["staff"],
            department=item.department,
            due_on=self.calendar.day(due),
            issued_by=self.clerk,
        )
        self.save(row)
