"""Who may give and end exceptions, and fetching what they open. Nobody gives one to themselves."""

from collections.abc import Iterable
from typing import Any

from accounts.models import User
from common.errors import NotNow, NotPermitted, NotVisible
from decisions.access import may_share, offices_on
from decisions.models import Attachment, DecisionItem
from governance.access import Offices, offices_of, refuse_administrator, serves_above
from governance.choices import GrantKind, SeatRole
from governance.models import AuthorityMember, ObjectGrant, School, Seat, Staff
from governance.selectors import people_of
from meetings.access import may_plan
from meetings.models import Meeting

RECORD_NEED = "主持人或会议秘书"
FILE_NEED = "议题的经办人、提出人、汇报人，书记、校长、副书记或会议秘书"
RESTRICTED_NEED = "书记"
INSPECT_NEED = "上级教育工委人员"


def may_delegate_recording(offices: Offices, meeting: Meeting) -> bool:
    """Who plans a meeting lets somebody outside the body record it."""
    return may_plan(offices, meeting.body)


def require_delegation(person: Any, meeting: Meeting) -> None:
    if not may_delegate_recording(offices_of(person, meeting.school), meeting):
        raise NotPermitted(f"委托记录由{RECORD_NEED}办理。", need=RECORD_NEED)


def require_sharing(person: Any, attachment: Attachment) -> None:
    item = attachment.item
    if not may_share(offices_on(person, item), item):
        need = RESTRICTED_NEED if item.is_restricted else FILE_NEED
        raise NotPermitted(f"文件由{need}共享。", need=need)


def schools_to_open(person: Any) -> Any:
    """Schools in which the person may let others inspect: those below an authority the person serves in."""
    return School.objects.all().under_authority_of(person).order_by("code")


def require_inspection(person: Any, schools: list[School]) -> None:
    """NotVisible for a school the person may not see, NotPermitted unless every one lies below the own authority."""
    seen = School.objects.visible_to(person).filter(pk__in=[school.pk for school in schools])
    if seen.count() != len(schools):
        raise NotVisible("School")
    if not schools or not all(serves_above(person, school.authority) for school in schools):
        raise NotPermitted(f"督查授权由{INSPECT_NEED}办理。", need=INSPECT_NEED)


def require_receiver(person: User, actor: Any) -> None:
    """NotNow for oneself, for an account that is stopped, and for 三员, who hold no business (facts.md §7)."""
    if person.pk == actor.pk:
        raise NotNow("不得授权给自己。")
    if not person.is_active:
        raise NotNow(f"{person}的账号已停用，不能授权。")
    refuse_administrator(person)


def is_of_school(person: User, school: School) -> bool:
    """Whether the person serves in the school today."""
    return people_of(school).filter(pk=person.pk).exists()


def attachment_for(user: Any, pk: int) -> Attachment:
    """A file in use whose item the person may read, else NotVisible."""
    found = (
        Attachment.objects.visible_to(user)
        .filter(pk=pk, is_withdrawn=False, item__in=DecisionItem.objects.visible_to(user).values("pk"))
        .select_related("item__school", "item__current_stage__body")
        .first()
    )
    if found is None:
        raise NotVisible("Attachment")
    return found


def grant_for(user: Any, pk: int) -> ObjectGrant:
    """An exception the person may see, else NotVisible."""
    found = (
        ObjectGrant.objects.visible_to(user)
        .exclude(permission__codename=GrantKind.TASK)
        .select_related("school__authority", "permission", "user")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotVisible("ObjectGrant")
    return found


def withdrawable(user: Any, grants: Iterable[ObjectGrant]) -> set[int]:
    """Which of these the person may end: 督查 who serves above; else who gave it and still serves, 书记, 会议秘书."""
    found = list(grants)
    schools = {grant.school_id for grant in found}
    seats = Seat.objects.active().filter(person=user, school__in=schools)
    roles: dict[int, set[str]] = {}
    for school, role in seats.values_list("school", "role"):
        roles.setdefault(school, set()).add(role)
    employed = set(
        Staff.objects.active().filter(person=user, school__in=schools).values_list("school", flat=True)
    )
    members = AuthorityMember.objects.active().filter(person=user).values_list("authority__path", flat=True)
    above = tuple(members)

    def may(grant: ObjectGrant) -> bool:
        if grant.kind == GrantKind.INSPECT:
            return grant.school.authority.path.startswith(above)
        held = roles.get(grant.school_id, set())
        gave = grant.granted_by_id == user.pk and bool(held or grant.school_id in employed)
        return gave or not held.isdisjoint((SeatRole.SECRETARY, SeatRole.CLERK))

    return {grant.pk for grant in found if may(grant)}
