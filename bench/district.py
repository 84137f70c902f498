"""One part of the bench in its own process and database: generate, evaluate, rebuild, ask pages; figures as JSON.

Usage: python -m bench.district whole|large SCHOOLS MONTHS OUT.json
"""

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import django

WARM, ASKED = 3, 21


def main(part: str, schools: int, months: int, out: Path) -> None:
    """Measure and write the figures."""
    django.setup()
    from django.core.management import call_command

    from demo.generate.district import generate

    call_command("migrate", verbosity=0)
    say(f"生成 {schools} 校 {months} 个月")
    generated, counts = timed(
        lambda: generate(schools=schools, months=months, workers=min(os.cpu_count() or 1, 4))
    )
    figures: dict[str, Any] = {
        "schools": schools,
        "months": months,
        "items": counts["decisions.DecisionItem"],
        "meetings": counts["meetings.Meeting"],
        "rows": sum(counts.values()),
        "generated_s": generated,
    }
    if part == "whole":
        say("规则检查随学校数增长")
        figures["growth"] = growth(schools)
    figures |= evaluation(schools)
    say("页面")
    figures["pages"] = pages()
    out.write_text(json.dumps(figures, ensure_ascii=False), encoding="utf-8")


def say(text: str) -> None:
    print(f"-- {text}", flush=True)


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = act()
    return time.perf_counter() - began, result


def growth(schools: int) -> list[tuple[int, float]]:
    """Seconds of a trial of all rules over a quarter, a half and all of the schools; the better of two."""
    from django.utils import timezone

    from compliance.services import evaluate
    from governance.models import School

    yesterday = timezone.localdate() - timedelta(days=1)
    keys = list(School.objects.order_by("pk").values_list("pk", flat=True))
    found = []
    for number in (schools // 4, schools // 2, schools):
        some = School.objects.filter(pk__in=keys[:number])
        tries = [timed(lambda some=some: evaluate(schools=some, as_of=yesterday))[0] for _ in range(2)]
        found.append((number, min(tries)))
    return found


def evaluation(schools: int) -> dict[str, Any]:
    """All rules for the first time (every finding is new) and again; then the figures of the board from nothing."""
    from compliance import registry
    from compliance.models import Finding
    from compliance.services import evaluate
    from governance.models import School
    from oversight.services import aggregates

    say(f"全部规则，{schools} 校")
    first, run = timed(lambda: evaluate(schools=School.objects.all()))
    again, _ = timed(lambda: evaluate(schools=School.objects.all()))
    say("汇总重建")
    rebuilt, _ = timed(aggregates.rebuild)
    slowest = sorted(run.counts.items(), key=lambda pair: -pair[1]["ms"])[:10]
    return {
        "first_s": first,
        "again_s": again,
        "rebuild_s": rebuilt,
        "rules": len(run.rules),
        "findings": Finding.objects.count(),
        "slowest": [(code, registry.RULES[code].title, counts["ms"]) for code, counts in slowest],
        "errors": [error.rule_code for error in run.errors.all()],
    }


def pages() -> dict[str, dict[str, float]]:
    """Server time (median) and number of queries of pages of the city, asked through the whole stack."""
    from django.test import Client
    from django.urls import reverse

    from accounts.models import User

    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username="city"), "django.contrib.auth.backends.ModelBackend")
    asked = {
        "看板": reverse("oversight:board"),
        "组织设置": reverse("oversight:setup"),
        "未报送": reverse("oversight:missing"),
        "整改台账": reverse("compliance:finding_list"),
    }
    return {name: page(client, url) for name, url in asked.items()}


def page(client: Any, url: str) -> dict[str, float]:
    """One page; RuntimeError where it does not answer 200."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    times = []
    for _ in range(WARM + ASKED):
        seconds, response = timed(lambda: client.get(url))
        if response.status_code != 200:
            raise RuntimeError(f"{url} answered {response.status_code}")
        times.append(seconds * 1000)
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    return {"ms": median(times[WARM:]), "queries": len(queries)}


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
