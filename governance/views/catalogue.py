"""事项清单 of a school, one entry, and a stricter one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from common.components import Step
from common.errors import NotNow, NotVisible
from governance import selectors, services
from governance.access import may_administer, require_administration
from governance.choices import (
    BodyKind,
    CongressMode,
    MajorClass,
    PrerequisiteKind,
    Route,
)
from governance.forms import (
    TightenForm,
)
from governance.models import CatalogueEntry
from governance.views.shared import ADMINISTERS, form_page, school_of


@require_safe
@login_required
def catalogue_page(request: HttpRequest) -> HttpResponse:
    """The school's catalogue, or the district's template (default for the district)."""
    school = school_of(request)
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
    return form_page(
        request,
        form,
        title=f"从严调整 {entry.code} {entry.title}",
        button="生效新版本",
        back=reverse("governance:catalogue_entry", args=[pk]),
        crumb="事项清单",
        lead="学校只能在现行要求上从严。新版本立即生效，原版本保留备查。",
    )


# --- 议事参数 -----------------------------------------------------------------------------------------------
