"""班子与任职, 事项清单, 议事参数: parse, ask a service or selector, draw."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from common.components import Step
from common.errors import NotNow, NotVisible
from common.templatetags.ui import cn_date
from governance import parameters, selectors, services
from governance.access import may_administer, require_administration, serves_above
from governance.choices import (
    Aspect,
    BodyKind,
    CongressMode,
    MajorClass,
    ParameterLevel,
    PrerequisiteKind,
    Route,
)
from governance.forms import (
    AppointForm,
    EndForm,
    MembershipForm,
    MoveForm,
    ParameterForm,
    PartyOrgForm,
    PortfolioForm,
    TightenForm,
)
from governance.models import CatalogueEntry, School, Seat, Staff

ADMINISTERS = "由书记、会议秘书或区教育工委办理。"


def _school(request: HttpRequest) -> School:
    """The school the person works in, else NotVisible."""
    if not request.school:
        raise NotVisible("School")
    return request.school


def _administered(request: HttpRequest) -> School:
    """The school, if the person may administer it; else NotPermitted."""
    school = _school(request)
    require_administration(request.user, school, ADMINISTERS)
    return school


def _form_page(
    request: HttpRequest, form: Any, *, title: str, button: str, back: str, **context: Any
) -> HttpResponse:
    """One short form on a page of its own; 422 where it was refused."""
    return render(
        request,
        "governance/form.html",
        {"form": form, "title": title, "button": button, "back": back, **context},
        status=422 if form.errors else 200,
    )


def _office_form(request: HttpRequest, form: Any, **context: Any) -> HttpResponse:
    """A form that belongs to 班子与任职 and leads back there."""
    return _form_page(request, form, back=reverse("governance:leadership"), crumb="班子与任职", **context)


# --- 班子与任职 ---------------------------------------------------------------------------------------------


@require_safe
@login_required
def leadership_page(request: HttpRequest) -> HttpResponse:
    """Bodies, seats, 分设 or 一肩挑, the attendance they need, 分工, and ended seats."""
    school = _school(request)
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
    school = _administered(request)
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
    _administered(request)
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
    school = _administered(request)
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
    school = _administered(request)
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
    _administered(request)
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
    school = _administered(request)
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
    school = _administered(request)
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


@require_safe
@login_required
def catalogue_page(request: HttpRequest) -> HttpResponse:
    """The school's catalogue, or the district's template (default for the district)."""
    school = _school(request)
    default = "school" if request.offices.belongs else "template"
    source = request.GET.get("source", default)
    visible = CatalogueEntry.objects.visible_to(request.user).in_force()
    if source == "template":
        entries = visible.filter(school__isnull=True, authority=school.authority_id)
    else:
        entries = visible.filter(school=school)
    chosen = {
        "q": request.GET.get("q", "").strip(),
        "route": request.GET.get("route", "") if request.GET.get("route", "") in Route else "",
        "major": request.GET.get("major", ""),
    }
    if chosen["major"] not in (*MajorClass.values, "-"):
        chosen["major"] = ""
    groups = selectors.catalogue(entries, **chosen)
    return render(
        request,
        "governance/catalogue.html",
        {
            "school": school,
            "groups": groups,
            "count": sum(len(found) for _aspect, found in groups),
            "source": source,
            "routes": Route.choices,
            "majors": [*MajorClass.choices, ("-", "不属于三重一大")],
            "is_filtered": any(chosen.values()),
            **chosen,
        },
    )


ROUTE_STEPS: dict[str, list[tuple[str, str]]] = {
    Route.LOOP: [("提出", BodyKind.ADMIN), ("决定", BodyKind.PARTY), ("部署", BodyKind.ADMIN)],
    Route.PARTY: [("决定", BodyKind.PARTY)],
    Route.ADMIN: [("部署", BodyKind.ADMIN)],
}


def _steps(entry: CatalogueEntry) -> list[Step]:
    """The stops of an entry's route, for the stepper."""
    stops = [(name, str(BodyKind(kind).label)) for name, kind in ROUTE_STEPS[entry.route]]
    stops += [("落实", "责任部门"), ("办结", "")]
    return [Step(number, name, body) for number, (name, body) in enumerate(stops, start=1)]


def _entry(request: HttpRequest, pk: int) -> CatalogueEntry:
    entry = (
        CatalogueEntry.objects.visible_to(request.user)
        .select_related("school__authority", "authority", "template")
        .filter(pk=pk)
        .first()
    )
    if entry is None:
        raise NotVisible("CatalogueEntry")
    return entry


@require_safe
@login_required
def entry_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry: class, route, prerequisites, attendance, ballot, publicity, scope, versions."""
    entry = _entry(request, pk)
    kinds = [] if entry.route == Route.ADMIN else [PrerequisiteKind.RESEARCH]
    kinds += [PrerequisiteKind(kind) for kind in entry.prerequisites if kind not in kinds]
    labels = [
        f"教代会{entry.get_congress_mode_display()}"
        if kind == PrerequisiteKind.CONGRESS and entry.congress_mode != CongressMode.NONE
        else str(kind.label)
        for kind in kinds
    ]
    if entry.route != Route.ADMIN:
        labels.append("书记、校长会前沟通，无重大分歧")
    return render(
        request,
        "governance/entry.html",
        {
            "entry": entry,
            "steps": _steps(entry),
            "prerequisites": labels,
            "stricter": selectors.stricter_fields(entry),
            "versions": selectors.entry_versions(entry),
            "may_tighten": entry.is_current
            and entry.school is not None
            and may_administer(request.user, entry.school),
        },
    )


@require_http_methods(["GET", "POST"])
@login_required
def tighten_page(request: HttpRequest, pk: int) -> HttpResponse:
    """从严调整 of a school's own entry."""
    entry = _entry(request, pk)
    if entry.school is None:
        raise NotVisible("CatalogueEntry")
    require_administration(request.user, entry.school, ADMINISTERS)
    form = TightenForm(request.POST or None, entry=entry)
    if request.method == "POST" and form.is_valid():
        try:
            new = services.tighten_entry(actor=request.user, entry_id=pk, **form.cleaned_data)
        except NotNow as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"{new.code} 第{new.version}版已生效。")
            return redirect("governance:catalogue_entry", pk=new.pk)
    return _form_page(
        request,
        form,
        title=f"从严调整 {entry.code} {entry.title}",
        button="生效新版本",
        back=reverse("governance:catalogue_entry", args=[pk]),
        crumb="事项清单",
        lead="学校只能在现行要求上从严。新版本立即生效，原版本保留备查。",
    )


# --- 议事参数 -----------------------------------------------------------------------------------------------


@require_safe
@login_required
def parameters_page(request: HttpRequest) -> HttpResponse:
    """Every parameter with its value in force, where it comes from and since when."""
    school = _school(request)
    rows = selectors.parameter_rows(school)
    return render(
        request,
        "governance/parameters.html",
        {
            "school": school,
            "rows": rows,
            "missing": [row for row in rows if row["is_missing"]],
            "may_change": may_administer(request.user, school),
        },
    )


def _levels(request: HttpRequest, school: School) -> list[tuple[str, str]]:
    """The levels at which the person may set a value."""
    levels = [(ParameterLevel.SCHOOL.value, f"本校（{school.short_name}）")]
    if serves_above(request.user, school.authority):
        levels.insert(0, (ParameterLevel.DISTRICT.value, f"全区（{school.authority.name}）"))
    return levels


@require_http_methods(["GET", "POST"])
@login_required
def parameter_page(request: HttpRequest, key: str) -> HttpResponse:
    """One parameter: its values so far, and a new one."""
    school = _administered(request)
    if key not in parameters.KEYS:
        raise NotVisible("ProcedureParameter")
    current = parameters.resolve(school, timezone.localdate())[key]
    form = ParameterForm(request.POST or None, key=key, current=current, levels=_levels(request, school))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        is_school = data["level"] == ParameterLevel.SCHOOL
        try:
            services.set_parameter(
                actor=request.user,
                level=data["level"],
                school=school if is_school else None,
                authority=None if is_school else school.authority,
                key=key,
                value=data["value"],
                source=data["source"],
                since=data["since"],
            )
        except NotNow as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"已设定{form.key.label}。")
            return redirect("governance:parameters")
    return _form_page(
        request,
        form,
        title=f"设定{form.key.label}",
        button="设定",
        back=reverse("governance:parameters"),
        crumb="议事参数",
        lead=f"现行值：{parameters.words(key, current)}。已开的会议按开会时的参数，不受影响。",
        past=selectors.parameter_history(school, key),
    )
