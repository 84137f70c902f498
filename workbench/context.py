"""The shell around every page: navigation, school, unread notices. Nothing is queried until it is drawn."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import cached_property

from accounts.choices import AdminRole
from common.templatetags.ui import nav_url
from compliance.selectors.lists import open_findings, waiting_for_district
from decisions.models import Task
from governance.models import School, Seat, Staff
from notifications.selectors import unread_count
from workbench.rights.access import may_read_rights

MENU_SCHOOLS = 30
RIGHTS = ("workbench:rights", "权限目录", "key", "workbench:right")
BOARD = ("oversight:board", "oversight:setup", "oversight:missing", "oversight:measure")


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One entry of the navigation; ``count`` is 0 where nothing is to be shown, ``word`` says what it counts."""

    label: str
    short: str
    icon: str
    url: str
    is_current: bool
    count: int = 0
    word: str = "逾期"


@dataclass(frozen=True, slots=True)
class NavGroup:
    """Entries under one caption; the first group has none."""

    caption: str
    entries: list[NavEntry]


class Shell:
    """What base.html asks for; every property is computed at most once a request."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user = request.user
        # A refusal is drawn without counts: it must come at once, also where the database is in trouble.
        self.is_counting = not getattr(request, "is_refused", False)

    def _entry(
        self,
        view: str,
        label: str,
        icon: str,
        *prefixes: str,
        short: str = "",
        count: int = 0,
        word: str = "逾期",
    ) -> NavEntry:
        match = self.request.resolver_match
        here = match.view_name if match else ""
        current = any(here.startswith(prefix) for prefix in (prefixes or (view,)))
        return NavEntry(label, short or label, icon, nav_url(view), current, count, word)

    @cached_property
    def work(self) -> list[NavEntry]:
        """The four rooms of daily work; also the bottom tabs on a phone."""
        here = self.request.resolver_match
        on_tasks = bool(here) and here.view_name.startswith("decisions:task")
        items = self._entry(
            "decisions:item_list", "议题", "clipboard-list", *(() if on_tasks else ("decisions:",))
        )
        return [
            self._entry("workbench:home", "工作台", "layout-dashboard"),
            items,
            self._entry("meetings:meeting_list", "会议", "calendar-event", "meetings:"),
            self._entry(
                "decisions:task_list",
                "落实任务",
                "checklist",
                "decisions:task",
                short="任务",
                count=self.overdue_tasks,
            ),
        ]

    @cached_property
    def nav(self) -> list[NavGroup]:
        """The side navigation; district members also get their schools, administrators only their own rooms."""
        if self.user.admin_role:
            return [NavGroup("", self.administration)]
        groups = [NavGroup("", self.work)]
        watching = []
        if self.is_district:
            watching += [
                self._entry("oversight:board", "合规看板", "chart-histogram", *BOARD, short="看板"),
                self._entry("oversight:school_list", "学校", "building-community", "oversight:school"),
            ]
        if self.reads_registers:
            watching += self.compliance
            watching.append(self._entry("registers:register_list", "台账", "notebook", "registers:"))
        if self.reads_ledger:
            watching.append(self._entry("workbench:ledger", "存证", "fingerprint", "workbench:ledger"))
        if watching:
            groups.append(NavGroup("监督", watching))
        basics = [
            self._entry("governance:catalogue", "事项清单", "list-details", "governance:catalogue"),
            self._entry("governance:leadership", "班子与任职", "users-group", "governance:leadership"),
            self._entry("governance:parameters", "议事参数", "adjustments", "governance:parameter"),
        ]
        if self.reads_registers:
            basics.append(self._entry("grants:grant_list", "例外授权", "calendar-user", "grants:"))
        if may_read_rights(self.request):
            basics.append(self._entry(*RIGHTS))
        groups.append(NavGroup("基础", basics))
        return groups

    @cached_property
    def compliance(self) -> list[NavEntry]:
        """合规问题 with what waits for the person's side, and 合规体检 of one's own school."""
        entries = [
            self._entry(
                "compliance:finding_list",
                "合规问题",
                "shield-check",
                "compliance:finding",
                "compliance:rule",
                count=self.waiting_findings,
                word="待验收和待答复" if self.is_district else "未整改",
            )
        ]
        if self.serves_in_school and self.request.offices.holds_office:
            entries.append(self._entry("compliance:checkup", "合规体检", "stethoscope"))
        return entries

    @cached_property
    def waiting_findings(self) -> int:
        """Of the district: findings to verify or appeals to answer; of a school: findings still open."""
        if not self.is_counting:
            return 0
        if self.is_district:
            return waiting_for_district(self.user).count()
        return open_findings(self.user, self.request.school).count()

    @cached_property
    def reads_registers(self) -> bool:
        """Whether the registers of the current school are the person's to read."""
        return self.is_district or bool(self.request.offices and self.request.offices.holds_office)

    @cached_property
    def reads_ledger(self) -> bool:
        """书记, 校长, 会议秘书 and the district look at the chain of the school."""
        offices = self.request.offices
        return self.is_district or bool(
            offices and (offices.is_secretary or offices.is_principal or offices.is_clerk)
        )

    @cached_property
    def administration(self) -> list[NavEntry]:
        """The rooms of one of 三员, none of them with business in it."""
        rooms = {
            AdminRole.SYSTEM: [("accounts:account_list", "账号管理", "users", "accounts:account", "账号")],
            AdminRole.SECURITY: [
                ("accounts:role_list", "管理员角色", "shield", "accounts:role", "角色"),
                ("governance:member_list", "教育工委人员", "building-community", "governance:member", "人员"),
            ],
            AdminRole.AUDIT: [("accounts:trail", "安全审计", "list-search", "accounts:trail", "审计")],
        }
        entries = [
            self._entry(view, label, icon, prefix, short=short)
            for view, label, icon, prefix, short in rooms[AdminRole(self.user.admin_role)]
        ]
        if may_read_rights(self.request):
            entries.append(self._entry(*RIGHTS, short="权限"))
        return entries

    @property
    def tabs(self) -> list[NavEntry]:
        """The bottom tabs on a phone."""
        return self.administration if self.user.admin_role else self.work

    @cached_property
    def overdue_tasks(self) -> int:
        """Overdue tasks the person may see in the current school."""
        if not self.is_counting or not self.serves_in_school or not self.request.school:
            return 0
        return Task.objects.visible_to(self.user).filter(school=self.request.school).overdue().count()

    @cached_property
    def me(self) -> NavEntry:
        """The page of the person: name, offices, sign out."""
        return self._entry("accounts:me", "我的", "user")

    @cached_property
    def is_district(self) -> bool:
        """Whether the person holds an office in an authority today."""
        return bool(self.request.authorities)

    @cached_property
    def serves_in_school(self) -> bool:
        """Whether the person may hold a post in a school: asked of members of an authority only."""
        if not self.is_district:
            return True
        seats = Seat.objects.active().filter(person=self.user).values("pk")
        return seats.union(Staff.objects.active().filter(person=self.user).values("pk")).exists()

    @cached_property
    def unread(self) -> int:
        """Notices not yet opened."""
        return unread_count(self.user) if self.is_counting else 0

    @cached_property
    def _visible(self) -> list[School]:
        return list(School.objects.visible_to(self.user)[: MENU_SCHOOLS + 1])

    @property
    def schools(self) -> list[School]:
        """The schools to switch between, at most thirty."""
        return self._visible[:MENU_SCHOOLS]

    @property
    def has_more_schools(self) -> bool:
        """Whether the menu is cut and the full list must be opened."""
        return len(self._visible) > MENU_SCHOOLS

    @cached_property
    def titles(self) -> str:
        """The person's offices in the current school in words; of the district its authority."""
        if not self.serves_in_school:
            return str(self.request.authorities[0])
        return self.request.offices.titles if self.request.offices else ""


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``shell`` for people who are signed in."""
    user = getattr(request, "user", None)
    return {"shell": Shell(request)} if user is not None and user.is_authenticated else {}
