"""That the chain of one school is part of the root of a day, for the school to keep and to show."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.models import School
from ledger.models import DailyRoot
from ledger.services import prove


class Command(BaseCommand):
    help = "导出一所学校的存证链在某日根哈希中的证明；scripts/verify_root 不需要平台即可核对"

    def add_arguments(self, parser: CommandParser) -> None:
        """Which school, which day, where to."""
        parser.add_argument("school", help="学校代码")
        parser.add_argument("--day", type=date.fromisoformat, help="日期，例如 2026-11-20；不填则为最近一日")
        parser.add_argument("--output", type=Path, help="文件；不填则输出到屏幕")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find the root and write the proof."""
        school = School.objects.filter(code=options["school"]).first()
        if school is None:
            raise CommandError(f"没有代码为 {options['school']} 的学校。")
        roots = DailyRoot.objects.filter(day=options["day"]) if options["day"] else DailyRoot.objects.all()
        kept = roots.first()
        if kept is None:
            raise CommandError("这一天没有根哈希。每天 00:10 自动生成，也可运行 export_root。")
        try:
            proof = prove(kept, school.chain_key)
        except LookupError as error:
            raise CommandError(f"{kept.day} 的根哈希中没有{school.name}的链。") from error
        text = json.dumps(proof, ensure_ascii=False, indent=1)
        if options["output"]:
            options["output"].write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text)
