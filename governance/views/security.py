"""The room of the security administrator above the schools. For everybody else it does not exist (404)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import require_admin
from accounts.choices import AdminRole
from common.errors import NotNow
from governance.choices import SecondFactor
from governance.security_forms import MemberForm, PolicyForm
from governance.security_selectors import authorities, authority_or_refuse
from governance.services.membership import admit_member, leave_authority, set_second_factor


@require_safe
@login_required
def member_list(request: HttpRequest) -> HttpResponse:
    """The authorities, who serves there, and what they say of the second factor."""
    require_admin(request.user, AdminRole.SECURITY)
    context = {"authorities": authorities(), "policies": SecondFactor.choices}
    return render(request, "governance/member_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def member_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an account an office in an authority."""
    require_admin(request.user, AdminRole.SECURITY)
    authority = authority_or_refuse(pk)
    form = MemberForm(request.POST or None, initial={"since": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data["username"]
        try:
            admit_member(
                actor=request.user,
                authority_id=pk,
                person=person,
                role=form.cleaned_data["role"],
                since=form.cleaned_data["since"],
            )
        except NotNow as refusal:
            form.add_error("username", refusal.message)
        else:
            messages.success(request, f"已登记{person}在{authority}的任职。")
            return redirect("governance:member_list")
    return render(request, "governance/member_new.html", {"form": form, "authority": authority})


@require_POST
@login_required
def member_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End an office in an authority; its rights end at once."""
    require_admin(request.user, AdminRole.SECURITY)
    member = leave_authority(actor=request.user, member_id=pk)
    messages.success(request, f"{member.person}在{member.authority}的任职已结束。")
    return redirect("governance:member_list")


@require_POST
@login_required
def second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Set what an authority says of the second factor."""
    require_admin(request.user, AdminRole.SECURITY)
    authority_or_refuse(pk)
    form = PolicyForm(request.POST)
    if not form.is_valid():
        raise NotNow("请选择按上级规定、必须或自愿。")
    authority = set_second_factor(actor=request.user, authority_id=pk, policy=form.cleaned_data["policy"])
    messages.success(request, f"{authority}的两步验证要求：{authority.get_second_factor_display()}。")
    return redirect("governance:member_list")
