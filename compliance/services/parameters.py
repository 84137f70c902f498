"""Laying out the parameters of schools over time, so that rules can join them."""

import json

from django.db import connection
from django.db.models import QuerySet

from governance.choices import ParameterLevel
from governance.models import School
from governance.parameters import KEYS

# The national defaults stand in code and are weaker than any row; "from ever" is this day.
EVER = "0001-01-01"

_STATEMENT = f"""
WITH scope AS (
    SELECT s.id AS school_id, a.path FROM governance_school s
    JOIN governance_authority a ON a.id = s.authority_id WHERE s.id = ANY(%(schools)s)
), defaults AS (
    SELECT d.key, d.value, d.source FROM jsonb_to_recordset(%(defaults)s::jsonb)
        AS d(key text, value jsonb, source text)
), candidate AS (
    SELECT scope.school_id, d.key, DATE '{EVER}' AS since, -1 AS layer, 0::bigint AS id,
           coalesce(d.value, 'null'::jsonb) AS value, d.source, %(national)s AS level
    FROM scope CROSS JOIN defaults d
    UNION ALL
    SELECT scope.school_id, p.key, p.since, array_position(%(layers)s::text[], p.level::text), p.id,
           coalesce(p.value, 'null'::jsonb), p.source, p.level
    FROM scope
    JOIN governance_procedureparameter p ON p.school_id = scope.school_id
    UNION ALL
    SELECT scope.school_id, p.key, p.since, array_position(%(layers)s::text[], p.level::text), p.id,
           coalesce(p.value, 'null'::jsonb), p.source, p.level
    FROM scope
    JOIN governance_authority above ON starts_with(scope.path, above.path)
    JOIN governance_procedureparameter p ON p.authority_id = above.id
), moments AS (
    SELECT DISTINCT school_id, key, since FROM candidate
), fresh AS (
    SELECT DISTINCT ON (m.school_id, m.key, m.since)
           m.school_id, m.key, m.since, c.value, c.source, c.level
    FROM moments m
    JOIN candidate c ON c.school_id = m.school_id AND c.key = m.key AND c.since <= m.since
    ORDER BY m.school_id, m.key, m.since, c.layer DESC, c.since DESC, c.id DESC
), gone AS (
    DELETE FROM compliance_effectiveparameter e
    WHERE e.school_id = ANY(%(schools)s) AND NOT EXISTS (
        SELECT 1 FROM fresh f WHERE f.school_id = e.school_id AND f.key = e.key AND f.since = e.since)
)
INSERT INTO compliance_effectiveparameter AS e
    (school_id, key, since, value, number, denominator, word, source, level)
SELECT school_id, key, since, value,
       CASE jsonb_typeof(value)
            WHEN 'number' THEN (value #>> '{{}}')::bigint
            WHEN 'boolean' THEN (value #>> '{{}}')::boolean::int
            WHEN 'array' THEN CASE jsonb_typeof(value -> 0) WHEN 'number' THEN (value ->> 0)::bigint END END,
       CASE WHEN jsonb_typeof(value) = 'array' AND jsonb_typeof(value -> 1) = 'number'
            THEN (value ->> 1)::bigint END,
       CASE WHEN jsonb_typeof(value) = 'string' THEN value #>> '{{}}' ELSE '' END,
       source, level
FROM fresh
ON CONFLICT (school_id, key, since) DO UPDATE
    SET value = excluded.value, number = excluded.number, denominator = excluded.denominator,
        word = excluded.word, source = excluded.source, level = excluded.level
    WHERE (e.value, e.source, e.level) IS DISTINCT FROM (excluded.value, excluded.source, excluded.level)
"""  # noqa: S608 - no input is formatted in, only a constant of this module


def refresh_parameters(schools: QuerySet[School]) -> int:
    """Lay out the effective parameters of the schools over all days; returns how many rows changed.

    One statement; equal to `governance.parameters.resolve` on every day. Writes nothing where nothing changed.
    """
    defaults = [{"key": key.key, "value": key.default, "source": key.source} for key in KEYS.values()]
    with connection.cursor() as cursor:
        cursor.execute(
            _STATEMENT,
            {
                "schools": list(schools.order_by().values_list("pk", flat=True)),
                "defaults": json.dumps(defaults),
                "layers": list(ParameterLevel.values),
                "national": ParameterLevel.NATIONAL.value,
            },
        )
        return cursor.rowcount
