"""Query counts of the list and the workspace, and what the workspace concludes from the facts."""

import pytest
from django.urls import reverse

from meetings.selectors.desk import current_entry, desk_for
from meetings.services import deliberation, sitting
from tests.meetings import scenes

LIST_QUERIES = 15
DESK_QUERIES = 42


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_at_one_and_three_rows(cast, client, django_assert_num_queries, rows):
    for _ in range(rows):
        meeting = scenes.planned(cast)
        scenes.with_entry(cast, meeting, "A02")
        sitting.start_meeting(scenes.planned(cast).pk, actor=cast.clerk)
    client.force_login(cast.clerk)
    client.get(reverse("meetings:meeting_list"))
    with django_assert_num_queries(LIST_QUERIES):
        client.get(reverse("meetings:meeting_list"))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_desk_costs_the_same_at_one_and_three_rows(cast, client, django_assert_num_queries, rows):
    meeting = scenes.planned(cast)
    entries = [scenes.with_entry(cast, meeting, code) for code in ("A02", "A05", "A06")[:rows]]
    sitting.start_meeting(meeting.pk, actor=cast.clerk)
    scenes.sign_in(cast, meeting, *scenes.PARTY_SIX)
    entry = deliberation.open_entry(entries[0].pk, actor=cast.clerk)
    scenes.say_all(cast, entry, *("principal", "deputy", "secretary")[:rows])
    for number in range(rows):
        deliberation.add_task_draft(
            entry.pk,
            actor=cast.clerk,
            title=f"任务 {number}",
            owner=cast.vice,
            due_on=meeting.scheduled_at.date(),
        )
        if number:
            deliberation.add_tally(entry.pk, actor=cast.clerk, question=f"第 {number} 项")
    client.force_login(cast.clerk)
    address = reverse("meetings:desk", args=[meeting.pk])
    client.get(address)
    with django_assert_num_queries(DESK_QUERIES):
        assert client.get(address).status_code == 200


def test_next_speaker_is_whoever_has_not_spoken_and_the_chair_last(cast):
    entry = scenes.sitting_meeting(cast)
    order = []
    for _ in range(6):
        speaker = desk_for(cast.clerk, entry.meeting, None).next_speaker
        order.append(speaker.name)
        deliberation.add_statement(entry.pk, actor=cast.clerk, seat_id=int(speaker.value[1:]))
    assert order == ["林知远", "许静", "赵明川", "周婉宁", "孙正清", "陈立德"]
    assert desk_for(cast.clerk, entry.meeting, None).next_speaker is None


def test_too_few_members_suggest_deferral_with_the_arithmetic(cast):
    entry = scenes.sitting_meeting(cast, "B01", present=scenes.PARTY_SIX[:4])
    verdict = desk_for(cast.clerk, entry.meeting, None).verdict
    assert (verdict.tone, verdict.outcome, verdict.action) == ("bad", "deferred", "缓议")
    assert "4 ＜ 7×2/3，进位为 5" in verdict.text


def test_the_current_entry_is_the_one_under_deliberation(cast):
    meeting = scenes.planned(cast)
    first, second = (scenes.with_entry(cast, meeting, code) for code in ("A02", "A05"))
    assert current_entry([first, second]) == first
    sitting.start_meeting(meeting.pk, actor=cast.clerk)
    second = deliberation.open_entry(second.pk, actor=cast.clerk)
    assert current_entry([first, second]) == second
    assert current_entry([]) is None
