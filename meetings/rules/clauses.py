"""The clauses asked when an agenda entry is concluded; each answers with Check objects."""

import re
from collections.abc import Sequence

from django.urls import reverse

from common.checks import Check
from common.choices import Level
from decisions.choices import FAVOURABLE, Outcome
from decisions.rules import OPINION, cite
from governance.arithmetic import Verdict
from governance.choices import BallotMethod, SeatRole
from governance.parameters import Parameters
from meetings.choices import Stance
from meetings.models import AgendaEntry, Meeting, Statement
from meetings.rules.facts import Quorum, Room, Vote

FEW_BALLOTS = 3  # facts.md §7 (建议): at or below, the result of a secret ballot may betray single voters


def quorum_check(meeting: Meeting, entry: AgendaEntry, quorum: Quorum, room: Room) -> Check:
    article = "（五）" if meeting.body.is_party else "（六）"
    half = quorum.verdict == Verdict.EXACTLY_HALF.value
    message = ""
    if half:
        message = f"恰好半数到会：{quorum.formula}。“半数以上”是否含本数由区教育工委规定，暂按预警。"
    elif not quorum.is_met:
        message = (
            f"{quorum.why}：应到 {room.due} 人，实到 {len(room.present)} 人，{quorum.formula}，"
            f"还差 {quorum.required - len(room.present)} 人。可记录情况，改为缓议。"
        )
    return Check(
        quorum.code,
        "到会人数",
        Level.WARN if half else Level.BLOCK,
        quorum.is_met,
        message=message,
        clause=cite(f"{OPINION}{article}", quorum.code),
        fix_url=reverse("meetings:desk", args=[meeting.pk]) + "#attendance",
        fix_label="核对签到",
        detail=quorum.formula,
    )


def recusal_checks(entry: AgendaEntry, room: Room) -> list[Check]:
    """R36: persons the matter touches leave the room."""
    if entry.stage is None:
        return []
    touched = {concerned.person_id: concerned for concerned in entry.stage.item.concerned.all()}
    checks = []
    for seat in room.voters:
        if seat.person_id in touched:
            relation = touched[seat.person_id].relation
            checks.append(
                Check(
                    "R36",
                    f"{seat.person}须回避",
                    Level.BLOCK,
                    False,
                    message=f"{seat.person}与此议题有利害关系（{relation}），须离席，不讨论、不投票。请记录回避。",
                    clause=cite("参照学校党组织会议制度", "R36"),
                    fix_url=reverse("meetings:desk", args=[entry.meeting_id]) + "#recusal",
                    fix_label="记录回避",
                )
            )
    return checks


def vote_checks(entry: AgendaEntry, votes: Sequence[Vote], room: Room, outcome: str) -> list[Check]:
    """R38, R52, R53, R55, R58: the count is complete, possible, and agrees with the recorded conclusion."""
    checks: list[Check] = []
    voters = len(room.voters)
    url = reverse("meetings:desk", args=[entry.meeting_id]) + "#vote"
    is_secret = entry.method == BallotMethod.SECRET
    for vote in votes:
        name = f"“{vote.question}”" if len(votes) > 1 else ""
        if vote.passed is None:
            checks.append(
                Check(
                    "R53",
                    f"{name}表决计票",
                    Level.BLOCK,
                    None,
                    message="尚未填写赞成、反对、弃权票数。请计票后再结束，或改为缓议。",
                    clause=cite("参照地方议事规则", "R53"),
                    fix_url=url,
                    fix_label="填写票数",
                )
            )
            continue
        if vote.cast != voters:
            code = "R58" if is_secret else ("R36" if room.recused and vote.cast > voters else "R38")
            excluded = f"（实到 {len(room.present)}，回避 {len(room.recused)}）"
            checks.append(
                Check(
                    code,
                    f"{name}票数与可投票人数一致",
                    Level.BLOCK if vote.cast > voters or is_secret else Level.BREACH,
                    False,
                    message=f"可投票 {voters} 人{excluded}，票数合计 {vote.cast}。请核对票数和签到。",
                    clause=cite("参照学校党组织会议制度", code),
                    fix_url=url,
                    fix_label="核对票数",
                )
            )
        if is_secret:
            checks.append(
                Check(
                    "R58",
                    "发出票数等于收回票数",
                    Level.BLOCK,
                    vote.issued == vote.cast,
                    message=""
                    if vote.issued == vote.cast
                    else f"发出 {vote.issued if vote.issued is not None else '未填'}，收回 {vote.cast}，不相符。",
                    clause=cite("参照无记名投票规则（待核）", "R58"),
                    fix_url=url,
                    fix_label="核对票数",
                    detail=f"发出 {vote.issued}，收回 {vote.cast}",
                )
            )
            checks.extend(_sign_off_checks(vote, url))
            tellers = [name for name in re.split(r"[\s、,，;；]+", vote.tellers) if name]
            named = len(tellers) >= 2 and bool(vote.counter.strip())
            checks.append(
                Check(
                    "R58",
                    "监票 2 人、计票人具名",
                    Level.BREACH,
                    named,
                    message="" if named else "请填写 2 名监票人和计票人的姓名。",
                    clause=cite("参照无记名投票规则（待核）", "R58"),
                    fix_url=url,
                    fix_label="填写姓名",
                )
            )
        checks.append(
            Check(
                "R53",
                f"{name}赞成票数",
                Level.BLOCK if outcome in FAVOURABLE else Level.INFO,
                vote.passed or outcome not in FAVOURABLE,
                message=""
                if vote.passed
                else f"赞成 {vote.votes_for} 票，须 {vote.required} 票：{vote.formula}，未通过。",
                clause=cite("参照地方议事规则，国家文件未规定", "R53"),
                fix_url=url,
                fix_label="核对票数",
                detail=vote.formula,
            )
        )
    if votes and outcome == Outcome.REJECTED and all(vote.passed for vote in votes):
        checks.append(
            Check(
                "R55",
                "记录结论与计票一致",
                Level.BLOCK,
                False,
                message="按票数应为通过，不能记为否决。请核对票数，或改为通过。",
                clause=cite("《三重一大决策系统数据规范》要点", "R55"),
                fix_url=url,
                fix_label="核对",
            )
        )
    return checks


def _sign_off_checks(vote: Vote, url: str) -> list[Check]:
    """R58: who has voted is signed off apart from the votes and agrees with them; so few votes may betray voters."""
    count = len(vote.voted)
    ok = count == vote.cast
    clause = cite("参照无记名投票规则（待核）", "R58")
    if ok:
        message = ""
    elif count:
        message = f"已投票名单 {count} 人，收回 {vote.cast} 张，不相符。请核对名单和票数。"
    else:
        message = f"收回 {vote.cast} 张，尚未登记哪些人已投票。请在表决栏勾选。"
    checks = [
        Check(
            "R58",
            "已投票名单与收回票数一致",
            Level.BLOCK if count else Level.BREACH,
            ok,
            message=message,
            clause=clause,
            fix_url=url,
            fix_label="核对名单",
            detail=f"已投票 {count} 人，收回 {vote.cast} 张",
        )
    ]
    if vote.cast <= FEW_BALLOTS:
        checks.append(
            Check(
                "R58",
                "票数少，可能推断出个人选择",
                Level.WARN,
                False,
                message=f"只收回 {vote.cast} 张票。{FEW_BALLOTS} 张及以下时，由结果可能推断出个人选择，票数请勿外传。",
                clause=clause,
                fix_url=url,
                fix_label="看票数",
            )
        )
    return checks


def speaking_checks(
    meeting: Meeting, entry: AgendaEntry, statements: Sequence[Statement], room: Room
) -> list[Check]:
    """R50, R51 (party) and R57 (administration): everyone is heard, the chair speaks last."""
    url = reverse("meetings:desk", args=[meeting.pk]) + "#statements"
    spoken = [s for s in statements if not s.is_written and s.seat_id]
    clear = {s.seat_id for s in spoken if s.stance != Stance.NONE}
    silent = [str(seat.person) for seat in room.voters if seat.pk not in clear]
    checks = []
    if meeting.body.is_party:
        checks.append(
            Check(
                "R50",
                "到会成员逐一表态",
                Level.BREACH,
                not silent,
                message=f"{'、'.join(silent)}尚未表态。" if silent else "",
                clause=cite("参照《干部任用条例》讨论决定章", "R50"),
                fix_url=url,
                fix_label="补记表态",
            )
        )
    else:
        heard = {s.seat_id for s in spoken}
        unheard = [
            str(seat.person)
            for seat in room.voters
            if seat.pk not in heard and seat.person_id != meeting.chair_id
        ]
        checks.append(
            Check(
                "R57",
                "广泛听取意见",
                Level.BREACH,
                not unheard,
                message=f"尚未记录{'、'.join(unheard)}的意见。校长在听取意见后作出决定。" if unheard else "",
                clause=cite(f"{OPINION}（六）", "R57"),
                fix_url=url,
                fix_label="补记意见",
            )
        )
        principal_here = any(seat.role == SeatRole.PRINCIPAL for seat in room.voters)
        is_away = any(seat.role == SeatRole.PRINCIPAL for seat in room.recused)
        absent = "校长须回避，不能作出决定。" if is_away else "校长未到会。"
        checks.append(
            Check(
                "R57",
                "校长到会并作出决定",
                Level.BREACH,
                principal_here,
                message="" if principal_here else f"{absent}校长办公会议事项由校长作出决定。",
                clause=cite(f"{OPINION}（六）", "R57"),
                fix_url=url,
                fix_label="核对签到",
            )
        )
    chair_spoke = any(s.seat and s.seat.person_id == meeting.chair_id for s in spoken)
    if chair_spoke:
        last = spoken[-1].seat
        is_last = last is not None and last.person_id == meeting.chair_id
        checks.append(
            Check(
                "R51",
                "主持人最后表态",
                Level.BREACH if meeting.body.is_party else Level.INFO,
                is_last,
                message=""
                if is_last
                else f"{meeting.chair}之后还有{last.person if last else '他人'}发言。主持人应最后表态。",
                clause=cite("参照《干部任用条例》讨论决定章", "R51"),
                fix_url=url,
                fix_label="调整次序",
            )
        )
    return checks


def paper_checks(meeting: Meeting, entry: AgendaEntry, room: Room, parameters: Parameters) -> list[Check]:
    """R34, R52, R60: chair by office or delegated, method fits the class, the decision is written down."""
    url = reverse("meetings:desk", args=[meeting.pk])
    checks = [
        Check(
            "R60",
            "决定文字",
            Level.BLOCK,
            bool(entry.decision_text.strip()),
            message="" if entry.decision_text.strip() else "尚未写明决定内容。决定原文会写入会议纪要。",
            clause=cite("《党组工作条例》要点", "R60"),
            fix_url=url + "#decision",
            fix_label="写决定",
        )
    ]
    here = any(seat.person_id == meeting.chair_id for seat in room.present)
    checks.append(
        Check(
            "R34",
            "主持人到会",
            Level.BREACH,
            here,
            message=""
            if here
            else f"主持人{meeting.chair}未签到。请核对签到，或在会议安排中更换主持人并说明委托。",
            clause=cite(f"{OPINION}{'（五）' if meeting.body.is_party else '（六）'}", "R34"),
            fix_url=url + "#attendance",
            fix_label="核对签到",
        )
    )
    secret = set(parameters["vote.secret_classes"])
    if meeting.body.is_party and entry.stage and secret & set(entry.stage.item.major_classes):
        ok = entry.method == BallotMethod.SECRET
        checks.append(
            Check(
                "R52",
                "表决方式",
                Level.BREACH,
                ok,
                message="" if ok else f"{entry.stage.item.major_labels}事项须无记名投票。",
                clause=cite("参照《党组工作条例》", "R52"),
                fix_url=url + "#vote",
                fix_label="改表决方式",
            )
        )
    return checks
