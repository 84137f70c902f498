"""The providers of identities as local servers: 钉钉, 飞书 and 企业微信 in their documented JSON, and a real OIDC server."""

import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

CORP, APP_ID, SECRET, AGENT = "ww1a2b3c", "app-1a2b3c", "s3cr3t-of-the-application", "1000002"


@dataclass
class Elsewhere:
    """One server for three providers. `person` is who confirms; `fault` answers one path otherwise."""

    url: str = ""
    person: str = "zhao.mingchuan"
    fault: dict[str, Response] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    pages: list[dict[str, str]] = field(default_factory=list)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        self.asked.append(request.path)
        answer = self.fault.get(request.path) or getattr(self, PATHS[request.path])(request)
        return (Response("", 400) if answer is None else answer)(environ, start_response)

    # --- What all share ------------------------------------------------------------------------------

    def page(self, request: Request, name: str, code: str = "code") -> Response:
        """The person confirms at once and is sent back with a code that works once."""
        self.pages.append(request.args.to_dict())
        number = f"{name}-code-{len(self.pages)}"
        self.codes[number] = self.person
        back = urlencode({code: number, "state": request.args["state"]})
        return Response("", 302, {"Location": f"{request.args['redirect_uri']}?{back}"})

    def spend(self, code: str | None) -> str | None:
        return self.codes.pop(code or "", None)

    # --- 钉钉 -----------------------------------------------------------------------------------------

    def dingtalk_page(self, request: Request) -> Response | None:
        wanted = {"client_id": APP_ID, "response_type": "code", "scope": "openid", "prompt": "consent"}
        return (
            self.page(request, "ding", "authCode")
            if wanted.items() <= request.args.to_dict().items()
            else None
        )

    def dingtalk_token(self, request: Request) -> Response | None:
        told = request.get_json()
        person = self.spend(told["code"])
        if (told["clientId"], told["clientSecret"]) != (APP_ID, SECRET) or person is None:
            return reply({"code": "invalid.authCode", "message": "无效的code", "requestid": "1"}, 400)
        return reply(
            {"accessToken": f"for {person}", "refreshToken": "r", "expireIn": 7200, "corpId": "dingcorp"}
        )

    def dingtalk_person(self, request: Request) -> Response:
        person = request.headers["x-acs-dingtalk-access-token"].removeprefix("for ")
        return reply(
            {
                "nick": "赵明川（钉钉）",
                "avatarUrl": "https://example.invalid/a.png",
                "mobile": "13900000000",
                "openId": person,
                "unionId": f"union-{person}",
                "email": "vice@example.org",
                "stateCode": "86",
            }
        )

    # --- 飞书 -----------------------------------------------------------------------------------------

    def feishu_page(self, request: Request) -> Response | None:
        return self.page(request, "fei") if request.args["app_id"] == APP_ID else None

    def feishu_app(self, request: Request) -> Response:
        if request.get_json() != {"app_id": APP_ID, "app_secret": SECRET}:
            return reply({"code": 10014, "msg": "app secret invalid"})
        return reply({"code": 0, "msg": "success", "app_access_token": "t-app", "expire": 7140})

    def feishu_token(self, request: Request) -> Response:
        told = request.get_json()
        person = self.spend(told["code"])
        if (
            person is None
            or told["app_access_token"] != "t-app"
            or told["grant_type"] != "authorization_code"
        ):
            return reply({"code": 20007, "msg": "code is invalid", "data": {}})
        return reply(
            {
                "code": 0,
                "msg": "success",
                "data": {"access_token": f"for {person}", "token_type": "Bearer", "expires_in": 6900},
            }
        )

    def feishu_person(self, request: Request) -> Response:
        person = request.headers["Authorization"].removeprefix("Bearer for ")
        data = {"name": "赵明川（飞书）", "open_id": person, "union_id": "on", "mobile": "+8613900000000"}
        return reply({"code": 0, "msg": "success", "data": data})

    # --- 企业微信 -------------------------------------------------------------------------------------

    def wecom_page(self, request: Request) -> Response | None:
        wanted = {"login_type": "CorpApp", "appid": CORP, "agentid": AGENT}
        return self.page(request, "we") if wanted.items() <= request.args.to_dict().items() else None

    def wecom_inside(self, request: Request) -> Response | None:
        wanted = {"response_type": "code", "scope": "snsapi_base", "appid": CORP, "agentid": AGENT}
        return self.page(request, "we") if wanted.items() <= request.args.to_dict().items() else None

    def wecom_token(self, request: Request) -> Response:
        if request.args.to_dict() != {"corpid": CORP, "corpsecret": SECRET}:
            return reply({"errcode": 40001, "errmsg": "invalid credential"})
        return reply({"errcode": 0, "errmsg": "ok", "access_token": "t-corp", "expires_in": 7200})

    def wecom_person(self, request: Request) -> Response:
        person = self.spend(request.args["code"])
        if request.args["access_token"] != "t-corp":
            return reply({"errcode": 40014, "errmsg": "invalid access_token"})
        if person is None:
            return reply({"errcode": 40029, "errmsg": "invalid code"})
        return reply({"errcode": 0, "errmsg": "ok", "userid": person, "user_ticket": "ticket"})


PATHS = {
    "/oauth2/auth": "dingtalk_page",
    "/v1.0/oauth2/userAccessToken": "dingtalk_token",
    "/v1.0/contact/users/me": "dingtalk_person",
    "/open-apis/authen/v1/index": "feishu_page",
    "/open-apis/auth/v3/app_access_token/internal": "feishu_app",
    "/open-apis/authen/v1/access_token": "feishu_token",
    "/open-apis/authen/v1/user_info": "feishu_person",
    "/wwlogin/sso/login": "wecom_page",
    "/connect/oauth2/authorize": "wecom_inside",
    "/cgi-bin/gettoken": "wecom_token",
    "/cgi-bin/auth/getuserinfo": "wecom_person",
}
# What each provider is asked after the page, in this order.
ASKED = {
    "dingtalk": ["/v1.0/oauth2/userAccessToken", "/v1.0/contact/users/me"],
    "feishu": [
        "/open-apis/auth/v3/app_access_token/internal",
        "/open-apis/authen/v1/access_token",
        "/open-apis/authen/v1/user_info",
    ],
    "wecom": ["/cgi-bin/gettoken", "/cgi-bin/auth/getuserinfo"],
}


def reply(told: Any, status: int = 200) -> Response:
    """JSON as an answer."""
    answer = requests.compat.json.dumps(told, ensure_ascii=False)
    return Response(answer, status, content_type="application/json; charset=utf-8")


@contextmanager
def running() -> Iterator[Elsewhere]:
    """The three providers on a port of this machine."""
    app = Elsewhere()
    server = make_server("localhost", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    app.url = f"http://localhost:{server.server_port}"
    try:
        yield app
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def oidc_running() -> Iterator[str]:
    """A real OIDC server (discovery, signed tokens) in a process of its own; answers with its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    with tempfile.TemporaryFile() as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        try:
            _wait_for(f"{url}/.well-known/openid-configuration", server)
            yield url
        finally:
            server.terminate()


def _wait_for(url: str, server: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Until the server answers."""
    deadline = time.monotonic() + seconds
    while server.poll() is None and time.monotonic() < deadline:
        try:
            requests.get(url, timeout=5).raise_for_status()
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the OIDC server did not start")


def variables(url: str, oidc: str) -> dict[str, str]:
    """The environment that configures all four."""
    return {
        "OIDC_URL": oidc,
        "OIDC_CLIENT_ID": APP_ID,
        "OIDC_CLIENT_SECRET": SECRET,
        "DINGTALK_CLIENT_ID": APP_ID,
        "DINGTALK_CLIENT_SECRET": SECRET,
        "DINGTALK_LOGIN_URL": url,
        "DINGTALK_API_URL": url,
        "FEISHU_APP_ID": APP_ID,
        "FEISHU_APP_SECRET": SECRET,
        "FEISHU_URL": f"{url}/",
        "WECOM_CORP_ID": CORP,
        "WECOM_AGENT_ID": AGENT,
        "WECOM_SECRET": SECRET,
        "WECOM_LOGIN_URL": url,
        "WECOM_INSIDE_URL": url,
        "WECOM_API_URL": url,
    }
