"""会议列表."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from meetings import access
from meetings.selectors.lists import meeting_bodies, meeting_groups


@login_required
@require_safe
def meeting_list(request: HttpRequest) -> HttpResponse:
    """Meetings of the current school under what they wait for, of all bodies or of one."""
    if not request.school:
        return render(request, "meetings/list.html", {"groups": [], "bodies": []})
    bodies = meeting_bodies(request.school)
    value = request.GET.get("body", "")
    body = next((b for b in bodies if str(b.pk) == value), None)
    groups = meeting_groups(request.user, request.school, body.pk if body else None)
    offices = request.offices
    return render(
        request,
        "meetings/list.html",
        {
            "groups": groups,
            "bodies": bodies,
            "chosen": body,
            "may_plan": any(access.may_plan(offices, b) for b in bodies),
            "count": sum(len(group["meetings"]) for group in groups),
        },
    )
