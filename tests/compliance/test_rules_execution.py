"""执行 rules."""

from datetime import timedelta

from decisions.choices import TaskState
from tests.compliance.kit import TODAY, Kit, at, rows, sentence, verdicts


def ago(days):
    return TODAY - timedelta(days=days)


def test_overdue_and_silent_tasks(kit):
    school = kit.school()
    item = kit.item(school)
    kit.task(item)
    kit.task(item, due=TODAY)
    late = kit.task(item, due=ago(1))
    kit.task(item, due=ago(1), state=TaskState.DONE, progress=100)
    kit.task(item, issued=ago(14))
    silent = kit.task(item, issued=ago(15))
    kit.task(item, issued=ago(15), reported_at=at(TODAY))
    loose = kit.task(item, report_every_days=0)
    found = rows("R72", school)
    assert {pk: row["verdict"] for pk, row in found.items()} == {
        late.pk: "violating",
        silent.pk: "violating",
        loose.pk: "unknown",
    }
    assert found[late.pk]["sentence"] == "红牌：时限 11月19日，至 11月20日尚未办结，超期 1 日。"
    assert found[silent.pk]["sentence"] == "黄牌：已 15 日未反馈，约定每 14 日反馈一次：15 ＞ 14。"


def test_overdue_counts_from_the_day_asked(kit):
    school = kit.school()
    kit.task(kit.item(school), due=TODAY)
    assert verdicts("R72", school) == {}
    assert "超期 1 日" in sentence("R72", school, as_of=TODAY + timedelta(days=1))


def test_resolution_is_broken_down(kit):
    school = kit.school()
    given, bare, loose, cancelled, waiting = (
        kit.item(school, code) for code in ("A01", "A01", "A01", "A01", "G01")
    )
    entries = [kit.decide(item) for item in (given, bare, loose, cancelled, waiting)]
    kit.task(given)
    kit.task(loose, department="")
    kit.task(cancelled, state=TaskState.CANCELLED)
    found = {pk: row["sentence"] for pk, row in rows("R70", school).items()}
    resolution = {entry.stage.item_id: entry.stage.resolution.pk for entry in entries}
    assert found == {
        resolution[bare.pk]: "决议已进入落实，落实任务 0 项 ＜ 1 项。",
        resolution[loose.pk]: "落实任务 1 项，其中 1 项没有责任部门：1 ＞ 0。",
        resolution[cancelled.pk]: "决议已进入落实，落实任务 0 项 ＜ 1 项。",
    }
    kit.conclude(waiting, "deploy")
    assert verdicts("R70", school)[resolution[waiting.pk]] == "violating"


def test_large_amount(db):
    kit = Kit(threshold=None)
    without, having, no_funds, empty = (kit.school(party=1, admin=1) for _ in range(4))
    for school in (without, having):
        kit.entry(school, "G03")
    kit.entry(no_funds, "G14")
    kit.parameter("fund.large_threshold", 5000, school=having)
    assert verdicts("R78", without, having, no_funds, empty) == {
        without.pk: "violating",
        empty.pk: "unknown",
    }
    kit.parameter("fund.large_threshold", 300_000, since=TODAY + timedelta(days=1))
    assert verdicts("R78", without) == {without.pk: "violating"}
    assert verdicts("R78", without, as_of=TODAY + timedelta(days=1)) == {}
