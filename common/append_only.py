"""Rows the database itself refuses to change, whoever asks: history, events, and records once they are issued.

An app says in its `seals.py` which of its tables only grow (`only_added`) and which rows are closed from when on
(`closed_when`). History tables need no word: every one of them only grows. The triggers are made after each
`migrate`, so that no new table is forgotten; the owner of a table alone can take one away, or lift it (`lifted`).
"""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models

from common.history import Provenance

TRIGGER, NO_TRUNCATE = "append_only", "append_only_truncate"
FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$
DECLARE is_closed boolean;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        IF current_setting('school.may_truncate', true) = 'on' THEN
            RETURN NULL;  -- the databases of the tests
        END IF;
        RAISE EXCEPTION '% only grows', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation', DETAIL = TG_OP;
    END IF;
    IF current_setting('school.lifted', true) = 'on'
        AND pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER')
    THEN
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;  -- the owner could take the trigger away as well
    END IF;
    EXECUTE 'SELECT ' || TG_ARGV[0] INTO is_closed USING OLD;
    -- What only grows refuses even a change that changes nothing.
    IF is_closed IS NOT TRUE AND TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF is_closed IS NOT TRUE OR (TG_ARGV[0] <> 'true' OR TG_ARGV[1] <> '{}')
            AND to_jsonb(NEW) - TG_ARGV[1]::text[] = to_jsonb(OLD) - TG_ARGV[1]::text[] THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is closed to changes', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', DETAIL = format(
                '%s of row %s', TG_OP, coalesce(to_jsonb(OLD) ->> 'history_id', to_jsonb(OLD) ->> 'id'));
END
$$;
"""
# Made by the first migrations of these apps, with functions of their own.
OWN_TRIGGERS = {
    "ledger_ledgerentry": "ledger_append_only",
    "accounts_securityevent": "security_event_append_only",
}


@dataclass(frozen=True)
class Closed:
    """One guarded table: `when` is SQL over `($1)`, the row as it stands; columns in `free` may always change."""

    table: str
    when: str = "true"
    free: tuple[str, ...] = ()

    @property
    def only_grows(self) -> bool:
        """Whether no row of it may ever be changed or deleted."""
        return self.when == "true" and not self.free


_DECLARED: dict[str, Closed] = {}


def only_added(*kinds: type[models.Model]) -> None:
    """Rows of these models are only ever added."""
    for model in kinds:
        _DECLARED[model._meta.db_table] = Closed(model._meta.db_table)


def closed_when(model: type[models.Model], when: str, free: Iterable[str] = ()) -> None:
    """Rows of a model for which `when` holds are neither changed, but for the columns in `free`, nor deleted."""
    _DECLARED[model._meta.db_table] = Closed(model._meta.db_table, when, tuple(free))


def guarded() -> list[Closed]:
    """Every guarded table: the history tables and what the apps declared, in order of name."""
    history = {m._meta.db_table for m in apps.get_models() if issubclass(m, Provenance)}
    found = {table: Closed(table) for table in history} | _DECLARED
    return [found[table] for table in sorted(found)]


def only_growing() -> list[str]:
    """Tables no row of which may ever be changed, those with triggers of their own included."""
    return sorted({closed.table for closed in guarded() if closed.only_grows} | set(OWN_TRIGGERS))


def install(**kwargs: Any) -> None:
    """Make every trigger that is missing or out of date, after `migrate`; one query where nothing is to be done."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, obj_description(t.oid, 'pg_trigger') FROM pg_trigger t JOIN pg_class c"
            " ON c.oid = t.tgrelid WHERE t.tgname = %s AND c.relnamespace = current_schema()::regnamespace",
            [TRIGGER],
        )
        standing = dict(cursor.fetchall())
        existing = set(connection.introspection.table_names(cursor))
        missing = [c for c in guarded() if c.table in existing and standing.get(c.table) != _mark(c)]
        if not missing:
            return
        cursor.execute("SELECT quote_ident(current_schema())")
        cursor.execute(FUNCTION.replace("{schema}", cursor.fetchone()[0]))
        cursor.execute("".join(map(_triggers, missing)))


def _mark(closed: Closed) -> str:
    """What stands as comment on the trigger, to see whether it is the one that is wanted."""
    function = hashlib.sha256(FUNCTION.encode()).hexdigest()[:8]
    return f"{function}: {closed.when} / {','.join(closed.free)}"


def _triggers(closed: Closed) -> str:
    table = connection.ops.quote_name(closed.table)
    when, free, mark = (
        text.replace("'", "''") for text in (closed.when, f"{{{','.join(closed.free)}}}", _mark(closed))
    )
    return f"""
        CREATE OR REPLACE TRIGGER {TRIGGER} BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change('{when}', '{free}');
        COMMENT ON TRIGGER {TRIGGER} ON {table} IS '{mark}';
        CREATE OR REPLACE TRIGGER {NO_TRUNCATE} BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    """


@contextmanager
def lifted() -> Iterator[None]:
    """Have the triggers let everything pass for a while; they listen to the owner of the table only."""
    is_local = connection.in_atomic_block
    _lift("on", is_local)
    try:
        yield
    except BaseException:
        if not is_local:  # what was set within a transaction goes with it
            _lift("off", is_local)
        raise
    _lift("off", is_local)


def _lift(word: str, is_local: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('school.lifted', %s, %s)", [word, is_local])
