"""Four refusals, four answers: as a page, as a fragment put in place, and as JSON."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from common.checks import Check, blocking, failing
from common.errors import Blocked

HTMX = {"HX-Request": "true"}
STATUSES = {"hidden": 404, "forbidden": 403, "late": 409, "stale": 409, "blocked": 422, "denied": 403}


def text_of(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_blocked_keeps_only_failing_checks_hardest_first():
    met = Check("R13", "a", "B", True)
    warned, unknown, stopped = (
        Check("R24", "b", "W", False),
        Check("R22", "c", "E", None),
        Check("R17", "d", "B", False),
    )
    assert Blocked([met, warned, unknown, stopped]).checks == [stopped, unknown, warned]
    assert failing([met]) == []
    assert blocking([met, warned, unknown, stopped]) == [stopped]
    with pytest.raises(ValueError, match="at least one failing check"):
        Blocked([met])


@pytest.mark.parametrize(("kind", "status"), STATUSES.items())
def test_refusal_is_a_page_inside_the_shell(chen, kind, status):
    response = chen.get(f"/refusing/{kind}/")
    assert response.status_code == status
    assert text_of(response).count("<h1>") == 1
    assert 'aria-label="主导航"' in text_of(response)


@pytest.mark.parametrize(("kind", "status"), STATUSES.items())
def test_refusal_is_a_fragment_for_a_fragment_request(chen, kind, status):
    response = chen.get(f"/refusing/{kind}/", headers=HTMX)
    assert response.status_code == status
    assert (response["HX-Retarget"], response["HX-Reswap"]) == ("#flash", "innerHTML")
    assert "<html" not in text_of(response)


def test_refusal_fragment_goes_where_the_form_asks_but_nowhere_else(chen):
    wished = chen.get("/refusing/late/", headers={**HTMX, "X-Refusal-Target": "#entry-7-note"})
    assert wished["HX-Retarget"] == "#entry-7-note"
    bent = chen.get("/refusing/late/", headers={**HTMX, "X-Refusal-Target": "body > *"})
    assert bent["HX-Retarget"] == "#flash"


def test_blocked_page_lists_every_blocker_with_clause_and_way_out(chen):
    page = text_of(chen.get("/refusing/blocked/"))
    assert "还有 4 项未满足，暂不能办理" in page
    titles = ["书记、校长就现方案沟通", "法律顾问出具", "材料提前 2 日送达", "党风廉政专题"]
    places = [page.index(title) for title in titles]
    assert places == sorted(places)
    assert "中办《意见（试行）》（七）·规则 R17" in page
    assert 'href="/x/3/">记录沟通</a>' in page
    assert "无法判定" in page
    assert "校长办公会议已研究提出" not in page


def test_stale_answer_says_who_changed_what(chen):
    page = text_of(chen.get("/refusing/stale/", headers=HTMX))
    assert "此议题刚被许静更新，请刷新后再办。" in page
    assert re.search(r"许静 [\d年月日]+ \d\d:\d\d 更新了这项内容", page)
    assert '<dt>金额</dt><dd><del class="muted">180.00 万元</del> 186.40 万元</dd>' in page
    assert "刷新后再办</a>" in page


def test_forbidden_answer_names_the_post(chen):
    page = text_of(chen.get("/refusing/forbidden/"))
    assert "议题由书记确定。" in page
    assert "须由书记办理" in page


def test_hidden_and_missing_pages_are_the_same_answer(chen):
    hidden, missing = chen.get("/refusing/hidden/"), chen.get("/nowhere/")
    assert (hidden.status_code, missing.status_code) == (404, 404)
    token = re.compile(r'(?<=csrfmiddlewaretoken" value=")\w+|(?<="X-CSRFToken": ")\w+')
    assert token.sub("", text_of(hidden)) == token.sub("", text_of(missing))


def test_refusals_as_json(chen):
    asked = {"Accept": "application/json"}
    blocked = chen.get("/refusing/blocked/", headers=asked)
    assert blocked.status_code == 422
    assert [check["code"] for check in blocked.json()["checks"]] == ["R17", "R22", "R24", "R83"]
    assert chen.get("/refusing/forbidden/", headers=asked).json() == {
        "message": "议题由书记确定。",
        "need": "书记",
    }
    assert chen.get("/refusing/late/", headers=asked).json() == {
        "message": "会议已散会，不能再签到。",
        "current": "已散会",
    }
    assert chen.get("/refusing/stale/", headers=asked).json()["current"]["by"] == "许静"
    for path in ("/refusing/hidden/", "/nowhere/"):
        hidden = chen.get(path, headers=asked)
        assert (hidden.status_code, hidden.json()) == (404, {"message": "没有找到这一页"})
    crash = chen.get("/refusing/crash/", headers=asked)
    number = crash["X-Request-ID"][:8].upper()
    assert (crash.status_code, crash.json()) == (
        500,
        {"message": "系统故障，这一步没有办成", "number": number},
    )


def test_failure_shows_time_and_number_but_no_detail(chen, caplog):
    response = chen.get("/refusing/crash/")
    page, number = text_of(response), response["X-Request-ID"]
    assert response.status_code == 500
    assert re.fullmatch(r"[0-9a-f]{32}", number)
    assert f'编号 <b class="num">{number[:8].upper()}</b>' in page
    assert "secret detail" not in page
    assert f"request {number[:8].upper()} failed: GET /refusing/crash/" in caplog.messages
    fragment = chen.get("/refusing/crash/", headers=HTMX)
    assert (fragment.status_code, fragment["HX-Retarget"]) == (500, "#flash")


def test_stranger_gets_the_plain_page(sample, db):
    response = Client().get("/nowhere/")
    assert response.status_code == 404
    assert "主导航" not in text_of(response)
    assert "没有找到这一页" in text_of(response)


def test_missing_form_token_is_explained(sample, town):
    client = Client(enforce_csrf_checks=True)
    client.force_login(town.chen)
    response = client.post("/sample/")
    assert response.status_code == 403
    assert "页面已过期，没有办理" in text_of(response)


def test_return_link_stays_on_this_site(chen):
    own = text_of(chen.get("/refusing/late/", headers={"Referer": "http://testserver/sample/"}))
    assert 'href="http://testserver/sample/"' in own
    foreign = text_of(chen.get("/refusing/late/", headers={"Referer": "https://evil.example/x"}))
    assert "evil.example" not in foreign


def test_fragment_request_after_sign_out_goes_to_the_sign_in_page(sample, db):
    response = Client().get(
        "/accounts/me/", headers={**HTMX, "HX-Current-URL": "http://testserver/sample/?a=1"}
    )
    assert response.status_code == 200
    assert response["HX-Redirect"] == "/accounts/login/?next=%2Fsample%2F%3Fa%3D1"
    assert response.content == b""


def test_script_after_sign_out_is_told_so(sample, db):
    response = Client().get("/accounts/me/", headers={"Accept": "application/json"})
    assert response.status_code == 401
    assert response.json() == {"message": "登录已过期，请在新窗口重新登录后再保存。"}


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_words_sent_after_sign_out_are_shown_and_not_lost(sample, db, headers):
    words = {"reason": "会议室临时停电，改期再议", "password": "not-to-be-shown 口令", "kind": "other"}
    address = reverse("decisions:item_act", args=[1, "withdraw"])
    response = Client().post(address, words, headers=headers)
    text = text_of(response)
    assert response.status_code == 403 and "登录已过期，没有办理" in text
    assert "/accounts/login/" in text and "口令" not in text
    assert ("会议室临时停电，改期再议" in text) is not bool(headers)  # a fragment leaves the form as it is
    assert Client().post(address, {"kind": "other"}).status_code == 302
