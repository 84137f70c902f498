"""The root of the day as a file, to be kept outside the platform."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ledger.services import close_day, export


class Command(BaseCommand):
    help = "导出当日全部存证链的根哈希；请保存在平台之外，供日后 verify_ledger --against 核验"

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to write it."""
        parser.add_argument("--output", type=Path, help="文件；不填则输出到屏幕")

    def handle(self, *args: Any, **options: Any) -> None:
        """Close the day and write the export."""
        text = json.dumps(export(close_day()), ensure_ascii=False, indent=1)
        if options["output"]:
            options["output"].write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text)
