"""What is asked before a stage stands on the agenda of one meeting (R10–R25, R78)."""

from django.urls import reverse

from common.checks import Check
from common.choices import Level
from decisions.models import DecisionItem, Stage
from decisions.rules import agenda_checks, cite
from governance.choices import MajorClass
from governance.parameters import Parameters
from meetings.choices import MeetingState
from meetings.models import Meeting


def adhoc_checks(meeting: Meeting, item: DecisionItem, reason: str) -> list[Check]:
    """R25: nothing is added after the notice, but urgently, with the chair's consent and a reason; never K or F."""
    forbidden = set(Parameters(meeting.parameters)["agenda.adhoc_forbidden"]) & set(item.major_classes)
    labels = "、".join(MajorClass(value).label for value in sorted(forbidden))
    source = "参照学校党组织议事决策程序"
    url = reverse("meetings:meeting_detail", args=[meeting.pk])
    return [
        Check(
            "R25",
            "不得临时动议",
            Level.BLOCK,
            not forbidden,
            message=f"{labels}事项不得临时动议。请列入下次会议。" if forbidden else "",
            clause=cite(source, "R25"),
            fix_url=url,
            fix_label="看会议",
        ),
        Check(
            "R25",
            "临时动议经主持人同意并说明理由",
            Level.BREACH,
            bool(reason.strip()),
            message="" if reason.strip() else "会议已通知，增加议题须经主持人同意并填写紧急理由。",
            clause=cite(source, "R25"),
            fix_url=url,
            fix_label="填写理由",
        ),
    ]


def timing_checks(meeting: Meeting, item: DecisionItem) -> list[Check]:
    """R24: submitted and delivered in time. Warnings only."""
    parameters = Parameters(meeting.parameters)
    source = "参照某校校长办公会议制度"
    url = reverse("meetings:meeting_detail", args=[meeting.pk])
    checks = []
    days = parameters["agenda.submit_days"]
    if item.submitted_at is not None:
        ahead = (meeting.scheduled_at - item.submitted_at).days
        checks.append(
            Check(
                "R24",
                f"提前 {days} 日申报",
                Level.WARN,
                ahead >= days,
                message="" if ahead >= days else f"申报距会议不足 {days} 日（{max(ahead, 0)} 日）。",
                clause=cite(source, "R24"),
                fix_url=url,
                fix_label="看安排",
            )
        )
    days = parameters["agenda.material_days"]
    sent = meeting.materials_sent_at
    ok = sent is not None and (meeting.scheduled_at - sent).days >= days
    message = ""
    if sent is None:
        message = f"会议材料尚未送达班子成员，须提前 {days} 日。请发会议通知。"
    elif not ok:
        message = f"材料送达距会议不足 {days} 日。"
    checks.append(
        Check(
            "R24",
            f"材料提前 {days} 日送达",
            Level.WARN,
            ok,
            message=message,
            clause=cite(source, "R24"),
            fix_url=url,
            fix_label="发会议通知",
        )
    )
    return checks


def gate(meeting: Meeting, item: DecisionItem, stage: Stage, *, ad_hoc_reason: str = "") -> list[Check]:
    """Everything asked of one stage before it stands on this meeting's agenda. Empty for 补录: facts are facts."""
    if meeting.is_retrospective:
        return []
    checks = agenda_checks(item, stage, Parameters(meeting.parameters), meeting.scheduled_at)
    if meeting.state != MeetingState.PLANNED:
        checks.extend(adhoc_checks(meeting, item, ad_hoc_reason))
    checks.extend(timing_checks(meeting, item))
    return checks
