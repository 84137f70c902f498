"""班子与任职: seats, staff posts, portfolios and the Party organisation."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import NotNow, NotVisible
from common.templatetags.ui import cn_date
from governance import selectors, services
from governance.access import may_administer
from governance.choices import (
    Aspect,
)
from governance.forms import (
    AppointForm,
    EndForm,
    MembershipForm,
    MoveForm,
    PartyOrgForm,
    PortfolioForm,
)
from governance.models import Seat, Staff
from governance.views.shared import administered, form_page, school_of


def _office_form(request: HttpRequest, form: Any, **context: Any) -> HttpResponse:
    """A form that belongs to 班子与任职 and leads back there."""
    return form_page(request, form, back=reverse("governance:leadership"), crumb="班子与任职", **context)


# --- 班子与任职 ---------------------------------------------------------------------------------------------


@require_safe
@login_required
def leadership_page(request: HttpRequest) -> HttpResponse:
    """Bodies, seats, 分设 or 一肩挑, the attendance they need, 分工, and ended seats."""
    school = school_of(request)
    return render(
        request,
        "governance/leadership.html",
        {
            "school": school,
            "party_org": school.party_org,
            "leadership": selectors.leadership(school),
            "ended": selectors.ended_seats(school)[:50],
            "staff": Staff.objects.visible_to(request.user)
            .active()
            .filter(school=school)
            .select_related("person"),
            "may_change": may_administer(request.user, school),
            "aspects": dict(Aspect.choices),
        },
    )


@require_http_methods(["GET", "POST"])
@login_required
def appoint_page(request: HttpRequest) -> HttpResponse:
    """登记任职."""
    school = administered(request)
    initial = {"body": request.GET.get("body")} if request.GET.get("body", "").isdecimal() else {}
    form = AppointForm(request.POST or None, school=school, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            seat = services.appoint(actor=request.user, **form.cleaned_data)
        except NotNow as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"已登记{seat.person}任{seat.body.name}{seat.get_role_display()}。")
            return redirect("governance:leadership")
    return _office_form(
        request,
        form,
        title="登记任职",
        button="登记任职",
        lead="从开始日起计入应到人数，并取得相应权限。",
    )


def _seat(request: HttpRequest, pk: int) -> Seat:
    """A seat the person may see, else NotVisible."""
    seat = (
        Seat.objects.visible_to(request.user).select_related("person", "body", "school").filter(pk=pk).first()
    )
    if seat is None:
        raise NotVisible("Seat")
    return seat


def _ended_words(person: Any, what: str, until: date, at_once: bool) -> str:
    return f"已登记{person}的{what}结束，最后一日 {cn_date(until)}{'，权限已停止' if at_once else ''}。"


@require_http_methods(["GET", "POST"])
@login_required
def end_seat_page(request: HttpRequest, pk: int) -> HttpResponse:
    """登记任期结束."""
    administered(request)
    seat = _seat(request, pk)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.end_seat(actor=request.user, seat_id=pk, **form.cleaned_data)
        except NotNow as refusal:
            form.add_error(None, refusal.message)
        else:
            words = _ended_words(seat.person, seat.get_role_display(), **form.cleaned_data)
            messages.success(request, words)
            return redirect("governance:leadership")
    return _office_form(
        request,
        form,
        title=f"{seat.person}：{seat.body.name}{seat.get_role_display()}任期结束",
        button="登记结束",
        lead="任职记录永久保留，只登记最后一日。",
        leaver=seat.person,
    )


@require_http_methods(["GET", "POST"])
@login_required
def move_seat_page(request: HttpRequest, pk: int) -> HttpResponse:
    """登记调任: one seat ends and another begins."""
    school = administered(request)
    seat = _seat(request, pk)
    form = MoveForm(request.POST or None, school=school)
    if request.method == "POST" and form.is_valid():
        try:
            new = services.move_seat(actor=request.user, seat_id=pk, **form.cleaned_data)
        except NotNow as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"已登记{new.person}调任{new.body.name}{new.get_role_display()}。")
            return redirect("governance:leadership")
    return _office_form(
        request,
        form,
        title=f"{seat.person}：由{seat.body.name}{seat.get_role_display()}调任",
        button="登记调任",
        lead="原任职结束和新任职开始一次登记。",
        leaver=seat.person,
    )


@require_http_methods(["GET", "POST"])
@login_required
def leave_page(request: HttpRequest, pk: int) -> HttpResponse:
    """登记离校: everything a person holds in the school ends."""
    school = administered(request)
    person = selectors.people_of(school).filter(pk=pk).first()
    if person is None:
        raise NotVisible("User")
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.leave_school(actor=request.user, school=school, person=person, **form.cleaned_data)
        except NotNow as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _ended_words(person, "全部任职", **form.cleaned_data))
            return redirect("governance:leadership")
    return _office_form(
        request,
        form,
        title=f"{person}：离校",
        button="登记离校",
        lead=f"以下全部结束：{selectors.held_words(person, school)}。任职记录永久保留。",
        leaver=person,
    )


@require_http_methods(["GET", "POST"])
@login_required
def membership_page(request: HttpRequest, pk: int) -> HttpResponse:
    """登记是否中共党员."""
    administered(request)
    seat = _seat(request, pk)
    known = {True: "yes", False: "no", None: ""}[seat.is_party_member]
    form = MembershipForm(request.POST or None, initial={"is_party_member": known})
    if request.method == "POST" and form.is_valid():
        services.note_membership(actor=request.user, seat_id=pk, **form.cleaned_data)
        messages.success(request, f"已登记{seat.person}是否中共党员。")
        return redirect("governance:leadership")
    return _office_form(
        request,
        form,
        title=f"{seat.person}：是否中共党员",
        button="登记",
        lead="在党组织班子任职的，不必登记。",
    )


@require_http_methods(["GET", "POST"])
@login_required
def party_org_page(request: HttpRequest) -> HttpResponse:
    """登记党组织情况: members and term."""
    school = administered(request)
    form = PartyOrgForm(request.POST or None, initial=model_to_dict(school.party_org))
    if request.method == "POST" and form.is_valid():
        services.update_party_org(actor=request.user, school=school, **form.cleaned_data)
        messages.success(request, "已登记党组织情况。")
        return redirect("governance:leadership")
    return _office_form(
        request,
        form,
        title="登记党组织情况",
        button="登记",
        lead="用于核对党组织类型、班子职数和换届时间。",
    )


@require_http_methods(["GET", "POST"])
@login_required
def portfolio_page(request: HttpRequest) -> HttpResponse:
    """登记分工."""
    school = administered(request)
    initial = {"person": request.GET.get("person")} if request.GET.get("person", "").isdecimal() else {}
    form = PortfolioForm(request.POST or None, school=school, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            portfolio = services.assign_portfolio(actor=request.user, school=school, **form.cleaned_data)
        except NotNow as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"已登记{portfolio.person}的分工。")
            return redirect("governance:leadership")
    return _office_form(
        request,
        form,
        title="登记分工",
        button="登记分工",
        lead="分管成员缺席时，其分管的议题一般不上会。",
    )


# --- 事项清单 -----------------------------------------------------------------------------------------------
