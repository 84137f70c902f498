"""The rooms of the system and the security administrator. For everybody else they do not exist (404)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import require_admin
from accounts.choices import AdminRole
from accounts.forms import AccountForm, RoleForm
from accounts.selectors import account_page, accounts, administrators
from accounts.services import accounts as account_services
from accounts.services import roles as role_services
from common.errors import NotNow, NotVisible

PAGE_SIZE = 50


@require_safe
@login_required
def account_list(request: HttpRequest) -> HttpResponse:
    """Accounts by name, with what is open, closed or waiting for its first sign-in."""
    require_admin(request.user, AdminRole.SYSTEM)
    words, state = request.GET.get("q", "").strip()[:40], request.GET.get("state", "")
    page = Paginator(accounts(words, state), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "accounts/account_list.html", {"page": page, "q": words, "state": state})


def _initial(request: HttpRequest, user: Any, password: str, title: str) -> HttpResponse:
    """The page that shows an initial password, once."""
    return render(request, "accounts/initial.html", {"account": user, "initial": password, "title": title})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def account_new(request: HttpRequest) -> HttpResponse:
    """Make an account; its initial password is shown once."""
    require_admin(request.user, AdminRole.SYSTEM)
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user, password = account_services.create_account(actor=request.user, **form.cleaned_data)
        except NotNow as refusal:
            form.add_error("username", refusal.message)
        else:
            return _initial(request, user, password, "账号已建立")
    return render(request, "accounts/account_new.html", {"form": form})


@require_safe
@login_required
def account_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One account and what may be done to it."""
    require_admin(request.user, AdminRole.SYSTEM)
    return render(request, "accounts/account_detail.html", account_page(request.user, pk))


@never_cache
@require_POST
@login_required
def account_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Close, open, unbind, or give a new initial password."""
    require_admin(request.user, AdminRole.SYSTEM)
    if act == "reset":
        user, password = account_services.reset_password(actor=request.user, user_id=pk)
        return _initial(request, user, password, "密码已重设")
    if act == "disable":
        user = account_services.disable_account(actor=request.user, user_id=pk)
        messages.success(request, f"{user}的账号已停用，打开的会话已全部结束。")
    elif act == "release":
        user = account_services.release_identities(actor=request.user, user_id=pk)
        messages.success(request, f"{user}绑定的外部账号已解除，打开的会话已全部结束。")
    elif act == "enable":
        user = account_services.enable_account(actor=request.user, user_id=pk)
        messages.success(request, f"{user}的账号已启用。")
    else:
        raise NotVisible(act)
    return redirect("accounts:account_detail", pk)


@require_safe
@login_required
def role_list(request: HttpRequest) -> HttpResponse:
    """Who holds which of the three roles."""
    require_admin(request.user, AdminRole.SECURITY)
    return render(request, "accounts/role_list.html", {"groups": administrators(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def role_new(request: HttpRequest) -> HttpResponse:
    """Grant a role, or free somebody of a lost second factor, by account name."""
    require_admin(request.user, AdminRole.SECURITY)
    form = RoleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person, act = form.cleaned_data["username"], form.cleaned_data["act"]
        try:
            if act == RoleForm.FREE:
                role_services.reset_second_factor(actor=request.user, user_id=person.pk)
                messages.success(request, f"{person}的两步验证已解除，下次登录须重新设置。")
            else:
                role_services.grant_role(actor=request.user, user_id=person.pk, role=act)
                messages.success(request, f"已授予{person}{AdminRole(act).label}角色。")
            return redirect("accounts:role_list")
        except NotNow as refusal:
            form.add_error("username", refusal.message)
    return render(request, "accounts/role_new.html", {"form": form})


@require_POST
@login_required
def role_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a role back."""
    require_admin(request.user, AdminRole.SECURITY)
    user = role_services.revoke_role(actor=request.user, user_id=pk)
    messages.success(request, f"已收回{user}的管理员角色，打开的会话已全部结束。")
    return redirect("accounts:role_list")
