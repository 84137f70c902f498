"""What each document says, as plain JSON-serialisable dicts. Apps above build them; templates lay them out.

Dates and times are text as printed (2026年11月20日; 2026年11月20日15:00). Long texts may hold line breaks,
each line becoming one paragraph. `verification_code`, `verify_url` and `ledger_root` are added by
documents.services.issue.
"""

from typing import NotRequired, TypedDict


class TaskLine(TypedDict):
    """One duty arising from a decision (R70)."""

    title: str
    owner: str
    due: str


class Leave(TypedDict):
    """Somebody on leave; `reason` may be empty."""

    name: str
    reason: str


class Letterhead(TypedDict):
    """What every document carries."""

    school: str
    issuer: str  # 发文机关全称，例如 中共明德中学总支部委员会
    number_text: str
    title: str
    date: str  # 成文日期
    is_correction: NotRequired[bool]
    correction_reason: NotRequired[str]
    verification_code: NotRequired[str]
    verify_url: NotRequired[str]
    ledger_root: NotRequired[str]  # 2026-11-20 3f9a 01c4 77de b2a0


class MinutesMeeting(TypedDict):
    """The meeting as the minutes name it."""

    name: str  # 2026年第19次党总支会议
    held: str  # 2026年11月20日15:00
    place: str
    chair: str  # 党总支书记陈立德
    recorder: str
    quorum_sentence: str  # 应到 7 人，实到 6 人，……。
    mode_note: str  # 补录说明；没有则为空


class MinutesEntry(TypedDict):
    """One agenda entry of the minutes."""

    title: str
    presenter: str
    discussion: str
    decision: str
    vote_sentence: str
    tasks: list[TaskLine]


class MinutesContext(Letterhead):
    """会议纪要, templates/documents/minutes.html (GB/T 9704-2012 §10.3)."""

    mark: str  # 明德中学党总支会议纪要
    signer: str
    meeting: MinutesMeeting
    entries: list[MinutesEntry]
    present: list[str]
    leave: list[Leave]
    observers: list[str]
    copy_to: str
    preamble: NotRequired[str]  # 起草人添加的开头；没有则为空


class ResolutionContext(Letterhead):
    """决议, templates/documents/resolution.html."""

    mark: str  # 中共明德中学总支部委员会决议
    signer: str
    basis: str  # 何时何会、应到实到
    history: list[str]  # 此前各环节，一句一条
    decision: str
    vote_sentence: str
    tasks: list[TaskLine]
    publicity: str
    supersedes_text: str  # 本决议替代何决议；没有则为空
    copy_to: str


class PersonLine(TypedDict):
    """A person in an attendance table."""

    name: str
    post: str
    status: str  # 到会、请假、缺席、列席
    note: str  # 到离时刻或请假事由


class StatementLine(TypedDict):
    """One statement, in speaking order."""

    order: int
    name: str
    post: str
    text: str
    stance: str  # 赞成、反对、弃权、缓议；未表态为空


class OpinionLine(TypedDict):
    """A written opinion of an absent member: recorded, never counted (R37)."""

    name: str
    text: str


class RecordEntry(TypedDict):
    """One agenda entry of the record."""

    title: str
    presenter: str
    presentation: str
    recusals: list[str]  # 姓名（事由），离席至复席时刻
    statements: list[StatementLine]
    opinions: list[OpinionLine]
    vote_lines: list[str]  # 算式与门槛，一行一条
    conclusion: str
    decision: str


class Signature(TypedDict):
    """A signature on the record (R61)."""

    role: str
    name: str
    signed: str  # 签字时间；未签为空


class RecordContext(Letterhead):
    """会议记录, templates/documents/record.html (R60)."""

    meeting_name: str
    started: str
    ended: str
    place: str
    chair: str
    recorder: str
    mode_note: str
    quorum_sentence: str
    people: list[PersonLine]
    entries: list[RecordEntry]
    signatures: list[Signature]


class Fact(TypedDict):
    """One labelled line."""

    label: str
    value: str


class EvidenceLine(TypedDict):
    """One prerequisite on the item sheet."""

    label: str
    done_on: str
    conclusion: str


class ItemSheetContext(Letterhead):
    """议题单, templates/documents/item_sheet.html (议题申报表, facts.md §5)."""

    facts: list[Fact]
    background: str
    plans: list[Fact]
    evidence: list[EvidenceLine]
    attachments: list[str]
    approvals: list[Signature]
