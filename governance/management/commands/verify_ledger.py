"""Does the ledger hold, and are the records as they were sealed?"""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.models import Authority, School
from ledger.services import check_all, check_chain, verify_against


class Command(BaseCommand):
    help = "核验存证链和正式记录；发现不符时逐条列出学校、序号、记录和字段，并以非零退出"

    def add_arguments(self, parser: CommandParser) -> None:
        """--school and --against."""
        parser.add_argument("--school", help="学校代码；不填则核验全部链")
        parser.add_argument("--against", type=Path, help="export_root 或 prove_chain 导出的文件")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify, print, and fail where something does not hold."""
        if options["school"]:
            school = School.objects.filter(code=options["school"]).first()
            if school is None:
                raise CommandError(f"没有代码为 {options['school']} 的学校。")
            check = check_chain(school.chain_key)
        else:
            check = check_all()
        lines = list(check.breaches)
        if options["against"]:
            try:
                exported = json.loads(options["against"].read_text(encoding="utf-8"))
                lines += [vars(breach) for breach in verify_against(exported)]
            except (OSError, ValueError, KeyError) as error:
                raise CommandError(f"不能按导出文件核验：{error}") from error
        names = {school.chain_key: school.name for school in School.objects.all()}
        names |= {authority.chain_key: authority.name for authority in Authority.objects.all()}
        for line in lines:
            place = f"第 {line['sequence']} 条" if line["sequence"] else "未存证"
            fields = f"（{'、'.join(line['fields'])}）" if line["fields"] else ""
            owner = names.get(line["chain"], line["chain"])
            self.stdout.write(f"{owner} {place} {line['row']} {line['problem']}{fields}".replace("  ", " "))
        if lines:
            raise CommandError(f"{check.chains} 条链中有 {len(lines)} 处不符。")
        self.stdout.write(f"{check.chains} 条链完整，正式记录与存证一致。")
