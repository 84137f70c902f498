"""阅看授权 for the district, on matters of scope 2."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from decisions import access
from decisions.forms import ReadingGrantForm
from decisions.services import grants as services


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def grant_new(request: HttpRequest, pk: int) -> HttpResponse:
    """授权区级阅看: one person, one matter, some days."""
    item = access.item_for(request.user, pk)
    offices = access.offices_on(request.user, item)
    access.require(access.may_grant_reading, offices, item, services.GRANT_RIGHT)
    form = ReadingGrantForm(request.POST if request.method == "POST" else None, item=item)
    if form.is_valid():
        grant = services.grant_reading(pk, actor=request.user, **form.cleaned_data)
        messages.success(request, f"已授权{grant.person}阅看，每次阅看都有记载。")
        return redirect("decisions:item_detail", pk=pk)
    return render(
        request,
        "decisions/evidence_form.html",
        {
            "item": item,
            "form": form,
            "heading": "授权区级阅看",
            "why": "区教育工委默认只看程序和结论，不看此类议题的内容。授权写入办理历程和台账，可随时收回。",
            "clause": "班子成员和指定人员知悉·规则 R66",
            "button": "授权阅看",
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
@login_required
def grant_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """收回授权 at once."""
    grant = services.withdraw_reading(pk, actor=request.user)
    messages.success(request, f"已收回{grant.person}的阅看授权。")
    return redirect("decisions:item_detail", pk=grant.item_id)
