"""How long an exception may last (建议): what is needed longer is granted again."""

from datetime import timedelta

from governance.choices import GrantKind

LONGEST = {
    GrantKind.RECORD: timedelta(days=31),
    GrantKind.FILE: timedelta(days=31),
    GrantKind.INSPECT: timedelta(days=92),
}
