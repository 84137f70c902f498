"""The entrance of a process that generates schools; imports no models before Django is set up."""

from typing import Any

import django


def prepare() -> None:
    """Set Django up in a fresh process."""
    django.setup()


def write(frame: Any, drawn: Any) -> dict[str, int]:
    """demo.generate.district.write_schools, for a process pool."""
    from demo.generate.district import write_schools

    return write_schools(frame, drawn)
