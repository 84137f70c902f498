"""登记, 更正, 作废: the same three acts for every register."""

from collections.abc import Mapping
from typing import Any

from django.core.files.base import File
from django.db import transaction

from common.errors import NotNow
from governance.access import require
from governance.models import School
from registers import access
from registers.choices import FilingState, ReportState
from registers.models import PolicyFiling, Record, TermReport
from registers.services.acts import keep_back, require_fresh, seal, set_file, write

SETTLED = (ReportState.SUBMITTED, ReportState.REVIEWED, FilingState.APPROVED)


@transaction.atomic
def record(
    slug: str, *, actor: Any, school: School, values: Mapping[str, Any], file: File | None = None
) -> Record:
    """Enter one fact in a register. `values` are the fields of the register and `note`; dates may lie in the past.

    NotVisible for a stranger, NotPermitted for who does not record here, NotNow where it is entered already.
    """
    register = access.register_for(slug)
    school = access.readable_school(actor, school.pk)
    _require_recorder(actor, school, register)
    same = register.model.objects.filter(school=school, is_void=False, **_known(register, values))
    if same.exists():
        raise NotNow("同样的内容已经登记，没有重复登记。")
    entry = register.model(school=school, recorded_by=actor, **_known(register, values))
    set_file(entry, file)
    write(entry, actor, "登记")
    keep_back(entry, register, file, actor)
    seal(entry, register, "recorded", actor=actor)
    return entry


@transaction.atomic
def correct(
    slug: str,
    pk: int,
    *,
    actor: Any,
    version: int,
    reason: str,
    values: Mapping[str, Any],
    file: File | None = None,
) -> Record:
    """更正 with a reason; the former values stay in the history. A returned filing goes back to 待审核.

    NotNow where nothing differs, or while the authority holds the record; StaleVersion.
    """
    register = access.register_for(slug)
    entry = access.record_for_update(actor, register, pk)
    _require_recorder(actor, entry.school, register)
    require_fresh(entry, version)
    open_fields = register.open_fields(entry)
    if not open_fields:
        raise NotNow("报告已报送，退改后才能更正。", current=entry)
    changed = [name for name in open_fields if name in values and getattr(entry, name) != values[name]]
    if not changed and file is None:
        raise NotNow("没有改动，无需保存。", current=entry)
    for name in changed:
        setattr(entry, name, values[name])
    set_file(entry, file)
    if isinstance(entry, PolicyFiling) and entry.state == FilingState.RETURNED:
        entry.state = FilingState.FILED
    entry.version += 1
    write(entry, actor, reason)
    keep_back(entry, register, file, actor)
    seal(entry, register, "corrected", actor=actor, reason=reason)
    return entry


@transaction.atomic
def void(slug: str, pk: int, *, actor: Any, version: int, reason: str) -> Record:
    """作废 with a reason: the record no longer counts and stays readable. NotNow once the authority has it."""
    register = access.register_for(slug)
    entry = access.record_for_update(actor, register, pk)
    _require_recorder(actor, entry.school, register)
    require_fresh(entry, version)
    if isinstance(entry, TermReport | PolicyFiling) and entry.state in SETTLED:
        raise NotNow("已报送或已审核的不能作废，请区教育工委退回后再办。", current=entry)
    entry.is_void, entry.void_reason = True, reason
    entry.version += 1
    write(entry, actor, reason)
    seal(entry, register, "voided", actor=actor, reason=reason)
    return entry


def _require_recorder(actor: Any, school: School, register: Any) -> None:
    require(
        access.may_record_in(actor, school, register), f"{register.title}由{register.recorder_words}登记。"
    )


def _known(register: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the register's own fields; KeyError names one it does not have."""
    allowed = {*register.fields, "note"}
    if unknown := set(values) - allowed:
        raise KeyError(f"{register.slug} has no {sorted(unknown)}")
    return dict(values)
