"""The shell around every page: navigation, school menu, counts."""

import re
from datetime import date

from django.test import Client

from governance.models import AuthorityMember
from notifications.services import notify


def nav_of(client: Client, path: str = "/accounts/me/") -> str:
    return re.sub(r"\s+", " ", client.get(path).content.decode())


def test_shell_costs_the_same_queries_whatever_it_holds(chen, town, django_assert_num_queries):
    chen.get("/sample/")
    with django_assert_num_queries(10):
        chen.get("/sample/")
    for n in range(3):
        notify(recipients=[town.chen], kind="sample", title=f"第{n}条", url="/sample/")
    with django_assert_num_queries(10):
        page = nav_of(chen, "/sample/")
    assert '3<span class="visually-hidden"> 条未读</span>' in page


def test_current_entry_is_marked_once_in_the_side_and_once_in_the_tabs(chen):
    assert nav_of(chen).count('aria-current="page"') == 1  # 我的: a tab only
    assert nav_of(chen, "/sample/").count('aria-current="page"') == 0


def test_schools_menu_appears_only_with_a_choice(chen, town):
    page = nav_of(chen)
    assert 'aria-label="切换学校，当前明德中学"' in page
    assert "实验小学" in page
    assert "育才中学" not in page
    lone = Client()
    lone.force_login(town.other)
    assert "切换学校" not in nav_of(lone)
    assert "育才中学" in nav_of(lone)


def test_choosing_a_school_keeps_it_for_the_session(chen, town):
    assert chen.post("/school/", {"school": town.schools[1].pk}).status_code == 302
    assert "当前实验小学" in nav_of(chen)


def test_choosing_a_school_one_may_not_see_is_not_found(chen, town):
    for value in (town.schools[2].pk, 10**9, "x", ""):
        assert chen.post("/school/", {"school": value}).status_code == 404
    opened = chen.get("/school/")
    assert (opened.status_code, opened["Allow"]) == (405, "POST")
    assert "这个地址不能直接打开" in opened.content.decode()
    assert "当前明德中学" in nav_of(chen)


def test_school_that_is_no_longer_visible_is_dropped(chen, town):
    chen.post("/school/", {"school": town.schools[1].pk})
    town.schools[1].seats.update(until=date(2025, 7, 31))
    page = nav_of(chen)
    assert "实验小学" not in page
    assert "明德中学" in page


def test_district_members_see_the_schools_entry(chen, town):
    assert "学校</a>" not in nav_of(chen)
    AuthorityMember.objects.create(
        authority=town.authority, person=town.chen, role="leader", since=date(2024, 9, 1)
    )
    assert "学校</a>" in nav_of(chen)
    assert "育才中学" in nav_of(chen)


def test_no_page_carries_inline_script_or_style(chen):
    for path in ("/sample/", "/accounts/me/", "/refusing/blocked/", "/nowhere/"):
        page = chen.get(path).content.decode()
        assert re.findall(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=|<style", page) == [], path


def test_every_room_of_the_navigation_has_an_address(chen, town):
    AuthorityMember.objects.create(
        authority=town.authority, person=town.chen, role="leader", since=date(2024, 9, 1)
    )
    assert re.findall(r'(?:href|action)="#"', nav_of(chen)) == []
