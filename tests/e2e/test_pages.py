"""Every page at every width: one heading, landmarks, no sideways scrolling, no serious fault found by axe."""

from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from playwright.sync_api import Page

from governance.models import Seat
from grants import services as grants
from handover import services
from handover.models import Handover
from handover.selectors import refs_of
from tests.e2e.conftest import WIDTHS
from tests.e2e.world import World, make_world

PARTS = 2  # one for each process
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Answered by POST, by a file, by data for a script or by a redirect; no page of their own.
NO_PAGE = {
    "healthz",
    "accounts:logout",
    # The second factor: its pages follow one another, see tests/e2e/test_accounts.py.
    *("account_login", "account_reauthenticate", "mfa_authenticate", "mfa_reauthenticate"),
    *("mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"),
    *("accounts:external_begin", "accounts:external_bind", "accounts:external_callback"),
    "accounts:external_release",
    *("accounts:end_session", "accounts:account_act", "accounts:role_revoke"),
    *("governance:member_end", "governance:second_factor"),
    "workbench:choose_school",
    *("workbench:ledger_check", "workbench:ledger_root", "workbench:ledger_proof"),
    "notifications:read_all",
    "notifications:open",
    "documents:status",
    "documents:ask_again",
    "decisions:item_autosave",
    "decisions:attachment_download",
    "decisions:reconsideration_second",
    "decisions:reconsideration_decide",
    "decisions:task_act",
    "decisions:extension_decide",
    *("decisions:grant_withdraw", "compliance:finding_act", "compliance:finding_file"),
    "registers:record_file",
    "meetings:desk_changes",
    "meetings:desk_changes_entry",
    "meetings:entry_act",
    "meetings:part_act",
    "meetings:attendance",
    "meetings:attendance_all",
    "meetings:observer_add",
    "meetings:observer_presence",
    "meetings:minutes_act",
    "meetings:record_act",
    "meetings:meeting_act",
    *("handover:handover_receive", "grants:grant_withdraw"),
}


def handed_over(cast: Any) -> Handover:
    """A task of 田家和 given to 秦书瑶."""
    work = next(ref for ref in sorted(refs_of(cast.school, cast.staff)) if ref[0] == "task")
    (made,) = services.hand_over(
        actor=cast.clerk,
        school_id=cast.school.pk,
        giver_id=cast.staff.pk,
        to={work: cast.teacher.pk},
        reason="调岗",
    )
    return made


def excepted(cast: Any, world: World) -> None:
    """One exception of each kind."""
    named = {"until": timezone.localdate() + timedelta(days=9), "reason": "情况有变"}
    grants.delegate_recording(world.planned.pk, actor=cast.clerk, person=cast.teacher, **named)
    grants.let_inspect([cast.school], actor=cast.inspector, person=cast.guest, **named)
    file = world.blocked.attachments.first()
    grants.share_file(file.pk, actor=cast.vice, person=cast.counsel, **named)


def visits(cast: Any, world: World) -> list[tuple[str, str, list[Any], str]]:
    """(person, route name, arguments, query) of every page, several times where a page has several faces."""
    excepted(cast, world)
    entry = cast.entry("G01").pk
    seat = Seat.objects.get(body=cast.party, person=cast.organizer).pk
    voidable = world.blocked.prerequisites.first().pk
    file = world.blocked.attachments.first().pk
    code = world.document.verification_code
    return [
        ("", "accounts:login", [], ""),
        ("", "documents:verify_form", [], ""),
        ("", "documents:verify", [code], ""),
        ("principal", "accounts:me", [], ""),
        ("principal", "accounts:password", [], ""),
        ("principal", "accounts:security", [], ""),
        ("principal", "mfa_index", [], ""),
        ("system_admin", "accounts:account_list", [], ""),
        ("system_admin", "accounts:account_new", [], ""),
        ("system_admin", "accounts:account_detail", [cast.vice.pk], ""),
        ("security_admin", "accounts:role_list", [], ""),
        ("security_admin", "accounts:role_new", [], ""),
        ("security_admin", "governance:member_list", [], ""),
        ("security_admin", "governance:member_new", [cast.authority.pk], ""),
        ("audit_admin", "accounts:trail", [], ""),
        ("audit_admin", "accounts:trail_proof", [], ""),
        ("audit_admin", "workbench:rights", [], ""),
        ("inspector", "workbench:rights", [], "?view=do"),
        ("clerk", "workbench:rights", [], "?role=会议秘书"),
        ("secretary", "workbench:right", ["会议", "issue"], ""),
        ("secretary", "workbench:home", [], ""),
        ("principal", "workbench:home", [], ""),
        ("clerk", "workbench:home", [], ""),
        ("staff", "workbench:home", [], ""),
        ("outsider", "workbench:home", [], ""),
        ("clerk", "notifications:inbox", [], ""),
        ("secretary", "documents:download", [world.pending.pk], ""),
        ("secretary", "governance:leadership", [], ""),
        ("clerk", "governance:leadership_appoint", [], ""),
        ("clerk", "governance:leadership_end", [seat], ""),
        ("clerk", "governance:leadership_move", [seat], ""),
        ("clerk", "governance:leadership_leave", [cast.staff.pk], ""),
        ("clerk", "handover:handover_list", [], ""),
        ("staff", "handover:handover_list", [], ""),
        ("clerk", "handover:handover_new", [cast.staff.pk], ""),
        ("clerk", "handover:handover_new", [cast.organizer.pk], ""),
        ("staff", "handover:handover_detail", [handed_over(cast).pk], ""),
        ("clerk", "grants:grant_list", [], ""),
        ("teacher", "grants:grant_list", [], ""),
        ("inspector", "grants:grant_list", [], ""),
        ("guest", "grants:grant_list", [], ""),
        ("guest", "oversight:school_detail", [cast.school.pk], ""),
        ("clerk", "grants:record_new", [world.planned.pk], ""),
        ("teacher", "meetings:meeting_detail", [world.planned.pk], ""),
        ("vice", "grants:file_new", [file], ""),
        ("inspector", "grants:school_new", [], ""),
        ("clerk", "governance:leadership_membership", [seat], ""),
        ("clerk", "governance:leadership_party_org", [], ""),
        ("clerk", "governance:leadership_portfolio", [], ""),
        ("secretary", "governance:catalogue", [], ""),
        ("inspector", "governance:catalogue", [], ""),
        ("secretary", "governance:catalogue_entry", [entry], ""),
        ("secretary", "governance:catalogue_tighten", [entry], ""),
        ("secretary", "governance:parameters", [], ""),
        ("secretary", "governance:parameter", ["party.quorum"], ""),
        ("secretary", "decisions:item_list", [], ""),
        ("secretary", "decisions:item_list", [], "?q=没有这样的议题"),
        ("outsider", "decisions:item_list", [], ""),
        ("vice", "decisions:item_new", [], ""),
        ("vice", "decisions:item_create", [entry], ""),
        ("vice", "decisions:item_edit", [world.draft.pk], ""),
        ("vice", "decisions:item_edit", [world.returned.pk], ""),
        ("secretary", "decisions:item_detail", [world.blocked.pk], ""),
        ("vice", "decisions:item_detail", [world.returned.pk], ""),
        ("secretary", "decisions:item_detail", [world.decided.pk], ""),
        ("secretary", "workbench:changes", ["item", world.decided.pk], ""),
        ("clerk", "workbench:changes", ["meeting", world.closed.pk], ""),
        ("principal", "decisions:item_detail", [world.going.pk], ""),
        ("principal", "decisions:item_act", [world.going.pk, "complete"], ""),
        ("secretary", "decisions:item_act", [world.blocked.pk, "withdraw"], ""),
        ("vice", "decisions:prerequisite_add", [world.blocked.pk], ""),
        ("vice", "decisions:prerequisite_add", [world.blocked.pk], "?kind=congress"),
        ("vice", "decisions:prerequisite_void", [voidable], ""),
        ("secretary", "decisions:consultation_add", [world.blocked.pk], ""),
        ("vice", "decisions:attachment_add", [world.blocked.pk], ""),
        ("vice", "decisions:attachment_withdraw", [file], ""),
        ("principal", "decisions:reconsideration_new", [world.going.pk], ""),
        ("secretary", "decisions:item_detail", [world.urgent.pk], ""),
        ("clerk", "decisions:notice_new", [world.decided.pk], ""),
        ("clerk", "decisions:notice_conclude", [world.notice.pk], ""),
        ("secretary", "decisions:emergency_new", [world.blocked.pk], ""),
        ("principal", "decisions:task_list", [], ""),
        ("staff", "decisions:task_list", [], "?mine=1"),
        ("staff", "decisions:task_detail", [world.task.pk], ""),
        ("principal", "decisions:task_detail", [world.task.pk], ""),
        ("principal", "decisions:task_detail", [world.submitted_task.pk], ""),
        ("clerk", "meetings:meeting_list", [], ""),
        ("staff", "meetings:meeting_list", [], ""),
        ("clerk", "meetings:meeting_new", [], ""),
        ("clerk", "meetings:meeting_detail", [world.planned.pk], ""),
        ("clerk", "meetings:meeting_detail", [world.empty.pk], ""),
        ("secretary", "meetings:meeting_detail", [world.planned.pk], ""),
        ("secretary", "meetings:meeting_detail", [world.issued.pk], ""),
        ("clerk", "meetings:meeting_edit", [world.planned.pk], ""),
        ("clerk", "meetings:desk", [world.sitting.pk], ""),
        ("clerk", "meetings:desk", [world.admin_sitting.pk], ""),
        ("clerk", "meetings:desk_entry", [world.sitting.pk, world.entry.pk], ""),
        ("clerk", "meetings:minutes", [world.closed.pk], ""),
        ("principal", "meetings:minutes", [world.closed.pk], ""),
        ("secretary", "meetings:minutes", [world.issued.pk], ""),
        ("clerk", "meetings:record", [world.closed.pk], ""),
        ("secretary", "meetings:record", [world.issued.pk], ""),
        ("inspector", "workbench:ledger", [], ""),
        ("secretary", "workbench:ledger_chain", [cast.school.pk], ""),
        ("inspector", "workbench:ledger_chain", [cast.other_school.pk], ""),
        ("inspector", "oversight:school_list", [], ""),
        ("inspector", "oversight:board", [], ""),
        ("inspector", "oversight:setup", [], ""),
        ("inspector", "oversight:missing", [], ""),
        ("inspector", "oversight:measure", ["attendance"], ""),
        ("district_leader", "oversight:school_detail", [cast.school.pk], ""),
        ("secretary", "decisions:item_detail", [world.restricted.pk], ""),
        ("secretary", "decisions:grant_new", [world.restricted.pk], ""),
        ("secretary", "compliance:finding_list", [], ""),
        ("inspector", "compliance:finding_list", [], "?state=submitted"),
        ("secretary", "compliance:finding_detail", [world.finding.pk], ""),
        ("inspector", "compliance:finding_detail", [world.finding.pk], ""),
        ("inspector", "compliance:rule_list", [], ""),
        ("secretary", "compliance:rule_detail", ["R31"], ""),
        ("principal", "compliance:checkup", [], ""),
        ("secretary", "registers:register_list", [], ""),
        ("inspector", "registers:register_list", [], ""),
        ("clerk", "registers:record_list", ["term_report"], ""),
        ("clerk", "registers:record_list", ["loan"], ""),
        ("clerk", "registers:record_new", ["staff_congress_session"], ""),
        ("clerk", "registers:record_detail", ["term_report", world.report.pk], ""),
        ("clerk", "registers:record_correct", ["policy_filing", world.filing.pk], ""),
        ("clerk", "registers:record_void", ["term_report", world.report.pk], ""),
        ("secretary", "registers:record_submit", ["term_report", world.report.pk], ""),
        ("inspector", "registers:record_answer", ["policy_filing", world.filing.pk], ""),
        # Refusals are pages too.
        ("outsider", "decisions:item_detail", [world.blocked.pk], ""),
        ("vice_second", "decisions:item_act", [world.blocked.pk, "send_back"], ""),
    ]


def route_names(resolver: Any = None, space: str = "") -> set[str]:
    """Names of all routes of ours."""
    names: set[str] = set()
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            names |= route_names(one, f"{one.namespace}:" if one.namespace else space)
        elif isinstance(one, URLPattern) and one.name:
            names.add(space + one.name)
    return names


def shape_faults(page: Page, width: int) -> list[str]:
    """What is wrong with headings, landmarks, language and width."""
    found = page.evaluate(
        """() => ({
            h1: document.querySelectorAll('h1').length,
            main: document.querySelectorAll('main, [role=main]').length,
            lang: document.documentElement.lang,
            title: document.title.trim(),
            wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
            widest: [...document.querySelectorAll('main *')].filter(e => !e.closest('.table-responsive, table'))
                .map(e => [Math.round(e.getBoundingClientRect().right), e.tagName + '.' + e.className])
                .sort((a, b) => b[0] - a[0]).slice(0, 3).join(' '),
        })"""
    )
    faults = []
    if found["h1"] != 1:
        faults.append(f"{found['h1']} h1")
    if found["main"] != 1:
        faults.append(f"{found['main']} main")
    if found["lang"] != "zh-CN":
        faults.append(f"lang {found['lang']}")
    if not found["title"] or found["title"].startswith("·"):
        faults.append(f"title “{found['title']}”")
    if found["wide"] > 0:
        faults.append(f"{found['wide']} px too wide at {width}: {found['widest']}")
    return faults


def axe_faults(page: Page) -> list[str]:
    """Serious and critical violations of WCAG 2.2 A and AA with the first elements concerned; needs axe loaded."""
    return page.evaluate(
        """async (tags) => {
            const found = await axe.run(document, {
                runOnly: {type: 'tag', values: tags}, resultTypes: ['violations'],
            });
            return found.violations.filter(one => ['serious', 'critical'].includes(one.impact)).map(
                one => `${one.id} (${one.impact}): ${one.nodes.slice(0, 3).map(node => node.target[0]).join('; ')}`
            );
        }""",
        WCAG,
    )


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_has_shape_and_no_barrier(cast, people, part):
    world = make_world(cast)
    pages: dict[str, Page] = {}
    faults: list[str] = []
    every = visits(cast, world)
    names = {name for _, name, _, _ in every}
    assert names | NO_PAGE >= route_names(), "a route is neither visited nor known to be no page"
    assert names.isdisjoint(NO_PAGE)
    for who, name, arguments, query in every[part::PARTS]:
        page = pages.get(who) or pages.setdefault(who, people.at(getattr(cast, who, None)))
        address = reverse(name, args=arguments) + query
        answer = page.goto(address)
        found = [] if answer.status in (200, 403, 404, 422) else [f"status {answer.status}"]
        page.evaluate(AXE_SCRIPT)
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            found += shape_faults(page, width)
            if width in (1366, 390):
                found += [f"{width}: {fault}" for fault in axe_faults(page)]
        faults += [f"{who or '未登录'} {address}: {fault}" for fault in found]
    if faults:
        pytest.fail("\n".join(faults))
