"""The list of items, the page of one, and the steps a person takes on it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import NotVisible
from decisions import access, transitions
from decisions.export import item_workbook
from decisions.forms import ItemFilterForm, ReasonForm
from decisions.selectors import lists
from decisions.selectors.page import item_page
from decisions.services import grants, reading
from decisions.services import items as services
from governance.choices import GrantKind
from governance.services.grants import note_use

PAGE_SIZE = 50
TILE_LOOKS = {
    "": ("", ""),
    "draft": ("pencil", ""),
    "pending": ("circle-dashed", "t-run"),
    "mending": ("player-pause", "t-warn"),
    "implementing": ("progress-check", "t-run"),
    "overdue": ("alarm", "t-bad"),
    "ended": ("circle-check", "t-ok"),
}

# key → (transition, label of what is asked, hint, button, done)
STEPS: dict[str, tuple[transitions.Transition, str, str, str, str]] = {
    "submit": (transitions.SUBMIT, "", "", "申报议题", "已申报，等待确定议题。"),
    "confirm": (transitions.CONFIRM, "", "", "确定议题", "已确定，可以列入会议。"),
    "send_back": (
        transitions.SEND_BACK,
        "退回理由",
        "写清缺什么、怎样改，提出人据此修改后重新申报。",
        "退回完善",
        "已退回，提出人会收到通知。",
    ),
    "withdraw": (
        transitions.WITHDRAW,
        "撤回理由",
        "撤回后本轮办理结束，已有记录全部保留。",
        "撤回议题",
        "议题已撤回。",
    ),
    "complete": (
        transitions.COMPLETE,
        "执行情况",
        "写清完成了什么、效果如何，作为向党组织报告的依据。",
        "办结议题",
        "议题已办结。",
    ),
}


@require_safe
@login_required
def item_list(request: HttpRequest) -> HttpResponse:
    """议题: what each waits for, filtered by state, step, route, aspect and words."""
    form = ItemFilterForm(request.GET)
    chosen = form.chosen()
    if not request.school:
        return render(request, "decisions/item_list.html", {"form": form, "page": None})
    items = lists.narrow(lists.item_queryset(request.user, request.school), request.user, chosen)
    state = chosen.get("state", "")
    narrowed = lists.in_state(items, state)
    if request.GET.get("format") == "xlsx":
        rows = lists.rows_of(request.user, request.school, narrowed)
        return item_workbook(request.school, rows)
    counts = lists.state_counts(items)
    page = Paginator(narrowed, PAGE_SIZE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    for name in ("page", "state", "format"):
        query.pop(name, None)
    tiles = [
        {
            "key": key,
            "label": label,
            "count": counts[key or "open"],
            "icon": TILE_LOOKS[key][0],
            "tone": TILE_LOOKS[key][1],
            "is_current": key == state,
        }
        for key, label in ItemFilterForm.STATES
        if key != "all"
    ]
    return render(
        request,
        "decisions/item_list.html",
        {
            "form": form,
            "chosen": chosen,
            "state": state,
            "tiles": tiles,
            "page": page,
            "rows": lists.rows_of(request.user, request.school, page.object_list),
            "query": query.urlencode(),
            "is_narrowed": any(chosen.get(name) for name in ("q", "step", "route", "aspect", "mine")),
            "may_draft": bool(request.offices) and access.may_draft(request.offices),
        },
    )


@require_safe
@login_required
def item_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """议题详情: route, checks, deliberations, resolution, tasks, facts, files and history."""
    item = access.item_for(request.user, pk)
    offices = access.offices_on(request.user, item)
    if not offices.belongs:
        grants.note_reading(item, actor=request.user)
        note_use(request.user, (GrantKind.INSPECT, item.school))
    reading.note([item], reader=request.user)
    return render(
        request, "decisions/item_detail.html", {"page": item_page(request.user, item, offices), "item": item}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def item_act(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Take one step: POST does it; GET asks for the reason where the step needs one."""
    item = access.item_for(request.user, pk)
    if key not in STEPS:
        raise NotVisible("step")
    transition, label, hint, button, done = STEPS[key]
    back = redirect("decisions:item_detail", pk=pk)
    if not transition.asks_reason:
        if request.method != "POST":
            return back
        plain: dict[str, Callable[..., Any]] = {"submit": services.submit, "confirm": services.confirm}
        plain[key](pk, actor=request.user)
        messages.success(request, done)
        return back
    transition.require(item, access.offices_on(request.user, item))
    form = ReasonForm(request.POST or None, label=label, help_text=hint)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if key == "send_back":
            services.send_back(pk, actor=request.user, reason=reason)
        elif key == "withdraw":
            services.withdraw(pk, actor=request.user, reason=reason)
        else:
            services.complete(pk, actor=request.user, note=reason)
        messages.success(request, done)
        return back
    return render(
        request,
        "decisions/act.html",
        {"item": item, "form": form, "heading": button, "button": button, "key": key},
        status=422 if form.is_bound else 200,
    )
