"""议事参数: what holds in the school and where it comes from."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import NotNow, NotVisible
from governance import parameters, selectors, services
from governance.access import may_administer, serves_above
from governance.choices import (
    ParameterLevel,
)
from governance.forms import (
    ParameterForm,
)
from governance.models import School
from governance.views.shared import administered, form_page, school_of


@require_safe
@login_required
def parameters_page(request: HttpRequest) -> HttpResponse:
    """Every parameter with its value in force, where it comes from and since when."""
    school = school_of(request)
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
    school = administered(request)
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
    return form_page(
        request,
        form,
        title=f"设定{form.key.label}",
        button="设定",
        back=reverse("governance:parameters"),
        crumb="议事参数",
        lead=f"现行值：{parameters.words(key, current)}。已开的会议按开会时的参数，不受影响。",
        past=selectors.parameter_history(school, key),
    )
