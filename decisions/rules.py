"""Gates of an item before it reaches a meeting (R10–R23, R78): pure questions, every failing answer at once.

Each function returns Check objects with the clause and the page that mends it; none writes.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone

from common.checks import Check
from common.choices import Level
from decisions.choices import FAVOURABLE, Disagreement, EvidenceResult, Purpose, StageState
from decisions.models import Consultation, DecisionItem, Prerequisite, Stage
from governance.choices import CongressMode, MajorClass, PrerequisiteKind, Route
from governance.models import CatalogueEntry, Seat
from governance.parameters import Parameters
from governance.selectors import is_dual_role

OPINION = "中办《意见（试行）》"

# kind → (rule, level, what must exist, source, why it is asked)
PREREQUISITE_RULES: dict[str, tuple[str, str, str, str, str]] = {
    PrerequisiteKind.RESEARCH: (
        "R16",
        Level.BREACH,
        "调研报告",
        f"{OPINION}（七）",
        "建议方案须在调查研究基础上提出",
    ),
    PrerequisiteKind.OPINION: (
        "R20",
        Level.BLOCK,
        "征求意见记录",
        f"{OPINION}（七）要点",
        "涉及师生切身利益，须先听取意见",
    ),
    PrerequisiteKind.EXPERT: (
        "R21",
        Level.BREACH,
        "专家论证意见",
        f"{OPINION}（七）要点",
        "专业性强，须有专家评估",
    ),
    PrerequisiteKind.LEGAL: (
        "R22",
        Level.BREACH,
        "合法性审查意见书",
        "《事项清单》前置要求",
        "须有意见书编号和结论，仅有附件名称不算完成审查",
    ),
    PrerequisiteKind.RISK: (
        "R23",
        Level.WARN,
        "风险评估",
        "《事项清单》前置要求",
        "涉及稳定、安全或廉政，须先评估风险",
    ),
    PrerequisiteKind.CONGRESS: (
        "R20",
        Level.BLOCK,
        "教代会意见",
        "教育部令第32号《学校教职工代表大会规定》要点",
        "属于教代会职权范围",
    ),
    PrerequisiteKind.DELIBERATION: (
        "R19",
        Level.BLOCK,
        "会前酝酿记录",
        f"{OPINION}（七）",
        "干部方案须在一定范围内酝酿",
    ),
    PrerequisiteKind.INSPECTION: (
        "R19",
        Level.BREACH,
        "考察材料",
        "《事项清单》前置要求",
        "干部和发展对象须经考察",
    ),
    PrerequisiteKind.DISCIPLINE: (
        "R12",
        Level.BREACH,
        "纪检意见",
        "《事项清单》前置要求",
        "须听取纪检委员意见",
    ),
    PrerequisiteKind.BUDGET: (
        "R12",
        Level.BREACH,
        "预算来源确认",
        "《事项清单》前置要求",
        "须由财务确认资金来源",
    ),
    PrerequisiteKind.PARENTS: (
        "R12",
        Level.BREACH,
        "家委会意见",
        "《事项清单》前置要求",
        "涉及学生和家长，须听取家委会意见",
    ),
}


def cite(source: str, code: str) -> str:
    """A clause as pages show it: document and article, then the rule."""
    return f"{source}·规则 {code}"


def required_kinds(item: DecisionItem) -> list[str]:
    """Evidence the item needs before the deciding meeting: research on P and L, then what its entry adds."""
    base = [] if item.route == Route.ADMIN else [PrerequisiteKind.RESEARCH.value]
    return base + [kind for kind in item.catalogue_entry.prerequisites if kind not in base]


def _day(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local.month}月{local.day}日"


def submission_checks(item: DecisionItem) -> list[Check]:
    """What 申报 needs: a complete form, a current entry (R12), a proposer from the leadership (R10)."""
    edit = reverse("decisions:item_edit", args=[item.pk])
    missing = [
        label
        for label, value in (
            ("标题", item.title),
            ("背景和依据", item.background),
            ("建议方案", item.proposal),
            ("汇报人", item.presenter_id),
            ("承办部门", item.department),
        )
        if not value
    ]
    checks = [
        Check(
            "R12",
            "申报内容完整",
            Level.BREACH,
            not missing,
            message="" if not missing else f"还缺：{'、'.join(missing)}。请补充后再申报。",
            clause=cite("《事项清单》申报要求", "R12"),
            fix_url=edit,
            fix_label="补充内容",
        ),
        proposer_check(item),
        entry_check(item),
        maker_check(item),
    ]
    if {MajorClass.FUND, MajorClass.PROJECT} & set(item.major_classes):
        has_amount = item.amount is not None and bool(item.fund_source)
        checks.append(
            Check(
                "R12",
                "金额和资金来源",
                Level.BREACH,
                has_amount,
                message="" if has_amount else "资金和项目类事项须填写涉及金额和资金来源。",
                clause=cite("《事项清单》申报要求", "R12"),
                fix_url=edit,
                fix_label="填写金额",
            )
        )
    return checks


def proposer_check(item: DecisionItem) -> Check:
    """R10: 领导班子成员 propose; a department brings its matter through the leader in charge."""
    is_leader = (
        Seat.objects.active().leadership().filter(school=item.school_id, person=item.proposer_id).exists()
    )
    return Check(
        "R10",
        "由领导班子成员提出",
        Level.BREACH,
        is_leader,
        message="" if is_leader else f"提出人 {item.proposer} 现不在领导班子任职。请改由分管领导提出。",
        clause=cite(f"{OPINION}（五）（六）", "R10"),
        fix_url=reverse("decisions:item_edit", args=[item.pk]),
        fix_label="更换提出人",
        detail=str(item.proposer),
    )


def maker_check(item: DecisionItem) -> Check:
    """R36: whoever the matter touches keeps away from it, so one of its makers must be somebody else."""
    touched = {concerned.person_id for concerned in item.concerned.all()}
    ok = not {item.created_by_id, item.proposer_id} <= touched
    return Check(
        "R36",
        "提出人或经办人无须回避",
        Level.BLOCK,
        ok,
        message="" if ok else "提出人和经办人都与此事项有利害关系，申报后须回避。请改由其他领导提出。",
        clause=cite("参照学校党组织会议制度", "R36"),
        fix_url=reverse("decisions:item_edit", args=[item.pk]),
        fix_label="更换提出人",
    )


def entry_check(item: DecisionItem) -> Check:
    """R12: the entry is in the school's current catalogue and its route is the item's route.

    An item keeps the version it was drafted under when the school later tightens the entry.
    """
    entry = item.catalogue_entry
    is_listed = (
        entry.is_current
        or CatalogueEntry.objects.in_force()
        .filter(school=item.school_id, code=entry.code, route=item.route)
        .exists()
    )
    ok = is_listed and entry.school_id == item.school_id and entry.route == item.route
    return Check(
        "R12",
        "事项在本校现行清单内",
        Level.BREACH,
        ok,
        message="" if ok else f"事项 {entry.code} 已不在本校现行清单内，请重新选择事项。",
        clause=cite("《事项清单》", "R12"),
        fix_url=reverse("decisions:item_edit", args=[item.pk]),
        fix_label="重新选择",
        detail=f"{entry.code} {entry.title}",
    )


def confirmation_check(item: DecisionItem, stage: Stage) -> Check:
    """R11: the secretary confirms Party topics, the principal those of 校长办公会议."""
    ok = stage.state in (StageState.CONFIRMED, StageState.SCHEDULED, StageState.CONCLUDED)
    who = "书记" if stage.body.is_party else "校长"
    article = "（五）" if stage.body.is_party else "（六）"
    return Check(
        "R11",
        f"{who}确定议题",
        Level.BREACH,
        ok,
        message="" if ok else f"{stage.body}的议题由{who}确定，尚未确定。",
        clause=cite(f"{OPINION}{article}", "R11"),
        fix_url=reverse("decisions:item_detail", args=[item.pk]),
        fix_label="去确定",
        detail=f"{_day(stage.confirmed_at)} 确定" if stage.confirmed_at else "",
    )


def proposed_check(item: DecisionItem, parameters: Parameters) -> Check:
    """R13: on route L the 校长办公会议 of the same round has proposed, and not too long ago; or 紧急处置 (R76)."""
    stage = next(
        (s for s in item.stages.all() if s.round == item.round and s.purpose == Purpose.PROPOSE), None
    )
    ok = stage is not None and stage.outcome in FAVOURABLE
    days = parameters["loop.propose_max_age_days"]
    message = ""
    urgent = None if ok else next((e for e in item.emergencies.all() if e.round == item.round), None)
    if urgent is not None:
        ok = True
    elif not ok:
        message = "校长办公会议尚未研究提出建议方案，不能直接提交党组织会议。请先列入校长办公会议。"
    elif stage and stage.concluded_at and stage.concluded_at < timezone.now() - timedelta(days=days):
        ok = False
        message = f"校长办公会议 {_day(stage.concluded_at)} 提出，已超过 {days} 日。请重新研究提出。"
    return Check(
        "R13",
        "紧急处置，免于先行提出" if urgent else "校长办公会议已研究提出",
        Level.BLOCK,
        ok,
        message=message,
        clause=cite(f"{OPINION}（六）", "R13"),
        fix_url=reverse("decisions:item_detail", args=[item.pk]),
        fix_label="看路线",
        detail=f"{_day(urgent.happened_at)} 处置，提交补议（规则 R76）"
        if urgent
        else f"{_day(stage.concluded_at)} {stage.get_outcome_display()}"
        if ok and stage and stage.concluded_at
        else "",
    )


def decided_check(item: DecisionItem) -> Check:
    """R14 and the order of route L: deployment follows the decision of the Party organisation."""
    stage = next(
        (s for s in item.stages.all() if s.round == item.round and s.purpose == Purpose.DECIDE), None
    )
    ok = stage is not None and stage.outcome in FAVOURABLE
    return Check(
        "R14",
        "党组织会议已讨论决定",
        Level.BLOCK,
        ok,
        message="" if ok else "党组织会议尚未决定，校长办公会议不能部署。",
        clause=cite(f"{OPINION}（六）", "R14"),
        fix_url=reverse("decisions:item_detail", args=[item.pk]),
        fix_label="看路线",
        detail=f"{_day(stage.concluded_at)} {stage.get_outcome_display()}"
        if ok and stage and stage.concluded_at
        else "",
    )


def consultation_check(item: DecisionItem, before: datetime | None = None) -> Check:
    """R17, R18: 书记 and 校长 consulted on this version of the proposal, before the meeting, without major dispute."""
    dual = is_dual_role(item.school)
    title = "书记与副书记或分管副校长沟通，无重大分歧" if dual else "书记、校长就现方案沟通，无重大分歧"
    consultations: list[Consultation] = list(item.consultations.all())
    current = [c for c in consultations if c.proposal_version == item.proposal_version]
    latest = current[-1] if current else None
    code, message, ok = "R17", "", False
    if latest is None and consultations:
        last = consultations[-1]
        revised = _day(item.proposal_revised_at) if item.proposal_revised_at else "之后"
        message = (
            f"{_day(last.held_at)}的沟通早于方案修改（{revised}），不能用于本次上会。"
            "请就新方案再次沟通并记录结论。"
        )
    elif latest is None:
        message = "没有会前沟通记录。请先充分沟通，再记录时间、意见和有无重大分歧。"
    elif latest.disagreement == Disagreement.MAJOR:
        code = "R18"
        message = f"{_day(latest.held_at)}沟通有重大分歧，应暂缓上会。请再次沟通，取得一致后记录。"
    elif before is not None and latest.held_at >= before:
        message = f"沟通时间 {_day(latest.held_at)} 不早于会议时间，请核对。"
    else:
        ok = True
    clause = cite(f"{OPINION}（七）" + ("，一肩挑学校参照" if dual else ""), code)
    return Check(
        code,
        title,
        Level.BLOCK,
        ok,
        message=message,
        clause=clause,
        fix_url=reverse("decisions:consultation_add", args=[item.pk]),
        fix_label="记录沟通",
        detail=f"{_day(latest.held_at)} {latest.get_disagreement_display()}" if ok and latest else "",
    )


def _evidence_problem(item: DecisionItem, kind: str, found: Prerequisite | None, why: str) -> str:
    """What is wrong with one kind of evidence, in one sentence; empty when nothing is."""
    wants_approval = (
        kind == PrerequisiteKind.CONGRESS and item.catalogue_entry.congress_mode == CongressMode.APPROVE
    )
    if found is None:
        return f"尚未登记。{why}。"
    if found.result == EvidenceResult.UNFAVOURABLE:
        return f"{found.held_on.month}月{found.held_on.day}日的结论为“不同意或不可行”。请完善方案后重新办理。"
    if kind == PrerequisiteKind.LEGAL and not found.document_number:
        return "已登记，缺意见书编号。仅有附件名称不算完成审查。"
    if wants_approval and found.result != EvidenceResult.APPROVED:
        return "此事项须经教代会讨论通过，听取意见不能代替。请补充讨论通过的记录。"
    return ""


def prerequisite_checks(item: DecisionItem) -> list[Check]:
    """R16, R19–R23 and the catalogue's own demands: one check for each kind of evidence the item needs."""
    latest: dict[str, Prerequisite] = {}
    for evidence in item.prerequisites.all():
        if not evidence.is_void:
            latest[evidence.kind] = evidence
    checks = []
    for kind in required_kinds(item):
        code, level, title, source, why = PREREQUISITE_RULES[kind]
        found = latest.get(kind)
        problem = _evidence_problem(item, kind, found, why)
        if kind == PrerequisiteKind.CONGRESS:
            title = f"教代会{item.catalogue_entry.get_congress_mode_display()}"
        checks.append(
            Check(
                code,
                title,
                level,
                not problem,
                message=problem,
                clause=cite(source, code),
                fix_url=reverse("decisions:prerequisite_add", args=[item.pk]) + f"?kind={kind}",
                fix_label="登记" if found is None else "重新登记",
                detail=f"{found.held_on.month}月{found.held_on.day}日，{found.participants}" if found else "",
            )
        )
    return checks


def fund_threshold_check(item: DecisionItem, parameters: Parameters) -> Check:
    """R78: without a configured threshold of large amounts no fund matter may be decided."""
    threshold = parameters["fund.large_threshold"]
    return Check(
        "R78",
        "已设定大额资金起点",
        Level.BREACH,
        None if threshold is None else True,
        message="区和学校都未设定大额资金起点，资金类事项无法判定。请由学校或区教育工委先设定。"
        if threshold is None
        else "",
        clause=cite("参照地方“三重一大”规定", "R78"),
        fix_url=reverse("governance:parameters"),
        fix_label="设定起点",
        detail=f"{threshold:,} 元，{parameters.source('fund.large_threshold')}" if threshold else "",
    )


def notice_workdays(item: DecisionItem, parameters: Parameters) -> int:
    """R65: working days a 公示 must last: `notice.workdays` for cadres, else those of the entry; 0 where none is asked."""
    asked = item.catalogue_entry.notice_workdays
    return parameters["notice.workdays"] if asked and item.is_cadre else asked


def agenda_checks(
    item: DecisionItem, stage: Stage, parameters: Parameters, meeting_at: datetime | None = None
) -> list[Check]:
    """Everything a stage needs before it may stand on the agenda of a meeting, met or not."""
    checks = [proposer_check(item), confirmation_check(item, stage), entry_check(item)]
    if stage.purpose == Purpose.DECIDE:
        if item.route == Route.LOOP:
            checks.append(proposed_check(item, parameters))
        checks.append(consultation_check(item, meeting_at))
        checks.extend(prerequisite_checks(item))
        if MajorClass.FUND in item.major_classes:
            checks.append(fund_threshold_check(item, parameters))
    elif stage.purpose == Purpose.DEPLOY and item.route == Route.LOOP:
        checks.append(decided_check(item))
    elif stage.purpose == Purpose.DEPLOY:
        checks.extend(prerequisite_checks(item))
    return checks


def refusing(checks: Iterable[Check]) -> list[Check]:
    """The checks that keep a matter off an agenda: failing at level B or E (ui.md, sample 议题详情)."""
    return [check for check in checks if check.is_failing and check.level in (Level.BLOCK, Level.BREACH)]


def completion_checks(item: DecisionItem) -> list[Check]:
    """办结 needs every task accepted or ended (R70, R72)."""
    waiting = [task for task in item.tasks.all() if task.is_open]
    return [
        Check(
            "R70",
            "落实任务全部验收",
            Level.BLOCK,
            not waiting,
            message=""
            if not waiting
            else f"还有 {len(waiting)} 项未验收：{'、'.join(task.title for task in waiting)}。",
            clause=cite("《事项清单》办结要求", "R70"),
            fix_url=reverse("decisions:item_detail", args=[item.pk]) + "#tasks",
            fix_label="看任务",
        )
    ]
