"""`manage.py rules`: the live rules, by group."""

from django.core.management.base import BaseCommand

from compliance import registry
from compliance.choices import RuleGroup


class Command(BaseCommand):
    help = "列出现行合规规则"

    def handle(self, *args, **options) -> None:
        """One line per rule: code, level, body, title, first clause, parameters."""
        live = registry.rules()
        for group in RuleGroup:
            here = [rule for rule in live if rule.group == group]
            self.stdout.write(self.style.MIGRATE_HEADING(f"{group.label}（{len(here)}）"))
            for rule in here:
                clause = rule.clause_list()[0]
                keys = f"  参数 {'、'.join(rule.parameters)}" if rule.parameters else ""
                self.stdout.write(
                    f"  {rule.code} v{rule.version} {rule.level.label} {rule.body:<4}{rule.title}"
                    f"  [{clause.document} {clause.article}·{clause.kind}]{keys}"
                )
        self.stdout.write(f"共 {len(live)} 条。")
