"""前置程序, 会前沟通, files and 复议 in the browser's own terms."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from decisions.models import Attachment, Prerequisite
from decisions.services import evidence
from tests.factories.decisions import CONFIRMED, make_item
from tests.factories.files import PDF


def url(name, *args):
    return reverse(f"decisions:{name}", args=args)


def legal(**changes):
    return {
        "held_on": timezone.localdate().isoformat(),
        "participants": "法律顾问",
        "result": "favourable",
        "document_number": "云法〔2026〕7号",
        "conclusion": "合法合规。",
        **changes,
    }


def test_a_prerequisite_is_registered_with_its_file(cast, client):
    item = make_item(cast, "G05", CONFIRMED)
    client.force_login(cast.vice)
    address = url("prerequisite_add", item.pk)
    assert client.get(address).status_code == 200
    data = legal(files=[SimpleUploadedFile("意见书.pdf", PDF)])
    assert client.post(f"{address}?kind=legal", data)["Location"] == url("item_detail", item.pk)
    found = Prerequisite.objects.get()
    assert (found.kind, found.document_number, found.recorded_by) == ("legal", "云法〔2026〕7号", cast.vice)
    assert [a.name for a in found.attachments.all()] == ["意见书.pdf"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"held_on": (timezone.localdate() + timedelta(days=1)).isoformat()}, "日期不能晚于今天"),
        ({"document_number": ""}, "请填写意见书编号。"),
        ({"result": "heard"}, "选择一个有效的选项"),
    ],
)
def test_a_wrong_registration_comes_back_with_everything_typed(cast, client, changes, message):
    item = make_item(cast, "G05", CONFIRMED)
    client.force_login(cast.vice)
    answer = client.post(url("prerequisite_add", item.pk) + "?kind=legal", legal(**changes))
    text = answer.content.decode()
    assert (answer.status_code, Prerequisite.objects.count()) == (422, 0)
    assert message in text
    assert "合法合规。" in text


def test_the_congress_is_heard_or_approves(cast, client):
    item = make_item(cast, "B08", CONFIRMED)
    client.force_login(cast.vice)
    address = url("prerequisite_add", item.pk) + "?kind=congress"
    form = client.get(address).context["form"]
    assert [value for value, _ in form.fields["result"].choices] == ["heard", "approved", "unfavourable"]
    client.post(address, legal(result="approved"))
    assert Prerequisite.objects.get().congress_mode == "approve"


def test_a_void_registration_stays_readable(cast, client):
    item = make_item(cast, "G05", CONFIRMED)
    client.force_login(cast.vice)
    client.post(url("prerequisite_add", item.pk) + "?kind=legal", legal())
    found = Prerequisite.objects.get()
    assert client.post(url("prerequisite_void", found.pk), {"reason": ""}).status_code == 422
    client.post(url("prerequisite_void", found.pk), {"reason": "编号有误"})
    page = client.get(url("item_detail", item.pk))
    assert "作废原因：编号有误" in page.content.decode()
    assert page.context["page"].evidence_count == 0
    assert client.post(url("prerequisite_void", found.pk), {"reason": "再来"}).status_code == 409


def test_who_has_no_part_in_it_registers_nothing(cast, client):
    item = make_item(cast, "G05", CONFIRMED)
    client.force_login(cast.discipline)
    for name in ("prerequisite_add", "consultation_add", "attachment_add"):
        assert client.get(url(name, item.pk)).status_code == 403
        assert client.post(url(name, item.pk), {}).status_code == 403
    client.force_login(cast.other_secretary)
    for name in ("prerequisite_add", "consultation_add", "attachment_add"):
        assert client.post(url(name, item.pk), {}).status_code == 404


def test_a_consultation_is_recorded(cast, client):
    item = make_item(cast, "G05", CONFIRMED)
    client.force_login(cast.secretary)
    moment = timezone.localtime() - timedelta(hours=2)
    data = {
        "held_at": moment.strftime("%Y-%m-%dT%H:%M"),
        "counterpart": cast.principal.pk,
        "opinions": "一致同意分两期施工。",
        "disagreement": "none",
        "follow_up": "",
    }
    assert client.post(url("consultation_add", item.pk), data).status_code == 302
    found = item.consultations.get()
    assert (found.secretary, found.counterpart, found.proposal_version) == (
        cast.secretary,
        cast.principal,
        1,
    )
    late = client.post(
        url("consultation_add", item.pk),
        {**data, "held_at": (moment + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")},
    )
    assert (late.status_code, item.consultations.count()) == (422, 1)
    wrong = client.post(url("consultation_add", item.pk), {**data, "counterpart": cast.vice.pk})
    assert (wrong.status_code, item.consultations.count()) == (422, 1)


@pytest.fixture
def attachment(cast):
    item = make_item(cast, "G05", CONFIRMED)
    evidence.add_attachments(item.pk, actor=cast.vice, files=[SimpleUploadedFile("方案.pdf", PDF)])
    return Attachment.objects.get()


def test_a_file_is_read_by_those_who_read_the_item(cast, client, attachment):
    client.force_login(cast.secretary)
    answer = client.get(url("attachment_download", attachment.pk))
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, PDF)
    assert answer["Cache-Control"] == "private, no-store"
    for outsider in (cast.other_secretary, cast.outsider, cast.ended, cast.inspector):
        client.force_login(outsider)
        assert client.get(url("attachment_download", attachment.pk)).status_code == 404


def test_a_file_is_withdrawn_by_its_uploader_only(cast, client, attachment):
    client.force_login(cast.secretary)
    assert client.post(url("attachment_withdraw", attachment.pk), {"reason": "换"}).status_code == 403
    client.force_login(cast.vice)
    client.post(url("attachment_withdraw", attachment.pk), {"reason": "已有新版"})
    attachment.refresh_from_db()
    assert attachment.is_withdrawn
    assert client.get(url("item_detail", attachment.item_id)).context["page"].materials == []
