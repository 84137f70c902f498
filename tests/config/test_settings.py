"""Production fails closed and passes Django's deployment check."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from environs import Env

from config.external import VARIABLES, external_providers
from tests.accounts.elsewhere import variables

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "SECRET_KEY": "q7ZpVx2Lr9TbNc4Hs8WdYf6Gj3Kk1Mm5Qa0Ee-UuIiOo_PpSsDdFfGgHh",
    "ALLOWED_HOSTS": "yishi.example.edu.cn",
    "DATABASE_URL": "postgresql://school:secret@db.example/school",
}


def manage(*arguments, **environment):
    """Run manage.py in a clean environment; returns the finished process."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_is_the_default_and_names_everything_that_is_missing():
    run = manage("check")
    assert run.returncode != 0
    assert "生产环境缺少环境变量：SECRET_KEY、ALLOWED_HOSTS、DATABASE_URL" in run.stderr


@pytest.mark.parametrize("name", sorted(PRODUCTION))
@pytest.mark.parametrize("how", ["absent", "empty"])
def test_production_refuses_to_start_without_each_variable(name, how):
    environment = {**PRODUCTION, name: ""}
    if how == "absent":
        del environment[name]
    run = manage("check", **environment)
    assert run.returncode != 0
    assert f"生产环境缺少环境变量：{name}。" in run.stderr


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("DATABASE_URL", "sqlite:///db.sqlite3", "DATABASE_URL 须指向 PostgreSQL"),
        ("SECRET_KEY", "short", "SECRET_KEY 须为至少 50 个字符"),
        ("EMAIL_URL", "smtp+tls://mail.example", "EMAIL_URL 须以"),
        ("APP_ENV", "development", "APP_ENV"),
        ("CLAMAV", "localhost", "CLAMAV 须为"),
        ("MESSAGE_DAYS", "7", "MESSAGE_DAYS"),
        ("IDLE_MINUTES", "0", "IDLE_MINUTES"),
        ("LOCKOUT_TRIES", "1000", "LOCKOUT_TRIES"),
        ("MEDIA_ROOT", str(ROOT / "static" / "media"), "MEDIA_ROOT 不得位于静态文件目录之下"),
    ],
)
def test_production_refuses_unsafe_values(name, value, message):
    run = manage("check", **{**PRODUCTION, name: value})
    assert run.returncode != 0
    assert message in run.stderr


EXTERNAL = variables("https://login.example.edu.cn", "https://sso.example.edu.cn")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"OIDC_CLIENT_ID": "x"},
            "统一身份认证登录只配置了一部分，缺少环境变量：OIDC_URL、OIDC_CLIENT_SECRET。",
        ),
        ({"OIDC_NAME": "教育云"}, "缺少环境变量：OIDC_URL、OIDC_CLIENT_ID、OIDC_CLIENT_SECRET。"),
        (
            {"WECOM_CORP_ID": "x", "WECOM_SECRET": "x"},
            "企业微信登录只配置了一部分，缺少环境变量：WECOM_AGENT_ID。",
        ),
        ({"FEISHU_URL": "https://open.feishu.cn"}, "飞书登录只配置了一部分"),
        ({**EXTERNAL, "OIDC_URL": "http://sso.example.edu.cn"}, "OIDC_URL 须是 https:// 开头的完整地址"),
        (
            {**EXTERNAL, "DINGTALK_API_URL": "api.dingtalk.com"},
            "DINGTALK_API_URL 须是 https:// 开头的完整地址",
        ),
    ],
)
def test_a_half_configured_provider_stops_the_start(given, message):
    run = manage("check", **PRODUCTION, **given)
    assert run.returncode != 0
    assert message in run.stderr


def test_providers_are_off_or_whole(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    assert external_providers(Env(), only_https=True) == {}
    monkeypatch.setenv("WECOM_CORP_ID", "ww1")
    monkeypatch.setenv("WECOM_AGENT_ID", "7")
    monkeypatch.setenv("WECOM_SECRET", "s")
    assert external_providers(Env(), only_https=True) == {
        "wecom": {
            "APPS": [
                {
                    "provider_id": "wecom",
                    "name": "企业微信",
                    "client_id": "ww1",
                    "secret": "s",
                    "settings": {
                        "agent_id": "7",
                        "login_url": "https://login.work.weixin.qq.com",
                        "inside_url": "https://open.weixin.qq.com",
                        "api_url": "https://qyapi.weixin.qq.com",
                    },
                }
            ]
        }
    }


@pytest.mark.parametrize("given", [{}, EXTERNAL], ids=["off", "all_providers"])
def test_deployment_check_is_clean(given):
    run = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION, **given)
    assert run.returncode == 0, run.stderr
    assert "System check identified no issues" in run.stdout + run.stderr


def test_demo_needs_no_variable_but_app_env():
    run = manage("check", APP_ENV="demo")
    assert run.returncode == 0, run.stderr
