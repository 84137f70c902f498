"""例外授权: what stands open to oneself, what the school or the authority gave, and giving and ending it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import NotNow, NotPermitted, NotVisible
from governance.views.shared import form_page
from grants import access, selectors, services
from grants.forms import InspectForm, RecordForm, ShareForm
from meetings.access import meeting_for

PAGE_SIZE = 30


@require_safe
@login_required
def grant_list(request: HttpRequest) -> HttpResponse:
    """What is open to me, and to whom it may concern all that was given, newest first."""
    if request.user.admin_role:
        raise NotVisible("ObjectGrant")
    user: Any = request.user
    given = selectors.exceptions(user).exclude(user=user)
    page = Paginator(given, PAGE_SIZE).get_page(request.GET.get("page"))
    visit: Any = request
    return render(
        request,
        "grants/list.html",
        {
            "own": selectors.rows(user, selectors.own(user)),
            "page": page,
            "rows": selectors.rows(user, page.object_list),
            "gives": bool(visit.authorities) or bool(visit.offices and visit.offices.holds_office),
            "may_let_inspect": bool(visit.authorities),
        },
    )


def _answer(
    request: HttpRequest, form: Any, act: Callable[[dict[str, Any]], str], words: dict[str, str]
) -> HttpResponse:
    """The page of one form; what the service finds wrong is told beside what was typed."""
    if form.is_valid():
        try:
            done = act(form.cleaned_data)
        except NotNow as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, done)
            return redirect("grants:grant_list")
    return form_page(request, form, **words)


def _data(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def record_new(request: HttpRequest, pk: int) -> HttpResponse:
    """委托记录."""
    meeting = meeting_for(request.user, pk)
    access.require_delegation(request.user, meeting)

    def act(cleaned: dict[str, Any]) -> str:
        grant = services.delegate_recording(pk, actor=request.user, **cleaned)
        return f"已委托{grant.user}记录{meeting.label}，对方将收到通知。"

    return _answer(
        request,
        RecordForm(_data(request), meeting=meeting),
        act,
        {
            "title": f"委托记录：{meeting.label}",
            "crumb": meeting.label,
            "back": reverse("meetings:meeting_detail", args=[pk]),
            "why": "让本机构以外的一位本校人员代为记录这次会议：能看这次会议的议程并进入记录，"
            "看不到议题的其他内容，也不能签字。议程中列入“班子成员和指定人员”知悉的议题后，委托即不再有效。",
            "clause": "专人记录·规则 R60、R61",
            "button": "委托记录",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def file_new(request: HttpRequest, pk: int) -> HttpResponse:
    """共享文件."""
    attachment = access.attachment_for(request.user, pk)
    access.require_sharing(request.user, attachment)

    def act(cleaned: dict[str, Any]) -> str:
        grant = services.share_file(
            pk,
            actor=request.user,
            person=cleaned["person"],
            until=cleaned["until"],
            reason=cleaned["reason"],
        )
        return f"已把《{attachment.name}》共享给{grant.user}，每天首次打开都有记载。"

    return _answer(
        request,
        ShareForm(_data(request), attachment=attachment),
        act,
        {
            "title": "共享文件",
            "crumb": f"{attachment.item.number} {attachment.item.title}",
            "back": reverse("decisions:item_detail", args=[attachment.item_id]),
            "why": f"只开放《{attachment.name}》这一份，不开放议题的其他内容。授权写入办理历程和存证，可随时收回。",
            "clause": "未公布内容不得外传，按知悉范围授权·规则 R66",
            "button": "共享文件",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def school_new(request: HttpRequest) -> HttpResponse:
    """督查授权."""
    visit: Any = request
    if not visit.authorities:
        if not (visit.offices and visit.offices.belongs):
            raise NotVisible("School")
        raise NotPermitted(f"督查授权由{access.INSPECT_NEED}办理。", need=access.INSPECT_NEED)

    def act(cleaned: dict[str, Any]) -> str:
        grants = services.let_inspect(
            list(cleaned["schools"]),
            actor=request.user,
            person=cleaned["person"],
            until=cleaned["until"],
            reason=cleaned["reason"],
        )
        return f"已授权{grants[0].user}督查 {len(grants)} 所学校，对方将收到通知。"

    wanted = request.GET.getlist("school")
    return _answer(
        request,
        InspectForm(_data(request), user=request.user, initial={"schools": wanted}),
        act,
        {
            "title": "督查授权",
            "crumb": "例外授权",
            "back": reverse("grants:grant_list"),
            "why": "让一位不在教育工委任职的人在若干周内查阅指定学校：看到的和区教育工委一样，只能看，不能办。"
            "知悉范围为“班子成员和指定人员”的议题仍然看不到。",
            "clause": "督查包保·规则 R66",
            "button": "授权督查",
        },
    )


@require_POST
@login_required
def grant_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """收回 at once."""
    grant = services.withdraw(pk, actor=request.user)
    messages.success(request, f"已收回{grant.user}的{grant.kind.label}。")
    return redirect("grants:grant_list")
