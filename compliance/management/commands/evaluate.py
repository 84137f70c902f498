"""`manage.py evaluate`: rules over a school, an authority or everyone, now or as of an earlier day."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError

from compliance import registry
from compliance.services import evaluate
from governance.models import Authority, School


class Command(BaseCommand):
    help = "检查合规规则并更新合规问题；指定过去的日期时只试算"

    def add_arguments(self, parser) -> None:
        parser.add_argument("--school", help="学校代码")
        parser.add_argument("--authority", help="教育工委名称（含下级）")
        parser.add_argument("--rule", action="append", help="规则号，可重复，例如 --rule R30 --rule R31")
        parser.add_argument("--as-of", type=date.fromisoformat, help="截止日期，例如 2026-08-31")

    def handle(self, *args, **options) -> None:
        """Run with a progress bar; CommandError for an unknown school, authority or rule, or a failing rule."""
        schools, scope = self._schools(options["school"], options["authority"])
        if unknown := set(options["rule"] or ()) - set(registry.RULES):
            raise CommandError(f"没有规则 {'、'.join(sorted(unknown))}；manage.py rules 列出全部规则。")
        self.total, self.done = len(registry.rules(options["rule"])), 0
        run = evaluate(
            schools=schools,
            rules=options["rule"],
            as_of=options["as_of"],
            scope=scope,
            progress=self._show,
        )
        took = (run.finished_at - run.started_at).total_seconds()
        found = sum(counts.get("violating", 0) for counts in run.counts.values())
        unknown_count = sum(counts.get("unknown", 0) for counts in run.counts.values())
        self.stdout.write(
            f"{scope} {run.schools} 校，{self.total} 条规则，截至 {run.as_of}{'（试算）' if run.is_trial else ''}："
            f"不符合 {found}，无法判定 {unknown_count}，用时 {took:.1f} 秒。"
        )
        if errors := list(run.errors.all()):
            raise CommandError("；".join(str(error) for error in errors))

    def _schools(self, code: str | None, authority: str | None):
        if code and authority:
            raise CommandError("--school 和 --authority 只能指定一个。")
        if code:
            schools = School.objects.filter(code=code)
            if not schools.exists():
                raise CommandError(f"没有代码为 {code} 的学校。")
            return schools, schools.get().name
        if authority:
            above = Authority.objects.filter(name=authority).first()
            if above is None:
                raise CommandError(f"没有名为“{authority}”的教育工委。")
            return School.objects.filter(authority__path__startswith=above.path), above.name
        return School.objects.all(), "全部学校"

    def _show(self, rule, counts) -> None:
        self.done += 1
        width = 20
        filled = self.done * width // self.total
        result = (
            "出错" if "errors" in counts else f"不符合 {counts['violating']} 无法判定 {counts['unknown']}"
        )
        self.stdout.write(
            f"[{'#' * filled}{'.' * (width - filled)}] {self.done}/{self.total} {rule.code} {rule.title}："
            f"{result}，{counts['ms']} 毫秒"
        )
        self.stdout.flush()
