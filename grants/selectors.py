"""例外授权 as one person may know them: the record by name and page where it may be read, else only its kind."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from decisions.models import Attachment
from governance.choices import GrantKind
from governance.models import ObjectGrant, School
from governance.models.grants import ObjectGrantQuerySet
from grants import access
from meetings.models import Meeting

HIDDEN = {
    GrantKind.RECORD: "一次会议",
    GrantKind.FILE: "一份文件",
    GrantKind.INSPECT: "一所学校",
}
ICONS = {GrantKind.RECORD: "writing", GrantKind.FILE: "file-text", GrantKind.INSPECT: "building-community"}


@dataclass(frozen=True, slots=True)
class Row:
    """One exception, what it opens, and whether the reader may end it."""

    grant: ObjectGrant
    name: str
    url: str
    icon: str
    may_withdraw: bool


def exceptions(user: Any) -> ObjectGrantQuerySet:
    """The exceptions somebody gave (not those that follow from a task), with what a row shows."""
    return (
        ObjectGrant.objects.visible_to(user)
        .exclude(permission__codename=GrantKind.TASK)
        .select_related("school__authority", "user", "granted_by", "permission")
    )


def own(user: Any) -> ObjectGrantQuerySet:
    """What stands open to the person today."""
    return exceptions(user).in_force().filter(user=user)


def rows(user: Any, grants: Iterable[ObjectGrant]) -> list[Row]:
    """Rows of one page: the records of each kind in one query, the offices of the reader once per school."""
    found = list(grants)
    wanted: dict[str, set[int]] = defaultdict(set)
    for grant in found:
        wanted[grant.kind].add(int(grant.object_pk))
    of: dict[str, dict[int, Any]] = {
        GrantKind.RECORD: Meeting.objects.visible_to(user)
        .select_related("body")
        .in_bulk(list(wanted[GrantKind.RECORD])),
        GrantKind.FILE: Attachment.objects.visible_to(user).in_bulk(list(wanted[GrantKind.FILE])),
        GrantKind.INSPECT: School.objects.visible_to(user).in_bulk(list(wanted[GrantKind.INSPECT])),
    }
    may_end = access.withdrawable(user, found)
    return [_row(grant, of[grant.kind].get(int(grant.object_pk)), grant.pk in may_end) for grant in found]


def _row(grant: ObjectGrant, record: Any, may_withdraw: bool) -> Row:
    name, url = HIDDEN[grant.kind], ""
    if isinstance(record, Meeting):
        name, url = record.label, reverse("meetings:meeting_detail", args=[record.pk])
    elif isinstance(record, Attachment):
        name, url = record.name, reverse("decisions:attachment_download", args=[record.pk])
    elif isinstance(record, School):
        name, url = record.name, reverse("oversight:school_detail", args=[record.pk])
    return Row(grant, name, url, ICONS[grant.kind], may_withdraw and grant.is_in_force)
