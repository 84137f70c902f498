"""三员 at every URL: in their own room, and an outsider (外来人) everywhere else, new URLs included.

Columns of ROOMS: those of test_urls; of OPEN: 系统管理员 安全管理员 审计管理员.
"""

from collections.abc import Callable
from typing import Any

Arguments = Callable[[Any], tuple[Any, ...]]


def words(*args: Any) -> Arguments:
    """Arguments that need nothing of the world."""
    return lambda w: args


def vice(w: Any) -> tuple[Any, ...]:
    return (w.cast.vice.pk,)


def authority(w: Any) -> tuple[Any, ...]:
    return (w.cast.authority.pk,)


def member(w: Any) -> tuple[Any, ...]:
    return (w.cast.inspector.authority_memberships.first().pk,)


NOTHING = words()
ASKED: dict[str, tuple[str, str, Arguments]] = {
    "password": ("get", "accounts:password", NOTHING),
    "password_post": ("post", "accounts:password", NOTHING),
    "security": ("get", "accounts:security", NOTHING),
    "end_session": ("post", "accounts:end_session", words(0)),
    "login_post": ("post", "accounts:login", NOTHING),
    "allauth_login": ("get", "account_login", NOTHING),
    "allauth_login_post": ("post", "account_login", NOTHING),
    "again": ("get", "account_reauthenticate", NOTHING),
    "again_post": ("post", "account_reauthenticate", NOTHING),
    "factor": ("get", "mfa_index", NOTHING),
    "factor_code": ("get", "mfa_authenticate", NOTHING),
    "factor_code_post": ("post", "mfa_authenticate", NOTHING),
    "factor_again": ("get", "mfa_reauthenticate", NOTHING),
    "factor_again_post": ("post", "mfa_reauthenticate", NOTHING),
    "factor_on": ("get", "mfa_activate_totp", NOTHING),
    "factor_on_post": ("post", "mfa_activate_totp", NOTHING),
    "factor_off": ("get", "mfa_deactivate_totp", NOTHING),
    "factor_off_post": ("post", "mfa_deactivate_totp", NOTHING),
    "codes": ("get", "mfa_view_recovery_codes", NOTHING),
    "codes_new": ("get", "mfa_generate_recovery_codes", NOTHING),
    "codes_new_post": ("post", "mfa_generate_recovery_codes", NOTHING),
    "external_begin": ("post", "accounts:external_begin", words("oidc")),
    "external_bind": ("post", "accounts:external_bind", words("oidc")),
    "external_callback": ("get", "accounts:external_callback", words("oidc")),
    "external_release": ("post", "accounts:external_release", words(0)),
    "account_release": ("post", "accounts:account_act", lambda w: (w.cast.vice.pk, "release")),
    "account_list": ("get", "accounts:account_list", NOTHING),
    "account_new": ("get", "accounts:account_new", NOTHING),
    "account_new_post": ("post", "accounts:account_new", NOTHING),
    "account": ("get", "accounts:account_detail", vice),
    "account_reset": ("post", "accounts:account_act", lambda w: (w.cast.vice.pk, "reset")),
    "account_disable": ("post", "accounts:account_act", lambda w: (w.cast.vice.pk, "disable")),
    "account_own": ("post", "accounts:account_act", lambda w: (w.cast.system_admin.pk, "reset")),
    "account_audit": ("post", "accounts:account_act", lambda w: (w.cast.audit_admin.pk, "reset")),
    "account_unknown": ("post", "accounts:account_act", lambda w: (w.cast.vice.pk, "grant")),
    "role_list": ("get", "accounts:role_list", NOTHING),
    "role_new": ("get", "accounts:role_new", NOTHING),
    "role_new_post": ("post", "accounts:role_new", NOTHING),
    "role_revoke": ("post", "accounts:role_revoke", lambda w: (w.cast.audit_admin.pk,)),
    "role_revoke_own": ("post", "accounts:role_revoke", lambda w: (w.cast.security_admin.pk,)),
    "trail": ("get", "accounts:trail", NOTHING),
    "trail_proof": ("get", "accounts:trail_proof", NOTHING),
    "member_list": ("get", "governance:member_list", NOTHING),
    "member_new": ("get", "governance:member_new", authority),
    "member_new_post": ("post", "governance:member_new", authority),
    "member_end": ("post", "governance:member_end", member),
    "second_factor": ("post", "governance:second_factor", authority),
}

# fmt: off
ROOMS: dict[str, str] = {
    "password":           "oooo o o oo oooo S",
    "password_post":      "oooo o o oo oooo S",
    "security":           "oooo o o oo oooo S",
    "end_session":        "---- - - -- ---- S",
    "login_post":         "rrrr r r rr rrrr o",
    "allauth_login":      "rrrr r r rr rrrr o",
    "allauth_login_post": "rrrr r r rr rrrr o",
    "again":              "oooo o o oo oooo S",
    "again_post":         "oooo o o oo oooo S",
    "factor":             "oooo o o oo oooo S",
    "factor_code":        "rrrr r r rr rrrr S",
    "factor_code_post":   "rrrr r r rr rrrr S",
    "factor_again":       "rrrr r r rr rrrr S",
    "factor_again_post":  "rrrr r r rr rrrr S",
    "factor_on":          "rrrr r r rr rrrr S",
    "factor_on_post":     "rrrr r r rr rrrr S",
    "factor_off":         ".... . . .. .... S",
    "factor_off_post":    ".... . . .. .... S",
    "codes":              ".... . . .. .... S",
    "codes_new":          "rrrr r r rr rrrr S",
    "codes_new_post":     "rrrr r r rr rrrr S",
    # No provider is configured here; tests/accounts/test_external.py configures all four.
    "external_begin":     ".... . . .. .... .",
    "external_bind":      ".... . . .. .... S",
    "external_callback":  ".... . . .. .... .",
    "external_release":   "rrrr r r rr rrrr S",
    **dict.fromkeys(("account_release", "account_list", "account_new", "account_new_post", "account", "account_reset", "account_disable", "account_own", "account_audit", "account_unknown", "role_list", "role_new", "role_new_post", "role_revoke", "role_revoke_own", "trail", "trail_proof", "member_list", "member_new", "member_new_post", "member_end", "second_factor"), ".... . . .. .... S"),
}

# What is not written here is answered as to an outsider.
OPEN: dict[str, str] = {
    "home":             "rrr",
    "account_list":     "o..",
    "account_new":      "o..",
    "account_new_post": "o..",
    "account":          "o..",
    "account_reset":    "o..",
    "account_release":  "-..",
    "account_disable":  "r..",
    "account_own":      "x..",
    "account_audit":    "-..",
    "role_list":        ".o.",
    "role_new":         ".o.",
    "role_new_post":    ".o.",
    "role_revoke":      ".r.",
    "role_revoke_own":  ".x.",
    "member_list":      ".o.",
    "member_new":       ".o.",
    "member_new_post":  ".o.",
    "member_end":       ".r.",
    "second_factor":    ".-.",
    "trail":            "..o",
    "trail_proof":      "..o",
}
# fmt: on
