"""`manage.py generate_district`: a district of any size in an empty database, to measure and to look at."""

import os
import time
from datetime import date

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.selectors import demo_accounts
from demo.generate.district import NotEmpty, generate

WIDTH = 30


class Command(BaseCommand):
    help = "在空库中生成一个市的学校和一段时间的议事数据（只在演示和测试环境）"

    def add_arguments(self, parser) -> None:
        """Size, period and seed; the same give the same rows."""
        parser.add_argument("--schools", type=int, default=485, help="学校数（485 为曲靖结构）")
        parser.add_argument("--months", type=int, default=12, help="往前几个月")
        parser.add_argument("--seed", type=int, default=1, help="随机种子")
        parser.add_argument("--items-per-school", type=int, default=None, help="每校议题数，默认每年 84 件")
        parser.add_argument("--until", type=date.fromisoformat, default=None, help="截止日期，默认今天")
        parser.add_argument("--workers", type=int, default=min(os.cpu_count() or 1, 4), help="并行进程数")

    def handle(self, *args, **options) -> None:
        """Generate with a progress bar; CommandError where the database has schools or the size is wrong."""
        began = time.monotonic()
        try:
            counts = generate(
                schools=options["schools"],
                months=options["months"],
                seed=options["seed"],
                items_per_school=options["items_per_school"],
                until=options["until"],
                workers=options["workers"],
                progress=self._show,
            )
        except (NotEmpty, ValueError, RuntimeError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write("")
        for label in sorted(counts):
            self.stdout.write(f"  {label:<34}{counts[label]:>10,}")
        took = time.monotonic() - began
        self.stdout.write(self.style.SUCCESS(f"共 {sum(counts.values()):,} 行，用时 {took:.0f} 秒。"))
        for user in demo_accounts():
            self.stdout.write(
                f"  {user.demo_label} {user.display_name}：{user.username} / {settings.DEMO_PASSWORD}"
            )

    def _show(self, done: int, total: int) -> None:
        filled = done * WIDTH // total
        self.stdout.write(f"\r[{'#' * filled}{'.' * (WIDTH - filled)}] {done}/{total} 校", ending="")
        self.stdout.flush()
