"""例外授权: let one person record a meeting, read a file, or inspect schools, for some days.

Each is given on a reason and up to a day, told to the person, sealed in the chain of the school, noted each day it is
used, and can be ended at once. Refusals come in the order of docs/permissions.md.
"""

from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse

from common.errors import NotNow, NotPermitted
from decisions.access import barred_people, item_for_update
from decisions.choices import ItemState
from decisions.services.acts import record, tell
from governance.choices import AccessScope, GrantKind
from governance.models import ObjectGrant, School
from governance.services import grants
from grants import access
from grants.rules import LONGEST
from meetings.access import meeting_for_update
from meetings.choices import MeetingState
from notifications.services import notify

OVER = (MeetingState.CANCELLED, MeetingState.SIGNED)


def _given(grant: ObjectGrant | None, person: Any, kind: GrantKind) -> ObjectGrant:
    if grant is None:
        raise NotNow(f"{person}已有有效的{kind.label}。")
    return grant


def _until(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


@transaction.atomic
def delegate_recording(meeting_id: int, *, actor: Any, person: Any, until: date, reason: str) -> ObjectGrant:
    """委托记录: somebody serving in the school without an office in the body records one meeting.

    Signing stays with the recorder and the chair. Raises NotPermitted for who may not plan it; NotNow once the record
    is signed or the meeting cancelled, for somebody outside the school or in the body, and for a period too long.
    """
    meeting = meeting_for_update(actor, meeting_id)
    access.require_delegation(actor, meeting)
    access.require_receiver(person, actor)
    if meeting.state in OVER:
        raise NotNow(f"会议{meeting.get_state_display()}，不再需要记录。", current=meeting)
    if not access.is_of_school(person, meeting.school):
        raise NotNow("记录只能委托给本校在任人员。")
    if meeting.entries.filter(stage__item__access_scope=AccessScope.RESTRICTED).exists():
        raise NotNow("议程中有“班子成员和指定人员”知悉的议题，不能委托他人记录。", current=meeting)
    if meeting.body.seats.active().filter(person=person).exists():
        raise NotNow(f"{person}在{meeting.body}任职，不用委托；记录人在“修改安排”里改。")
    grants.require_period(until, LONGEST[GrantKind.RECORD])
    grant = _given(
        grants.give(
            GrantKind.RECORD,
            meeting,
            school=meeting.school,
            person=person,
            until=until,
            reason=reason,
            actor=actor,
        ),
        person,
        GrantKind.RECORD,
    )
    grants.seal(grant, "given", f"委托{person}记录{meeting.label}至{_until(until)}：{reason}", actor=actor)
    notify(
        recipients=[person],
        kind="grant.given",
        title=f"请您记录{meeting.label}",
        body=f"可记录至{_until(until)}。",
        url=reverse("meetings:meeting_detail", args=[meeting.pk]),
        school=meeting.school,
    )
    return grant


@transaction.atomic
def share_file(attachment_id: int, *, actor: Any, person: Any, until: date, reason: str) -> ObjectGrant:
    """共享文件: one file of an item is read by one more person, of the school or not, and nothing else of the item.

    Raises NotPermitted for others than those who register evidence (of scope 2: 书记); NotNow for a draft, a person who must
    keep away (R36), who reads it anyway, and for a period too long.
    """
    item = item_for_update(actor, access.attachment_for(actor, attachment_id).item_id)
    attachment = access.attachment_for(actor, attachment_id)  # as it is under the lock
    access.require_sharing(actor, attachment)
    access.require_receiver(person, actor)
    if item.state == ItemState.DRAFT:
        raise NotNow("草稿的文件先不共享，申报后再办。", current=item)
    if person.pk in barred_people(item):
        raise NotNow(f"{person}须回避这项议题，不能看它的材料。")
    if type(item).objects.visible_to(person).filter(pk=item.pk).exists():
        raise NotNow(f"{person}本来就能看这项议题的材料，不用共享。")
    grants.require_period(until, LONGEST[GrantKind.FILE])
    grant = _given(
        grants.give(
            GrantKind.FILE,
            attachment,
            school=item.school,
            person=person,
            until=until,
            reason=reason,
            actor=actor,
        ),
        person,
        GrantKind.FILE,
    )
    text = f"把《{attachment.name}》共享给{person}至{_until(until)}：{reason}"
    record(item, kind="file.shared", text=text, actor=actor, data={"grant": grant.pk, "person": person.pk})
    grants.seal(grant, "given", f"共享文件 {attachment.pk} 至{_until(until)}：{reason}", actor=actor)
    tell(
        item,
        recipients=[person],
        kind="grant.given",
        what=f"有一份文件共享给您，可看至{_until(until)}",
        about=attachment.name,
        url=reverse("grants:grant_list"),
    )
    return grant


@transaction.atomic
def let_inspect(
    schools: list[School], *, actor: Any, person: Any, until: date, reason: str
) -> list[ObjectGrant]:
    """督查授权: somebody outside the authority reads these schools as the authority does, for some weeks; does nothing.

    All or none. Raises NotPermitted for who does not serve above every school; NotNow for a person who serves in one
    of them or above it, has such a grant already, and for a period too long.
    """
    access.require_inspection(actor, schools)
    access.require_receiver(person, actor)
    grants.require_period(until, LONGEST[GrantKind.INSPECT])
    given = []
    for school in (
        School.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=[school.pk for school in schools])
        .select_related("authority")
        .order_by("pk")
    ):
        if access.is_of_school(person, school):
            raise NotNow(f"{person}在{school}任职，不能督查本校。")
        if access.serves_above(person, school.authority):
            raise NotNow(f"{person}是{school}的上级教育工委人员，不用授权。")
        grant = grants.give(
            GrantKind.INSPECT,
            school,
            school=school,
            person=person,
            until=until,
            reason=reason,
            actor=actor,
        )
        if grant is None:
            raise NotNow(f"{person}已能督查{school}。")
        grants.seal(grant, "given", f"授权{person}督查至{_until(until)}：{reason}", actor=actor)
        given.append(grant)
    notify(
        recipients=[person],
        kind="grant.given",
        title=f"授权您督查 {len(given)} 所学校",
        body=f"可督查至{_until(until)}。",
        url=reverse("grants:grant_list"),
    )
    return given


@transaction.atomic
def withdraw(grant_id: int, *, actor: Any) -> ObjectGrant:
    """收回 at once, in open sessions too; NotNow where it has ended already."""
    grant = access.grant_for(actor, grant_id)
    if grant.pk not in access.withdrawable(actor, [grant]):
        raise NotPermitted("授权由授权人、书记或会议秘书收回，督查授权由上级教育工委收回。")
    ended = grants.end(grant_id, actor=actor)
    notify(
        recipients=[ended.user],
        kind="grant.withdrawn",
        title=f"{ended.kind.label}已收回",
        url=reverse("grants:grant_list"),
        school=ended.school,
    )
    return ended
