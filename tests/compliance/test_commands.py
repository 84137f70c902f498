"""`manage.py rules` and `manage.py evaluate`."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from compliance.models import Finding
from compliance.registry import RULES


def run(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_rules_lists_every_rule():
    text = run("rules")
    assert all(f"{code} v{rule.version}" in text for code, rule in RULES.items())
    assert f"共 {len(RULES)} 条。" in text


def test_evaluate_a_school_an_authority_everyone(kit):
    first, second = kit.school(), kit.school()
    for school in (first, second):
        kit.decide(kit.item(school, "A01"), present=3)
    text = run("evaluate", "--school", first.code, "--rule", "R30")
    assert "[####################] 1/1 R30 党组织会议半数以上到会：不符合 1 无法判定 0" in text
    assert Finding.objects.count() == 1
    run("evaluate", "--authority", kit.authority.name, "--rule", "R30")
    assert Finding.objects.count() == 2
    text = run("evaluate", "--as-of", "2026-01-01", "--rule", "R30")
    assert "2 校，1 条规则，截至 2026-01-01（试算）：不符合 0" in text
    assert Finding.objects.standing().count() == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--school", "nowhere"], "没有代码为 nowhere 的学校"),
        (["--authority", "无"], "没有名为“无”的教育工委"),
        (["--rule", "R00"], "没有规则 R00"),
        (["--school", "a", "--authority", "b"], "只能指定一个"),
    ],
)
def test_evaluate_refuses_what_it_does_not_know(db, arguments, message):
    with pytest.raises(CommandError, match=message):
        run("evaluate", *arguments)


def test_a_failing_rule_fails_the_command(kit, monkeypatch):
    monkeypatch.setattr(RULES["R30"], "breach", lambda: 1 / 0, raising=False)
    with pytest.raises(CommandError, match="R30 ZeroDivisionError"):
        run("evaluate", "--rule", "R30")
