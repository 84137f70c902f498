"""What page components are fed with: plain records and the one mapping from state to look (ui.md §6, §7)."""

from collections.abc import Sequence
from dataclasses import dataclass

from common.choices import Level

# Tones are the suffixes of .pill-… and .verdict-…; an empty tone is grey.
OK, RUN, WARN, BAD, STOP, GREY = "ok", "run", "warn", "bad", "stop", ""

# Every state word of ui.md §7 and of the rooms' own vocabularies: word → (icon, tone).
LOOKS: dict[str, tuple[str, str]] = {
    # 规则级别
    "阻断": ("hand-stop", STOP),
    "违规": ("alert-octagon", BAD),
    "预警": ("alert-triangle", WARN),
    "提示": ("info-circle", RUN),
    "合规": ("circle-check", OK),
    "不适用": ("minus", GREY),
    "无法判定": ("help-circle", WARN),
    "已满足": ("circle-check", OK),
    "未满足": ("alert-octagon", BAD),
    "上会受阻": ("hand-stop", STOP),
    # 议题、环节、决议和复议
    "草拟": ("pencil", GREY),
    "待审议": ("circle-dashed", GREY),
    "正在审议": ("writing", RUN),
    "已审议": ("checks", GREY),
    "通过": ("circle-check", OK),
    "修改后通过": ("circle-check", OK),
    "否决": ("circle-x", BAD),
    "缓议": ("player-pause", WARN),
    "退回完善": ("arrow-back-up", WARN),
    "撤回": ("arrow-back-up", GREY),
    "已归档": ("archive", GREY),
    "未开始": ("circle-dashed", GREY),
    "待确定": ("circle-dashed", WARN),
    "已确定": ("check", RUN),
    "已列会": ("calendar-event", RUN),
    "落实中": ("progress-check", RUN),
    "有效": ("circle-check", OK),
    "已被变更": ("versions", GREY),
    "征集附议": ("users", WARN),
    "复议中": ("rotate", RUN),
    "不予受理": ("circle-x", GREY),
    "决议已变更": ("versions", RUN),
    "维持原决议": ("circle-check", GREY),
    # 前置程序和沟通
    "同意或可行": ("circle-check", OK),
    "有条件同意": ("alert-triangle", WARN),
    "不同意或不可行": ("circle-x", BAD),
    "已听取意见": ("circle-check", OK),
    "讨论通过": ("circle-check", OK),
    "无重大分歧": ("circle-check", OK),
    "有重大分歧": ("hand-stop", BAD),
    # 公示
    "无异议": ("circle-check", OK),
    "异议不成立": ("circle-check", OK),
    "异议成立，暂缓执行": ("hand-stop", BAD),
    "公示中": ("speakerphone", RUN),
    "已公示": ("circle-check", OK),
    "公示期满": ("clock-hour-4", WARN),
    # 落实任务
    "已下达": ("send", GREY),
    "进行中": ("progress-check", RUN),
    "待验收": ("clipboard-check", RUN),
    "已办结": ("circle-check", OK),
    "已终止": ("circle-x", GREY),
    "签收": ("checks", GREY),
    "反馈进展": ("message-dots", RUN),
    "报请验收": ("clipboard-check", RUN),
    "验收通过": ("circle-check", OK),
    "退回": ("arrow-back-up", WARN),
    "催办": ("bell-ringing", WARN),
    "待处理": ("hourglass", WARN),
    "已同意": ("circle-check", OK),
    # 台账
    "草稿": ("pencil", GREY),
    "已报送": ("send", RUN),
    "退改": ("arrow-back-up", WARN),
    "已审阅": ("circle-check", OK),
    "待审核": ("hourglass", WARN),
    "退回修改": ("arrow-back-up", WARN),
    "审核通过": ("circle-check", OK),
    # 出席、表决和表态
    "到会": ("check", OK),
    "请假": ("calendar-off", GREY),
    "回避": ("user-minus", WARN),
    "回避中": ("user-minus", WARN),
    "列席": ("eye", GREY),
    "缺席": ("user-off", BAD),
    "未签到": ("circle-dashed", GREY),
    "未表态": ("circle-dashed", GREY),
    "赞成": ("check", OK),
    "同意": ("check", OK),
    "反对": ("x", BAD),
    "不同意": ("x", BAD),
    "弃权": ("minus", WARN),
    # 会议、记录和纪要
    "筹备": ("pencil", GREY),
    "已通知": ("send", RUN),
    "休会": ("player-pause", WARN),
    "已散会": ("door-exit", GREY),
    "记录已签字": ("signature", OK),
    "已取消": ("circle-x", GREY),
    "现场记录": ("writing", GREY),
    "补录": ("history", WARN),
    "起草": ("pencil", GREY),
    "待签发": ("signature", WARN),
    "已签发": ("circle-check", OK),
    "达到": ("circle-check", OK),
    "未达到": ("hand-stop", BAD),
    "可以议事": ("circle-check", OK),
    # 合规问题和整改
    "待核实": ("circle-dashed", WARN),
    "申诉中": ("message-dots", WARN),
    "误报已撤销": ("circle-x", GREY),
    "整改中": ("progress-check", RUN),
    "退回整改": ("arrow-back-up", WARN),
    "已销号": ("circle-check", OK),
    "回头看通过": ("checks", OK),
    "已自行消除": ("circle-check", OK),
    "不符合": ("alert-octagon", BAD),
    # 保存
    "已保存": ("cloud-check", OK),
    "正在保存": ("refresh", GREY),
    "保存失败": ("alert-octagon", BAD),
}

TONE_ICONS = {
    OK: "circle-check",
    RUN: "info-circle",
    WARN: "alert-triangle",
    BAD: "alert-octagon",
    STOP: "hand-stop",
}


@dataclass(frozen=True, slots=True)
class Pill:
    """A state as shown: icon, words and tone together (三重编码)."""

    text: str
    icon: str
    tone: str = GREY


def pill_for(state: object, text: str = "") -> Pill:
    """Return the look of a state word (or of a choices member, by its label); unlisted words are grey."""
    if isinstance(state, Pill):
        return state
    word = str(getattr(state, "label", state))
    icon, tone = LOOKS.get(word, ("circle-dashed", GREY))
    return Pill(text or word, icon, tone)


def level_word(level: str, ok: bool | None) -> str:
    """Return the word for one verdict: 已满足, 无法判定 or the level that is not met."""
    if ok is True:
        return "已满足"
    return "无法判定" if ok is None else str(Level(level).label)


@dataclass(frozen=True, slots=True)
class Step:
    """One stop on an item's route; ``state`` is done, now or todo; the first line is bold unless todo."""

    number: int
    name: str
    body: str = ""
    state: str = "todo"
    lines: Sequence[str] = ()
    pill: Pill | str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class SeatMark:
    """One seat in a seat strip."""

    css: str
    icon: str
    word: str


SEAT_MARKS: dict[str, SeatMark] = {
    "in": SeatMark("is-in", "check", "实到"),
    "yes": SeatMark("is-yes", "check", "赞成"),
    "no": SeatMark("is-no", "x", "反对"),
    "abstain": SeatMark("is-part", "minus", "弃权"),
    "recused": SeatMark("is-off", "user-minus", "回避"),
    "leave": SeatMark("is-off", "calendar-off", "请假"),
    "absent": SeatMark("is-off", "", "未到"),
    "open": SeatMark("", "", "未表决"),
}


def attendance_marks(due: int, present: int, recused: int = 0) -> list[str]:
    """Return the marks of an attendance strip: present, recused, then absent seats; counts are persons."""
    return ["in"] * present + ["recused"] * recused + ["absent"] * (due - present - recused)


def vote_marks(
    due: int, *, approve: int = 0, against: int = 0, abstain: int = 0, recused: int = 0, unvoted: int = 0
) -> list[str]:
    """Return the marks of a vote strip sorted by result, never by person; the rest of ``due`` is absent."""
    marks = (
        ["yes"] * approve
        + ["no"] * against
        + ["abstain"] * abstain
        + ["open"] * unvoted
        + ["recused"] * recused
    )
    return marks + ["absent"] * (due - len(marks))
