"""整改台账, the page of one finding, and the acts on it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.services.trail import note_reading
from common.errors import NotVisible
from compliance import access
from compliance import forms as f
from compliance.access import Standing
from compliance.export import finding_workbook
from compliance.models import Finding, FindingFile
from compliance.selectors import lists
from compliance.selectors.page import finding_page, recheck_pill
from compliance.services import rectification as services
from compliance.services import replay
from compliance.transitions import TRANSITIONS
from documents.serving import reading_copy
from governance.models import School

PAGE_SIZE = 50
EXPORTED = 20_000


@require_safe
@login_required
def finding_list(request: HttpRequest) -> HttpResponse:
    """整改台账 of one's own school, or of the schools one supervises; the numbers at the top are the filters."""
    user: Any = request.user
    access.require_reader(user)
    form = f.FindingFilterForm(request.GET)
    chosen = form.chosen()
    state, today = chosen.get("state", ""), timezone.localdate()
    is_district = School.objects.all().supervised_by(user).exists()
    findings = lists.narrow(lists.visible_findings(user), chosen)
    shown = lists.ordered(lists.in_state(findings, state, today))
    if request.GET.get("format") == "xlsx":
        return finding_workbook([lists.row_of(finding) for finding in shown[:EXPORTED]])
    counts = lists.state_counts(findings, today)
    page = Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    for name in ("page", "state", "format"):
        query.pop(name, None)
    school = School.objects.visible_to(user).filter(pk=chosen.get("school")).first()
    return render(
        request,
        "compliance/finding_list.html",
        {
            "form": form,
            "chosen": chosen,
            "state": state,
            "state_label": dict(lists.STATES)[state],
            "school": school,
            "is_district": is_district,
            "tiles": [
                {
                    "key": key,
                    "label": label,
                    "count": counts[key or "open"],
                    "icon": icon,
                    "tone": tone,
                    "is_current": key == state,
                }
                for key, (label, icon, tone) in lists.TILES.items()
            ],
            "page": page,
            "rows": [lists.row_of(finding) for finding in page.object_list],
            "query": query.urlencode(),
            "is_narrowed": bool(set(chosen) - {"state"}),
        },
    )


def _forms(finding: Finding) -> dict[str, forms.Form]:
    """A fresh form for every act."""
    plan = finding.plan
    known: dict[str, Any] = {"finding": finding, "longest": services.days(finding, "plan")}
    initial = {"measures": plan.measures, "owner": plan.owner_id, "due_on": plan.due_on} if plan else {}
    return {
        "plan_form": f.PlanForm(**known, initial={"measures": f.RULES[finding.rule_code].mend}),
        "appeal_form": f.AppealForm(**known),
        "answer_form": f.AnswerForm(**known),
        "revise_form": f.RevisionForm(**known, initial=dict(initial), prefix="revise"),
        "work_form": f.WorkForm(**known),
        "verify_form": f.VerifyForm(**known),
        "look_form": f.LookBackForm(**known),
    }


def _page(
    request: HttpRequest, finding: Finding, standing: Standing, *, status: int = 200, **bound: forms.Form
) -> HttpResponse:
    """The page of a finding, with refused forms in the place of fresh ones."""
    page = finding_page(request.user, finding, standing)
    context = {
        "page": page,
        "finding": finding,
        "replay": replay(finding),
        "recheck": recheck_pill(finding),
        **_forms(finding),
        **bound,
    }
    return render(request, "compliance/finding_detail.html", context, status=status)


@require_safe
@login_required
def finding_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding: the arithmetic, the clause, the rectification and whoever must act now."""
    finding = access.finding_for(request.user, pk)
    note_reading(request.user, [finding.subject] if finding.is_restricted else [])
    return _page(request, finding, access.standing_on(request.user, finding))


Values = dict[str, Any]


def _answer(pk: int, *, result: str, opinion: str, **values: Any) -> Finding:
    return services.decide_appeal(pk, is_upheld=result == "uphold", answer=opinion, **values)


def _verify(pk: int, *, result: str, due_on: Any, look_back_on: Any, **values: Any) -> Finding:
    if result == "close":
        return services.close(pk, look_back_on=look_back_on, **values)
    return services.send_back(pk, due_on=due_on, **values)


def _look_back(pk: int, *, result: str, due_on: Any, **values: Any) -> Finding:
    if result == "review":
        return services.review(pk, **values)
    return services.reopen(pk, due_on=due_on, **values)


# key → (form of the page, its class, acts of which one must be open, what does it, words when done)
ACTS: dict[str, tuple[str, type[f.VersionedForm], tuple[str, ...], Callable[..., Finding], str]] = {
    "confirm": (
        "plan_form",
        f.PlanForm,
        ("confirm",),
        services.confirm,
        "已核实，措施已登记，责任人会收到通知。",
    ),
    "appeal": ("appeal_form", f.AppealForm, ("appeal",), services.appeal, "已提出申诉，等待区级答复。"),
    "answer": ("answer_form", f.AnswerForm, ("uphold", "reject"), _answer, "已答复，学校会收到通知。"),
    "revise": ("revise_form", f.RevisionForm, ("revise",), services.revise, "措施已调整。"),
    "progress": ("work_form", f.WorkForm, ("progress",), services.report_progress, "已登记进展。"),
    "submit": ("work_form", f.WorkForm, ("submit",), services.submit, "已自评报验，等待区级验收。"),
    "verify": (
        "verify_form",
        f.VerifyForm,
        ("close", "send_back"),
        _verify,
        "验收结论已登记，学校会收到通知。",
    ),
    "look_back": ("look_form", f.LookBackForm, ("review", "reopen"), _look_back, "回头看结论已登记。"),
}


@require_POST
@login_required
def finding_act(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Take one step on a finding."""
    finding = access.finding_for(request.user, pk)
    if key not in ACTS:
        raise NotVisible("step")
    name, form_class, acts, service, done = ACTS[key]
    standing = access.standing_on(request.user, finding)
    TRANSITIONS[acts[0]].require(finding, standing)
    form = form_class(
        request.POST,
        request.FILES,
        finding=finding,
        longest=services.days(finding, "plan"),
        prefix="revise" if key == "revise" else None,
    )
    if not form.is_valid():
        return _page(request, finding, standing, status=422, **{name: form})
    service(pk, actor=request.user, **form.cleaned_data)
    messages.success(request, done)
    return redirect("compliance:finding_detail", pk=pk)


@require_safe
@login_required
def finding_file(request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
    """One file of evidence, for whoever may see the finding."""
    finding = access.finding_for(request.user, pk)
    found = FindingFile.objects.filter(step__finding=finding, pk=file).first()
    if found is None:
        raise NotVisible("FindingFile")
    return reading_copy(
        found.file,
        reader=request.user,
        filename=found.name,
        content_type=found.content_type,
        is_restricted=finding.is_restricted,
    )
