"""存证: what the school and the district see of the chains, who is told of a fault, where the root of a day goes."""

import json
import threading
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from common.append_only import lifted
from common.errors import NotNow, NotPermitted
from decisions.models import DecisionItem
from governance.services import employ
from ledger.models import Chain, DailyRoot, LedgerCheck, LedgerEntry
from ledger.services import check_all, close_day, proof_holds
from notifications.models import Message
from tests.factories import governance as make
from tests.factories.cast import make_cast
from tests.factories.decisions import make_item
from workbench.services import ledger as services
from workbench.tasks import mail_root, verify_ledgers

LIST = reverse("workbench:ledger")
TODAY = timezone.localdate()


def page_of(school: Any) -> str:
    return reverse("workbench:ledger_chain", args=[school.pk])


def seen(client: Any, person: Any, url: str) -> str:
    client.force_login(person)
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def tamper(item: DecisionItem, **fields: Any) -> None:
    """As somebody with the database does, not as a service."""
    DecisionItem.objects.filter(pk=item.pk).update(**fields)


def told(kind: str) -> set[tuple[str, str, str]]:
    return {(str(m.recipient), m.title, m.url) for m in Message.objects.filter(kind=kind)}


def test_the_school_reads_its_chain_and_checks_it(client, cast):
    item = make_item(cast, "G14", amount=None, title="冬季作息调整")
    text = seen(client, cast.secretary, page_of(cast.school))
    chain = Chain.objects.get(key=cast.school.chain_key)
    assert (
        "尚未核验" in text
        and f"议题：{item}" in text
        and reverse("decisions:item_detail", args=[item.pk]) in text
    )
    assert chain.head in text and "申报议题" in text and "赵明川" in text
    answer = client.post(reverse("workbench:ledger_check", args=[cast.school.pk]), follow=True)
    assert "核验完毕：存证链完整" in answer.content.decode()
    assert LedgerCheck.objects.get().chain == cast.school.chain_key
    again = client.post(reverse("workbench:ledger_check", args=[cast.school.pk]))
    assert again.status_code == 409 and "两分钟后再核验" in again.content.decode()
    assert LedgerCheck.objects.count() == 1
    assert not Message.objects.filter(kind="ledger.breached").exists()


def test_a_fault_is_named_with_act_record_field_and_remedy(client, cast):
    item = make_item(cast, "G14", amount=None, title="冬季作息调整")
    tamper(item, department="另一部门")
    client.force_login(cast.principal)
    text = client.post(reverse("workbench:ledger_check", args=[cast.school.pk]), follow=True).content.decode()
    sequence = LedgerEntry.objects.filter(kind="stage.confirmed").latest("pk").sequence
    for words in (
        "发现 1 处不符",
        "与存证不符",
        "承办部门",
        f"第 {sequence} 条",
        "确定议题",
        "不要在平台内改回",
    ):
        assert words in text, words
    title = "存证核验发现 1 处不符：明德中学"
    trail = reverse("accounts:trail")
    assert told("ledger.breached") == {
        ("唐文博", title, LIST),
        ("高维平", title, LIST),
        ("审计管理员", title, trail),
    }
    text = seen(client, cast.inspector, LIST)
    assert "1 所学校有 1 处不符" in text and text.index("明德中学") < text.index("育才小学")


def test_a_row_of_field_history_is_named_with_its_number_and_remedy(client, cast):
    item = make_item(cast, "G14", amount=None, title="冬季作息调整")
    past = DecisionItem.history.filter(id=item.pk).order_by("history_id")
    with lifted():
        past.filter(pk=past.last().pk).update(history_change_reason="另有原因")
    client.force_login(cast.principal)
    text = client.post(reverse("workbench:ledger_check", args=[cast.school.pk]), follow=True).content.decode()
    for words in (
        "发现 1 处不符",
        "修改痕迹与存证不符",
        f"改动的项目：修改痕迹第 {past.count()} 条",
        "确定议题",
        "暂勿以这条修改痕迹为依据",
    ):
        assert words in text, words


def test_what_may_not_be_known_is_not_named(client, cast):
    """The district sees that something of scope 2 was touched, but neither title nor who worked on it."""
    secret = make_item(cast, "B03", amount=None, title="某同志问责处理")
    tamper(secret, title="某同志的另一处理")
    services.check_everything()
    own = seen(client, cast.secretary, page_of(cast.school))
    assert "某同志的另一处理" in own and "标题" in own
    other = seen(client, cast.inspector, page_of(cast.school))
    assert "发现 1 处不符" in other and "议题（不在您的知悉范围）" in other
    for words in ("某同志", secret.number, '<td class="keep">赵明川</td>'):
        assert words in own and words not in other, words
    mails = [(m.title, m.body) for m in Message.objects.filter(kind="ledger.breached")]
    assert mails and all("某同志" not in title + body for title, body in mails)


def test_only_those_who_answer_for_it_check(cast):
    with pytest.raises(NotPermitted):
        services.check_school(cast.school, actor=cast.vice)
    assert not LedgerCheck.objects.exists()
    assert services.check_school(cast.school, actor=cast.clerk).breaches == []


@pytest.mark.django_db(transaction=True)
def test_one_check_of_a_school_at_a_time():
    cast = make_cast()
    answers: list[Any] = []

    def check() -> None:
        try:
            services.check_school(cast.school, actor=cast.secretary)
        except NotNow as refusal:
            answers.append(refusal.message)
        finally:
            connection.close()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext(%s))", [f"ledger-check:{cast.school.chain_key}"]
        )
        other = threading.Thread(target=check)
        other.start()
        other.join(60)
    assert answers == ["正在核验，请稍候刷新本页看结果。"]
    assert not LedgerCheck.objects.exists()


def test_worst_first_then_longest_unchecked(client, cast):
    third = make.school(cast.authority, code="Z3", name="第三中学", short_name="三中")
    item = make_item(cast, "G14", amount=None)
    check_all()
    services.check_school(third, actor=cast.inspector)
    tamper(item, title="改")
    services.check_school(cast.school, actor=cast.inspector)
    text = seen(client, cast.inspector, LIST)
    assert text.index("明德中学") < text.index("育才小学") < text.index("第三中学")
    found = seen(client, cast.inspector, f"{LIST}?q=明德")
    assert page_of(cast.school) in found and page_of(third) not in found


def test_the_list_of_the_district_asks_the_same_of_one_school_and_of_many(client, cast):
    def queries() -> int:
        client.force_login(cast.inspector)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(LIST)
        return len(asked)

    check_all()
    close_day()
    before = queries()
    for number in range(3):
        made = make.school(cast.authority, code=f"N{number}", name=f"新校{number}", short_name=f"新{number}")
        services.check_school(made, actor=cast.inspector)
    assert queries() == before


def test_the_chain_asks_the_same_for_one_item_and_for_three(client, cast):
    def queries() -> int:
        client.force_login(cast.secretary)
        with CaptureQueriesContext(connection) as asked:
            client.get(page_of(cast.school))
        return len(asked)

    make_item(cast, "G14", "submitted", amount=None)
    before = queries()
    for person in (cast.outsider, cast.ended):
        make_item(cast, "G14", "submitted", amount=None)
        employ(actor=cast.clerk, school=cast.school, person=person, department="教务处", since=TODAY)
    assert queries() == before


def test_the_root_of_a_day_is_told_mailed_and_given(
    client, cast, settings, django_capture_on_commit_callbacks
):
    settings.LEDGER_ROOT_MAIL = ["keeper@example.org"]
    with django_capture_on_commit_callbacks(execute=True):
        assert verify_ledgers() == 0
    root = DailyRoot.objects.get(day=timezone.localdate())
    assert {name for name, _, _ in told("ledger.closed")} == {"唐文博", "高维平"}
    sent = {message.to[0]: message for message in mail.outbox}
    assert root.root in sent["inspector@example.org"].body
    name, content, kind = sent["keeper@example.org"].attachments[0]
    assert (name, kind) == (f"root-{root.day}.json", "application/json")
    assert json.loads(content)["root"] == root.root
    verify_ledgers()
    assert Message.objects.filter(kind="ledger.closed").count() == 2  # once a day
    settings.LEDGER_ROOT_MAIL = []
    before = len(mail.outbox)
    mail_root(root.pk)
    assert len(mail.outbox) == before

    client.force_login(cast.inspector)
    given = client.get(reverse("workbench:ledger_root", args=[root.day]))
    assert given["Content-Disposition"] == f'attachment; filename="root-{root.day}.json"'
    assert given.json()["chains"] == root.heads
    client.force_login(cast.secretary)
    proof = client.get(reverse("workbench:ledger_proof", args=[cast.school.pk, root.day])).json()
    assert proof["chain"][0] == cast.school.chain_key and proof_holds(proof)
