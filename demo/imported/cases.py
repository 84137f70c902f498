"""The imported meetings in order of time. Each says what it does wrong; the others are done well, for comparison.

BREACHES and TWINS say for every rule which import breaks it and which keeps it.
"""

from collections.abc import Callable

from decisions.choices import Disagreement, EvidenceResult, Purpose
from demo.imported.book import Book
from governance.choices import BallotMethod, PrerequisiteKind
from meetings.choices import MeetingFormat, Stance
from meetings.models import AgendaEntry, Meeting

AGREE, SILENT, ABSTAIN = Stance.AGREE, Stance.NONE, Stance.ABSTAIN
NONE, MAJOR = Disagreement.NONE, Disagreement.MAJOR
Import = Callable[[Book], None]


def _end(book: Book, meeting: Meeting, *, is_signed: bool = True) -> None:
    """Seal the import; then record and minutes, except where the former school never signed."""
    titles = AgendaEntry.objects.filter(meeting=meeting, stage__isnull=False).values_list("title", flat=True)
    book.seal(meeting.subject, f"{meeting.label}：{'；'.join(titles)}")
    if is_signed:
        book.publish(meeting)


def too_few(book: Book) -> None:
    """Two of five came, the chair spoke first, one said nothing, and it was recorded as passed."""
    item = book.matter("A01", "传达贯彻全区教育工作会议精神（到会不足、未逐一表态）", day=-44, proposal="")
    meeting = book.meeting(
        book.party,
        -40,
        "15:00",
        leave={"vice": "外出教研", "discipline": "病假", "organizer": "市级培训"},
        is_studied=False,
    )
    words = (("secretary", AGREE, "我先表态，同意。"), ("deputy", SILENT, "通报了会议精神。"))
    book.hear(meeting, item, says=words)
    _end(book, meeting)


def cadres(book: Book) -> None:
    """A cadre decided by three of five, openly, without 酝酿, a relative present, a written opinion counted."""
    item = book.matter(
        "B01",
        "总务处副主任任免（三分之二未到会、亲属未回避、举手表决）",
        day=-41,
        who="organizer",
        department="党政办公室",
        talks=((-38, NONE),),
        concerned=("vice",),
    )
    meeting = book.meeting(
        book.party, -36, "15:00", leave={"discipline": "外出办案", "organizer": "市级培训"}
    )
    book.hear(
        meeting,
        item,
        votes=(3, 1, 0),
        method=BallotMethod.SHOW_OF_HANDS,
        written={"discipline": "同意该同志任职。"},
        confirmed=-40,
    )
    _end(book, meeting, is_signed=False)


def ballot_papers(book: Book) -> None:
    """Added on the spot without a reason; five ballots out, four back, one teller, nobody counted."""
    item = book.matter(
        "B02", "优秀年轻干部推荐（临时动议、票数不符）", day=-33, who="organizer", department="党政办公室"
    )
    meeting = book.meeting(book.party, -33, "15:00")
    book.hear(
        meeting,
        item,
        votes=(4, 0, 0),
        ballots={"issued": 5, "tellers": "郑向阳", "counter": ""},
        ad_hoc="",
    )
    _end(book, meeting, is_signed=False)


def proposed_well(book: Book) -> None:
    """校长办公会议 proposes a building matter as it should."""
    item = book.matter(
        "G05", "教学楼屋面防水修缮方案", day=-35, amount=468_000, talks=((-28, NONE),), who="vice"
    )
    for kind, number in (
        (PrerequisiteKind.RESEARCH, ""),
        (PrerequisiteKind.EXPERT, ""),
        (PrerequisiteKind.LEGAL, "法审〔2026〕7号"),
        (PrerequisiteKind.RISK, ""),
        (PrerequisiteKind.BUDGET, ""),
    ):
        book.evidence(item, kind, day=-33, number=number)
    meeting = book.meeting(book.admin, -30, "09:30")
    book.hear(meeting, item, Purpose.PROPOSE, confirmed=-34, decision="校长决定：同意提交党支部委员会会议。")
    _end(book, meeting)


def decided_well(book: Book) -> None:
    """The Party committee in full: a cadre after a settled dispute, with recusal; the building; the yearly plan."""
    cadre = book.matter(
        "B01",
        "教务处主任任免",
        day=-34,
        who="organizer",
        department="党政办公室",
        talks=((-31, MAJOR), (-28, NONE)),
        concerned=("vice",),
    )
    for kind in (
        PrerequisiteKind.RESEARCH,
        PrerequisiteKind.DELIBERATION,
        PrerequisiteKind.INSPECTION,
        PrerequisiteKind.DISCIPLINE,
    ):
        book.evidence(cadre, kind, day=-29)
    plan = book.matter("A02", "党建年度工作计划", day=-34, who="deputy", talks=((-28, NONE),))
    for kind in (PrerequisiteKind.RESEARCH, PrerequisiteKind.OPINION):
        book.evidence(plan, kind, day=-30)
    meeting = book.meeting(book.party, -26, "15:00", minutes=90)
    book.hear(meeting, cadre, recused={"vice": "本人亲属"}, confirmed=-32)
    roof = book.school.items.get(catalogue_entry__code="G05")
    book.hear(meeting, roof, confirmed=-29)
    book.hear(meeting, plan, confirmed=-32)
    book.task(cadre, "任前公示并办理任职手续", due=6)
    book.task(plan, "分解年度党建任务并公布", due=10)
    _end(book, meeting)


def deployed_well(book: Book) -> None:
    """校长办公会议 deploys what the Party committee decided."""
    meeting = book.meeting(book.admin, -23, "09:30")
    roof = book.school.items.get(catalogue_entry__code="G05")
    book.hear(meeting, roof, Purpose.DEPLOY, confirmed=-25)
    book.task(roof, "完成屋面防水修缮并组织验收", due=15)
    _end(book, meeting)


def disputed(book: Book) -> None:
    """The deputy presides without a delegation; a narrow vote; no word of the minority; a dispute not settled."""
    plan = book.matter(
        "A09", "工会换届工作方案（票数相近、少数意见未记载）", day=-24, who="deputy", talks=((-22, NONE),)
    )
    morals = book.matter(
        "A05",
        "意识形态责任制实施细则（书记、副书记有重大分歧）",
        day=-24,
        who="deputy",
        talks=((-22, MAJOR),),
    )
    meeting = book.meeting(book.party, -20, "15:00", chair="deputy")
    book.hear(meeting, plan, votes=(3, 2, 0), confirmed=-23)
    book.hear(meeting, morals, confirmed=-23)
    _end(book, meeting, is_signed=False)


def administration_decides(book: Book) -> None:
    """Two of five, the principal away, vote on a contract that is the Party committee's to decide."""
    contract = book.matter("G08", "学生午餐配送合同（校长办公会议票决代替党组织决定）", day=-19, route="A")
    books = book.matter(
        "G14", "教研室购置图书（中层干部自行申报）", day=-21, who="staff", department="教务处"
    )
    meeting = book.meeting(
        book.admin,
        -17,
        "14:30",
        minutes=95,
        leave={"secretary": "区里开会", "organizer": "市级培训", "head": "听课"},
        chair="vice",
    )
    book.hear(meeting, contract, Purpose.DEPLOY, method=BallotMethod.SHOW_OF_HANDS)
    book.hear(meeting, books, Purpose.DEPLOY, confirmed=-21)
    _end(book, meeting)


def joint_sitting(book: Book) -> None:
    """The same afternoon, as a 联席会议: a large expense nobody had proposed, submitted the day before."""
    item = book.matter(
        "G03", "运动场围网采购支出（联席会议决定、未经校长办公会议提出）", day=-18, amount=386_000
    )
    meeting = book.meeting(book.party, -17, "15:30", sent=0, form=MeetingFormat.JOINT)
    book.hear(meeting, item)
    _end(book, meeting)


def unprepared(book: Book) -> None:
    """Neither congress nor experts nor lawyers nor risk; a 副校长 who is no member was counted and voted."""
    pay = book.matter("B08", "绩效工资分配方案（教代会未讨论通过、无风险评估）", day=-18)
    book.evidence(pay, PrerequisiteKind.OPINION, day=-17)
    book.evidence(pay, PrerequisiteKind.CONGRESS, day=-16, result=EvidenceResult.HEARD)
    charter = book.matter("C01", "学校章程修订（无专家论证、无合法性审查）", day=-18, department="党政办公室")
    guest = book.admin.seats.get(person=book.people["vice2"])
    meeting = book.meeting(book.party, -14, "15:00", also=(guest,))
    for item in (pay, charter):
        book.hear(meeting, item, confirmed=-17)
    _end(book, meeting)


def heard_well(book: Book) -> None:
    """One member away with a written opinion, one abstention recorded, one urgent matter with its reason."""
    morals = book.matter(
        "A05", "意识形态工作研判报告", day=-16, who="deputy", department="党政办公室", talks=((-14, NONE),)
    )
    flood = book.matter("A01", "落实省防汛紧急部署（临时动议，理由已写明）", day=-12, talks=((-13, NONE),))
    for item in (morals, flood):
        book.evidence(item, PrerequisiteKind.RESEARCH, day=-13)
    meeting = book.meeting(book.party, -12, "15:00", leave={"discipline": "外出办案"})
    book.hear(
        meeting,
        morals,
        votes=(3, 0, 1),
        says=(
            ("organizer", AGREE, "同意，建议按季度研判。"),
            ("vice", ABSTAIN, "数据口径还不清楚，弃权。"),
            ("deputy", AGREE, "同意。"),
            ("secretary", AGREE, "同意，按多数意见办。"),
        ),
        written={"discipline": "同意报告，请补充网络舆情一节。"},
        confirmed=-15,
    )
    book.hear(meeting, flood, ad_hoc="省防指中午发布防汛预警，须当日部署，主持人同意。", confirmed=-12)
    book.task(morals, "按季度开展研判", due=20)
    book.task(flood, "排查校舍和边坡隐患", due=4)
    _end(book, meeting)


def circulated(book: Book) -> None:
    """Recorded as decided after everybody had signed a circulated paper; no meeting heard it."""
    item = book.matter(
        "H04", "校庆宣传口径（传阅会签代替会议）", day=-11, who="deputy", department="党政办公室"
    )
    book.conclude_stage(item, item.stages.get(), book.calendar.at(-10, "11:00"), "传阅会签")
    book.seal(item.subject, item.title)


IMPORTS: tuple[Import, ...] = (
    too_few,
    cadres,
    ballot_papers,
    proposed_well,
    decided_well,
    deployed_well,
    disputed,
    administration_decides,
    joint_sitting,
    unprepared,
    heard_well,
    circulated,
)
BREACHES: dict[str, Import] = {
    "R10": administration_decides,
    "R11": too_few,
    "R12": joint_sitting,
    "R13": joint_sitting,
    "R15": administration_decides,
    "R16": too_few,
    "R17": too_few,
    "R18": disputed,
    "R19": cadres,
    "R20": unprepared,
    "R21": unprepared,
    "R22": unprepared,
    "R23": unprepared,
    "R24": joint_sitting,
    "R25": ballot_papers,
    "R26": cadres,
    "R27": circulated,
    "R30": too_few,
    "R31": cadres,
    "R32": administration_decides,
    "R33": unprepared,
    "R34": disputed,
    "R35": unprepared,
    "R36": cadres,
    "R37": cadres,
    "R38": cadres,
    "R40": joint_sitting,
    "R41": joint_sitting,
    "R42": too_few,
    "R50": too_few,
    "R51": too_few,
    "R52": cadres,
    "R53": too_few,
    "R54": cadres,
    "R55": too_few,
    "R56": disputed,
    "R57": administration_decides,
    "R58": ballot_papers,
    "R59": disputed,
}
TWINS: dict[str, Import] = {
    **dict.fromkeys(("R10", "R11", "R12", "R16", "R17", "R18", "R19", "R20", "R27"), decided_well),
    **dict.fromkeys(("R13", "R21", "R22", "R23", "R31", "R36", "R54", "R56", "R58"), decided_well),
    **dict.fromkeys(("R24", "R33", "R34", "R35", "R38", "R40", "R41", "R42"), decided_well),
    **dict.fromkeys(("R50", "R51", "R52", "R53", "R55"), decided_well),
    **dict.fromkeys(("R15", "R32", "R57"), proposed_well),
    **dict.fromkeys(("R25", "R26", "R30", "R37", "R59"), heard_well),
}
