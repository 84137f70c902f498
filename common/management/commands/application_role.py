"""The database role the application works under: it owns nothing, and cannot rewrite history."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, transaction

from common.append_only import only_growing


class Command(BaseCommand):
    help = "为应用程序准备不拥有任何表的数据库角色；以表的所有者身份运行，每次 migrate 之后再运行一次"

    def add_arguments(self, parser: CommandParser) -> None:
        """The role, and --print for a database administrator who wants to read first."""
        parser.add_argument("role", help="角色名；没有时新建，可以登录，口令另行设置")
        parser.add_argument("--print", action="store_true", dest="is_dry", help="只列出 SQL")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Make the role where it is missing, and give it what it needs and no more."""
        lines = statements(options["role"])
        if options["is_dry"]:
            self.stdout.write(";\n".join(lines) + ";")
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [options["role"]])
            for line in lines[1:] if cursor.fetchone() else lines:
                cursor.execute(line)
        self.stdout.write(f"角色 {options['role']} 可以读写业务表；{len(only_growing())} 张表只能新增。")


def statements(role: str) -> list[str]:
    """The SQL, the first line of which makes the role."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema(), current_database()")
        schema, database = map(quote, cursor.fetchone())
    name, closed = quote(role), ", ".join(f"{schema}.{quote(table)}" for table in only_growing())
    everything = f"ALL TABLES IN SCHEMA {schema}"
    lines = [
        f"CREATE ROLE {name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT",
        f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {database} TO {name}",
        f"GRANT USAGE ON SCHEMA {schema} TO {name}",
        f"REVOKE ALL ON {everything} FROM {name}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {everything} TO {name}",
        f"REVOKE UPDATE, DELETE ON {closed} FROM {name}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {name}",
    ]
    if "django_migrations" in connection.introspection.table_names():
        lines.append(f"REVOKE INSERT, UPDATE, DELETE ON {schema}.django_migrations FROM {name}")
    return lines
