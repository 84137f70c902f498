"""事项清单: an authority publishes it, a school adopts it and may tighten an entry (facts.md §3)."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db import transaction
from django.urls import reverse
from simple_history.utils import bulk_create_with_history

from common.checks import Check
from common.choices import Level
from common.errors import Blocked, NotNow, NotVisible
from common.history import save_as
from governance.access import require_administration, require_authority
from governance.choices import (
    AccessScope,
    Aspect,
    AttendanceKind,
    BallotMethod,
    CongressMode,
    MajorClass,
    PrerequisiteKind,
    Route,
)
from governance.models import Authority, CatalogueEntry, School
from ledger import services as ledger
from ledger.rows import touch

TABLE = Path(__file__).resolve().parent.parent / "data" / "catalogue.csv"
LETTERS: dict[str, str] = {
    "征": PrerequisiteKind.OPINION,
    "专": PrerequisiteKind.EXPERT,
    "法": PrerequisiteKind.LEGAL,
    "险": PrerequisiteKind.RISK,
    "教": PrerequisiteKind.CONGRESS,
    "酿": PrerequisiteKind.DELIBERATION,
    "考": PrerequisiteKind.INSPECTION,
    "纪": PrerequisiteKind.DISCIPLINE,
    "预": PrerequisiteKind.BUDGET,
    "家": PrerequisiteKind.PARENTS,
}
BALLOTS: dict[str, str] = {
    "O": BallotMethod.ORAL,
    "V": BallotMethod.SECRET,
    "校": BallotMethod.PRINCIPAL,
}
PUBLICITY: dict[str, str] = {
    "公": "校内公开",
    "社": "向社会公开",
    "公5": "公示 5 个工作日",
    "批": "报批",
    "备": "备案",
    "报": "报告",
    "即报": "即时报告",
    "本人": "告知本人",
}
# 福利、校内分配、聘任、考核、奖惩办法: the 教代会 approves these, others it hears (W15, facts.md §4).
CONGRESS_APPROVES = frozenset({"B06", "B08", "B09"})
NOTICE_WORKDAYS = 5
CARRIED = (
    "code",
    "title",
    "aspect",
    "major_classes",
    "route",
    "prerequisites",
    "congress_mode",
    "attendance",
    "ballot",
    "publicity",
    "notice_workdays",
    "access_scope",
    "note",
)


def read_table(path: Path = TABLE) -> list[dict[str, Any]]:
    """The rows of the table as fields of CatalogueEntry; ValueError names the first word it does not know."""
    with path.open(encoding="utf-8", newline="") as file:
        return [_fields(row) for row in csv.DictReader(file)]


def _fields(row: dict[str, str]) -> dict[str, Any]:
    code, extra = row["code"], row["extra_prerequisites"]
    approves = "教(讨论通过)" in extra or code in CONGRESS_APPROVES
    note = "专家论证包括政治审核。" if "专(政治审核)" in extra else ""
    letters = extra.replace("(讨论通过)", "").replace("(政治审核)", "")
    if unknown := [letter for letter in letters if letter not in LETTERS]:
        raise ValueError(f"{code}: unknown prerequisite {''.join(unknown)}")
    mode = CongressMode.HEAR if "教" in letters else CongressMode.NONE
    classes = [] if row["major_class"] == "–" else row["major_class"].split("/")
    marks = row["publicity"].split(",") if row["publicity"] else []
    return {
        "code": code,
        "title": row["title"],
        "aspect": Aspect(code[0]).value,
        "major_classes": [MajorClass(value).value for value in classes],
        "route": Route(row["route"]).value,
        "prerequisites": [str(LETTERS[letter]) for letter in letters],
        "congress_mode": (CongressMode.APPROVE if approves else mode).value,
        "attendance": AttendanceKind(row["attendance"] or "h").value,
        "ballot": str(BALLOTS[row["ballot"]]),
        "publicity": "、".join(PUBLICITY[mark] for mark in marks),
        "notice_workdays": NOTICE_WORKDAYS if "公5" in marks else 0,
        "access_scope": AccessScope(int(row["access_scope"])).value,
        "note": note,
    }


@transaction.atomic
def publish_catalogue(*, actor: Any, authority: Authority) -> list[CatalogueEntry]:
    """Publish the entries of the table the authority has not published yet; returns those published now."""
    require_authority(actor, authority)
    Authority.objects.select_for_update().get(pk=authority.pk)
    known = set(CatalogueEntry.objects.templates().filter(authority=authority).values_list("code", flat=True))
    entries = bulk_create_with_history(
        [CatalogueEntry(authority=authority, **row) for row in read_table() if row["code"] not in known],
        CatalogueEntry,
        default_user=actor,
        default_change_reason="发布事项清单",
    )
    if entries:
        touch(entries)
        ledger.append(
            authority.chain_key,
            kind="catalogue.published",
            subject=f"governance.authority:{authority.pk}",
            payload={"entries": [_sealed(entry) for entry in entries]},
            actor=actor,
        )
    return entries


@transaction.atomic
def adopt_catalogue(*, actor: Any, school: School) -> list[CatalogueEntry]:
    """Adopt every published entry the school does not have yet; returns those adopted now."""
    require_administration(actor, school, "事项清单由书记、会议秘书或区教育工委启用。")
    School.objects.select_for_update().get(pk=school.pk)
    templates = CatalogueEntry.objects.templates().filter(authority=school.authority_id)
    known = set(CatalogueEntry.objects.in_force().filter(school=school).values_list("code", flat=True))
    entries = bulk_create_with_history(
        [
            CatalogueEntry(
                authority_id=template.authority_id,
                school=school,
                template=template,
                **{name: getattr(template, name) for name in CARRIED},
            )
            for template in templates
            if template.code not in known
        ],
        CatalogueEntry,
        default_user=actor,
        default_change_reason="启用区版清单",
    )
    if entries:
        touch(entries)
        ledger.append(
            school.chain_key,
            kind="catalogue.adopted",
            subject=f"governance.school:{school.pk}",
            payload={"entries": [_sealed(entry) for entry in entries]},
            actor=actor,
        )
    return entries


@transaction.atomic
def tighten_entry(
    *,
    actor: Any,
    entry_id: int,
    reason: str,
    attendance: str | None = None,
    ballot: str | None = None,
    congress_mode: str | None = None,
    access_scope: int | None = None,
    notice_workdays: int | None = None,
    add_prerequisites: Iterable[str] = (),
) -> CatalogueEntry:
    """A new, stricter version of a school's own entry; the earlier one stays readable.

    Blocked with every change that would be laxer; NotNow where nothing changes or the entry is not current.
    """
    entry = (
        CatalogueEntry.objects.select_for_update(of=("self",))
        .select_related("school__authority")
        .filter(pk=entry_id, school__isnull=False)
        .first()
    )
    if entry is None or entry.school is None:
        raise NotVisible("CatalogueEntry")
    require_administration(actor, entry.school, "本校清单由书记、会议秘书或区教育工委调整。")
    if not entry.is_current:
        raise NotNow("此条目已有新版本，请打开现行版本再调整。", current=entry)
    fields = {name: getattr(entry, name) for name in CARRIED}
    wanted = {
        "attendance": attendance,
        "ballot": ballot,
        "congress_mode": congress_mode,
        "access_scope": access_scope,
        "notice_workdays": notice_workdays,
    }
    fields.update({name: value for name, value in wanted.items() if value is not None})
    added = [str(kind) for kind in add_prerequisites if kind not in entry.prerequisites]
    fields["prerequisites"] = [*entry.prerequisites, *added]
    if PrerequisiteKind.CONGRESS in added and not fields["congress_mode"]:
        fields["congress_mode"] = CongressMode.HEAR
    if laxer := _laxer(entry, fields):
        raise Blocked(laxer, f"{entry.code} 有 {len(laxer)} 处比现行要求宽，学校只能从严。")
    changed = [name for name, value in fields.items() if value != getattr(entry, name)]
    if not changed:
        raise NotNow("没有改动，无需保存。", current=entry)
    entry.is_current = False
    save_as(entry, actor, reason)
    new = save_as(
        CatalogueEntry(
            authority_id=entry.authority_id,
            school=entry.school,
            template_id=entry.template_id,
            version=entry.version + 1,
            **fields,
        ),
        actor,
        reason,
    )
    ledger.append(
        entry.school.chain_key,
        kind="catalogue.tightened",
        subject=f"governance.catalogueentry:{new.pk}",
        payload={
            "code": new.code,
            "version": new.version,
            "reason": reason,
            "before": {name: getattr(entry, name) for name in changed},
            "after": {name: getattr(new, name) for name in changed},
        },
        actor=actor,
    )
    return new


def _laxer(entry: CatalogueEntry, fields: dict[str, Any]) -> list[Check]:
    """Each field in which the new version would ask less than the present one."""
    congress = list(CongressMode.values)  # from no part to approval
    asks_less = {
        "attendance": entry.attendance == AttendanceKind.TWO_THIRDS != fields["attendance"],
        "ballot": entry.ballot == BallotMethod.SECRET != fields["ballot"]
        or (entry.ballot == BallotMethod.PRINCIPAL) != (fields["ballot"] == BallotMethod.PRINCIPAL),
        "congress_mode": congress.index(fields["congress_mode"]) < congress.index(entry.congress_mode),
        "access_scope": fields["access_scope"] < entry.access_scope,
        "notice_workdays": fields["notice_workdays"] < entry.notice_workdays,
    }
    labels = {field.name: str(field.verbose_name) for field in CatalogueEntry._meta.fields}
    return [
        Check(
            "R12",
            labels[name],
            Level.BLOCK,
            False,
            message=f"{labels[name]}不得低于现行要求。请保持原值或从严。",
            clause="《事项清单》学校从严·规则 R12",
            fix_url=reverse("governance:catalogue_entry", args=[entry.pk]),
            fix_label="看现行要求",
        )
        for name, is_laxer in asks_less.items()
        if is_laxer
    ]


def _sealed(entry: CatalogueEntry) -> dict[str, Any]:
    """What the ledger keeps of one entry."""
    return {"id": entry.pk, "version": entry.version, **{name: getattr(entry, name) for name in CARRIED}}
