"""Production fails closed and passes Django's deployment check."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

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
        ("MEDIA_ROOT", str(ROOT / "static" / "media"), "MEDIA_ROOT 不得位于静态文件目录之下"),
    ],
)
def test_production_refuses_unsafe_values(name, value, message):
    run = manage("check", **{**PRODUCTION, name: value})
    assert run.returncode != 0
    assert message in run.stderr


def test_deployment_check_is_clean():
    run = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert run.returncode == 0, run.stderr
    assert "System check identified no issues" in run.stdout + run.stderr


def test_demo_needs_no_variable_but_app_env():
    run = manage("check", APP_ENV="demo")
    assert run.returncode == 0, run.stderr
