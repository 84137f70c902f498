"""会议记录 signed by recorder and chair; 会议纪要 drafted, reviewed, issued, corrected; 决议 issued with it."""

import hashlib
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from common.checks import Check
from common.choices import Level
from common.errors import Blocked, NotNow, NotPermitted, NotVisible, StaleVersion
from common.history import save_as
from decisions.models import Resolution
from decisions.rules import cite
from documents.choices import DocumentKind
from documents.models import IssuedDocument
from documents.services import issue, next_number
from governance.access import offices_of
from governance.choices import AccessScope
from governance.selectors import chairs_of
from ledger.rows import touch
from ledger.services import canonical
from meetings import access
from meetings.choices import EntryState, MeetingState, MinutesState
from meetings.documents import (
    draft_entries,
    minutes_context,
    record_content,
    record_context,
    resolution_context,
)
from meetings.models import AgendaEntry, Meeting, MeetingRecord, Minutes
from meetings.services.acts import require_state, seal
from notifications.services import notify


def minutes_url(meeting: Meeting) -> str:
    return reverse("meetings:minutes", args=[meeting.pk])


def scope_of(meeting: Meeting) -> int:
    """Papers of a meeting are as narrow as its narrowest item."""
    scopes = meeting.entries.filter(stage__isnull=False).values_list("stage__item__access_scope", flat=True)
    return max(scopes, default=AccessScope.INTERNAL)


@transaction.atomic
def save_supplement(meeting_id: int, *, actor: Any, text: str) -> MeetingRecord:
    """补充说明 of the record, until the first signature."""
    meeting = access.meeting_for_update(actor, meeting_id)
    access.require_recorder(actor, meeting)
    require_state(meeting, (MeetingState.IN_PROGRESS, MeetingState.RECESS, MeetingState.CLOSED), "补充记录")
    record = MeetingRecord.objects.select_for_update().get(meeting=meeting)
    if record.content is not None:
        raise NotNow("记录已有签字，内容已固定，不能再补充。")
    if record.supplement == text:
        return record
    record.supplement = text
    return save_as(record, actor, "补充说明")


@transaction.atomic
def sign_record(meeting_id: int, *, actor: Any, is_chair: bool) -> MeetingRecord:
    """签字确认 as recorder or as chair (R61). The first signature freezes the content, the second closes it."""
    meeting = access.meeting_for_update(actor, meeting_id)
    offices = access.require_recorder(actor, meeting)
    require_state(meeting, (MeetingState.CLOSED,), "签字")
    if is_chair and actor.pk != meeting.chair_id:
        raise NotPermitted(f"主持人签字须由{meeting.chair}本人办理。", need="主持人")
    if not is_chair and actor.pk != meeting.recorder_id and not offices.clerks(meeting.body):
        raise NotPermitted(f"记录人签字须由{meeting.recorder}办理。", need="记录人")
    record = MeetingRecord.objects.select_for_update().get(meeting=meeting)
    signed = record.chair_signed_at if is_chair else record.recorder_signed_at
    if signed is not None:
        raise NotNow("此处已签字，无需重复。", current=record)
    if record.content is None:
        record.content = record_content(meeting, record)
        record.sha256 = hashlib.sha256(canonical(record.content).encode()).hexdigest()
    if is_chair:
        record.chair_signed_by, record.chair_signed_at = actor, timezone.now()
    else:
        record.recorder_signed_by, record.recorder_signed_at = actor, timezone.now()
    record.meeting = meeting
    touch([record])
    save_as(record, actor, "主持人签字" if is_chair else "记录人签字")
    if record.is_signed:
        meeting.state = MeetingState.SIGNED
        meeting.version += 1
        save_as(meeting, actor, "会议记录签字完成")
        _issue_record(record, actor)
    seal(meeting, "record.signed", actor, role="chair" if is_chair else "recorder", sha256=record.sha256)
    if not record.is_signed:
        other = [meeting.chair] if not is_chair else [meeting.recorder]
        notify(
            recipients=other,
            kind="record.awaiting",
            title=f"请签字确认会议记录：{meeting.label}",
            body="",
            url=reverse("meetings:record", args=[meeting.pk]),
            school=meeting.school,
        )
    return record


def _issue_record(record: MeetingRecord, actor: Any) -> IssuedDocument:
    meeting = record.meeting
    today = timezone.localdate()
    serial = next_number(meeting.school, DocumentKind.MEETING_RECORD, meeting.year)
    number = f"〔{meeting.year}〕记{serial}号"
    return issue(
        school=meeting.school,
        kind=DocumentKind.MEETING_RECORD,
        year=meeting.year,
        serial=serial,
        number_text=number,
        title=f"{meeting.label}会议记录",
        template="documents/record.html",
        context=dict(record_context(record, number_text=number, on=today)),
        actor=actor,
        access_scope=scope_of(meeting),
        meeting=meeting,
    )


@transaction.atomic
def draft_minutes(meeting_id: int, *, actor: Any) -> Minutes:
    """Draft the minutes from the concluded entries; returns the present draft where there is one."""
    meeting = access.meeting_for_update(actor, meeting_id)
    access.require_recorder(actor, meeting)
    require_state(meeting, (MeetingState.CLOSED, MeetingState.SIGNED), "起草纪要")
    latest = meeting.minutes.order_by("-version").first()
    if latest is not None:
        return latest
    if not meeting.entries.filter(state=EntryState.CONCLUDED).exists():
        raise NotNow("本次会议没有审议完的议程，不需要纪要。")
    return save_as(
        Minutes(meeting=meeting, entries=draft_entries(meeting), drafted_by=actor), actor, "起草纪要"
    )


@transaction.atomic
def save_minutes(
    minutes_id: int,
    *,
    actor: Any,
    edit_version: int,
    preamble: str | None = None,
    texts: dict[int, str] | None = None,
    copy_to: str | None = None,
) -> Minutes:
    """Edit words of a draft: opening, the text of entries (by entry), 抄送. Votes and decisions are not editable."""
    minutes = access.minutes_for_update(actor, minutes_id)
    access.require_recorder(actor, minutes.meeting)
    if minutes.state == MinutesState.ISSUED:
        raise NotNow("纪要已签发并锁定。需要更正的，请另出更正版。", current=minutes)
    if minutes.edit_version != edit_version:
        raise StaleVersion("纪要刚被他人修改，您的修改没有保存。请核对后再改。", current=minutes)
    if preamble is not None:
        minutes.preamble = preamble
    if copy_to is not None:
        minutes.copy_to = copy_to
    if texts:
        seen = AgendaEntry.objects.visible_to(actor).filter(meeting=minutes.meeting)
        if set(texts) & {block["entry"] for block in minutes.entries} - set(
            seen.values_list("pk", flat=True)
        ):
            raise NotVisible("AgendaEntry")
        minutes.entries = [
            {**block, "text": texts.get(block["entry"], block["text"])} for block in minutes.entries
        ]
    minutes.edit_version += 1
    return save_as(minutes, actor, "修改纪要")


@transaction.atomic
def submit_minutes(minutes_id: int, *, actor: Any) -> Minutes:
    """送签: the draft goes to 书记 or 校长."""
    minutes = access.minutes_for_update(actor, minutes_id)
    meeting = minutes.meeting
    access.require_recorder(actor, meeting)
    _require_minutes(minutes, MinutesState.DRAFT)
    minutes.state = MinutesState.REVIEW
    minutes.edit_version += 1
    save_as(minutes, actor, "送签")
    notify(
        recipients=chairs_of(meeting.body),
        kind="minutes.awaiting",
        title=f"请签发纪要：{meeting.label}",
        body="",
        url=minutes_url(meeting),
        school=meeting.school,
    )
    return minutes


@transaction.atomic
def return_minutes(minutes_id: int, *, actor: Any, reason: str) -> Minutes:
    """退改: back to the drafter with the reason."""
    minutes = access.minutes_for_update(actor, minutes_id)
    meeting = minutes.meeting
    _require_issuer(actor, meeting)
    _require_minutes(minutes, MinutesState.REVIEW)
    minutes.state = MinutesState.DRAFT
    minutes.edit_version += 1
    save_as(minutes, actor, reason)
    notify(
        recipients=[minutes.drafted_by],
        kind="minutes.returned",
        title=f"纪要退改：{meeting.label}",
        body=reason,
        url=minutes_url(meeting),
        school=meeting.school,
    )
    return minutes


def _require_issuer(actor: Any, meeting: Meeting) -> None:
    if not access.may_issue(offices_of(actor, meeting.school), meeting):
        who = "书记" if meeting.body.is_party else "校长"
        raise NotPermitted(f"{meeting.body}纪要由{who}签发。", need=who)


def _require_minutes(minutes: Minutes, *states: str) -> None:
    if minutes.state not in states:
        raise NotNow(f"纪要现为“{minutes.get_state_display()}”，不能这样办理。", current=minutes)


def signing_check(meeting: Meeting) -> Check:
    """R61: 主持人 and 记录人 have signed the record before the minutes are issued."""
    ok = meeting.state == MeetingState.SIGNED
    return Check(
        "R61",
        "会议记录已签字",
        Level.BREACH,
        ok,
        message="" if ok else "会议记录尚未由主持人和记录人签字。请先签字，再签发纪要。",
        clause=cite("参照会议记录规范", "R61"),
        fix_url=reverse("meetings:record", args=[meeting.pk]),
        fix_label="去签字",
    )


@transaction.atomic
def issue_minutes(minutes_id: int, *, actor: Any) -> Minutes:
    """签发: P minutes by 书记, A minutes by 校长 (R63). Gives the number, locks, makes PDF and 决议 (R64)."""
    minutes = access.minutes_for_update(actor, minutes_id)
    meeting = minutes.meeting
    _require_issuer(actor, meeting)
    _require_minutes(minutes, MinutesState.DRAFT, MinutesState.REVIEW)
    check = signing_check(meeting)
    if check.is_failing:
        raise Blocked([check])
    today = timezone.localdate()
    kind = DocumentKind.PARTY_MINUTES if meeting.body.is_party else DocumentKind.ADMIN_MINUTES
    previous = minutes.supersedes
    if previous is not None and previous.document is not None:
        year, serial = previous.document.year, previous.document.serial
    else:
        year, serial = today.year, next_number(meeting.school, kind, today.year)
    minutes.number_text = f"〔{year}〕第{serial}期"
    minutes.document = issue(
        school=meeting.school,
        kind=kind,
        year=year,
        serial=serial,
        number_text=minutes.number_text,
        title=f"{meeting.label}纪要",
        template="documents/minutes.html",
        context=dict(minutes_context(minutes, signer=actor, on=today)),
        actor=actor,
        access_scope=scope_of(meeting),
        meeting=meeting,
        supersedes=previous.document if previous else None,
    )
    minutes.state, minutes.issued_by, minutes.issued_at = MinutesState.ISSUED, actor, timezone.now()
    minutes.edit_version += 1
    touch([minutes])
    save_as(minutes, actor, minutes.correction_reason or "签发纪要")
    if previous is None:
        _issue_resolutions(meeting, actor)
    seal(meeting, "minutes.issued", actor, number=minutes.number_text, version=minutes.version)
    notify(
        recipients=[row.seat.person for row in meeting.attendances.select_related("seat__person")],
        kind="minutes.issued",
        title=f"纪要已签发：{meeting.label}{minutes.number_text}",
        body="",
        url=minutes_url(meeting),
        school=meeting.school,
    )
    return minutes


def _issue_resolutions(meeting: Meeting, actor: Any) -> None:
    """A 决议 document for each item this meeting decided."""
    today = timezone.localdate()
    resolutions = (
        Resolution.objects.filter(stage__agenda_entries__meeting=meeting)
        .select_related(
            "item__school__party_org", "item__catalogue_entry", "stage__body__school", "supersedes"
        )
        .order_by("pk")
        .distinct()
    )
    entries = {entry.stage_id: entry for entry in meeting.entries.filter(state=EntryState.CONCLUDED)}
    for resolution in resolutions:
        entry = entries.get(resolution.stage_id)
        if entry is None:
            continue
        is_party = meeting.body.is_party
        serial = int(resolution.number.rsplit("〕", 1)[1].removesuffix("号"))
        issue(
            school=meeting.school,
            kind=DocumentKind.RESOLUTION if is_party else DocumentKind.ADMIN_RESOLUTION,
            year=resolution.decided_on.year,
            serial=serial,
            number_text=resolution.number,
            title=f"关于{resolution.item.title}的{'决议' if is_party else '决定'}",
            template="documents/resolution.html",
            context=dict(resolution_context(resolution, entry, signer=actor, on=today)),
            actor=actor,
            access_scope=resolution.item.access_scope,
            item=resolution.item,
            meeting=meeting,
        )


@transaction.atomic
def correct_minutes(minutes_id: int, *, actor: Any, reason: str) -> Minutes:
    """更正: issued minutes stay as they are; a new version with its reason is drafted beside them (R64)."""
    minutes = access.minutes_for_update(actor, minutes_id)
    meeting = minutes.meeting
    access.require_recorder(actor, meeting)
    _require_minutes(minutes, MinutesState.ISSUED)
    if not reason.strip():
        raise NotNow("请填写更正原因。")
    if Minutes.objects.filter(supersedes=minutes).exists():
        raise NotNow("已有更正版，请在最新一版上办理。", current=minutes)
    return save_as(
        Minutes(
            meeting=meeting,
            version=minutes.version + 1,
            preamble=minutes.preamble,
            entries=minutes.entries,
            copy_to=minutes.copy_to,
            drafted_by=actor,
            supersedes=minutes,
            correction_reason=reason,
        ),
        actor,
        reason,
    )
