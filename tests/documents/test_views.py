"""The PDF page, the waiting page and the public verification page."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from common.append_only import lifted
from documents.models import IssuedDocument
from documents.services import make_pdf


@pytest.fixture
def document(world):
    return world.issue()


@pytest.fixture
def made(document):
    return make_pdf(document.pk)


def test_the_pdf_is_shown_to_those_who_may_read_it(client, world, made):
    client.force_login(world.member)
    response = client.get(reverse("documents:download", args=[made.pk]))
    body = response.getvalue()
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert body.startswith(b"%PDF-")
    assert response["ETag"] == f'"{made.file_sha256}"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Disposition"].startswith("inline;")
    assert "Content-Security-Policy" not in response
    again = client.get(
        reverse("documents:download", args=[made.pk]), headers={"If-None-Match": response["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(("method", "name"), [("get", "download"), ("get", "status"), ("post", "ask_again")])
def test_outsiders_get_404_and_strangers_the_sign_in_page(client, world, made, method, name):
    address = reverse(f"documents:{name}", args=[made.pk])
    assert getattr(client, method)(address).url == f"{reverse('accounts:login')}?next={address}"
    client.force_login(world.outsider)
    assert getattr(client, method)(address).status_code == 404
    client.force_login(world.member)
    assert getattr(client, method)(reverse(f"documents:{name}", args=[made.pk + 1])).status_code == 404


def test_an_unmade_pdf_has_a_waiting_page(client, world, document):
    client.force_login(world.member)
    response = client.get(reverse("documents:download", args=[document.pk]))
    assert response.status_code == 200
    html = response.content.decode()
    status = reverse("documents:status", args=[document.pk])
    assert "正在生成 PDF" in html
    assert f'hx-get="{status}"' in html
    assert "HX-Redirect" not in client.get(status)
    assert "现在生成" not in html
    with lifted():
        IssuedDocument.objects.filter(pk=document.pk).update(
            issued_at=document.issued_at - timedelta(minutes=3)
        )
    late = client.get(status).content.decode()
    assert "PDF 尚未生成" in late
    assert "现在生成" in late
    assert "hx-get" not in late
    make_pdf(document.pk)
    assert client.get(status)["HX-Redirect"] == reverse("documents:download", args=[document.pk])


def test_a_failed_pdf_can_be_asked_for_again(client, world, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        document = world.issue(template="documents/no_such.html")
    client.force_login(world.member)
    address = reverse("documents:download", args=[document.pk])
    html = client.get(address).content.decode()
    assert "PDF 暂未生成" in html
    assert "no_such" not in html
    assert "hx-trigger" not in html
    with lifted():
        IssuedDocument.objects.update(template="documents/minutes.html")
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse("documents:ask_again", args=[document.pk]))
    assert response.url == address
    assert client.get(address).getvalue().startswith(b"%PDF-")


def test_anyone_can_verify_a_code_however_it_is_typed(client, made):
    code = made.verification_code
    response = client.get(
        reverse("documents:verify_form"), {"code": f" {code[:4].lower()}-{code[4:8]} {code[8:]}"}
    )
    html = response.content.decode()
    assert response.status_code == 200
    for part in ["签发属实", "〔2026〕第1期", "会议纪要", "明德中学", made.body_sha256, made.file_sha256]:
        assert part in html
    assert client.get(reverse("documents:verify", args=[code])).status_code == 200


def test_verification_of_a_restricted_document_keeps_its_title(client, world):
    document = world.issue(access_scope=2, title="关于李某任职的决议")
    html = client.get(reverse("documents:verify", args=[document.verification_code])).content.decode()
    assert "李某" not in html
    assert "知悉范围受限，不显示标题" in html
    assert "〔2026〕第1期" in html


def test_verification_notices_a_changed_content(client, made):
    with lifted():
        IssuedDocument.objects.update(content={**made.content, "signer": "他人"})
    html = client.get(reverse("documents:verify", args=[made.verification_code])).content.decode()
    assert "存档内容与签发时不一致" in html
    assert "内容不一致" in html
    assert "PDF 文件一致" in html


@pytest.mark.parametrize("harm", ["changed", "gone"])
def test_verification_notices_a_changed_or_lost_file(client, made, harm):
    path = Path(made.file.path)
    path.write_bytes(b"%PDF-1.7 forged") if harm == "changed" else path.unlink()
    html = client.get(reverse("documents:verify", args=[made.verification_code])).content.decode()
    assert "存档内容与签发时不一致" in html
    assert "PDF 文件不一致" in html


def test_verification_of_a_corrected_version_points_on(client, world, made):
    world.issue(serial=made.serial, supersedes=made)
    html = client.get(reverse("documents:verify", args=[made.verification_code])).content.decode()
    assert "这一版已被更正" in html


def test_an_unknown_code_is_404_and_the_bare_page_asks(client, db):
    response = client.get(reverse("documents:verify", args=["NOSUCHCODE22"]))
    assert response.status_code == 404
    assert "没有这个核验码" in response.content.decode()
    empty = client.get(reverse("documents:verify_form"))
    assert empty.status_code == 200
    assert "输入核验码" in empty.content.decode()
