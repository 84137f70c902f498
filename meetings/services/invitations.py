"""列席: inviting somebody to a meeting or to one entry of it (R35), taking it back, and telling who is invited.

An invitation lets a person of the school read the entry around the meeting (`Observer.objects.open_to`), so both acts
are sealed.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.services.trail import note_reading
from common.errors import NotNow, NotVisible
from common.history import delete_as, save_as
from decisions.access import barred_people
from decisions.models import DecisionItem
from governance.access import Offices
from governance.choices import AccessScope
from meetings import access
from meetings.choices import BEFORE_STATES, SITTING_STATES
from meetings.models import AgendaEntry, Meeting, Observer
from meetings.services.acts import meeting_url, require_state, seal
from notifications.services import notify


def invite_for(entry: AgendaEntry, item: DecisionItem, actor: Any) -> None:
    """A presenter without a seat attends this entry as observer, and so do those the proposer suggested (R35)."""
    seated = set(entry.meeting.attendances.values_list("seat__person_id", flat=True))
    if entry.presenter_id and entry.presenter_id not in seated:
        presents = Observer(
            meeting=entry.meeting,
            entry=entry,
            person=entry.presenter,
            name=str(entry.presenter),
            identity="汇报人",
        )
        save_as(presents, actor, "汇报人列席")
    for name in [part.strip() for part in item.observers.replace(",", "、").split("、") if part.strip()]:
        save_as(Observer(meeting=entry.meeting, entry=entry, name=name), actor, "议题建议列席")


@transaction.atomic
def add_observer(
    meeting_id: int,
    *,
    actor: Any,
    name: str,
    identity: str = "",
    person: Any = None,
    entry_id: int | None = None,
) -> Observer:
    """Invite an observer to one entry or the whole meeting (R35)."""
    meeting = access.meeting_for_update(actor, meeting_id)
    access.require_recorder(actor, meeting)
    require_state(meeting, (*BEFORE_STATES, *SITTING_STATES), "添加列席")
    if person is not None and person.pk == actor.pk:
        raise NotNow("不能邀请自己列席，请由其他记录人或主持人办理。")
    if person is not None and meeting.attendances.filter(seat__person=person).exists():
        raise NotNow(f"{person}是本次会议的成员，不必列席。")
    entry = meeting.entries.filter(pk=entry_id).first() if entry_id else None
    if entry_id and entry is None:
        raise NotVisible("AgendaEntry")
    name = name or str(person)
    if meeting.observers.filter(entry=entry, person=person, name=name, identity=identity).exists():
        raise NotNow(f"{name}已在列席名单中，没有重复添加。")
    observer = save_as(
        Observer(meeting=meeting, entry=entry, person=person, name=name, identity=identity),
        actor,
        "添加列席",
    )
    seal(meeting, "observer.invited", actor, observer=str(observer), entry=entry.title if entry else "")
    return observer


@transaction.atomic
def remove_observer(observer_id: int, *, actor: Any) -> Meeting:
    """Withdraw an invitation, unless the observer already spoke."""
    observer = access.observer_for(actor, observer_id)
    meeting = access.meeting_for_update(actor, observer.meeting_id)
    access.require_recorder(actor, meeting)
    require_state(meeting, (*BEFORE_STATES, *SITTING_STATES), "调整列席")
    if meeting.entries.filter(statements__observer=observer).exists():
        raise NotNow(f"{observer.name}已有发言记录，不能移除。")
    delete_as(observer, actor, "取消列席")
    seal(meeting, "observer.removed", actor, observer=str(observer))
    return meeting


def note_use(meeting: Meeting, *, actor: Any, offices: Offices) -> None:
    """Write into the security trail that somebody reads by invitation, once a day; nothing for who sits in the body."""
    if any(seat.body_id == meeting.body_id for seat in offices.seats):
        return
    if Observer.objects.open_to(actor).filter(meeting=meeting).exists():
        note_reading(actor, [meeting.subject])


def notify_invited(meeting: Meeting, title: str) -> None:
    seats = [row.seat.person for row in meeting.attendances.select_related("seat__person")]
    observers = [o.person for o in meeting.observers.select_related("person") if o.person]
    people = {person.pk: person for person in (*seats, *observers, meeting.recorder)}
    local = timezone.localtime(meeting.scheduled_at)
    entries = [e for e in meeting.entries.select_related("stage__item") if not _is_restricted(e)]
    barred = {e.pk: barred_people(e.stage.item) if e.stage else set() for e in entries}
    lists: dict[str, list[Any]] = {}
    for person in people.values():
        agenda = "；".join(f"{e.position}. {e.title}" for e in entries if person.pk not in barred[e.pk])
        lists.setdefault(agenda or "见会议页", []).append(person)
    for agenda, readers in lists.items():
        notify(
            recipients=readers,
            kind="meeting.notice",
            title=title,
            body=f"{local.month}月{local.day}日 {local:%H:%M}，{meeting.place}。议程：{agenda}",
            url=meeting_url(meeting),
            school=meeting.school,
        )


def _is_restricted(entry: AgendaEntry) -> bool:
    return entry.stage is not None and entry.stage.item.access_scope >= AccessScope.RESTRICTED
