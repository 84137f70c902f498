"""交接: the record of a school, the open work of one person, one handover."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import Blocked, NotNow, NotVisible
from governance.models import School
from handover import access, selectors, services
from handover.selectors import Group, Ref

PAGE_SIZE = 20
AS_GROUP, NOBODY = "", "-"  # what a row may say beside a person


def _school(request: HttpRequest) -> School:
    """The school the person serves in, else NotVisible."""
    if not request.school or not request.offices.belongs:
        raise NotVisible("School")
    return request.school


@require_safe
@login_required
def handover_list(request: HttpRequest) -> HttpResponse:
    """交接记录, and for 书记, 校长 and 会议秘书 who has how much in hand."""
    school = _school(request)
    watches = access.watches(request.offices)
    page = Paginator(selectors.handovers(request.user, school), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "handover/list.html",
        {
            "page": page,
            "watches": watches,
            "in_hand": selectors.in_hand(school) if watches else [],
        },
    )


def chosen(post: Any, groups: list[Group]) -> dict[Ref, int]:
    """Who gets what: a row's own choice, else that of its group; rows without any stay where they are."""
    to = {}
    for group in groups:
        of_group = post.get(f"group_{group.kind}", "")
        for work in group.works:
            choice = post.get(f"row_{work.key}", AS_GROUP)
            choice = of_group if choice == AS_GROUP else choice
            if choice.isdecimal():
                to[(work.kind, work.pk)] = int(choice)
    return to


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def handover_new(request: HttpRequest, pk: int) -> HttpResponse:
    """The open work of one person, and to whom it goes."""
    school = _school(request)
    giver = selectors.giver_for(school, pk)
    if giver is None or not (access.watches(request.offices) or giver == request.user):
        raise NotVisible("User")
    groups = selectors.open_work(school, giver, request.user)
    refused: Blocked | None = None
    problem = ""
    if request.method == "POST":
        try:
            made = services.hand_over(
                actor=request.user,
                school_id=school.pk,
                giver_id=pk,
                to=chosen(request.POST, groups),
                reason=request.POST.get("reason", ""),
            )
        except Blocked as refusal:
            refused = refusal
        except NotNow as refusal:
            problem = refusal.message
        else:
            names = "、".join(str(handover.receiver) for handover in made)
            messages.success(request, f"已交接给{names}。对方将收到通知，请其接收。")
            return redirect("handover:handover_list")
    return render(
        request,
        "handover/new.html",
        {
            "giver": giver,
            "is_own": giver == request.user,
            "groups": groups,
            "receivers": selectors.receivers(school, giver),
            "refused": refused,
            "problem": problem,
            "sent": request.POST,
            "count": sum(len(group.works) for group in groups),
        },
        status=422 if refused or problem else 200,
    )


@require_safe
@login_required
def handover_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One handover: who, to whom, what, when, why."""
    handover = access.handover_for(request.user, pk)
    return render(
        request,
        "handover/detail.html",
        {
            "handover": handover,
            "lines": handover.lines.all(),
            "may_receive": handover.received_at is None and handover.receiver_id == request.user.pk,
        },
    )


@require_POST
@login_required
def handover_receive(request: HttpRequest, pk: int) -> HttpResponse:
    """接收."""
    services.receive(pk, actor=request.user)
    messages.success(request, "已接收。这些工作现在由您负责。")
    return redirect("handover:handover_detail", pk=pk)
