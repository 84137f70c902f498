"""班子与任职, 事项清单, 议事参数 as people meet them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from governance.choices import SeatRole
from governance.models import CatalogueEntry, ProcedureParameter, Seat
from governance.parameters import KEYS
from ledger.models import LedgerEntry
from tests.factories import governance as make
from tests.factories.people import person

TODAY = timezone.localdate()
LEADERSHIP_QUERIES = 19
CATALOGUE_QUERIES = 11
PARAMETER_QUERIES = 13


def page(client, user, name, *args, **data):
    client.force_login(user)
    return client.get(reverse(f"governance:{name}", args=args), data)


def queries(client, user, name, **data):
    client.force_login(user)
    url = reverse(f"governance:{name}")
    client.get(url, data)
    with CaptureQueriesContext(
        connection,
    ) as context:
        assert client.get(url, data).status_code == 200
    return len(context)


def test_leadership_counts_by_seats(client, cast):
    text = page(client, cast.staff, "leadership").content.decode()
    assert "应到 7 人：一般事项须到 4 人，干部任免等重要事项须到 5 人" in text
    assert "应到 6 人：各类事项须到 4 人" in text
    assert "分设" in text
    assert "邹怀远" in text
    assert reverse("governance:leadership_appoint") not in text


def test_leadership_query_count_does_not_grow(client, cast):
    first = queries(client, cast.secretary, "leadership")
    for number in range(3):
        make.seat(cast.admin, person(f"extra{number}", f"新成员{number}"), SeatRole.ADMIN_MEMBER)
    assert queries(client, cast.secretary, "leadership") == first == LEADERSHIP_QUERIES


@pytest.mark.parametrize("name", ["leadership_appoint", "leadership_portfolio"])
def test_only_administrators_open_the_forms(client, cast, name):
    assert page(client, cast.clerk, name).status_code == 200
    assert page(client, cast.inspector, name).status_code == 200
    assert page(client, cast.principal, name).status_code == 403
    assert page(client, cast.outsider, name).status_code == 404
    client.logout()
    assert client.get(reverse(f"governance:{name}")).status_code == 302


def test_clerk_appoints_and_ends_in_the_browser(client, cast):
    client.force_login(cast.clerk)
    form = {
        "body": cast.party.pk,
        "person": cast.staff.pk,
        "role": SeatRole.MEMBER,
        "is_voting": "on",
        "since": TODAY.isoformat(),
        "order": 9,
    }
    answer = client.post(reverse("governance:leadership_appoint"), form, follow=True)
    assert "已登记田家和任党总支会议委员。" in answer.content.decode()
    seat = Seat.objects.get(body=cast.party, person=cast.staff)
    again = client.post(reverse("governance:leadership_appoint"), form)
    assert again.status_code == 422
    assert "已有同一时期的任职" in again.content.decode()
    end = reverse("governance:leadership_end", args=[seat.pk])
    assert client.post(end, {"until": (TODAY - timedelta(days=9)).isoformat()}).status_code == 422
    late = {"until": (TODAY + timedelta(days=1)).isoformat(), "at_once": "on"}
    assert "不能立即停止" in client.post(end, late).content.decode()
    assert client.post(end, {"until": TODAY.isoformat()}).status_code == 302
    seat.refresh_from_db()
    assert (seat.until, seat.ended_at) == (TODAY, None)
    answer = client.post(end, {"until": TODAY.isoformat(), "at_once": "on"}, follow=True)
    assert "权限已停止" in answer.content.decode()
    seat.refresh_from_db()
    assert (seat.until, seat.is_active()) == (TODAY, False)


def test_clerk_registers_a_move_and_a_departure_in_the_browser(client, cast):
    client.force_login(cast.clerk)
    seat = cast.vice.seats.get(body=cast.admin)
    move = reverse("governance:leadership_move", args=[seat.pk])
    form = {"body": cast.congress.pk, "role": SeatRole.CONGRESS_CHAIR, "since": TODAY.isoformat(), "order": 5}
    wrong = {**form, "role": SeatRole.PRINCIPAL}
    assert client.post(move, wrong).status_code == 422
    assert "已登记赵明川调任" in client.post(move, form, follow=True).content.decode()
    seat.refresh_from_db()
    assert seat.until == TODAY - timedelta(days=1)
    leave = reverse("governance:leadership_leave", args=[cast.staff.pk])
    assert "总务处主任" in client.get(leave).content.decode()
    answer = client.post(leave, {"until": TODAY.isoformat(), "at_once": "on"}, follow=True)
    assert "已登记田家和的全部任职结束" in answer.content.decode()
    assert client.get(leave).status_code == 404


def test_clerk_notes_membership_and_the_party_org(client, cast):
    client.force_login(cast.clerk)
    seat = cast.vice.seats.get(body__kind="admin")
    address = reverse("governance:leadership_membership", args=[seat.pk])
    for answer, known in (("yes", True), ("no", False), ("", None)):
        assert client.post(address, {"is_party_member": answer}).status_code == 302
        seat.refresh_from_db()
        assert seat.is_party_member is known
    client.post(address, {"is_party_member": "yes"})
    client.post(address, {"is_party_member": "yes"})  # nothing new, nothing written
    noted = LedgerEntry.objects.filter(kind="seat.noted").order_by("pk")
    assert [entry.payload["is_party_member"] for entry in noted] == [True, False, None, True]
    assert (
        seat.history.first().history_user,
        seat.history.first().history_change_reason,
    ) == (cast.clerk, "登记是否党员")
    assert 'value="yes" selected' in client.get(address).content.decode()

    page_text = client.get(reverse("governance:leadership")).content.decode()
    outside = Seat.objects.get(person=cast.vice_non_party, body__kind="admin")
    assert reverse("governance:leadership_membership", args=[outside.pk]) in page_text
    assert address not in page_text  # a seat in the committee shows membership

    form = {"party_members": 63, "term_started_on": "2024-09-01"}
    address = reverse("governance:leadership_party_org")
    text = client.post(address, form, follow=True).content.decode()
    assert "正式党员 63 人" in text
    assert "本届2024年9月1日起，任期 3 年" in text
    client.post(address, form)
    entry = LedgerEntry.objects.get(kind="school.party_org_updated")
    assert entry.payload == {"party_members": 63, "term_started_on": "2024-09-01"}
    assert client.post(address, {"party_members": -1}).status_code == 422


def test_seats_of_another_school_are_not_there(client, cast):
    seat = Seat.objects.get(person=cast.secretary, role=SeatRole.SECRETARY)
    client.force_login(cast.other_secretary)
    assert client.get(reverse("governance:leadership_end", args=[seat.pk])).status_code == 404


def test_catalogue_shows_all_groups_and_narrows(client, cast):
    everything = page(client, cast.staff, "catalogue")
    assert everything.context["count"] == 73
    assert len(everything.context["groups"]) == 8
    assert page(client, cast.staff, "catalogue", q="预算").context["count"] == 1
    assert page(client, cast.staff, "catalogue", route="A").context["count"] == 6
    assert page(client, cast.staff, "catalogue", major="K").context["count"] == 3
    assert page(client, cast.staff, "catalogue", q="g01").context["count"] == 1
    assert "清除筛选" in page(client, cast.staff, "catalogue", q="没有这样的词").content.decode()


def test_district_sees_its_template_and_schools_their_own(client, cast):
    district = page(client, cast.inspector, "catalogue").context["groups"]
    assert {entry.school_id for _aspect, found in district for entry in found} == {None}
    own = page(client, cast.secretary, "catalogue").context["groups"]
    assert {entry.school_id for _aspect, found in own for entry in found} == {cast.school.pk}


def test_catalogue_query_count_does_not_grow(client, cast):
    assert (
        queries(client, cast.secretary, "catalogue", q="G01")
        == queries(client, cast.secretary, "catalogue", q="预算")
        == queries(client, cast.secretary, "catalogue")
        == CATALOGUE_QUERIES
    )


def test_entry_is_read_by_its_school_and_tightened_by_its_clerk(client, cast):
    entry = cast.entry("G01")
    text = page(client, cast.staff, "catalogue_entry", entry.pk).content.decode()
    assert "教代会听取意见" in text
    assert "从严调整" not in text
    assert page(client, cast.other_secretary, "catalogue_entry", entry.pk).status_code == 404
    assert page(client, cast.staff, "catalogue_tighten", entry.pk).status_code == 403
    client.force_login(cast.clerk)
    form = {
        "attendance": "t",
        "ballot": "secret",
        "congress_mode": "approve",
        "access_scope": "1",
        "reason": "党总支会议议定",
    }
    url = reverse("governance:catalogue_tighten", args=[entry.pk])
    assert client.post(url, {**form, "reason": ""}).status_code == 422
    assert client.post(url, form).status_code == 302
    new = cast.entry("G01")
    assert (new.version, new.attendance, new.congress_mode) == (2, "t", "approve")
    text = page(client, cast.staff, "catalogue_entry", new.pk).content.decode()
    assert "到会要求、表决方式、教代会程序" in text
    template = CatalogueEntry.objects.templates().get(code="G01")
    assert page(client, cast.clerk, "catalogue_tighten", template.pk).status_code == 404


def test_parameters_page_names_value_level_and_source(client, cast):
    text = page(client, cast.principal, "parameters").content.decode()
    assert "300,000 元" in text
    assert "《云川区学校“三重一大”实施办法》第9条" in text
    ProcedureParameter.objects.all().delete()
    assert "大额资金起点尚未设定" in page(client, cast.secretary, "parameters").content.decode()


def test_parameters_query_count_does_not_grow(client, cast):
    first = queries(client, cast.secretary, "parameters")
    for days in (1, 2, 3):
        ProcedureParameter.objects.create(
            level="school", school=cast.school, key="minutes.days", value=days, source="校规", since=TODAY
        )
    assert queries(client, cast.secretary, "parameters") == first == PARAMETER_QUERIES


def test_clerk_sets_a_parameter_and_is_told_what_is_wrong(client, cast):
    client.force_login(cast.clerk)
    url = reverse("governance:parameter", args=["party.quorum"])
    form = {"value": "2/3", "source": "本校规则第4条", "since": TODAY.isoformat(), "level": "school"}
    assert client.post(url, {**form, "value": "3/2"}).status_code == 422
    assert client.post(url, {**form, "value": "一半"}).status_code == 422
    blocked = client.post(url, {**form, "value": "1/3"})
    assert blocked.status_code == 422
    assert "学校只能从严" in blocked.content.decode()
    assert client.post(url, {**form, "level": "district"}).status_code == 422
    assert client.post(url, form).status_code == 302
    assert ProcedureParameter.objects.get(school=cast.school).value == [2, 3]
    assert client.get(reverse("governance:parameter", args=["no.such"])).status_code == 404


def test_every_kind_of_parameter_has_a_form(client, cast):
    client.force_login(cast.inspector)
    for key in KEYS:
        assert client.get(reverse("governance:parameter", args=[key])).status_code == 200
    answer = client.post(
        reverse("governance:parameter", args=["fund.large_threshold"]),
        {"value": "500000", "source": "区规", "since": TODAY.isoformat(), "level": "district"},
    )
    assert answer.status_code == 302
    row = ProcedureParameter.objects.latest("id")
    assert (row.authority, row.value) == (cast.authority, 500_000)
