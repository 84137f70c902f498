"""Working days: Mondays to Fridays. Public holidays are not known to the platform."""

from datetime import date

MONDAY = date(2000, 1, 3)


def workdays(first: date, last: date) -> int:
    """Mondays to Fridays after the first day up to and including the last."""

    def before(when: date) -> int:
        since = (when - MONDAY).days + 1
        return since // 7 * 5 + min(since % 7, 5)

    return before(last) - before(first)
