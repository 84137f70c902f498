"""议题申报: choosing an entry, saving by itself, conflicts, submitting."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from decisions.choices import ItemState
from decisions.models import Attachment, DecisionItem, ItemEvent
from decisions.services import items
from governance.choices import AccessScope
from tests.factories.decisions import CONFIRMED, DRAFT, SUBMITTED, make_item
from tests.factories.files import PDF

JSON = {"HTTP_ACCEPT": "application/json"}


def url(name, *args):
    return reverse(f"decisions:{name}", args=args)


def typed(cast, **changes):
    """A complete form as the browser sends it."""
    return {
        "version": "0",
        "title": "2027年度预算",
        "background": "依据预算编制通知。",
        "proposal": "按零基预算编制。",
        "amount": "1,864,000",
        "fund_source": "财政拨款",
        "department": "财务室",
        "proposer": cast.vice.pk,
        "presenter": cast.finance.pk,
        "observers": "",
        "access_scope": "1",
        "concerned-TOTAL_FORMS": "1",
        "concerned-INITIAL_FORMS": "0",
        "concerned-0-person": "",
        "concerned-0-relation": "",
        "upload-kind": "material",
        **changes,
    }


def test_entries_are_found_by_words_and_grouped_by_aspect(cast, client):
    client.force_login(cast.vice)
    everything = client.get(url("item_new")).context
    assert (everything["count"], len(everything["groups"])) == (73, 8)
    found = client.get(url("item_new"), {"q": "预算"}).context["groups"]
    assert [(name, [e.code for e in entries]) for _, name, entries in found] == [("内部管理", ["G01", "G02"])]


def test_the_form_shows_the_route_and_what_is_needed_with_clauses(cast, client):
    client.force_login(cast.vice)
    guide = client.get(url("item_create", cast.entry("G01").pk)).context["guide"]
    assert [step.name for step in guide.steps] == ["提出", "决定", "部署", "落实", "办结"]
    assert [title for title, _, _ in guide.prerequisites] == ["调研报告", "预算来源确认", "教代会听取意见"]
    assert all("规则 R" in clause for _, _, clause in guide.prerequisites)
    assert guide.attendance == "半数以上：7 人中至少 4 人"


def test_a_complete_form_is_submitted_in_one_go(cast, client):
    client.force_login(cast.vice)
    data = typed(cast, then="submit", **{"upload-files": SimpleUploadedFile("预算草案.pdf", PDF)})
    data |= {"concerned-0-person": cast.finance.pk, "concerned-0-relation": "配偶为供应商"}
    response = client.post(url("item_create", cast.entry("G01").pk), data)
    item = DecisionItem.objects.get()
    assert response["Location"] == url("item_detail", item.pk)
    assert (item.state, item.amount, item.proposer, item.presenter) == (
        ItemState.PENDING,
        1864000,
        cast.vice,
        cast.finance,
    )
    assert [(c.person, c.relation) for c in item.concerned.all()] == [(cast.finance, "配偶为供应商")]
    assert [a.name for a in item.attachments.all()] == ["预算草案.pdf"]


def test_submitting_a_gappy_form_keeps_it_and_tells_every_gap_at_once(cast, client):
    client.force_login(cast.vice)
    data = typed(cast, then="submit", background="", department="", amount="")
    response = client.post(url("item_create", cast.entry("G01").pk), data)
    item = DecisionItem.objects.get()
    assert response.status_code == 422
    assert [(c.code, c.title) for c in response.context["blocked"].checks] == [
        ("R12", "申报内容完整"),
        ("R12", "金额和资金来源"),
    ]
    assert response.context["blocked"].checks[0].message == "还缺：背景和依据、承办部门。请补充后再申报。"
    assert (item.state, item.title, item.proposal) == (ItemState.DRAFT, "2027年度预算", "按零基预算编制。")
    assert "按零基预算编制。" in response.content.decode()


def test_a_clerk_without_seat_in_the_leadership_drafts_for_a_leader(cast, client):
    client.force_login(cast.finance)
    client.post(url("item_create", cast.entry("G01").pk), typed(cast, then="submit"))
    item = DecisionItem.objects.get()
    assert (item.created_by, item.proposer, item.state) == (cast.finance, cast.vice, ItemState.PENDING)


def test_a_script_begins_a_draft_and_goes_on_saving(cast, client):
    client.force_login(cast.vice)
    begun = client.post(
        url("item_create", cast.entry("G01").pk), typed(cast, title="预", presenter=""), **JSON
    ).json()
    item = DecisionItem.objects.get()
    assert begun["autosave"] == url("item_autosave", item.pk)
    saved = client.post(begun["autosave"], typed(cast, version=begun["version"], title="预算"), **JSON)
    item.refresh_from_db()
    assert (saved.status_code, saved.json()["version"], saved.json()["errors"]) == (200, item.version, {})
    assert (item.title, item.presenter) == ("预算", cast.finance)


def test_autosave_keeps_what_is_right_and_tells_what_is_wrong(cast, client):
    item = make_item(cast, "G01", DRAFT)
    client.force_login(cast.vice)
    answer = client.post(
        url("item_autosave", item.pk),
        typed(cast, version=item.version, amount="很多", title="新标题"),
        **JSON,
    )
    item.refresh_from_db()
    assert answer.json()["errors"] == {"amount": ["请填数字，例如 1864000。"]}
    assert (item.title, item.amount) == ("新标题", 120000)


def test_a_stale_save_is_refused_and_says_who_changed_what(cast, client):
    item = make_item(cast, "G01", DRAFT)
    loaded = item.version
    items.revise(item.pk, actor=cast.vice, fields={"title": "另一处改的"})
    client.force_login(cast.vice)
    answer = client.post(url("item_autosave", item.pk), typed(cast, version=loaded, title="我改的"), **JSON)
    item.refresh_from_db()
    assert answer.status_code == 409
    told = answer.json()["current"]
    assert (told["by"], told["changes"]) == (
        "赵明川",
        [{"label": "标题", "before": "年度预决算（G01）", "after": "另一处改的"}],
    )
    assert item.title == "另一处改的"


def test_a_stale_form_comes_back_with_both_versions(cast, client):
    item = make_item(cast, "G01", DRAFT)
    loaded = item.version
    items.revise(item.pk, actor=cast.vice, fields={"title": "另一处改的"})
    client.force_login(cast.vice)
    answer = client.post(url("item_edit", item.pk), typed(cast, version=loaded, title="我改的"))
    text = answer.content.decode()
    assert (answer.status_code, "另一处改的" in text, "我改的" in text) == (409, True, True)


def test_a_file_added_meanwhile_is_no_conflict(cast, client):
    item = make_item(cast, "G01", DRAFT)
    loaded = item.version
    client.force_login(cast.vice)
    uploaded = client.post(
        url("attachment_add", item.pk),
        {"upload-kind": "material", "upload-files": SimpleUploadedFile("说明.pdf", PDF)},
        **JSON,
    ).json()
    assert "说明.pdf" in uploaded["html"]
    answer = client.post(url("item_autosave", item.pk), typed(cast, version=loaded, title="我改的"), **JSON)
    assert answer.status_code == 200
    item.refresh_from_db()
    assert item.title == "我改的"


def test_a_submitted_item_does_not_save_itself(cast, client):
    item = make_item(cast, "G01", SUBMITTED)
    client.force_login(cast.vice)
    answer = client.post(url("item_autosave", item.pk), typed(cast, version=item.version), **JSON)
    assert answer.status_code == 409


def test_changing_the_proposal_of_a_submitted_item_makes_a_new_version(cast, client):
    item = make_item(cast, "G01", CONFIRMED)
    client.force_login(cast.vice)
    data = typed(cast, version=item.version, proposal="改为两年滚动编制。", change_reason="按财政口径")
    assert client.post(url("item_edit", item.pk), data).status_code == 302
    item.refresh_from_db()
    event = ItemEvent.objects.filter(item=item, kind="item.revised").get()
    assert (item.proposal_version, event.data["reason"]) == (2, "按财政口径")


def test_an_incomplete_change_of_a_submitted_item_changes_nothing(cast, client):
    item = make_item(cast, "G01", CONFIRMED)
    client.force_login(cast.vice)
    answer = client.post(
        url("item_edit", item.pk), typed(cast, version=item.version, proposal="", title="改")
    )
    item.refresh_from_db()
    assert (answer.status_code, item.title) == (422, "年度预决算（G01）")
    assert 'value="改"' in answer.content.decode()


def test_a_person_without_relation_is_asked_for_it(cast, client):
    item = make_item(cast, "G01", DRAFT)
    client.force_login(cast.vice)
    data = typed(cast, version=item.version, **{"concerned-0-person": cast.finance.pk})
    answer = client.post(url("item_edit", item.pk), data)
    assert (answer.status_code, "请写明利害关系，例如 本人。" in answer.content.decode()) == (422, True)


def test_the_scope_can_be_narrowed_and_not_widened(cast, client):
    client.force_login(cast.vice)
    entry = cast.entry("B01")
    form = client.get(url("item_create", entry.pk)).context["form"]
    assert [value for value, _ in form.fields["access_scope"].choices] == [AccessScope.RESTRICTED]
    client.post(url("item_create", entry.pk), typed(cast, access_scope="0"))
    assert DecisionItem.objects.get().access_scope == AccessScope.RESTRICTED


@pytest.mark.parametrize(
    ("name", "status"), [("other_secretary", 404), ("outsider", 403), ("inspector", 403)]
)
def test_who_may_not_draft_here(cast, client, name, status):
    client.force_login(getattr(cast, name))
    answer = client.post(url("item_create", cast.entry("G01").pk), typed(cast))
    assert (answer.status_code, DecisionItem.objects.count()) == (status, 0)


def test_only_makers_edit(cast, client):
    item = make_item(cast, "G01", SUBMITTED)
    client.force_login(cast.principal)
    assert client.get(url("item_edit", item.pk)).status_code == 403
    assert client.post(url("item_edit", item.pk), typed(cast)).status_code == 403


def test_a_file_of_a_wrong_type_is_named_and_none_is_kept(cast, client):
    item = make_item(cast, "G01", DRAFT)
    client.force_login(cast.vice)
    files = [SimpleUploadedFile("好.pdf", PDF), SimpleUploadedFile("坏.pdf", b"\x00\x01")]
    answer = client.post(url("attachment_add", item.pk), {"kind": "material", "files": files})
    assert (answer.status_code, Attachment.objects.count()) == (422, 0)
    assert "坏.pdf：" in answer.content.decode()
