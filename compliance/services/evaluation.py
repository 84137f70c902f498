"""Running rules over schools and keeping what they find: set-based, idempotent, one transaction per rule."""

import hashlib
import logging
import time
import traceback
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from common.history import remember
from compliance import registry
from compliance.choices import FindingVerdict
from compliance.models import Evaluation, Finding, RuleError
from compliance.registry import Rule
from compliance.services.parameters import refresh_parameters
from governance.models import School
from ledger.services import canonical

logger = logging.getLogger(__name__)
CHUNK = 1000
_LOCK_SPACE = 7301  # first half of the advisory lock: evaluation of one rule
# What an evaluation writes over an existing row; never the rectification, nor when it was first seen.
_REFRESHED = [
    "rule_version",
    "clauses",
    "subject_label",
    "access_scope",
    "occurred_on",
    "level",
    "verdict",
    "missing",
    "evidence",
    "parameters",
    "inputs_sha256",
    "link",
    "last_seen_at",
    "resolved_at",
]
Progress = Callable[[Rule, dict[str, int]], None]
# Called with (run, ids of the schools) after every evaluation that kept findings; what is built on findings follows.
listeners: list[Callable[[Evaluation, list[int]], None]] = []


def evaluate(
    *,
    schools: QuerySet[School],
    rules: Iterable[str] | None = None,
    as_of: date | None = None,
    actor: Any = None,
    scope: str = "全部学校",
    progress: Progress | None = None,
) -> Evaluation:
    """Run rules (all live ones by default) over schools and keep the findings; returns the record of the run.

    New findings are added, changed ones rewritten with history, vanished ones marked resolved. A rule that
    crashes is recorded as RuleError, keeps its earlier findings and stops no other. A day other than today is
    a trial: it counts and stores no finding. KeyError for an unknown rule code.
    """
    today = timezone.localdate()
    day = as_of or today
    chosen = registry.rules(rules)
    ids = list(schools.order_by("pk").values_list("pk", flat=True))
    everyone = School.objects.filter(pk__in=ids)
    run = Evaluation.objects.create(
        scope=scope,
        schools=len(ids),
        rules=[rule.code for rule in chosen],
        as_of=day,
        is_trial=day != today,
        actor=actor,
        started_at=timezone.now(),
    )
    refresh_parameters(everyone)
    for rule in chosen:
        started = time.monotonic()
        try:
            with transaction.atomic():
                counts = (
                    _count(rule, everyone, day) if run.is_trial else _keep(rule, everyone, ids, day, actor)
                )
        except Exception as error:
            logger.exception("rule %s could not be evaluated", rule.code)
            RuleError.objects.create(
                evaluation=run,
                rule_code=rule.code,
                error=f"{type(error).__name__}: {error}"[:300],
                trace=traceback.format_exc(),
            )
            counts = {"errors": 1}
        counts["ms"] = round((time.monotonic() - started) * 1000)
        run.counts[rule.code] = counts
        if progress:
            progress(rule, counts)
    run.finished_at = timezone.now()
    run.save(update_fields=["counts", "finished_at"])
    if not run.is_trial:
        for listener in listeners:
            listener(run, ids)
    return run


def recheck(school_id: int, kinds: Iterable[str]) -> Evaluation | None:
    """Re-check one school under the rules that acts of these kinds can affect; None where none can."""
    codes = [rule.code for rule in registry.rules() if any(rule.hears(kind) for kind in kinds)]
    if not codes:
        return None
    school = School.objects.get(pk=school_id)
    return evaluate(
        schools=School.objects.filter(pk=school_id), rules=codes, scope=f"{school.short_name}（办理后复核）"
    )


def _count(rule: Rule, schools: QuerySet[School], day: date) -> dict[str, int]:
    """What a rule finds, without keeping it."""
    verdicts = [
        _is_unknown(row) for row in rule.outcomes(rule.subjects(schools, day)).values("is_gap", "is_breach")
    ]
    return {"violating": verdicts.count(False), "unknown": verdicts.count(True)}


def _is_unknown(row: dict[str, Any]) -> bool:
    return row["is_gap"] or row["is_breach"] is None


def _keep(rule: Rule, schools: QuerySet[School], ids: list[int], day: date, actor: Any) -> dict[str, int]:
    """Find and keep: the lock lets one evaluation of a rule see the facts and write at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK_SPACE, rule.code])
    now = timezone.now()
    clauses = rule.clause_texts()
    found = {
        row["pk"]: row
        for row in rule.outcomes(rule.subjects(schools, day)).values(
            "pk",
            "is_gap",
            "is_breach",
            "gaps",
            "evidence",
            "found_school",
            "found_label",
            "found_on",
            "found_level",
            "found_scope",
            "found_link",
            "found_parameters",
        )
    }
    standing = {
        subject: (pk, digest, resolved)
        for pk, subject, digest, resolved in Finding.objects.filter(
            rule_code=rule.code, subject_type=rule.subject_type, school__in=ids
        ).values_list("pk", "subject_id", "inputs_sha256", "resolved_at")
    }
    new, changed, unchanged = [], [], []
    for subject, row in found.items():
        finding = _finding(rule, row, clauses, now)
        known = standing.get(subject)
        if known is None:
            new.append(finding)
        elif known[1] != finding.inputs_sha256 or known[2] is not None:
            changed.append(finding)
        else:
            unchanged.append(known[0])
    vanished = [pk for subject, (pk, _, gone) in standing.items() if subject not in found and gone is None]
    _write(new, actor, f"{rule.code} 发现")
    _write(changed, actor, f"{rule.code} 有变化")
    Finding.objects.filter(pk__in=unchanged).update(last_seen_at=now)
    Finding.objects.filter(pk__in=vanished).update(resolved_at=now)
    if vanished:
        remember(Finding.objects.filter(pk__in=vanished), actor, f"{rule.code} 已自行消除")
    unknown = sum(_is_unknown(row) for row in found.values())
    return {
        "violating": len(found) - unknown,
        "unknown": unknown,
        "new": len(new),
        "changed": len(changed),
        "resolved": len(vanished),
    }


def digest_of(finding: Finding) -> str:
    """SHA-256 (hex) over rule, version, verdict, level, facts and parameters; the day asked about is left out."""
    facts = {name: value for name, value in finding.evidence.items() if name != "as_of"}
    inputs = [
        finding.rule_code,
        finding.rule_version,
        finding.verdict,
        finding.level,
        finding.subject_label,
        finding.missing,
        facts,
        finding.parameters,
    ]
    return hashlib.sha256(canonical(inputs).encode()).hexdigest()


def _finding(rule: Rule, row: dict[str, Any], clauses: list[dict[str, str]], now: datetime) -> Finding:
    is_unknown = _is_unknown(row)
    finding = Finding(
        school_id=row["found_school"],
        rule_code=rule.code,
        rule_version=rule.version,
        clauses=clauses,
        subject_type=rule.subject_type,
        subject_id=row["pk"],
        subject_label=row["found_label"][:200],
        access_scope=row["found_scope"],
        occurred_on=row["found_on"],
        level=row["found_level"],
        verdict=FindingVerdict.UNKNOWN if is_unknown else FindingVerdict.VIOLATING,
        missing=rule.gaps_of(row["gaps"]) if is_unknown else [],
        evidence=row["evidence"],
        parameters=row["found_parameters"],
        link=reverse(rule.link, args=[*rule.link_words, *([row["found_link"]] if rule.link_id else [])]),
        first_seen_at=now,
        last_seen_at=now,
    )
    finding.inputs_sha256 = digest_of(finding)
    return finding


def _write(findings: list[Finding], actor: Any, reason: str) -> None:
    """INSERT … ON CONFLICT DO UPDATE in chunks, with history of the rows as they then are."""
    for start in range(0, len(findings), CHUNK):
        chunk = Finding.objects.bulk_create(
            findings[start : start + CHUNK],
            update_conflicts=True,
            unique_fields=["rule_code", "subject_type", "subject_id"],
            update_fields=_REFRESHED,
        )
        remember(Finding.objects.filter(pk__in=[finding.pk for finding in chunk]), actor, reason)
