"""`manage.py load_demo`: the demo district, once."""

import time

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from demo import district


class Command(BaseCommand):
    help = "装入演示区县（只在演示环境，已有则跳过）"

    def handle(self, *args, **options) -> None:
        """Load unless the district exists; CommandError outside the demo."""
        if district.exists():
            self.stdout.write(f"演示区县“{district.DISTRICT}”已存在，不再装入。")
            return
        began = time.monotonic()
        try:
            district.load(timezone.now(), self.say)
        except RuntimeError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(self.style.SUCCESS(f"演示数据已装入，用时 {time.monotonic() - began:.0f} 秒。"))

    def say(self, line: str) -> None:
        self.stdout.write(f"  {line}")
        self.stdout.flush()
