"""`python -m bench`: generate two districts, measure, compare with the bars; exit code 1 where one is missed.

Each district gets a database of its own on the embedded server and a process of its own; both are dropped at the
end. A running demo is not touched.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from bench.bars import verdicts
from config import embedded_postgres

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / ".run" / "postgres"


def main() -> int:
    """Measure and report; 0 where every bar is kept."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--schools", type=int, default=485, help="学校数")
    parser.add_argument("--months", type=int, default=12, help="月数")
    parser.add_argument("--times", type=int, default=10, help="大区学校数是几倍")
    parser.add_argument("--keep", action="store_true", help="保留测试数据库")
    options = parser.parse_args()
    whole = measure("bench_whole", "whole", options.schools, options.months, options.keep)
    large = measure("bench_large", "large", options.schools * options.times, 1, options.keep)
    kept = report(whole, large)
    return 0 if kept else 1


def measure(database: str, part: str, schools: int, months: int, keep: bool) -> dict[str, Any]:
    """Run one part in a fresh database; its figures. RuntimeError where it does not come to its end."""
    drop(database)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "figures.json"
        command = [sys.executable, "-m", "bench.district", part, str(schools), str(months), str(out)]
        kept = {
            name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")
        }
        environment = kept | {
            "APP_ENV": "demo",
            "DEMO_DB_NAME": database,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "LOG_LEVEL": "ERROR",
        }
        try:
            subprocess.run(command, cwd=ROOT, env=environment, check=True)
            return json.loads(out.read_text(encoding="utf-8"))
        finally:
            if not keep:
                drop(database)


def drop(database: str) -> None:
    """Drop one of the bench's own databases where it exists."""
    socket = embedded_postgres.ensure_running(DATA)
    with psycopg.connect(
        host=str(socket), user=embedded_postgres.DATABASE_USER, dbname="postgres", autocommit=True
    ) as connection:
        name = sql.Identifier(database)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def report(whole: dict[str, Any], large: dict[str, Any]) -> bool:
    """Print the figures and every bar; whether all are kept."""
    print(f"\n== 数据\n  {line_of(whole)}\n  {line_of(large)}")
    for figures in (whole, large):
        head = f"{figures['schools']} 校：首次 {figures['first_s']:.1f} 秒（{figures['findings']:,} 处发现）"
        print(f"\n== 全部规则 {figures['rules']} 条，{head}，再次 {figures['again_s']:.1f} 秒")
        print(f"  看板汇总重建 {figures['rebuild_s']:.1f} 秒")
        for code, title, milliseconds in figures["slowest"]:
            print(f"  {code} {milliseconds:>6,} 毫秒  {title}")
    print("\n== 随学校数增长（试算，同一数据库）")
    for schools, seconds in whole["growth"]:
        print(f"  {schools:>5} 校 {seconds:6.2f} 秒，每校 {seconds / schools * 1000:.1f} 毫秒")
    print("\n== 页面（服务器用时取中位数）")
    for name, page in whole["pages"].items():
        other = large["pages"][name]
        print(
            f"  {name:<18} {whole['schools']} 校 {page['ms']:6.1f} 毫秒 {page['queries']:>3} 次查询，"
            f"{large['schools']} 校 {other['ms']:6.1f} 毫秒 {other['queries']:>3} 次查询，"
            f"{other['ms'] / page['ms']:.2f} 倍"
        )
    print("\n== 指标")
    rows = verdicts(whole, large)
    for row in rows:
        print(f"  {'达到' if row.is_kept else '未达到'}  {row.words}：{row.measured}（要求 {row.bar}）")
    return all(row.is_kept for row in rows)


def line_of(figures: dict[str, Any]) -> str:
    return (
        f"{figures['schools']:,} 校 {figures['months']} 个月：议题 {figures['items']:,} 件，会议 {figures['meetings']:,} 次，"
        f"共 {figures['rows']:,} 行，生成 {figures['generated_s']:.0f} 秒"
    )


if __name__ == "__main__":
    sys.exit(main())
