"""执行 rules."""

from datetime import timedelta

from decisions.choices import TaskState
from tests.compliance.kit import TODAY, at, rows, sentence, verdicts


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
