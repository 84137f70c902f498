"""Keeping the figures: per school and day by differences, and by the same differences every authority above it.

Locks, always in this order: the rows of SchoolStanding of the schools concerned by ascending key, then rows of
AuthorityMonth by (authority, measure, month). The first makes the refreshes of one school wait for each other, so
that the last one sees the newest records; the second lets schools of one authority add their differences without a
deadlock. One statement compares, writes the days and adds to the months.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction

from governance.models import School
from oversight.measures import MEASURES, Measure, measures
from oversight.models import SchoolStanding
from oversight.services.standing import write_standing

logger = logging.getLogger(__name__)
CHUNK = 200  # schools in one transaction of a whole refresh

# Rows that changed, against what stands; then the days, then the months of every authority above.
_WRITE = """
WITH fresh AS MATERIALIZED ({fresh}),
stood AS MATERIALIZED (
    SELECT id, school_id, day, measure, numerator, denominator FROM oversight_schoolday
    WHERE school_id = ANY(%s) AND measure = ANY(%s)
),
changed AS MATERIALIZED (
    SELECT school_id, day, measure, s.id, f.school_id IS NULL AS is_gone,
           f.numerator, f.denominator,
           COALESCE(f.numerator, 0) - COALESCE(s.numerator, 0) AS more,
           COALESCE(f.denominator, 0) - COALESCE(s.denominator, 0) AS more_asked
    FROM fresh f FULL JOIN stood s USING (school_id, day, measure)
    WHERE f.school_id IS NULL OR s.id IS NULL
       OR (f.numerator, f.denominator) <> (s.numerator, s.denominator)
),
removed AS (
    DELETE FROM oversight_schoolday d USING changed c WHERE d.id = c.id AND c.is_gone
),
updated AS (
    UPDATE oversight_schoolday d SET numerator = c.numerator, denominator = c.denominator
    FROM changed c WHERE d.id = c.id AND NOT c.is_gone
),
added AS (
    INSERT INTO oversight_schoolday (school_id, day, measure, numerator, denominator)
    SELECT school_id, day, measure, numerator, denominator FROM changed WHERE id IS NULL
),
moved AS (
    INSERT INTO oversight_authoritymonth AS kept (authority_id, month, measure, numerator, denominator)
    SELECT a.id, date_trunc('month', c.day)::date, c.measure, SUM(c.more), SUM(c.more_asked)
    FROM changed c
    JOIN oversight_schoolstanding o ON o.school_id = c.school_id
    JOIN governance_authority a ON starts_with(o.authority_path, a.path)
    GROUP BY 1, 2, 3
    HAVING SUM(c.more) <> 0 OR SUM(c.more_asked) <> 0
    ORDER BY 1, 3, 2
    ON CONFLICT (authority_id, measure, month) DO UPDATE
    SET numerator = kept.numerator + excluded.numerator,
        denominator = kept.denominator + excluded.denominator
)
SELECT COUNT(*) FROM changed
"""
_NOTHING = """
SELECT NULL::bigint AS school_id, NULL::date AS day, NULL::varchar AS measure,
       NULL::bigint AS numerator, NULL::bigint AS denominator WHERE FALSE
"""
_ONE = """
SELECT school_id::bigint, day::date, '{key}'::varchar AS measure,
       SUM(numerator)::bigint AS numerator, SUM(denominator)::bigint AS denominator
FROM ({inner}) AS subject (school_id, day, numerator, denominator)
WHERE day IS NOT NULL
GROUP BY school_id, day
HAVING SUM(numerator) <> 0 OR SUM(denominator) <> 0
"""
_SUMS = """
SELECT a.id AS authority_id, date_trunc('month', d.day)::date AS month, d.measure,
       SUM(d.numerator) AS numerator, SUM(d.denominator) AS denominator
FROM oversight_schoolday d
JOIN oversight_schoolstanding o ON o.school_id = d.school_id
JOIN governance_authority a ON starts_with(o.authority_path, a.path)
GROUP BY 1, 2, 3
HAVING SUM(d.numerator) <> 0 OR SUM(d.denominator) <> 0
"""
_DIFFERENCES = f"""
SELECT authority_id, month, measure, k.numerator, k.denominator, s.numerator, s.denominator
FROM (SELECT * FROM oversight_authoritymonth WHERE numerator <> 0 OR denominator <> 0) k
FULL JOIN ({_SUMS}) s USING (authority_id, month, measure)
WHERE (k.numerator, k.denominator) IS DISTINCT FROM (s.numerator, s.denominator)
ORDER BY 1, 3, 2
"""  # noqa: S608 - constant text


def _fresh(schools: Sequence[int], chosen: Iterable[Measure]) -> tuple[str, list[Any]]:
    """One SELECT of the figures of the schools as the records give them now."""
    parts, parameters = [_NOTHING], list[Any]()
    within = School.objects.filter(pk__in=schools)
    for measure in chosen:
        rows = measure.asked(within).values_list("m_school", "m_day", "m_numerator", "m_denominator")
        try:
            inner, given = rows.query.sql_with_params()
        except EmptyResultSet:
            continue
        parts.append(_ONE.format(key=measure.key, inner=inner))
        parameters.extend(given)
    return " UNION ALL ".join(parts), parameters


def _write_days(schools: Sequence[int], keys: list[str], chosen: Iterable[Measure]) -> int:
    """Bring the days of some measures up to date; the number of rows that changed."""
    fresh, parameters = _fresh(schools, chosen)
    with connection.cursor() as cursor:
        cursor.execute(_WRITE.format(fresh=fresh), [*parameters, list(schools), keys])
        return int(cursor.fetchone()[0])


def _lock(schools: Sequence[int]) -> list[int]:
    """Lock the standings of schools by ascending key, making those that are missing; schools that moved."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO oversight_schoolstanding (school_id, authority_path, code, name, stage, cluster, kind, setup,
                fulltime_deputies, blocks, breaches, warns, infos, unknowns, overdue, groups, refreshed_at)
            SELECT s.id, a.path, s.code, s.name, s.stage, s.cluster, '', 'vacant', 0, 0, 0, 0, 0, 0, 0, '{}', now()
            FROM governance_school s JOIN governance_authority a ON a.id = s.authority_id
            WHERE s.id = ANY(%s) ORDER BY s.id
            ON CONFLICT (school_id) DO NOTHING
            """,
            [list(schools)],
        )
        cursor.execute(
            """
            SELECT o.school_id, o.authority_path <> a.path
            FROM oversight_schoolstanding o
            JOIN governance_school s ON s.id = o.school_id
            JOIN governance_authority a ON a.id = s.authority_id
            WHERE o.school_id = ANY(%s) ORDER BY o.school_id FOR UPDATE OF o
            """,
            [list(schools)],
        )
        return [school for school, has_moved in cursor.fetchall() if has_moved]


def _move(schools: list[int]) -> None:
    """Take the figures of schools out of their former authorities; the next write adds them to the new ones."""
    _write_days(schools, list(MEASURES), [])
    for school in School.objects.filter(pk__in=schools).select_related("authority"):
        SchoolStanding.objects.filter(pk=school.pk).update(authority_path=school.authority.path)


@transaction.atomic
def refresh(
    schools: Iterable[int], *, keys: Iterable[str] | None = None, checked_at: datetime | None = None
) -> int:
    """Bring the figures of some schools up to date; the number of rows of days that changed.

    `keys` names the measures (all by default); how the schools stand is always computed. `checked_at` is when an
    evaluation of all rules ended.
    """
    ids = sorted(set(schools))
    if not ids:
        return 0
    live = measures()
    moved = _lock(ids)
    if moved:
        _move(moved)
        keys = None
    wanted = set(MEASURES) if keys is None else set(keys)
    changed = 0
    if wanted:
        changed = _write_days(ids, sorted(wanted), [measure for measure in live if measure.key in wanted])
    write_standing(ids, checked_at=checked_at)
    return changed


def refresh_after(school: int, kinds: Iterable[str]) -> int:
    """Bring one school up to date after acts of these kinds (as in the ledger)."""
    heard = list(kinds)
    return refresh([school], keys=[m.key for m in measures() if any(m.hears(kind) for kind in heard)])


def differences() -> list[tuple[Any, ...]]:
    """Months that are not the sum of their days: (authority, month, measure, kept n, d, summed n, d)."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES)
        return cursor.fetchall()


def rebuild() -> tuple[int, int]:
    """Bring every school up to date and prove the months; (rows of days that changed, months set right).

    A month that is not the sum of its days is an error of this program: it is logged and set right.
    """
    ids = list(School.objects.order_by("pk").values_list("pk", flat=True))
    changed = sum(refresh(ids[start : start + CHUNK]) for start in range(0, len(ids), CHUNK))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE oversight_authoritymonth IN EXCLUSIVE MODE")
        wrong = differences()
        for authority, month, measure, *figures in wrong:
            logger.error("month %s of %s, authority %s, was kept as %s", month, measure, authority, figures)
        cursor.execute("DELETE FROM oversight_authoritymonth WHERE numerator = 0 AND denominator = 0")
        if wrong:
            cursor.execute("DELETE FROM oversight_authoritymonth")
            cursor.execute(
                "INSERT INTO oversight_authoritymonth (authority_id, month, measure, numerator, denominator)"
                + _SUMS
            )
    return changed, len(wrong)
