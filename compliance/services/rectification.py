"""整改: one verb each. Seen, permitted, timely, unchanged, unblocked; then state, step, history, ledger and notice."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from common.errors import NotNow, StaleVersion
from common.history import save_as
from common.uploads import inspect_upload
from compliance import access, transitions
from compliance.access import REVIEWING
from compliance.choices import FindingAct
from compliance.models import Finding, FindingFile, FindingStep, Rectification
from compliance.registry import RULES
from compliance.transitions import Transition
from documents.services import quarantine
from governance import parameters
from governance.choices import AccessScope
from ledger import services as ledger
from notifications.services import notify

MAX_FILES = 20


def finding_url(finding: Finding) -> str:
    """The page of a finding."""
    return reverse("compliance:finding_detail", args=[finding.pk])


def days(finding: Finding, step: str) -> int:
    """Days a step may take in the school of the finding today: answer, plan, review or look_back."""
    return parameters.resolve(finding.school, timezone.localdate())[f"rectify.{step}_days"]


def deadline(finding: Finding, step: str) -> date:
    """The last day of a step that begins today."""
    return timezone.localdate() + timedelta(days=days(finding, step))


def _begin(
    transition: Transition, finding_id: int, actor: Any, version: int | None, *, unblock: bool = True
) -> Finding:
    """Lock a finding for one act; raise the refusal that applies (blockers last, or later by the caller)."""
    finding = access.finding_for_update(actor, finding_id)
    transition.require(finding, access.standing_on(actor, finding))
    if version is not None and version != finding.version:
        raise StaleVersion(f"此问题刚被更新，现为“{finding.get_state_display()}”。", current=finding)
    if unblock:
        transition.unblock(finding)
    return finding


def _plan_of(finding: Finding) -> Rectification:
    return finding.plan or Rectification(school=finding.school, finding=finding)


def _day_within(finding: Finding, due_on: date) -> date:
    """A day of rectification; NotNow before today or later than the parameter allows."""
    today, longest = timezone.localdate(), days(finding, "plan")
    if not today <= due_on <= today + timedelta(days=longest):
        raise NotNow(f"整改时限须在今天起 {longest} 天之内。", current=finding)
    return due_on


def record_step(
    finding: Finding,
    *,
    act: str,
    event: str,
    target: str = "",
    actor: Any = None,
    words: str = "",
    due_on: date | None = None,
    occasion: str = "",
    files: Iterable[UploadedFile] = (),
) -> FindingStep:
    """Move a locked finding, add its step, keep field history and seal the act; `due_on` is the next deadline."""
    before = finding.state
    finding.state = target or before
    finding.due_on = due_on
    finding.version += 1
    save_as(finding, actor, words[:100] or act)
    step = FindingStep.objects.create(
        finding=finding,
        act=act,
        actor=actor,
        from_state=before,
        to_state=finding.state,
        words=words,
        due_on=due_on,
        occasion=occasion,
    )
    stored = [_store(step, file) for file in files]
    ledger.append(
        finding.school.chain_key,
        kind=event,
        subject=finding.subject,
        payload={
            "rule": finding.rule_code,
            "label": finding.subject_label,
            "from": before,
            "state": finding.state,
            "version": finding.version,
            "words": words,
            "due_on": due_on,
            "files": [file.sha256 for file in stored],
        },
        actor=actor,
    )
    return step


def _store(step: FindingStep, file: UploadedFile) -> FindingFile:
    facts = inspect_upload(file)
    stored = FindingFile.objects.create(
        step=step,
        name=facts.safe_name,
        file=file,
        content_type=facts.content_type,
        size=facts.size,
        sha256=facts.sha256,
    )
    quarantine(stored.file, actor=step.actor, school=step.finding.school, url=finding_url(step.finding))
    return stored


def tell(finding: Finding, people: Iterable[Any], what: str, body: str = "") -> None:
    """Notice about a finding: metadata only; the words of a matter of scope 2 do not leave the platform (R66)."""
    rule = RULES.get(finding.rule_code)
    notify(
        recipients=people,
        kind="finding.news",
        title=f"{what}：{finding.rule_code} {rule.title if rule else ''}".strip(),
        body="" if finding.access_scope == AccessScope.RESTRICTED else body,
        url=finding_url(finding),
        school=finding.school,
    )


def _reviewers(finding: Finding) -> list[Any]:
    return access.district_people(finding.school, *REVIEWING)


def _enter(finding: Finding, transition: Transition, actor: Any, **details: Any) -> Finding:
    record_step(
        finding,
        act=transition.key,
        event=transition.event,
        target=transition.target,
        actor=actor,
        **details,
    )
    return finding


@transaction.atomic
def confirm(
    finding_id: int, *, actor: Any, measures: str, owner: Any, due_on: date, version: int | None = None
) -> Finding:
    """核实: the school accepts the finding and says what is done, by whom and until when."""
    finding = _begin(transitions.CONFIRM, finding_id, actor, version)
    plan = _planned(finding, measures, owner, due_on)
    save_as(plan, actor, "制定整改措施")
    _enter(finding, transitions.CONFIRM, actor, words=measures, due_on=plan.due_on)
    tell(finding, [owner], "请负责整改", f"{measures}（{plan.due_on:%Y-%m-%d} 前）")
    return finding


def _planned(finding: Finding, measures: str, owner: Any, due_on: date) -> Rectification:
    if not access.candidates(finding).filter(pk=owner.pk).exists():
        raise NotNow("责任人须为可以知悉此问题的本校班子成员或会议秘书。", current=finding)
    plan = _plan_of(finding)
    plan.measures, plan.owner, plan.due_on = measures, owner, _day_within(finding, due_on)
    return plan


@transaction.atomic
def appeal(
    finding_id: int,
    *,
    actor: Any,
    reason: str,
    files: Iterable[UploadedFile] = (),
    version: int | None = None,
) -> Finding:
    """申诉: the school holds the finding to be wrong; the district decides."""
    finding = _begin(transitions.APPEAL, finding_id, actor, version)
    files = _within_limit(finding, files)
    plan = _plan_of(finding)
    plan.appeal_sha256 = finding.inputs_sha256
    save_as(plan, actor, "申诉")
    due = deadline(finding, "review")
    _enter(finding, transitions.APPEAL, actor, words=reason, due_on=due, files=files)
    tell(finding, _reviewers(finding), "请答复申诉", reason)
    return finding


@transaction.atomic
def decide_appeal(
    finding_id: int, *, actor: Any, is_upheld: bool, answer: str, version: int | None = None
) -> Finding:
    """答复申诉: upheld dismisses the finding as wrong, refused gives it back to the school."""
    transition = transitions.UPHOLD if is_upheld else transitions.REJECT
    finding = _begin(transition, finding_id, actor, version)
    plan = _plan_of(finding)
    plan.opinion = answer
    if is_upheld:
        plan.settled_at = timezone.now()
    save_as(plan, actor, answer[:100])
    _enter(
        finding, transition, actor, words=answer, due_on=None if is_upheld else deadline(finding, "answer")
    )
    tell(finding, access.responsible(finding), transition.label, answer)
    return finding


@transaction.atomic
def revise(
    finding_id: int,
    *,
    actor: Any,
    measures: str,
    owner: Any,
    due_on: date,
    reason: str,
    version: int | None = None,
) -> Finding:
    """调整措施: other measures, another owner or another day, with the reason."""
    finding = _begin(transitions.REVISE, finding_id, actor, version)
    plan = _planned(finding, measures, owner, due_on)
    save_as(plan, actor, reason)
    _enter(finding, transitions.REVISE, actor, words=f"{measures}（调整原因：{reason}）", due_on=plan.due_on)
    tell(finding, [owner], "整改措施有调整", measures)
    return finding


def hand_over(finding: Finding, *, receiver: Any, actor: Any, reason: str) -> Finding:
    """交接: another person is responsible for the rectification of a locked finding; nothing else changes."""
    plan = _plan_of(finding)
    giver, plan.owner = plan.owner, receiver
    save_as(plan, actor, f"交接：{reason}")
    words = f"责任人由{giver}交接给{receiver}：{reason}"
    record_step(
        finding,
        act=FindingAct.HAND_OVER,
        event="finding.handed_over",
        actor=actor,
        words=words,
        due_on=finding.due_on,
    )
    return finding


@transaction.atomic
def report_progress(
    finding_id: int,
    *,
    actor: Any,
    text: str,
    files: Iterable[UploadedFile] = (),
    version: int | None = None,
) -> Finding:
    """反馈整改进展, with evidence where there is some."""
    finding = _begin(transitions.PROGRESS, finding_id, actor, version)
    files = _within_limit(finding, files)
    _enter(finding, transitions.PROGRESS, actor, words=text, due_on=finding.due_on, files=files)
    return finding


def _within_limit(finding: Finding, files: Iterable[UploadedFile]) -> list[UploadedFile]:
    new = list(files)
    if FindingFile.objects.filter(step__finding=finding).count() + len(new) > MAX_FILES:
        raise NotNow(f"一个问题最多 {MAX_FILES} 份佐证，请先合并材料。", current=finding)
    return new


@transaction.atomic
def submit(
    finding_id: int,
    *,
    actor: Any,
    text: str,
    files: Iterable[UploadedFile] = (),
    version: int | None = None,
) -> Finding:
    """自评报验: the school holds it to be mended and asks the district to verify. Blocked without proof."""
    finding = _begin(transitions.SUBMIT, finding_id, actor, version, unblock=False)
    if new := _within_limit(finding, files):
        # What is handed in with the assessment is its proof; all is undone where something else blocks.
        _enter(finding, transitions.PROGRESS, actor, words="提交自评佐证", due_on=finding.due_on, files=new)
    transitions.SUBMIT.unblock(finding)
    plan = _plan_of(finding)
    plan.self_assessment, plan.submitted_at = text, timezone.now()
    save_as(plan, actor, "自评报验")
    _enter(finding, transitions.SUBMIT, actor, words=text, due_on=deadline(finding, "review"))
    tell(finding, _reviewers(finding), "请验收整改", text)
    return finding


@transaction.atomic
def close(
    finding_id: int,
    *,
    actor: Any,
    opinion: str,
    look_back_on: date | None = None,
    version: int | None = None,
) -> Finding:
    """验收销号: the district has verified it; 回头看 on a later day (by default as the parameter says)."""
    finding = _begin(transitions.CLOSE, finding_id, actor, version)
    day = look_back_on or deadline(finding, "look_back")
    if day <= timezone.localdate():
        raise NotNow("回头看日期须晚于今天。", current=finding)
    plan = _plan_of(finding)
    plan.opinion, plan.look_back_on, plan.settled_at = opinion, day, timezone.now()
    save_as(plan, actor, "验收销号")
    _enter(finding, transitions.CLOSE, actor, words=opinion, due_on=day)
    tell(finding, access.responsible(finding), "整改已销号", opinion)
    return finding


@transaction.atomic
def send_back(
    finding_id: int, *, actor: Any, opinion: str, due_on: date, version: int | None = None
) -> Finding:
    """退回补充: what was handed in does not do; the school goes on until a new day."""
    return _back_to_school(transitions.SEND_BACK, finding_id, actor, opinion, due_on, version)


@transaction.atomic
def review(finding_id: int, *, actor: Any, opinion: str, version: int | None = None) -> Finding:
    """回头看通过: still mended some time after."""
    finding = _begin(transitions.REVIEW, finding_id, actor, version)
    _enter(finding, transitions.REVIEW, actor, words=opinion)
    tell(finding, access.responsible(finding), "回头看通过", opinion)
    return finding


@transaction.atomic
def reopen(finding_id: int, *, actor: Any, opinion: str, due_on: date, version: int | None = None) -> Finding:
    """重新整改: 回头看 found it not mended, or back again."""
    return _back_to_school(transitions.REOPEN, finding_id, actor, opinion, due_on, version)


def _back_to_school(
    transition: Transition, finding_id: int, actor: Any, opinion: str, due_on: date, version: int | None
) -> Finding:
    finding = _begin(transition, finding_id, actor, version)
    plan = _plan_of(finding)
    plan.opinion, plan.settled_at, plan.look_back_on = opinion, None, None
    plan.due_on = _day_within(finding, due_on)
    save_as(plan, actor, opinion[:100])
    _enter(finding, transition, actor, words=opinion, due_on=plan.due_on)
    tell(finding, access.responsible(finding), transition.label, opinion)
    return finding
