"""What the platform does by itself after an evaluation and every morning: reopen, tell, remind. Idempotent."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from common.choices import Level
from common.history import remember, save_as
from compliance import access
from compliance.choices import SCHOOL_STATES, SETTLED_STATES, FindingAct, FindingState
from compliance.models import EffectiveParameter, Finding, FindingStep
from compliance.services.rectification import deadline, record_step, tell
from governance.choices import AccessScope, AuthorityRole, BodyKind, SeatRole
from governance.models import School, Seat
from governance.parameters import KEYS
from notifications.services import notify

# Days a step is overdue → level of the reminder: the people of the step, the district's reviewer, its leader.
LEVELS = ((15, 3), (8, 2), (1, 1))
ANSWERED = (Level.BLOCK, Level.BREACH)  # 预警 and 提示 may be answered, but no day is set for them


def follow_up(school_ids: Collection[int] | None = None) -> dict[str, int]:
    """After an evaluation: reopen what stands again, set the day to answer new breaches, tell the schools.

    `school_ids` limits it (None: all schools). Returns how many findings were reopened and how many set.
    """
    findings = Finding.objects.all() if school_ids is None else Finding.objects.filter(school__in=school_ids)
    reopened = [pk for pk in _standing_again(findings) if recur(pk)]
    _set_due(findings.filter(state=FindingState.FOUND, resolved_at__isnull=False, due_on__isnull=False), None)
    return {"reopened": len(reopened), "announced": announce(findings)}


def _set_due(findings: QuerySet[Finding], due_on: date | None) -> int:
    """Set or take away the day of answer of many findings, with history; returns how many."""
    ids = list(findings.values_list("pk", flat=True))
    if ids:
        Finding.objects.filter(pk__in=ids).update(due_on=due_on)
        remember(
            Finding.objects.filter(pk__in=ids), None, "设定答复时限" if due_on else "已自行消除，不再计时限"
        )
    return len(ids)


def _standing_again(findings: Any) -> list[int]:
    """Settled findings that stand though they were seen gone at or after the day they were settled."""
    past: Any = Finding.history.model
    gone = past.objects.filter(
        id=OuterRef("pk"), resolved_at__isnull=False, history_date__gte=OuterRef("rectification__settled_at")
    )
    again = findings.standing().filter(
        Exists(gone), state__in=SETTLED_STATES, rectification__settled_at__isnull=False
    )
    return list(again.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def recur(finding_id: int) -> bool:
    """再次出现: a settled finding stands again and waits for the school's answer; False where it no longer does."""
    finding = access.lock_finding(finding_id)
    plan = finding.plan
    if finding.state not in SETTLED_STATES or finding.resolved_at is not None or plan is None:
        return False
    before = finding.get_state_display()
    plan.settled_at, plan.look_back_on = None, None
    save_as(plan, None, "再次出现")
    words = f"{before}后系统再次判定，重新列入整改台账。"
    record_step(
        finding,
        act=FindingAct.RECUR,
        event="finding.recur",
        target=FindingState.FOUND,
        words=words,
        due_on=deadline(finding, "answer"),
    )
    people = [
        *access.responsible(finding),
        *access.district_people(finding.school, AuthorityRole.REVIEWER),
    ]
    tell(finding, people, "问题再次出现", words)
    return True


def announce(findings: Any) -> int:
    """Give new breaches their day of answer, and tell 书记 and 校长 once a day and school; returns how many.

    The day is counted from today by the school's parameter; it is a deadline, not a fact of the finding.
    """
    new = findings.standing().filter(state=FindingState.FOUND, due_on__isnull=True, level__in=ANSWERED)
    waiting: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for pk, school, scope in new.values_list("pk", "school", "access_scope"):
        waiting[school].append((pk, scope))
    answer = dict(
        EffectiveParameter.objects.filter(
            school__in=list(waiting), key="rectify.answer_days", since__lte=timezone.localdate()
        )
        .order_by("school", "since")
        .values_list("school", "number")
    )
    total = 0
    for school in School.objects.filter(pk__in=list(waiting)).order_by("pk"):
        allowed = answer.get(school.pk, KEYS["rectify.answer_days"].default)
        total += _announce_school(school, waiting[school.pk], timezone.localdate() + timedelta(days=allowed))
    return total


@transaction.atomic
def _announce_school(school: School, found: list[tuple[int, int]], due_on: date) -> int:
    new = Finding.objects.filter(pk__in=[pk for pk, _ in found], due_on__isnull=True)
    set_now = _set_due(new, due_on)
    heads = Seat.objects.active().filter(school=school, role__in=[SeatRole.SECRETARY, SeatRole.PRINCIPAL])
    party = set(
        Seat.objects.active()
        .office()
        .filter(school=school, body__kind__in=[BodyKind.PARTY, BodyKind.ASSEMBLY])
        .values_list("person", flat=True)
    )
    people = {seat.person_id: seat.person for seat in heads.select_related("person")}
    for person in people.values():
        number = sum(person.pk in party or scope < AccessScope.RESTRICTED for _, scope in found)
        if set_now and number:
            notify(
                recipients=[person],
                kind="finding.found",
                title=f"系统新判定 {number} 个合规问题",
                body=f"请于 {due_on.month}月{due_on.day}日 前核实，或说明理由申诉。",
                url=f"{reverse('compliance:finding_list')}?school={school.pk}&state=found",
                school=school,
                dedupe=f"findings:{school.pk}:{timezone.localdate().isoformat()}",
            )
    return set_now


def overdue_ids(on: date) -> list[int]:
    """Findings whose present step should have been done before the day."""
    return list(Finding.objects.overdue(on).order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def escalate(finding_id: int, on: date) -> bool:
    """逾期提醒 of one finding: once per step and level, recorded; False where nothing new is to be said.

    School steps go to the owner, 书记 and 校长, from the eighth day also to 区督查, from the fifteenth to 区领导;
    steps of the district go to 区督查 and from the eighth day to 区领导.
    """
    finding = access.lock_finding(finding_id)
    if finding.due_on is None or not Finding.objects.overdue(on).filter(pk=finding_id).exists():
        return False
    late = (on - finding.due_on).days
    level = next(level for days, level in LEVELS if late >= days)
    step = f"{finding.state}:{finding.due_on.isoformat()}:"
    said = [int(one.rpartition(":")[2]) for one in _occasions(finding, step)]
    if said and max(said) >= level:
        return False
    people, words = _escalated(finding, level, late)
    record_step(
        finding,
        act=FindingAct.ESCALATE,
        event="finding.escalate",
        words=words,
        due_on=finding.due_on,
        occasion=f"{step}{level}",
    )
    tell(finding, people, f"整改步骤逾期 {late} 天", words)
    return True


def _occasions(finding: Finding, step: str) -> QuerySet[FindingStep, str]:
    return finding.steps.filter(occasion__startswith=step).values_list("occasion", flat=True)


def _escalated(finding: Finding, level: int, late: int) -> tuple[list[Any], str]:
    """Whom a reminder of a level reaches, and its words."""
    is_school = finding.state in SCHOOL_STATES
    people = access.responsible(finding) if is_school else []
    names = ["责任人、书记、校长"] if is_school else []
    if level >= 2 or not is_school:
        people += access.district_people(finding.school, AuthorityRole.REVIEWER)
        names.append("区督查")
    if level >= (3 if is_school else 2):
        people += access.district_people(finding.school, AuthorityRole.LEADER)
        names.append("区领导")
    return people, f"“{finding.get_state_display()}”逾期 {late} 天，提醒{'、'.join(names)}。"
