"""What people have in hand: found by one statement for a school, described by one statement for each kind."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.urls import reverse

from accounts.models import User
from common.templatetags.ui import cn_date, cn_datetime
from compliance.choices import FindingState
from compliance.models import Finding
from compliance.selectors import title_of
from decisions.access import maker_fields
from decisions.choices import MAKERS, ItemState, RequestState
from decisions.models import DecisionItem, Task, TaskExtension
from governance.choices import AccessScope
from governance.models import School, Seat, Staff
from governance.selectors import people_of
from handover.choices import ICONS, WorkKind
from handover.models import Handover
from meetings.choices import BEFORE_STATES, SITTING_STATES, MinutesState
from meetings.models import Meeting, Minutes

# Undecided: the makers still have something to do. While a meeting deliberates on it, it waits for the result.
UNDECIDED = (ItemState.DRAFT, ItemState.PENDING, ItemState.DEFERRED, ItemState.RETURNED)
IN_RECTIFICATION = (FindingState.RECTIFYING, FindingState.RETURNED, FindingState.SUBMITTED)

Ref = tuple[str, int]  # kind and primary key


def _tasks(school: School) -> QuerySet[Task]:
    return Task.objects.filter(school=school).open()


def _items(school: School) -> QuerySet[DecisionItem]:
    return DecisionItem.objects.filter(school=school, state__in=UNDECIDED)


def _meetings(school: School, kind: str) -> QuerySet[Meeting]:
    states = BEFORE_STATES if kind == WorkKind.CHAIR else (*BEFORE_STATES, *SITTING_STATES)
    return Meeting.objects.filter(school=school, state__in=states)


def _minutes(school: School) -> QuerySet[Minutes]:
    return Minutes.objects.filter(meeting__school=school, state=MinutesState.DRAFT)


def _findings(school: School) -> QuerySet[Finding]:
    return Finding.objects.filter(
        school=school, state__in=IN_RECTIFICATION, rectification__owner__isnull=False
    )


def _serves(holder: str, seats: QuerySet[Seat] | None = None) -> Any:
    """Whether the holder may still do the work: holds one of the seats today, or (None) serves in the school."""
    if seats is not None:
        return Exists(seats.filter(person=OuterRef(holder)))
    own = {"person": OuterRef(holder), "school": OuterRef("school")}
    return Exists(Seat.objects.active().filter(**own)) | Exists(Staff.objects.active().filter(**own))


def _held(rows: QuerySet, kind: str, holder: str, able: Any, pk: str = "pk") -> QuerySet:
    """(holder, kind, primary key, whether nobody does it) of the rows of one kind."""
    return (
        rows.order_by()
        .annotate(
            held_by=F(holder),
            work=Value(kind, CharField()),
            work_pk=F(pk),
            is_lost=Case(When(able, then=Value(False)), default=Value(True), output_field=BooleanField()),
        )
        .values_list("held_by", "work", "work_pk", "is_lost")
    )


def _everything(school: School) -> QuerySet:
    """Open work of a whole school: one statement."""
    active = Seat.objects.active()
    of_body = active.office().filter(body=OuterRef("body"))
    of_meeting = active.office().filter(body=OuterRef("meeting__body"))
    of_school = active.office().filter(school=OuterRef("school"))
    helpers = _tasks(school).filter(helpers__isnull=False)
    parts = [
        _held(helpers, WorkKind.HELP, "helpers", _serves("helpers")),
        *(
            _held(_items(school).filter(**{f"{name}__isnull": False}), WorkKind.ITEM, name, _serves(name))
            for name in MAKERS
        ),
        _held(
            _meetings(school, WorkKind.CHAIR),
            WorkKind.CHAIR,
            "chair",
            _serves("chair", active.voting().filter(body=OuterRef("body"))),
        ),
        _held(
            _meetings(school, WorkKind.RECORDER), WorkKind.RECORDER, "recorder", _serves("recorder", of_body)
        ),
        _held(_minutes(school), WorkKind.MINUTES, "drafted_by", _serves("drafted_by", of_meeting)),
        _held(
            _findings(school),
            WorkKind.FINDING,
            "rectification__owner",
            _serves("rectification__owner", of_school),
        ),
    ]
    return _held(_tasks(school), WorkKind.TASK, "owner", _serves("owner")).union(*parts)


@dataclass(frozen=True)
class InHand:
    """What one person has in hand in one school."""

    person: User
    count: int
    lost: int

    @property
    def note(self) -> str:
        return f"{self.lost} 件无人负责" if self.lost else ""


def in_hand(school: School) -> list[InHand]:
    """Everybody with open work, whose is done by nobody first; two queries."""
    rows = list(_everything(school))
    counts, lost = Counter(row[0] for row in rows), Counter(row[0] for row in rows if row[3])
    people = User.objects.in_bulk(list(counts))
    found = [InHand(people[pk], number, lost[pk]) for pk, number in counts.items()]
    return sorted(found, key=lambda one: (-one.lost, -one.count, one.person.pk))


def unattended(school: School) -> list[InHand]:
    """People whose work nobody does, because their office has ended; one query where there is none."""
    lost = Counter(row[0] for row in _everything(school) if row[3])
    people = User.objects.in_bulk(list(lost)) if lost else {}
    return [InHand(people[pk], number, number) for pk, number in sorted(lost.items())]


def refs_of(school: School, person: Any) -> set[Ref]:
    """What a person has in hand, as kind and primary key; one query."""
    return {(kind, pk) for holder, kind, pk, _ in _everything(school) if holder == person.pk}


@dataclass(frozen=True)
class Work:
    """One piece of open work. `formal` is its name in the record: of a draft or a matter of scope 2 no title."""

    kind: str
    pk: int
    title: str
    formal: str
    note: str
    url: str
    subject: str

    @property
    def key(self) -> str:
        return f"{self.kind}_{self.pk}"


@dataclass(frozen=True)
class Group:
    """Open work of one kind."""

    kind: str
    works: list[Work]

    @property
    def label(self) -> str:
        return WorkKind(self.kind).label

    @property
    def icon(self) -> str:
        return ICONS[WorkKind(self.kind)]


def _seen(model: Any, reader: Any) -> Exists:
    return Exists(model.objects.visible_to(reader).filter(pk=OuterRef("pk")))


def open_work(school: School, person: Any, reader: Any) -> list[Group]:
    """What a person has in hand as another may read it, by kind; one query for each kind.

    Who hands over need not know what a draft or a matter of scope 2 says to give it to the right person.
    """
    found = [
        *_task_work(school, person, reader),
        *_item_work(school, person, reader),
        *_meeting_work(school, person),
        *_finding_work(school, person, reader),
    ]
    groups = [Group(kind, [work for work in found if work.kind == kind]) for kind in WorkKind]
    return [group for group in groups if group.works]


def _is_private(item: DecisionItem) -> bool:
    return item.state == ItemState.DRAFT or item.access_scope >= AccessScope.RESTRICTED


def _formal_item(item: DecisionItem) -> str:
    """The name of an item everybody who reads the handover may read."""
    if item.state == ItemState.DRAFT:
        return f"草拟议题（{item.catalogue_entry.title}）"
    return f"议题 {item.number}" if _is_private(item) else item.title


def _task_work(school: School, person: Any, reader: Any) -> Iterable[Work]:
    asked = TaskExtension.objects.filter(task=OuterRef("pk"), state=RequestState.OPEN)
    tasks = (
        _tasks(school)
        .filter(Q(owner=person) | Q(helpers=person))
        .distinct()
        .annotate(is_seen=_seen(Task, reader), has_asked=Exists(asked))
        .select_related("item__catalogue_entry")
        .order_by("due_on", "pk")
    )
    for task in tasks:
        formal = f"{_formal_item(task.item)} 的任务" if _is_private(task.item) else task.title
        note = f"{task.get_state_display()}，{cn_date(task.due_on)}前" + (
            "，延期申请待审批" if task.has_asked else ""
        )
        yield Work(
            WorkKind.TASK if task.owner_id == person.pk else WorkKind.HELP,
            task.pk,
            task.title if task.is_seen else formal,
            formal,
            note,
            reverse("decisions:task_detail", args=[task.pk]),
            f"decisions.task:{task.pk}",
        )


def _item_work(school: School, person: Any, reader: Any) -> Iterable[Work]:
    items = (
        _items(school)
        .filter(Q(created_by=person) | Q(proposer=person) | Q(presenter=person))
        .annotate(is_seen=_seen(DecisionItem, reader))
        .select_related("catalogue_entry")
        .order_by("pk")
    )
    for item in items:
        roles = "、".join(MAKERS[name] for name in maker_fields(item, person))
        formal = _formal_item(item)
        yield Work(
            WorkKind.ITEM,
            item.pk,
            (item.title or formal) if item.is_seen else formal,
            formal,
            f"{roles}，{item.get_state_display()}",
            reverse("decisions:item_detail", args=[item.pk]),
            item.subject,
        )


def _meeting_work(school: School, person: Any) -> Iterable[Work]:
    for kind, name in ((WorkKind.CHAIR, "chair"), (WorkKind.RECORDER, "recorder")):
        found = _meetings(school, kind).filter(**{name: person}).select_related("body")
        for meeting in found.order_by("scheduled_at", "pk"):
            yield Work(
                kind,
                meeting.pk,
                meeting.label,
                meeting.label,
                f"{meeting.get_state_display()}，{cn_datetime(meeting.scheduled_at)}",
                reverse("meetings:meeting_detail", args=[meeting.pk]),
                meeting.subject,
            )
    drafts = _minutes(school).filter(drafted_by=person).select_related("meeting__body")
    for minutes in drafts.order_by("pk"):
        yield Work(
            WorkKind.MINUTES,
            minutes.pk,
            str(minutes),
            str(minutes),
            minutes.get_state_display(),
            reverse("meetings:minutes", args=[minutes.meeting_id]),
            f"meetings.minutes:{minutes.pk}",
        )


def _finding_work(school: School, person: Any, reader: Any) -> Iterable[Work]:
    found = (
        _findings(school)
        .filter(rectification__owner=person)
        .annotate(is_seen=_seen(Finding, reader))
        .order_by("due_on", "pk")
    )
    for finding in found:
        formal = f"整改：{finding.rule_code} {title_of(finding)}"
        is_named = finding.is_seen and finding.access_scope < AccessScope.RESTRICTED
        yield Work(
            WorkKind.FINDING,
            finding.pk,
            f"{formal}（{finding.subject_label}）" if is_named else formal,
            formal,
            finding.get_state_display() + (f"，{cn_date(finding.due_on)}前" if finding.due_on else ""),
            reverse("compliance:finding_detail", args=[finding.pk]),
            finding.subject,
        )


def receivers(school: School, giver: Any) -> QuerySet[User]:
    """Who may be given work: everybody who serves in the school today but the giver."""
    return people_of(school).filter(is_active=True).exclude(pk=giver.pk)


def giver_for(school: School, pk: int) -> User | None:
    """Somebody who serves, served or still has work in the school."""
    past = Seat.objects.filter(school=school, person=OuterRef("pk"))
    posts = Staff.objects.filter(school=school, person=OuterRef("pk"))
    return User.objects.filter(Exists(past) | Exists(posts), pk=pk).first()


def handovers(user: Any, school: School) -> QuerySet[Handover]:
    """The handovers of a school a person may read, with people and lines."""
    return (
        Handover.objects.visible_to(user)
        .filter(school=school)
        .select_related("giver", "receiver", "handed_by")
        .prefetch_related("lines")
    )
