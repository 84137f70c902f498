"""`manage.py demo_accounts`: who can sign in to the demo."""

import unicodedata

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.selectors import demo_accounts

HEADINGS = ("身份", "姓名", "账号", "密码")


class Command(BaseCommand):
    help = "列出演示账号（每种身份一个）"

    def handle(self, *args, **options) -> None:
        """Print a table; nothing outside the demo."""
        rows = [HEADINGS] + [
            (user.demo_label, user.display_name, user.username, settings.DEMO_PASSWORD)
            for user in demo_accounts()
        ]
        widths = [max(columns(row[i]) for row in rows) for i in range(len(HEADINGS))]
        for row in rows:
            cells = [cell + " " * (width - columns(cell)) for cell, width in zip(row, widths, strict=True)]
            self.stdout.write("  ".join(cells).rstrip())


def columns(text: str) -> int:
    """Width of a text on a terminal; a Chinese character takes two columns."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
