"""Every POST of the site with a body that its rightful actor may send, and who else may send it."""

from tests.contracts.posts.exceptions import EXCEPTION_POSTS
from tests.contracts.posts.items import ITEM_POSTS, task_in
from tests.contracts.posts.kit import OTHER_SCHOOL, Post, day
from tests.contracts.posts.meetings import MEETING_POSTS
from tests.contracts.posts.offices import OFFICE_POSTS
from tests.contracts.posts.others import ADMIN_POSTS, OTHER_POSTS

__all__ = ["OFFICE_POSTS", "OTHER_SCHOOL", "OWN", "POSTS", "Post", "day", "task_in"]

POSTS: dict[str, Post] = {
    **ITEM_POSTS,
    **MEETING_POSTS,
    **OFFICE_POSTS,
    **OTHER_POSTS,
    **EXCEPTION_POSTS,
    **ADMIN_POSTS,
}

# POSTs that reach nothing but what is the sender's own, each with its reason.
OWN = {
    "workbench:ledger_check": "changes nothing but the time of the check: tests/workbench/test_ledger.py",
    "accounts:login": "nobody is known yet",
    "accounts:logout": "ends the own session",
    "accounts:password": "asks for the own present password",
    "accounts:end_session": "sessions of the signed-in person only: test_sessions_of_others",
    "account_login": "allauth's sign-in, nobody is known yet",
    "account_reauthenticate": "asks for the own password",
    "mfa_authenticate": "the own second factor",
    "mfa_reauthenticate": "the own second factor",
    "mfa_activate_totp": "the own second factor",
    "mfa_deactivate_totp": "the own second factor",
    "mfa_generate_recovery_codes": "the own second factor",
    "accounts:external_begin": "nobody is known yet; no provider is configured in this world",
    "accounts:external_bind": "binds the own account; no provider is configured in this world",
    "accounts:external_release": "releases the own binding; tests/accounts/test_external.py",
    "governance:leadership_leave": "tests/handover and tests/contracts/test_leavers.py",
    "governance:leadership_move": "tests/handover and tests/contracts/test_leavers.py",
    "handover:handover_new": "tests/handover",
    "handover:handover_receive": "tests/handover",
    "workbench:choose_school": "a choice of the session among visible schools",
    "notifications:read_all": "the own inbox",
    "documents:ask_again": "orders the same PDF again; who may is in test_urls",
}
