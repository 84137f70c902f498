"""前置程序, 会前沟通 and files of an item."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import NotPermitted, NotVisible
from decisions import access, rules
from decisions.forms import AttachmentForm, ConsultationForm, PrerequisiteForm, ReasonForm
from decisions.models import Attachment, DecisionItem, Prerequisite
from decisions.services import evidence
from documents.serving import INLINE, reading_copy
from governance.choices import GrantKind, PrerequisiteKind
from governance.services.grants import note_use


def _require_evidence(request: HttpRequest, item: DecisionItem) -> None:
    if not access.may_add_evidence(access.offices_on(request.user, item), item):
        raise NotPermitted("材料由提出人、经办人、汇报人、会议秘书或书记校长登记。", need="提出人或经办人")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def prerequisite_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose a kind of 前置程序, then register it with date, participants, conclusion and files."""
    item = access.item_for(request.user, pk)
    _require_evidence(request, item)
    kind = request.GET.get("kind", "")
    if kind not in PrerequisiteKind.values:
        needed = rules.required_kinds(item)
        kinds = [
            (value, PrerequisiteKind(value).label, rules.PREREQUISITE_RULES[value], value in needed)
            for value in (*needed, *(k for k in PrerequisiteKind.values if k not in needed))
        ]
        return render(request, "decisions/evidence_kinds.html", {"item": item, "kinds": kinds})
    form = PrerequisiteForm(
        request.POST or None,
        request.FILES or None,
        kind=kind,
        congress_mode=item.catalogue_entry.congress_mode,
    )
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        evidence.add_prerequisite(
            pk,
            actor=request.user,
            kind=kind,
            held_on=cleaned["held_on"],
            participants=cleaned["participants"],
            conclusion=cleaned["conclusion"],
            result=cleaned["result"],
            congress_mode=form.congress_mode,
            document_number=cleaned["document_number"],
            files=cleaned["files"],
        )
        messages.success(request, f"已登记{PrerequisiteKind(kind).label}。")
        return redirect("decisions:item_detail", pk=pk)
    code, _, wanted, source, why = rules.PREREQUISITE_RULES[kind]
    return render(
        request,
        "decisions/evidence_form.html",
        {
            "item": item,
            "form": form,
            "heading": f"登记{PrerequisiteKind(kind).label}",
            "why": f"{wanted}：{why}。",
            "clause": rules.cite(source, code),
            "button": "登记",
        },
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def prerequisite_void(request: HttpRequest, pk: int) -> HttpResponse:
    """作废 a wrong registration, with a reason; it stays readable."""
    found = Prerequisite.objects.visible_to(request.user).filter(pk=pk).select_related("item").first()
    if found is None:
        raise NotVisible("Prerequisite")
    item = access.item_for(request.user, found.item_id)
    _require_evidence(request, item)
    form = ReasonForm(request.POST or None, label="作废原因", help_text="原登记保留可查，不再作为依据。")
    if request.method == "POST" and form.is_valid():
        evidence.void_prerequisite(pk, actor=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, f"{found.get_kind_display()}记录已作废。")
        return redirect("decisions:item_detail", pk=found.item_id)
    return render(
        request,
        "decisions/act.html",
        {"item": item, "form": form, "heading": f"作废{found.get_kind_display()}记录", "button": "作废记录"},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def consultation_add(request: HttpRequest, pk: int) -> HttpResponse:
    """记录会前沟通 on the present version of the proposal (R17)."""
    item = access.item_for(request.user, pk)
    if not access.may_record_consultation(access.offices_on(request.user, item), item):
        raise NotPermitted("会前沟通由书记、校长、副书记或党组织会议秘书记录。", need="书记或校长")
    now = timezone.localtime().replace(second=0, microsecond=0)
    form = ConsultationForm(
        request.POST or None, counterparts=access.counterparts_on(item), initial={"held_at": now}
    )
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        evidence.add_consultation(
            pk,
            actor=request.user,
            held_at=cleaned["held_at"],
            counterpart=cleaned["counterpart"],
            opinions=cleaned["opinions"],
            disagreement=cleaned["disagreement"],
            follow_up=cleaned["follow_up"],
        )
        messages.success(request, "已记录沟通。")
        return redirect("decisions:item_detail", pk=pk)
    return render(
        request,
        "decisions/evidence_form.html",
        {
            "item": item,
            "form": form,
            "heading": "记录会前沟通",
            "why": f"就第 {item.proposal_version} 版方案沟通。方案修改后须重新沟通；有重大分歧的暂缓上会。",
            "clause": rules.cite(f"{rules.OPINION}（七）", "R17"),
            "button": "记录沟通",
            "proposal": item.proposal,
        },
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def attachment_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Upload several files at once; a script gets the new list as JSON."""
    item = access.item_for(request.user, pk)
    _require_evidence(request, item)
    prefix = "upload" if "upload-kind" in request.POST else None
    form = AttachmentForm(request.POST or None, request.FILES or None, prefix=prefix)
    wants_json = request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        stored = evidence.add_attachments(
            pk, actor=request.user, files=cleaned["files"], kind=cleaned["kind"]
        )
        if wants_json:
            item = access.item_for(request.user, pk)
            return JsonResponse({"version": item.version, "html": _file_list(request, item)})
        twice = len(cleaned["files"]) - len(stored)
        messages.success(
            request, f"已上传 {len(stored)} 份。" + (f"{twice} 份此前已上传，没有重复。" if twice else "")
        )
        return redirect("decisions:item_detail", pk=pk)
    if wants_json:
        return JsonResponse({"errors": form.errors.get("files", ["请选择文件。"])}, status=422)
    return render(
        request,
        "decisions/evidence_form.html",
        {
            "item": item,
            "form": form,
            "heading": "上传会议材料",
            "why": "材料随议题送达参会人员，按知悉范围可见。",
            "button": "上传",
        },
        status=422 if form.is_bound else 200,
    )


def _file_list(request: HttpRequest, item: DecisionItem) -> str:
    files = [file for file in item.attachments.all() if not file.is_withdrawn]
    return render_to_string("decisions/_files.html", {"files": files}, request=request)


@require_safe
@login_required
def attachment_download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One file, for whoever may read its item or its task."""
    found = Attachment.objects.visible_to(request.user).select_related("item").filter(pk=pk).first()
    if found is None:
        raise NotVisible("Attachment")
    note_use(request.user, (GrantKind.FILE, found))
    return reading_copy(
        found.file,
        reader=request.user,
        filename=found.name,
        content_type=found.content_type,
        is_restricted=found.item.is_restricted,
        inline=found.content_type in INLINE,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def attachment_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """撤下 a file one uploaded oneself, with a reason."""
    found: Any = Attachment.objects.visible_to(request.user).filter(pk=pk).select_related("item").first()
    if found is None:
        raise NotVisible("Attachment")
    item = access.item_for(request.user, found.item_id)
    if found.uploaded_by_id != request.user.pk:
        raise NotPermitted("文件由上传人撤下。", need="上传人")
    form = ReasonForm(
        request.POST or None, label="撤下原因", help_text="原件保留在档案中，不再作为会议材料。"
    )
    if request.method == "POST" and form.is_valid():
        evidence.withdraw_attachment(pk, actor=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, f"已撤下{found.name}。")
        return redirect("decisions:item_detail", pk=found.item_id)
    return render(
        request,
        "decisions/act.html",
        {"item": item, "form": form, "heading": f"撤下{found.name}", "button": "撤下文件"},
        status=422 if form.is_bound else 200,
    )
