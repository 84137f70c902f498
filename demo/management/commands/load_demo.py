"""`manage.py load_demo`: the demo district, once."""

import os
import time

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from demo import district

MAX_WORKERS = 4


class Command(BaseCommand):
    help = "装入演示区县（只在演示环境，已有则跳过）"

    def add_arguments(self, parser) -> None:
        """How many schools are played at once."""
        parser.add_argument("--workers", type=int, default=min(os.cpu_count() or 1, MAX_WORKERS))

    def handle(self, *args, **options) -> None:
        """Load unless the district exists; CommandError outside the demo, or after a broken load."""
        if district.is_complete():
            self.stdout.write(f"演示区县“{district.DISTRICT}”已存在，不再装入。")
            return
        if district.exists():
            raise CommandError("上次装入演示数据时中断，数据不完整。请运行 make demo-reset 重新开始。")
        began = time.monotonic()
        self.say("正在逐校装入，约需一两分钟。")
        try:
            district.load(timezone.now(), self.say, workers=options["workers"])
        except RuntimeError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(self.style.SUCCESS(f"演示数据已装入，用时 {time.monotonic() - began:.0f} 秒。"))

    def say(self, line: str) -> None:
        self.stdout.write(f"  {line}")
        self.stdout.flush()
