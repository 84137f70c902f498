"""The cast stands as the other tests rely on it."""

from django.utils import timezone

from decisions.choices import ItemState, StageState
from governance.access import offices_of
from governance.models import CatalogueEntry, School
from governance.parameters import resolve
from governance.selectors import is_dual_role, voting_seats
from ledger.services import verify
from tests.factories.decisions import CONFIRMED, add_evidence, consult, make_item


def test_cast_has_seven_and_six_voting_seats(cast):
    assert [s.person.display_name for s in voting_seats(cast.party)] == [
        "陈立德", "林知远", "许静", "赵明川", "周婉宁", "孙正清", "何素云",
    ]  # fmt: skip
    assert [s.person.display_name for s in voting_seats(cast.admin)] == [
        "林知远", "赵明川", "周婉宁", "郭亦凡", "沈嘉禾", "冯启新",
    ]  # fmt: skip
    assert not is_dual_role(cast.school)
    assert CatalogueEntry.objects.in_force().filter(school=cast.school).count() == 73
    assert resolve(cast.school, timezone.localdate())["fund.large_threshold"] == 300_000
    assert offices_of(cast.clerk, cast.school).is_clerk
    assert not offices_of(cast.ended, cast.school).belongs


def test_cast_members_see_their_schools_only(cast):
    def seen(user):
        return set(School.objects.visible_to(user))

    both = {cast.school, cast.other_school}
    assert seen(cast.secretary) == seen(cast.staff) == {cast.school}
    assert seen(cast.inspector) == seen(cast.district_leader) == both
    assert seen(cast.other_secretary) == {cast.other_school}
    assert seen(cast.ended) == seen(cast.outsider) == set()


def test_items_travel_by_the_services(cast):
    item = make_item(cast, "G01", CONFIRMED)
    assert (item.state, item.current_stage.state) == (ItemState.PENDING, StageState.CONFIRMED)
    item = consult(cast, add_evidence(cast, item))
    assert item.prerequisites.count() == 3
    assert item.consultations.count() == 1
    assert list(verify(cast.school.chain_key)) == []
