"""The contexts of 会议记录, 会议纪要 and 决议: facts in the words of the papers, no layout."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from decisions.choices import FAVOURABLE, TASKING, Outcome
from decisions.models import Resolution
from documents.contexts import (
    Leave,
    MinutesContext,
    MinutesEntry,
    PersonLine,
    RecordContext,
    RecordEntry,
    ResolutionContext,
    Signature,
    TaskLine,
)
from governance.arithmetic import Verdict
from governance.choices import AttendanceKind, BallotMethod
from governance.models import Body
from meetings.choices import AttendanceStatus, EntryKind, MeetingFormat, Stance
from meetings.models import AgendaEntry, Attendance, Meeting, MeetingRecord, Minutes
from meetings.rules import FEW_BALLOTS, Room, quorum_of

ISSUERS = {"党委": "委员会", "党总支": "总支部委员会", "党支部": "支部委员会", "联合党支部": "联合支部委员会"}


def day_text(day: date) -> str:
    """2026年11月20日."""
    return f"{day.year}年{day.month}月{day.day}日"


def moment_text(moment: datetime | None) -> str:
    """2026年11月20日15:00, local time; empty for none."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return f"{day_text(local.date())}{local:%H:%M}"


def clock_text(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%H:%M}" if moment else ""


def issuer_of(body: Body) -> str:
    """发文机关全称: the Party organisation, or the school for 校长办公会议."""
    school = body.school
    if not body.is_party:
        return school.name
    return (
        school.party_org.name if school.party_org.name.startswith("中共") else f"中共{school.party_org.name}"
    )


def mark_of(body: Body, word: str) -> str:
    """发文机关标志, e.g. 明德中学党总支会议纪要."""
    return f"{body.school.name}{body.name}{word}"


def attendance_rows(meeting: Meeting) -> list[Attendance]:
    return list(meeting.attendances.select_related("seat__person").order_by("seat__order", "seat_id"))


def came(row: Attendance) -> bool:
    return row.status == AttendanceStatus.PRESENT


def quorum_sentence(meeting: Meeting, rows: list[Attendance]) -> str:
    """应到 N 人，实到 N 人, and whether the general requirement was met."""
    present = [row for row in rows if came(row)]
    seats = tuple(row.seat for row in present)
    room = Room(tuple(rows), seats, (), seats)
    quorum = quorum_of(meeting, AttendanceKind.HALF, room)
    word = {
        Verdict.MET.value: "符合到会要求",
        Verdict.EXACTLY_HALF.value: "恰好半数到会",
        Verdict.NOT_MET.value: "未达到到会要求",
        Verdict.UNKNOWN.value: "无应到人员",
    }[quorum.verdict]
    leave = sum(1 for row in rows if row.status == AttendanceStatus.LEAVE)
    absent = sum(1 for row in rows if row.status == AttendanceStatus.ABSENT)
    parts = [f"应到{len(rows)}人", f"实到{len(present)}人"]
    parts += [f"请假{leave}人"] if leave else []
    parts += [f"缺席{absent}人"] if absent else []
    return "，".join([*parts, word]) + "。"


def vote_sentence(entry: AgendaEntry) -> str:
    """How the conclusion was reached, in one sentence of 纪要 style, from the sealed snapshot."""
    snap = entry.snapshot or {}
    if not snap or entry.kind == EntryKind.FIRST_TOPIC:
        return ""
    label = Outcome(entry.outcome).label if entry.outcome else ""
    head = f"应到{snap['due']}人，实到{snap['present']}人"
    if snap["recused"]:
        names = "、".join(p["name"] for p in snap["electorate"] if p["status"] == "recused")
        head += f"，{names}回避"
    if snap["decided_by"] or entry.is_principal_decision:
        who = f"校长{snap['decided_by']}" if snap["decided_by"] else "主持人"
        if entry.outcome in FAVOURABLE:
            return f"{head}。会议听取了与会人员意见，由{who}作出决定：{label}。"
        return f"{head}。会议听取了与会人员意见，{who}决定{label}。"
    if entry.outcome not in (*FAVOURABLE, Outcome.REJECTED):
        counted = [vote for vote in snap["votes"] if vote["passed"] is not None]
        return (
            f"{head}。{_counts(counted, snap)}会议决定{label}。" if counted else f"{head}。会议决定{label}。"
        )
    method = BallotMethod(snap["method"]).label
    return f"{head}。经{method}，{_counts(snap['votes'], snap)}{label}。"


def _counts(votes: list[dict[str, Any]], snap: dict[str, Any]) -> str:
    parts = []
    for vote in votes:
        question = f"“{vote['question']}”" if len(votes) > 1 else ""
        invalid = f"，无效{vote['invalid']}票" if vote["invalid"] else ""
        base = "应到" if vote["base_kind"] == "due" else "实到"
        if vote["passed"]:
            sign = (
                f"赞成票超过{base}人数的一半"
                if vote["required"] * 2 - vote["base"] in (1, 2)
                else "达到规定票数"
            )
        else:
            sign = f"赞成票未达到通过所须的{vote['required']}票"
        parts.append(
            f"{question}赞成{vote['for']}票，反对{vote['against']}票，弃权{vote['abstain']}票{invalid}，{sign}"
        )
    return "；".join(parts) + ("，" if parts else "")


def task_lines(entry: AgendaEntry) -> list[TaskLine]:
    """责任人 and 时限 as laid down in the meeting; none where the matter ended there."""
    if entry.outcome not in TASKING:
        return []
    return [
        TaskLine(
            title=draft.title,
            owner=f"{draft.department}{draft.owner}" if draft.department else str(draft.owner),
            due=f"{day_text(draft.due_on)}前",
        )
        for draft in entry.task_drafts.select_related("owner")
    ]


def default_discussion(entry: AgendaEntry) -> str:
    """The sentence that opens an entry in the minutes."""
    if entry.kind == EntryKind.FIRST_TOPIC:
        return f"会议学习了{entry.title.removeprefix('第一议题：').removeprefix('学习')}。"
    return "会议进行了讨论。"


def draft_entries(meeting: Meeting) -> list[dict[str, Any]]:
    """The editable body of fresh minutes: one block for each concluded entry."""
    return [
        {"entry": entry.pk, "title": entry.title, "text": default_discussion(entry)}
        for entry in meeting.entries.select_related("presenter")
        if entry.snapshot is not None
    ]


def observers_of(meeting: Meeting) -> list[str]:
    """列席 as printed: name with identity, each once."""
    return list(dict.fromkeys(str(observer) for observer in meeting.observers.all()))


def minutes_context(minutes: Minutes, *, signer: Any, on: date) -> MinutesContext:
    """Everything one 会议纪要 says: edited words, sealed votes, attendance."""
    meeting = minutes.meeting
    rows = attendance_rows(meeting)
    entries = {entry.pk: entry for entry in meeting.entries.select_related("presenter")}
    chair_row = next((row for row in rows if row.seat.person_id == meeting.chair_id), None)
    role = chair_row.seat.get_role_display() if chair_row else ""
    return MinutesContext(
        school=meeting.school.name,
        issuer=issuer_of(meeting.body),
        mark=mark_of(meeting.body, "纪要"),
        number_text=minutes.number_text,
        title=f"{meeting.year}年第{meeting.number}次{meeting.body.name}纪要",
        date=day_text(on),
        signer=str(signer),
        meeting={
            "name": f"{meeting.year}年第{meeting.number}次{meeting.body.name}",
            "held": moment_text(meeting.started_at),
            "place": meeting.place,
            "chair": f"{role}{meeting.chair}",
            "recorder": str(meeting.recorder),
            "quorum_sentence": quorum_sentence(meeting, rows),
            "mode_note": f"本次会议为补录：{meeting.retrospective_reason}"
            if meeting.is_retrospective
            else "",
        },
        entries=[
            MinutesEntry(
                title=block["title"],
                presenter=str(entries[block["entry"]].presenter or ""),
                discussion=block["text"],
                decision=entries[block["entry"]].decision_text,
                vote_sentence=vote_sentence(entries[block["entry"]]),
                tasks=task_lines(entries[block["entry"]]),
            )
            for block in minutes.entries
            if block["entry"] in entries
        ],
        present=[str(row.seat.person) for row in rows if came(row)],
        leave=[
            Leave(name=str(row.seat.person), reason=row.reason)
            for row in rows
            if row.status == AttendanceStatus.LEAVE
        ],
        observers=observers_of(meeting),
        copy_to=minutes.copy_to,
        preamble=minutes.preamble,
        is_correction=minutes.supersedes_id is not None,
        correction_reason=minutes.correction_reason,
    )


def _person_line(row: Attendance) -> PersonLine:
    note = row.reason
    if came(row):
        note = f"{clock_text(row.arrived_at)} 到会" if row.arrived_at else ""
        note += f"，{clock_text(row.left_at)} 离席" if row.left_at else ""
    return PersonLine(
        name=str(row.seat.person),
        post=row.seat.get_role_display(),
        status=row.get_status_display(),
        note=note,
    )


def _returned(vote: dict[str, Any]) -> int:
    """Ballots that came back, invalid ones too."""
    return sum(vote[key] or 0 for key in ("for", "against", "abstain", "invalid"))


def _record_entry(entry: AgendaEntry) -> RecordEntry:
    snap = entry.snapshot or {}
    statements = list(entry.statements.select_related("seat__person", "observer"))
    lines = []
    if snap.get("quorum"):
        quorum = snap["quorum"]
        lines.append(f"到会：应到{snap['due']}人，实到{snap['present']}人；{quorum['formula']}。")
    for vote in snap.get("votes", []):
        if vote["passed"] is None:
            continue
        lines.append(
            f"{vote['question']}：赞成{vote['for']}，反对{vote['against']}，弃权{vote['abstain']}，"
            f"无效{vote['invalid']}；{vote['formula']}，{'通过' if vote['passed'] else '未通过'}。"
        )
        if vote["tellers"] or vote["counter"]:
            lines.append(f"监票：{vote['tellers']}；计票：{vote['counter']}。")
        if vote.get("voted"):  # snapshots kept before the sign-off list have none
            lines.append(f"已投票 {len(vote['voted'])} 人：{'、'.join(vote['voted'])}。")
        if snap["method"] == BallotMethod.SECRET and _returned(vote) <= FEW_BALLOTS:
            lines.append(f"收回票数不超过 {FEW_BALLOTS} 张，由结果可能推断出个人选择，本项票数请勿外传。")
        if vote["named"]:
            words = {"for": "赞成", "against": "反对", "abstain": "弃权"}
            lines.append(
                "记名：" + "、".join(f"{n['name']}{words[n['choice']]}" for n in vote["named"]) + "。"
            )
    failing = [c for c in snap.get("checks", []) if c["ok"] is not True and c["level"] in ("B", "E")]
    lines += [f"未满足 {c['code']}：{c['message']}" for c in failing]
    return RecordEntry(
        title=entry.title,
        presenter=str(entry.presenter or ""),
        presentation="",
        recusals=[
            f"{r.seat.person}（{r.reason}），{clock_text(r.left_at)} 离席"
            + (f"，{clock_text(r.returned_at)} 返席" if r.returned_at else "")
            for r in entry.recusals.select_related("seat__person")
        ],
        statements=[
            {
                "order": s.order,
                "name": str(s.seat.person if s.seat else s.observer),
                "post": s.seat.get_role_display() if s.seat else "列席",
                "text": s.text,
                "stance": Stance(s.stance).label if s.stance else "",
            }
            for s in statements
            if not s.is_written
        ],
        opinions=[
            {"name": str(s.seat.person), "text": s.text} for s in statements if s.is_written and s.seat
        ],
        vote_lines=lines,
        conclusion=Outcome(entry.outcome).label if entry.outcome else "已学习",
        decision=entry.decision_text,
    )


def record_content(meeting: Meeting, record: MeetingRecord) -> dict[str, Any]:
    """The verbatim record from the facts, without signatures: what the first signature freezes (R60)."""
    rows = attendance_rows(meeting)
    people = [_person_line(row) for row in rows]
    people += [
        PersonLine(name=o.name, post=o.identity, status="列席", note="" if o.is_present else "未到")
        for o in meeting.observers.all()
    ]
    notes = []
    if meeting.is_retrospective:
        notes.append(f"本记录为补录：{meeting.retrospective_reason}")
    if meeting.form != MeetingFormat.REGULAR:
        notes.append(f"会议形式：{meeting.get_form_display()}")
    if meeting.chair_delegation:
        notes.append(f"委托主持：{meeting.chair_delegation}")
    if record.supplement:
        notes.append(f"补充说明：{record.supplement}")
    return {
        "meeting_name": f"{meeting.year}年第{meeting.number}次{meeting.body.name}",
        "started": moment_text(meeting.started_at),
        "ended": moment_text(meeting.ended_at),
        "place": meeting.place,
        "chair": str(meeting.chair),
        "recorder": str(meeting.recorder),
        "mode_note": "；".join(notes),
        "quorum_sentence": quorum_sentence(meeting, rows),
        "people": people,
        "entries": [
            _record_entry(entry)
            for entry in meeting.entries.select_related("presenter")
            if entry.snapshot is not None
        ],
    }


def record_context(record: MeetingRecord, *, number_text: str, on: date) -> RecordContext:
    """The signed record as a document: frozen content and both signatures (R61)."""
    meeting = record.meeting
    return RecordContext(
        school=meeting.school.name,
        issuer=issuer_of(meeting.body),
        number_text=number_text,
        title=f"{meeting.school.name}{meeting.body.name}记录",
        date=day_text(on),
        signatures=[
            Signature(
                role="主持人",
                name=str(record.chair_signed_by or ""),
                signed=moment_text(record.chair_signed_at),
            ),
            Signature(
                role="记录人",
                name=str(record.recorder_signed_by or ""),
                signed=moment_text(record.recorder_signed_at),
            ),
        ],
        **record.content,
    )


def resolution_context(
    resolution: Resolution, entry: AgendaEntry, *, signer: Any, on: date
) -> ResolutionContext:
    """One 决议: what was decided, on which meeting, after which stages, replacing what."""
    item, body = resolution.item, resolution.stage.body
    earlier = [
        f"{day_text(timezone.localtime(stage.concluded_at).date())}{stage.body.name}"
        f"{stage.get_purpose_display()}：{stage.get_outcome_display()}。"
        for stage in item.stages.select_related("body")
        if stage.concluded_at
        and stage.pk != resolution.stage_id
        and stage.round == resolution.stage.round
        and stage.position < resolution.stage.position
    ]
    old = resolution.supersedes
    snap = entry.snapshot or {}
    return ResolutionContext(
        school=item.school.name,
        issuer=issuer_of(body),
        mark=f"{issuer_of(body)}{'决议' if body.is_party else '校长办公会议决定'}",
        number_text=resolution.number,
        title=f"关于{item.title}的{'决议' if body.is_party else '决定'}",
        date=day_text(on),
        signer=str(signer),
        basis=(
            f"{day_text(resolution.decided_on)}，{resolution.meeting_label}讨论，"
            f"应到{snap.get('due', 0)}人，实到{snap.get('present', 0)}人。"
        ),
        history=earlier,
        decision=resolution.text,
        vote_sentence=vote_sentence(entry),
        tasks=task_lines(entry),
        publicity=f"公开与上报：{item.catalogue_entry.publicity}。" if item.catalogue_entry.publicity else "",
        supersedes_text=f"本决议替代{old.number}。" if old else "",
        copy_to="",
    )
