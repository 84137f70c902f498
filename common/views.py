"""Answers to refused and failed requests: a full page, a fragment put in place, or JSON."""

import logging
import re
from dataclasses import asdict
from typing import Any

from django.core.exceptions import (
    BadRequest,
    DisallowedHost,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from common.errors import Blocked, NotNow, NotPermitted, NotVisible, Refusal, StaleVersion
from common.history import last_step

log = logging.getLogger("common.refusals")

# status → (icon, tone, heading, what to do)
WORDS: dict[int, tuple[str, str, str, str]] = {
    400: ("alert-octagon", "bad", "请求不完整，没有办理", "请返回上一页，刷新后重新填写。"),
    403: ("lock", "warn", "不能办理这一步", ""),
    404: ("file-search", "run", "没有找到这一页", "地址可能有误，或者这项内容不在您的知悉范围内。"),
    405: ("arrow-back-up", "warn", "这个地址不能直接打开", "它只用来办理。请返回上一页，点页面上的按钮。"),
    409: ("refresh", "warn", "内容已有变化，没有办理", ""),
    413: (
        "file-alert",
        "bad",
        "内容过大，没有办理",
        "一份文件不超过 20 MB，一次合计不超过 100 MB、20 份。请压缩、拆分或分批上传后再办。",
    ),
    422: ("hand-stop", "bad", "暂不能办理", ""),
    429: ("clock-pause", "warn", "操作过于频繁，请稍后再试", "请等几分钟再办，已保存的内容不受影响。"),
    500: (
        "tool",
        "bad",
        "系统故障，这一步没有办成",
        "已保存的内容不受影响，请稍后再办。再次出现请联系平台管理员，并报出下面的时间和编号。",
    ),
}
CSRF_TEXT = "页面停留过久或浏览器拦截了 Cookie，填写的内容没有保存。请返回上一页，刷新后再办。"
TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
HOME = "/"
TARGET = re.compile(r"#[A-Za-z][\w-]*")
CODED = re.compile(r"[!-~]{0,32}")  # a key, number, day or choice of a form; people write words
SECRET = ("csrfmiddlewaretoken", "password", "code")


def _return_url(request: HttpRequest) -> str:
    """The page the person came from where it is ours, else the front door."""
    origin = request.META.get("HTTP_REFERER", "")
    try:
        here, host = request.build_absolute_uri(), request.get_host()
    except DisallowedHost:
        return HOME
    if origin != here and url_has_allowed_host_and_scheme(origin, {host}, require_https=request.is_secure()):
        return origin
    return HOME


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks for JSON rather than a person for a page."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _answer(
    request: HttpRequest, status: int, body: dict[str, Any] | None = None, **context: Any
) -> HttpResponse:
    icon, tone, heading, text = WORDS[status]
    if wants_json(request):
        return JsonResponse(body or {"message": context.get("text") or heading}, status=status)
    context = {
        "status": status,
        "icon": icon,
        "tone": tone,
        "heading": heading,
        "text": text,
        "back": _return_url(request),
        "now": timezone.now(),
        "number": getattr(request, "request_id", "")[:8].upper(),
        **context,
    }
    if getattr(request, "htmx", False):
        answer = render(request, "errors/fragment.html", context, status=status)
        wished = request.headers.get("X-Refusal-Target", "")
        answer["HX-Retarget"] = wished if TARGET.fullmatch(wished) else "#flash"
        answer["HX-Reswap"] = "innerHTML"
        return answer
    request.is_refused = True  # the shell draws no counts
    user = getattr(request, "user", None)
    context["frame"] = "base.html" if user is not None and user.is_authenticated else "plain_base.html"
    return render(request, "errors/page.html", context, status=status)


def typed_words(request: HttpRequest) -> list[str]:
    """What a person wrote into the form just sent, for a page that cannot draw that form again."""
    if request.method != "POST":
        return []
    try:
        fields = request.POST
    except BadRequest:  # in no form that can be read: there are no words to show
        return []
    written = [
        value.replace("\0", "")
        for name, values in fields.lists()
        if not any(secret in name for secret in SECRET)
        for value in values
        if value.strip() and not CODED.fullmatch(value)
    ]
    return list(dict.fromkeys(written))


def refuse(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Answer one refusal: 404 says nothing, 403 whom it takes, 409 what changed, 422 every blocker."""
    if isinstance(refusal, NotVisible):
        return _answer(request, 404, typed_words=typed_words(request))
    body: dict[str, Any] = {"message": refusal.message}
    context: dict[str, Any] = {"text": refusal.message, "typed_words": typed_words(request)}
    if isinstance(refusal, NotPermitted):
        body["need"] = context["need"] = refusal.need
    if isinstance(refusal, NotNow):
        current = context["current"] = refusal.current
        body["current"] = current if isinstance(current, dict | list) else str(current or "")
        if last := last_step(current):
            body["last"] = context["last"] = last
        if not isinstance(refusal, StaleVersion):
            context["heading"] = "现在不能办理这一步"
    if isinstance(refusal, Blocked):
        context["checks"] = refusal.checks
        context["heading"] = f"还有 {len(refusal.checks)} 项未满足，暂不能办理"
        body["checks"] = [asdict(check) for check in refusal.checks]
    return _answer(request, refusal.status, body, **context)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400, or 413 where it is the amount that Django refused: then nothing of it was read."""
    if isinstance(exception, BadRequest):
        return _answer(request, 400, typed_words=typed_words(request))
    return _answer(request, 413 if isinstance(exception, TOO_MUCH) else 400)


def not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    """Answer 405: an address opened the wrong way, e.g. one that only takes a form."""
    answer = _answer(request, 405)
    answer["Allow"] = allowed
    return answer


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403 for Django's own PermissionDenied."""
    return _answer(request, 403, text=str(exception) or NotPermitted.default_message)


def sign_in_again(request: HttpRequest) -> HttpResponse:
    """Answer 401 to a script whose person is no longer signed in."""
    return JsonResponse({"message": "登录已过期，请在新窗口重新登录后再保存。"}, status=401)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 where the form's token is missing or stale."""
    words = typed_words(request)
    return _answer(request, 403, heading="页面已过期，没有办理", text=CSRF_TEXT, typed_words=words)


def signed_out(request: HttpRequest, sign_in: str) -> HttpResponse:
    """Answer 403 to a form with words in it whose person is no longer signed in: the words are shown, not lost."""
    return _answer(
        request,
        403,
        heading="登录已过期，没有办理",
        text="填写的内容没有保存。请先把它复制下来，重新登录后再填写。",
        sign_in=sign_in,
        typed_words=typed_words(request),
    )


def too_many(request: HttpRequest, *, heading: str, text: str, seconds: int) -> HttpResponse:
    """Answer 429 with the time to wait, in words and as Retry-After (seconds)."""
    words = typed_words(request)
    answer = _answer(request, 429, heading=heading, text=text, typed_words=words)
    answer["Retry-After"] = str(seconds)
    return answer


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404 without saying whether anything is there."""
    return _answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 with time and number, touching neither database nor session."""
    number = getattr(request, "request_id", "")[:8].upper()
    log.error("request %s failed: %s %s", number, request.method, request.path)
    icon, tone, heading, text = WORDS[500]
    if wants_json(request):
        return JsonResponse({"message": heading, "number": number}, status=500)
    context = {
        "status": 500,
        "icon": icon,
        "tone": tone,
        "heading": heading,
        "text": text,
        "back": HOME,
        "now": timezone.now(),
        "number": number,
        "frame": "plain_base.html",
    }
    fragment = bool(getattr(request, "htmx", False))
    name = "errors/fragment.html" if fragment else "errors/page.html"
    headers = {"HX-Retarget": "#flash", "HX-Reswap": "innerHTML"} if fragment else {}
    return HttpResponse(render_to_string(name, context), status=500, headers=headers)
