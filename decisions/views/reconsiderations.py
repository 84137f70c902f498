"""复议: asking, seconding, answering."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import NotNow, NotPermitted
from decisions import access
from decisions.choices import ResolutionState
from decisions.forms import AnswerForm, ReconsiderationForm
from decisions.services import reconsideration as services


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def reconsideration_new(request: HttpRequest, pk: int) -> HttpResponse:
    """申请复议 of the resolution in force (R74, R75)."""
    item = access.item_for(request.user, pk)
    if not access.may_request_reconsideration(access.offices_on(request.user, item), item):
        raise NotPermitted("复议由领导班子成员提出。", need="领导班子成员")
    resolution = item.resolutions.filter(state=ResolutionState.IN_FORCE).first()
    if resolution is None:
        raise NotNow("此议题没有有效决议，不能复议。", current=item)
    form = ReconsiderationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.request_reconsideration(pk, actor=request.user, **form.cleaned_data)
        messages.success(request, "已申请复议，正在征集附议。")
        return redirect("decisions:item_detail", pk=pk)
    return render(
        request,
        "decisions/evidence_form.html",
        {
            "item": item,
            "form": form,
            "heading": "申请复议",
            "why": f"针对{resolution.number}。附议超过成员半数并经受理后，按原程序重新审议；"
            "变更前原决议继续有效。",
            "clause": "参照《干部任用条例》讨论决定章·规则 R74、R75",
            "button": "申请复议",
            "proposal": resolution.text,
            "proposal_title": "原决议",
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
@login_required
def reconsideration_second(request: HttpRequest, pk: int) -> HttpResponse:
    """附议 by a voting member of the body that decided."""
    found = services.second(pk, actor=request.user)
    messages.success(request, "已附议。")
    return redirect("decisions:item_detail", pk=found.item_id)


@require_POST
@login_required
def reconsideration_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """受理 or 不予受理, with an answer."""
    found = access.reconsideration_for(request.user, pk)
    body = found.resolution.stage.body
    if not access.offices_on(request.user, found.item).chairs(body):
        raise NotPermitted(f"复议由{body}的主持人受理。", need=f"{body}主持人")
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, "没有办理：请写明受理意见。")
        return redirect("decisions:item_detail", pk=found.item_id)
    services.decide_reconsideration(pk, actor=request.user, **form.cleaned_data)
    messages.success(
        request, "已受理，议题进入新一轮。" if form.cleaned_data["is_accepted"] else "已答复不予受理。"
    )
    return redirect("decisions:item_detail", pk=found.item_id)
