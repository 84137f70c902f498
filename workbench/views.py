"""工作台: what waits for me, the next meetings, where the items are, what is late."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.choices import AdminRole
from compliance.selectors.lists import most_pressing
from decisions.access import may_draft
from governance import parameters
from governance.access import Offices
from governance.models import ObjectGrant
from workbench.selectors import overview, todos

SHOWN = 9
MENDED_FIRST = 3
# Where each of 三员 works.
ROOMS = {
    AdminRole.SYSTEM: "accounts:account_list",
    AdminRole.SECURITY: "accounts:role_list",
    AdminRole.AUDIT: "accounts:trail",
}
WEEKDAYS = "一二三四五六日"
DOUBLE_SURNAMES = ("欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "令狐", "司徒", "夏侯", "尉迟", "慕容")


def salutation(offices: Offices) -> str:
    """How the person is greeted: surname and office, e.g. 陈书记; the full name where there is no such office."""
    name = str(offices.person)
    surname = name[:2] if name.startswith(DOUBLE_SURNAMES) else name[:1]
    titles = (
        (offices.is_secretary, "书记"),
        (offices.is_principal, "校长"),
        (offices.is_deputy_secretary, "副书记"),
        (any(seat.role == "vice_principal" for seat in offices.seats), "副校长"),
    )
    return next((surname + title for holds, title in titles if holds), name)


def headline(offices: Offices, waiting: todos.TodoList) -> str:
    """The greeting with its counts, e.g. 陈书记，今天有 2 件事要办，本周还有 3 件."""
    parts = [salutation(offices)]
    today, week, word = len(waiting.today), len(waiting.week), waiting.week_word
    if today:
        parts.append(f"今天有 {today} 件事要办")
        if week:
            parts.append(f"{word}还有 {week} 件")
    elif week:
        parts.append(f"{word}有 {week} 件事要办")
    elif waiting.later:
        parts.append(f"有 {len(waiting.later)} 件事可以先办")
    else:
        parts.append("今天没有等您办理的事")
    return "，".join(parts)


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The desk of a person in a school; the district goes to its board."""
    if request.user.admin_role:
        return redirect(ROOMS[AdminRole(request.user.admin_role)])
    offices = request.offices
    if not offices or not offices.belongs:
        if request.authorities:
            return redirect("oversight:board")
        if ObjectGrant.objects.in_force().filter(user=request.user).exists():
            return redirect("grants:grant_list")
        return render(request, "workbench/nobody.html")
    today = timezone.localdate()
    values = parameters.resolve(request.school, today)
    waiting = todos.todo_list(request.user, offices, values, today)
    late, late_count = overview.overdue_tasks(request.user, request.school)
    mends = offices.is_secretary or offices.is_principal
    shows_all = request.GET.get("all") == "1" or waiting.count <= SHOWN
    context: dict[str, Any] = {
        "today": today,
        "weekday": WEEKDAYS[today.weekday()],
        "headline": headline(offices, waiting),
        "groups": waiting.groups if shows_all else _first(waiting.groups),
        "waiting": waiting,
        "shows_all": shows_all,
        "meetings": overview.coming_meetings(request.user, offices, values),
        "route_map": overview.route_map(request.user, request.school, values, today),
        "late": late,
        "late_count": late_count,
        "reminders": overview.reminders(request.user, offices, values, today),
        "findings": most_pressing(request.user, request.school, MENDED_FIRST) if mends else [],
        "may_draft": may_draft(offices),
        "may_plan": offices.is_clerk or offices.is_secretary or offices.is_principal,
        "may_urge": offices.is_clerk or offices.is_secretary or offices.is_principal,
    }
    return render(request, "workbench/home.html", context)


def _first(groups: list[tuple[str, list[todos.Todo]]]) -> list[tuple[str, list[todos.Todo]]]:
    """The most pressing todos, SHOWN at most, still in their groups."""
    left, kept = SHOWN, []
    for caption, found in groups:
        if left > 0:
            kept.append((caption, found[:left]))
        left -= len(found)
    return kept
