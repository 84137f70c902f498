"""台账: one set of pages for every register; parse, ask a service or selector, draw."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from common.downloads import private_file
from common.errors import NotNow, NotVisible, StaleVersion
from documents.serving import INLINE
from governance.access import offices_of, require
from governance.models import School
from registers import access, selectors, services
from registers.choices import FilingState, ReportState
from registers.forms import AnswerForm, ReasonForm, SubmitForm, form_for
from registers.models import PolicyFiling, Record, TermReport
from registers.specs import Register

PAGE = 50


def _school(request: HttpRequest) -> School:
    """The school the person works in, if its registers are theirs to read; else NotVisible."""
    if not request.school or not access.may_read(request.user, request.school):
        raise NotVisible("School")
    return request.school


@require_safe
@login_required
def register_list(request: HttpRequest) -> HttpResponse:
    """台账: what each register is for, its last entry, what is due; for a district also what awaits it."""
    school = _school(request)
    return render(
        request,
        "registers/overview.html",
        {
            "school": school,
            "groups": selectors.overview(request.user, school, request.offices),
            "awaiting": selectors.awaiting(request.user),
        },
    )


@require_safe
@login_required
def record_list(request: HttpRequest, register: str) -> HttpResponse:
    """The entries of one register, newest first."""
    spec, school = access.register_for(register), _school(request)
    page = Paginator(selectors.records(request.user, school, spec), PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "registers/list.html",
        {
            "school": school,
            "register": spec,
            "headings": selectors.headings(spec),
            "lines": selectors.lines(spec, page),
            "page": page,
            "may_record": access.may_record(request.offices, spec),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def record_new(request: HttpRequest, register: str) -> HttpResponse:
    """登记."""
    spec, school = access.register_for(register), _school(request)
    _require_recorder(request, school, spec)
    form = form_for(spec, (*spec.fields, "note"))(
        request.POST or None, request.FILES or None, school=school, user=request.user
    )

    def act() -> Record:
        return services.record(
            spec.slug,
            actor=request.user,
            school=school,
            values=form.values,
            file=form.cleaned_data["file"],
        )

    back = reverse("registers:record_list", args=[spec.slug])
    return _form_page(
        request, spec, form, act, title=f"登记{spec.title}", button="登记", done="已登记", back=back
    )


@require_safe
@login_required
def record_detail(request: HttpRequest, register: str, pk: int) -> HttpResponse:
    """One entry: its facts, its file, the answer of the authority, its history, and what may be done."""
    spec = access.register_for(register)
    record = access.record_for(request.user, spec, pk)
    records_here = not record.is_void and access.may_record_in(request.user, record.school, spec)
    waits = isinstance(record, TermReport) and record.state in (ReportState.DRAFT, ReportState.RETURNED)
    return render(
        request,
        "registers/detail.html",
        {
            "register": spec,
            "record": record,
            "facts": selectors.facts(record, spec),
            "changes": selectors.changes(record, spec),
            "may_correct": records_here and bool(spec.open_fields(record)),
            "may_void": records_here and not _is_settled(record),
            "may_submit": records_here and waits and offices_of(request.user, record.school).is_secretary,
            "may_answer": _awaits_answer(record) and access.may_answer(request.user, record.school),
        },
    )


def _is_settled(record: Record) -> bool:
    return isinstance(record, TermReport | PolicyFiling) and record.state in services.SETTLED


def _awaits_answer(record: Record) -> bool:
    return (
        isinstance(record, TermReport | PolicyFiling)
        and not record.is_void
        and record.state in (ReportState.SUBMITTED, FilingState.FILED)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def record_correct(request: HttpRequest, register: str, pk: int) -> HttpResponse:
    """更正, with a reason."""
    spec, record = _recorded_here(request, register, pk)
    if record.is_void or not spec.open_fields(record):
        raise NotNow("这条登记现在不能更正。", current=record)
    form = form_for(spec, spec.open_fields(record), is_correction=True)(
        request.POST or None, request.FILES or None, school=record.school, user=request.user, instance=record
    )

    def act() -> Record:
        return services.correct(
            spec.slug,
            pk,
            actor=request.user,
            version=_version(form),
            reason=form.cleaned_data["reason"],
            values=form.values,
            file=form.cleaned_data["file"],
        )

    return _form_page(
        request,
        spec,
        form,
        act,
        title=f"更正{spec.title}",
        button="保存更正",
        done="已更正",
        back=_page(spec, pk),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def record_void(request: HttpRequest, register: str, pk: int) -> HttpResponse:
    """作废, with a reason."""
    spec, record = _recorded_here(request, register, pk)
    if record.is_void or _is_settled(record):
        raise NotNow("这条登记现在不能作废。", current=record)
    form = ReasonForm(request.POST or None, initial={"version": record.version})

    def act() -> Record:
        return services.void(
            spec.slug, pk, actor=request.user, version=_version(form), reason=form.cleaned_data["reason"]
        )

    return _form_page(
        request,
        spec,
        form,
        act,
        title=f"作废：{record}",
        button="作废登记",
        done="已作废",
        back=_page(spec, pk),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def record_submit(request: HttpRequest, register: str, pk: int) -> HttpResponse:
    """报送学期报告."""
    spec = access.register_for(register)
    record = access.record_for(request.user, spec, pk)
    if not isinstance(record, TermReport):
        raise NotVisible("TermReport")
    require(offices_of(request.user, record.school).is_secretary, "学期报告由书记报送。")
    if record.is_void or record.state not in (ReportState.DRAFT, ReportState.RETURNED):
        raise NotNow("这份报告已报送。", current=record)
    form = SubmitForm(request.POST or None, initial={"version": record.version})

    def act() -> Record:
        return services.submit_report(
            pk,
            actor=request.user,
            version=_version(form),
            submitted_on=form.cleaned_data["submitted_on"],
        )

    return _form_page(
        request,
        spec,
        form,
        act,
        title=f"报送{record}",
        button="报送",
        done="已报送",
        back=_page(spec, pk),
        record=record,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def record_answer(request: HttpRequest, register: str, pk: int) -> HttpResponse:
    """审阅 a report, 审核 a filing, or return it with an opinion."""
    spec = access.register_for(register)
    record = access.record_for(request.user, spec, pk)
    if not spec.is_reviewed:
        raise NotVisible("Register")
    require(access.may_answer(request.user, record.school), "由区教育工委的区审核或区督查答复。")
    if not _awaits_answer(record):
        raise NotNow("这条登记当前不等待答复。", current=record)
    form = AnswerForm(request.POST or None, register=spec, initial={"version": record.version})
    answer = services.answer_report if isinstance(record, TermReport) else services.answer_filing

    def act() -> Record:
        return answer(
            pk,
            actor=request.user,
            version=_version(form),
            accepted=form.cleaned_data["accepted"] == "yes",
            opinion=form.cleaned_data["opinion"],
        )

    return _form_page(
        request,
        spec,
        form,
        act,
        title=f"答复：{record}",
        button="答复",
        done="已答复",
        back=_page(spec, pk),
        record=record,
    )


@require_safe
@login_required
def record_file(request: HttpRequest, register: str, pk: int) -> HttpResponseBase:
    """The file of a record, for whoever may read the record."""
    record = access.record_for(request.user, access.register_for(register), pk)
    if not record.file:
        raise NotVisible("File")
    return private_file(
        record.file,
        filename=record.file_name,
        content_type=record.content_type,
        inline=record.content_type in INLINE,
    )


# --- shared -----------------------------------------------------------------------------------------------


def _page(register: Register, pk: int) -> str:
    return reverse("registers:record_detail", args=[register.slug, pk])


def _version(form: Any) -> int:
    """The version the form was drawn for; a form without it is stale."""
    version = form.cleaned_data.get("version")
    if version is None:
        raise StaleVersion
    return version


def _require_recorder(request: HttpRequest, school: School, register: Register) -> None:
    require(
        access.may_record_in(request.user, school, register),
        f"{register.title}由{register.recorder_words}登记。",
    )


def _recorded_here(request: HttpRequest, register: str, pk: int) -> tuple[Register, Record]:
    """A record the person may change in principle."""
    spec = access.register_for(register)
    record = access.record_for(request.user, spec, pk)
    _require_recorder(request, record.school, spec)
    return spec, record


def _form_page(
    request: HttpRequest,
    register: Register,
    form: Any,
    act: Callable[[], Record],
    *,
    title: str,
    button: str,
    done: str,
    back: str,
    record: Record | None = None,
) -> HttpResponse:
    """One form on a page of its own: act when it is valid, else draw it (422 where it was refused)."""
    if request.method == "POST" and form.is_valid():
        try:
            done_record = act()
        except StaleVersion:
            raise
        except NotNow as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"{done}：{done_record}。")
            return redirect("registers:record_detail", register=register.slug, pk=done_record.pk)
    return render(
        request,
        "registers/form.html",
        {
            "register": register,
            "form": form,
            "title": title,
            "button": button,
            "back": back,
            "record": record,
            "facts": selectors.facts(record, register) if record else [],
        },
        status=422 if form.errors else 200,
    )
