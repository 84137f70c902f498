"""公示 of a decision and 紧急处置 before one."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from common.errors import NotPermitted
from decisions import access, rules
from decisions.forms import EmergencyForm, NoticeConclusionForm, NoticeForm
from decisions.models import DecisionItem
from decisions.services import followup as services
from governance.parameters import resolve


def _form_page(request: HttpRequest, item: DecisionItem, form: Any, **words: Any) -> HttpResponse:
    return render(
        request,
        "decisions/evidence_form.html",
        {"item": item, "form": form, **words},
        status=422 if form.is_bound else 200,
    )


def _require(right: Any, request: HttpRequest, item: DecisionItem, message: str) -> None:
    if not right(access.offices_on(request.user, item), item):
        raise NotPermitted(message)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def notice_new(request: HttpRequest, pk: int) -> HttpResponse:
    """登记公示 of the decision in force (R65)."""
    item = access.item_for(request.user, pk)
    _require(access.may_publish_notice, request, item, services.NOTICE_RIGHT)
    today = timezone.localdate()
    form = NoticeForm(request.POST or None, initial={"since": today})
    if request.method == "POST" and form.is_valid():
        services.publish_notice(pk, actor=request.user, **form.cleaned_data)
        messages.success(request, "已登记公示，期满后登记结论。")
        return redirect("decisions:item_detail", pk=pk)
    days = rules.notice_workdays(item, resolve(item.school, today))
    asked = f"此事项须公示 {days} 个工作日，" if days else "此事项清单未要求公示，"
    return _form_page(
        request,
        item,
        form,
        heading="登记公示",
        why=f"{asked}期满并登记结论后再任职或执行。节假日请自行扣除。",
        clause=rules.cite("参照《干部任用条例》任职章（待核）、《事项清单》", "R65"),
        button="登记公示",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def notice_conclude(request: HttpRequest, pk: int) -> HttpResponse:
    """登记公示结论 after its last day."""
    notice = access.notice_for(request.user, pk)
    item = access.item_for(request.user, notice.item_id)
    _require(access.may_publish_notice, request, item, services.NOTICE_RIGHT)
    form = NoticeConclusionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = services.conclude_notice(pk, actor=request.user, **form.cleaned_data)
        messages.success(request, f"已登记公示结论：{found.get_conclusion_display()}。")
        return redirect("decisions:item_detail", pk=item.pk)
    since, until = notice.since, notice.until
    return _form_page(
        request,
        item,
        form,
        heading="登记公示结论",
        why=f"公示期 {since.month}月{since.day}日至{until.month}月{until.day}日，受理渠道：{notice.channel.rstrip('。')}。",
        clause=rules.cite("参照《干部任用条例》任职章（待核）", "R65"),
        button="登记结论",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def emergency_new(request: HttpRequest, pk: int) -> HttpResponse:
    """登记紧急处置 of the secretary, to be ratified by the next Party meeting (R76)."""
    item = access.item_for(request.user, pk)
    _require(access.may_record_emergency, request, item, services.EMERGENCY_RIGHT)
    now = timezone.localtime().replace(second=0, microsecond=0)
    form = EmergencyForm(request.POST or None, initial={"happened_at": now})
    if request.method == "POST" and form.is_valid():
        services.record_emergency(pk, actor=request.user, **form.cleaned_data)
        messages.success(request, "已登记紧急处置，请列入下次党组织会议补议。")
        return redirect("decisions:item_detail", pk=pk)
    days = resolve(item.school, timezone.localdate())["emergency.ratify_days"]
    return _form_page(
        request,
        item,
        form,
        heading="登记紧急处置",
        why=f"来不及召开会议时，由书记临时决定处置；{days} 日内列入下次党组织会议补议。区级看板统计次数。",
        clause=rules.cite("参照地方党委会议事规则", "R76"),
        button="登记紧急处置",
    )
