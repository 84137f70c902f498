"""Registering prerequisites, consultations and files."""

from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from common.errors import NotNow, NotPermitted, NotVisible
from common.history import save_as
from common.uploads import UploadFacts, inspect_upload
from decisions import access
from decisions.choices import AttachmentKind, Disagreement, ItemState
from decisions.models import Attachment, Consultation, DecisionItem, Prerequisite, TaskReport
from decisions.services.acts import record
from documents.services import quarantine
from governance.choices import PrerequisiteKind
from governance.selectors import deciding_body

MAX_FILES_PER_ITEM = 40


def _require_evidence_time(item: DecisionItem) -> None:
    if item.state in (ItemState.REJECTED, ItemState.WITHDRAWN, ItemState.COMPLETED):
        raise NotNow(f"此议题现为“{item.get_state_display()}”，不再登记材料。", current=item)


@transaction.atomic
def add_prerequisite(
    item_id: int,
    *,
    actor: Any,
    kind: str,
    held_on: date,
    participants: str,
    conclusion: str,
    result: str,
    congress_mode: str = "",
    document_number: str = "",
    files: list[UploadedFile] | None = None,
) -> Prerequisite:
    """Register one 前置程序 with date, participants, conclusion and files. A later one replaces it in the check."""
    item = access.item_for_update(actor, item_id)
    access.require(
        access.may_add_evidence,
        access.offices_on(actor, item),
        item,
        "前置程序由提出人、经办人、汇报人、会议秘书或书记校长登记。",
    )
    _require_evidence_time(item)
    if held_on > timezone.localdate():
        raise NotNow("日期不能晚于今天，请填写实际办理的日期。")
    same = item.prerequisites.filter(
        kind=kind, held_on=held_on, participants=participants, conclusion=conclusion, result=result
    )
    if same.filter(is_void=False, proposal_version=item.proposal_version).exists():
        raise NotNow("同样的前置程序已经登记，没有重复登记。")
    evidence = save_as(
        Prerequisite(
            school=item.school,
            item=item,
            kind=kind,
            held_on=held_on,
            participants=participants,
            conclusion=conclusion,
            result=result,
            congress_mode=congress_mode,
            document_number=document_number,
            proposal_version=item.proposal_version,
            recorded_by=actor,
        ),
        actor,
        "登记前置程序",
    )
    for file in files or []:
        store_file(item, file, actor=actor, kind=AttachmentKind.EVIDENCE, prerequisite=evidence)
    record(
        item,
        kind="prerequisite.recorded",
        text=f"{actor}登记{PrerequisiteKind(kind).label}：{evidence.get_result_display()}",
        actor=actor,
        data={
            "prerequisite": evidence.pk,
            "kind": kind,
            "held_on": held_on.isoformat(),
            "result": result,
            "document_number": document_number,
        },
    )
    return evidence


@transaction.atomic
def void_prerequisite(prerequisite_id: int, *, actor: Any, reason: str) -> Prerequisite:
    """作废 a wrongly registered 前置程序; it stays readable with its reason."""
    evidence = Prerequisite.objects.visible_to(actor).filter(pk=prerequisite_id).first()
    if evidence is None:
        raise NotVisible("Prerequisite")
    item = access.item_for_update(actor, evidence.item_id)
    access.require(
        access.may_add_evidence, access.offices_on(actor, item), item, "前置程序由登记人员或会议秘书作废。"
    )
    _require_evidence_time(item)
    evidence.refresh_from_db()
    if evidence.is_void:
        raise NotNow("此条已作废。", current=item)
    evidence.is_void, evidence.void_reason = True, reason
    save_as(evidence, actor, reason)
    record(
        item,
        kind="prerequisite.voided",
        text=f"{actor}作废{evidence.get_kind_display()}记录：{reason}",
        actor=actor,
        reason=reason,
        data={"prerequisite": evidence.pk},
    )
    return evidence


@transaction.atomic
def add_consultation(
    item_id: int,
    *,
    actor: Any,
    held_at: datetime,
    counterpart: Any,
    opinions: str,
    disagreement: str,
    follow_up: str = "",
) -> Consultation:
    """记录会前沟通 of the secretary with the principal (or the deputy in a 一肩挑 school) (R17)."""
    item = access.item_for_update(actor, item_id)
    access.require(
        access.may_record_consultation,
        access.offices_on(actor, item),
        item,
        "会前沟通由书记、校长、副书记或党组织会议秘书记录。",
    )
    _require_evidence_time(item)
    if held_at > timezone.now():
        raise NotNow("沟通时间不能晚于现在，请填写实际沟通的时间。")
    acting = access.chairs_on(item, deciding_body(item.school))
    secretary = next((person for person in acting if person.pk != counterpart.pk), None)
    if secretary is None:
        raise NotNow("本校没有在任书记，请先在“班子与任职”登记。")
    if not access.counterparts_on(item).filter(pk=counterpart.pk).exists():
        raise NotNow(f"{counterpart}不是本校规定的沟通对象。请选择校长；一肩挑学校请选择副书记或分管副校长。")
    same = item.consultations.filter(held_at=held_at, counterpart=counterpart, opinions=opinions)
    if same.filter(proposal_version=item.proposal_version).exists():
        raise NotNow("同样的会前沟通已经记录，没有重复记录。")
    consultation = save_as(
        Consultation(
            school=item.school,
            item=item,
            held_at=held_at,
            secretary=secretary,
            counterpart=counterpart,
            opinions=opinions,
            disagreement=disagreement,
            follow_up=follow_up,
            proposal_version=item.proposal_version,
            recorded_by=actor,
        ),
        actor,
        "记录会前沟通",
    )
    record(
        item,
        kind="consultation.recorded",
        text=f"{secretary}与{counterpart}沟通（第{item.proposal_version}版方案）："
        f"{Disagreement(disagreement).label}",
        actor=actor,
        data={"consultation": consultation.pk, "disagreement": disagreement},
    )
    return consultation


def store_file(
    item: DecisionItem,
    file: UploadedFile,
    *,
    actor: Any,
    kind: str,
    prerequisite: Prerequisite | None = None,
    task_report: TaskReport | None = None,
    facts: UploadFacts | None = None,
) -> Attachment:
    """Keep one file, inspected here unless `facts` are given; raises NotNow where it may not be stored."""
    if item.attachments.count() >= MAX_FILES_PER_ITEM:
        raise NotNow(f"一个议题最多 {MAX_FILES_PER_ITEM} 份文件，请先合并材料。")
    facts = facts or inspect_upload(file)
    stored = save_as(
        Attachment(
            school=item.school,
            item=item,
            kind=kind,
            prerequisite=prerequisite,
            task_report=task_report,
            name=facts.safe_name,
            file=file,
            content_type=facts.content_type,
            size=facts.size,
            sha256=facts.sha256,
            uploaded_by=actor,
        ),
        actor,
        "上传文件",
    )
    page = reverse("decisions:item_detail", args=[item.pk])
    quarantine(stored.file, actor=actor, school=item.school, url=page)
    return stored


@transaction.atomic
def add_attachments(
    item_id: int, *, actor: Any, files: list[UploadedFile], kind: str = AttachmentKind.MATERIAL
) -> list[Attachment]:
    """Upload several files to an item at once, all or none; those of this person that are there stay as they are."""
    item = access.item_for_update(actor, item_id)
    access.require(
        access.may_add_evidence,
        access.offices_on(actor, item),
        item,
        "会议材料由提出人、经办人、汇报人、会议秘书或书记校长上传。",
    )
    _require_evidence_time(item)
    own = item.attachments.filter(kind=kind, is_withdrawn=False, uploaded_by=actor)
    known = set(own.values_list("name", "sha256"))
    looked_into = [(file, inspect_upload(file)) for file in files]
    fresh = [(file, facts) for file, facts in looked_into if (facts.safe_name, facts.sha256) not in known]
    if not fresh:
        return []
    stored = [store_file(item, file, actor=actor, kind=kind, facts=facts) for file, facts in fresh]
    record(
        item,
        kind="attachment.added",
        text=f"{actor}上传{AttachmentKind(kind).label}：{'、'.join(a.name for a in stored)}",
        actor=actor,
        data={"attachments": [{"id": a.pk, "sha256": a.sha256} for a in stored]},
    )
    return stored


@transaction.atomic
def withdraw_attachment(attachment_id: int, *, actor: Any, reason: str) -> Attachment:
    """撤下 a file; it stays in history and ledger, and is no longer offered as material."""
    attachment = Attachment.objects.visible_to(actor).filter(pk=attachment_id).first()
    if attachment is None:
        raise NotVisible("Attachment")
    item = access.item_for_update(actor, attachment.item_id)
    if actor.pk != attachment.uploaded_by_id:
        raise NotPermitted("文件由上传人撤下。", need="上传人")
    _require_evidence_time(item)
    attachment.refresh_from_db()
    if attachment.is_withdrawn:
        raise NotNow("此文件已撤下。", current=item)
    attachment.is_withdrawn = True
    save_as(attachment, actor, reason, update_fields=["is_withdrawn"])
    record(
        item,
        kind="attachment.withdrawn",
        text=f"{actor}撤下{attachment.name}：{reason}",
        actor=actor,
        reason=reason,
        data={"attachment": attachment.pk},
    )
    return attachment
