"""Whoever must keep away from a matter (R36) loses its materials, and the matter still goes its way."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from common.errors import Blocked, NotNow, NotVisible
from compliance.models import Finding
from decisions import models as decisions
from decisions.services import evidence, items
from documents.models import IssuedDocument
from meetings import models as meetings
from meetings.models import AgendaEntry
from meetings.services import conclusion, deliberation, planning, records, sitting
from notifications.models import Message
from tests.factories.decisions import add_evidence, make_item
from tests.factories.findings import make_finding
from tests.meetings.scenes import PARTY_SIX, planned, ready, sign_in, with_entry

pytestmark = pytest.mark.django_db

SECRET, OPEN = "关于何素云的任职事项", "校园安全年度安排"

# Everything that belongs to one item, with the way to it.
PARTS = {
    decisions.DecisionItem: "pk",
    decisions.Stage: "item",
    decisions.Prerequisite: "item",
    decisions.Consultation: "item",
    decisions.Attachment: "item",
    decisions.Resolution: "item",
    decisions.Task: "item",
    meetings.AgendaEntry: "stage__item",
    meetings.Statement: "entry__stage__item",
    meetings.Tally: "entry__stage__item",
    meetings.TaskDraft: "entry__stage__item",
    IssuedDocument: "item",
}


def readable(person: Any, item: Any) -> set[str]:
    """Which kinds of parts of an item a person reads."""
    return {
        model.__name__
        for model, path in PARTS.items()
        if model.objects.visible_to(person).filter(**{path: item.pk}).exists()
    }


def secret_item(cast: Any) -> Any:
    item = ready(cast, "B03", title=SECRET)
    paper = SimpleUploadedFile("考察材料.txt", "考察材料".encode(), "text/plain")
    evidence.add_attachments(item.pk, actor=cast.vice, files=[paper])
    return item


def conclude(cast: Any, entry: Any, *speakers: str, actor: Any = None) -> Any:
    """Talk, ballot and conclusion of one entry under deliberation, by whoever records."""
    actor = actor or cast.clerk
    seats = {row.seat.person_id: row.seat_id for row in entry.meeting.attendances.select_related("seat")}
    for name in speakers:
        deliberation.add_statement(
            entry.pk, actor=actor, seat_id=seats[getattr(cast, name).pk], text="同意方案。", stance="agree"
        )
    tally = entry.tallies.get()
    deliberation.save_tally(
        tally.pk,
        actor=actor,
        version=tally.version,
        votes_for=len(speakers),
        votes_against=0,
        abstentions=0,
        issued=len(speakers),
        tellers="孙正清、周婉宁",
        counter="罗敏",
    )
    entry = deliberation.save_entry(entry.pk, actor=actor, version=entry.version, decision_text="同意。")
    return conclusion.conclude_entry(entry.pk, actor=actor, outcome="passed", version=entry.version)


@pytest.fixture
def held(cast):
    """A closed, signed and issued Party meeting of two items; 何素云 sat in it and is not yet named in either."""
    meeting = planned(cast)
    first = with_entry(cast, meeting, "A02", title=OPEN)
    item = secret_item(cast)
    second = planning.add_entry(meeting.pk, actor=cast.clerk, stage_id=item.current_stage_id)
    sitting.start_meeting(meeting.pk, actor=cast.clerk)
    sign_in(cast, meeting, *PARTY_SIX, "organizer")
    others = ("principal", "deputy", "vice", "vice_second", "discipline")
    conclude(cast, deliberation.open_entry(first.pk, actor=cast.clerk), *others, "organizer", "secretary")
    deliberation.open_entry(second.pk, actor=cast.clerk)
    deliberation.add_task_draft(
        second.pk, actor=cast.clerk, title="办理任职手续", owner=cast.deputy, due_on=timezone.localdate()
    )
    conclude(cast, AgendaEntry.objects.get(pk=second.pk), *others, "organizer", "secretary")
    sitting.close_meeting(meeting.pk, actor=cast.clerk)
    records.sign_record(meeting.pk, actor=cast.clerk, is_chair=False)
    records.sign_record(meeting.pk, actor=cast.secretary, is_chair=True)
    records.issue_minutes(records.draft_minutes(meeting.pk, actor=cast.clerk).pk, actor=cast.secretary)
    return meeting


def name(item: Any, *people: Any) -> None:
    """Named as concerned: the row that set_concerned writes, also where the item is past naming."""
    for person in people:
        decisions.ConcernedPerson.objects.create(item=item, person=person, relation="本人")


def test_a_concerned_member_reads_nothing_of_the_item_anywhere(cast, held, client):
    entry = held.entries.get(title=SECRET)
    item = entry.stage.item
    reader = cast.organizer
    before = readable(reader, item)
    assert before == {model.__name__ for model in PARTS}
    finding = make_finding(cast.school)
    finding.subject_type, finding.subject_id, finding.access_scope = "meetings.agendaentry", entry.pk, 2
    finding.save()
    assert Finding.objects.visible_to(reader).filter(pk=finding.pk).exists()
    paper = held.documents.get(kind="party_minutes")
    client.force_login(reader)
    assert client.get(reverse("documents:download", args=[paper.pk])).status_code == 200

    name(item, reader)
    assert readable(reader, item) == set()
    assert readable(cast.discipline, item) == before
    assert not Finding.objects.visible_to(reader).filter(pk=finding.pk).exists()
    for page in (
        reverse("decisions:item_detail", args=[item.pk]),
        reverse("decisions:attachment_download", args=[item.attachments.get().pk]),
        reverse("decisions:task_detail", args=[item.tasks.get().pk]),
        reverse("compliance:finding_detail", args=[finding.pk]),
        *(
            reverse("documents:download", args=[document.pk])
            for document in held.documents.exclude(item=held.entries.get(title=OPEN).stage.item)
        ),
    ):
        assert client.get(page).status_code == 404, page
    for page in (
        reverse("decisions:item_list"),
        reverse("decisions:item_list") + "?q=何素云",
        reverse("decisions:task_list"),
        reverse("workbench:home"),
        reverse("meetings:meeting_list"),
        reverse("meetings:meeting_detail", args=[held.pk]),
        reverse("meetings:record", args=[held.pk]),
        reverse("meetings:minutes", args=[held.pk]),
    ):
        text = client.get(page).content.decode()
        assert SECRET not in text and "办理任职手续" not in text, page
    for page in ("meeting_detail", "record", "minutes"):
        text = client.get(reverse(f"meetings:{page}", args=[held.pk])).content.decode()
        assert OPEN in text and "第 2 项" in text, page
        assert "看 PDF" not in text and "PDF 正在生成" not in text

    sheet = load_workbook(BytesIO(client.get(reverse("decisions:item_list") + "?format=xlsx").content)).active
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert OPEN in cells and SECRET not in cells


def test_a_naming_taken_back_gives_everything_back(cast):
    item = secret_item(cast)
    items.set_concerned(item.pk, actor=cast.vice, people=[(cast.organizer, "本人")])
    assert readable(cast.organizer, item) == set()
    items.set_concerned(item.pk, actor=cast.vice, people=[])
    assert "DecisionItem" in readable(cast.organizer, item)


def test_a_recusal_in_the_meeting_bars_for_good_unless_undone(cast):
    meeting = planned(cast)
    entry = with_entry(cast, meeting, "A02", title=OPEN)
    sitting.start_meeting(meeting.pk, actor=cast.clerk)
    sign_in(cast, meeting, *PARTY_SIX)
    deliberation.open_entry(entry.pk, actor=cast.clerk)
    seat = meeting.attendances.get(seat__person=cast.discipline).seat
    recusal = deliberation.recuse(entry.pk, actor=cast.clerk, seat_id=seat.pk, reason="亲属关系")
    assert readable(cast.discipline, entry.stage.item) == set()
    with pytest.raises(NotNow, match="须回避本题"):
        deliberation.add_task_draft(
            entry.pk,
            actor=cast.clerk,
            title="办理",
            owner=cast.discipline,
            due_on=timezone.localdate(),
        )
    deliberation.end_recusal(recusal.pk, actor=cast.clerk)
    assert "DecisionItem" in readable(cast.discipline, entry.stage.item)
    deliberation.recuse(entry.pk, actor=cast.clerk, seat_id=seat.pk, reason="亲属关系")
    entry = conclude(
        cast,
        AgendaEntry.objects.get(pk=entry.pk),
        "principal",
        "deputy",
        "vice",
        "vice_second",
        "secretary",
    )
    deliberation.end_recusal(entry.recusals.get().pk, actor=cast.clerk)  # 返席
    assert readable(cast.discipline, entry.stage.item) == set()


def test_a_recorder_who_recuses_themselves_leaves_the_entry_to_the_chair(cast, client):
    meeting = planned(cast, recorder=cast.discipline)
    entry = with_entry(cast, meeting, "A02", title=OPEN)
    sitting.start_meeting(meeting.pk, actor=cast.clerk)
    sign_in(cast, meeting, *PARTY_SIX)
    deliberation.open_entry(entry.pk, actor=cast.discipline)
    seat = meeting.attendances.get(seat__person=cast.discipline).seat
    client.force_login(cast.discipline)
    act = reverse("meetings:entry_act", args=[meeting.pk, entry.pk, "recuse"])
    answer = client.post(act, {"seat": seat.pk, "reason": "亲属关系"}, headers={"X-Desk": "1"})
    assert answer.json() == {"go": reverse("meetings:desk", args=[meeting.pk])}
    desk = client.get(reverse("meetings:desk", args=[meeting.pk])).content.decode()
    assert "您已回避本题" in desk and OPEN not in desk
    assert client.get(reverse("meetings:desk_entry", args=[meeting.pk, entry.pk])).status_code == 404
    with pytest.raises(NotNow, match="须回避的议题") as refused:
        sitting.close_meeting(meeting.pk, actor=cast.discipline)
    assert OPEN not in str(refused.value)
    entry = conclude(
        cast,
        AgendaEntry.objects.get(pk=entry.pk),
        *("principal", "deputy", "vice", "vice_second", "secretary"),
        actor=cast.secretary,
    )
    assert entry.outcome == "passed"


def test_a_secretary_who_is_concerned_hands_the_item_over_and_still_closes_the_meeting(cast, client):
    """确定, 沟通, 列会, 表决, 签字, 签发: nothing waits for the one who must keep away."""
    item = make_item(cast, "A02", "submitted", title=SECRET)
    items.set_concerned(item.pk, actor=cast.vice, people=[(cast.secretary, "亲属")])
    with pytest.raises(NotVisible):
        items.confirm(item.pk, actor=cast.secretary)
    item = items.confirm(item.pk, actor=cast.deputy)
    assert "主持人须回避，代行" in item.events.get(kind="stage.confirmed").text
    add_evidence(cast, item)
    held_talk = evidence.add_consultation(
        item.pk,
        actor=cast.deputy,
        held_at=timezone.now(),
        counterpart=cast.principal,
        opinions="一致。",
        disagreement="none",
    )
    assert held_talk.secretary == cast.deputy
    meeting = planned(cast)
    with_entry(cast, meeting, "A02", title=OPEN)
    entry = planning.add_entry(meeting.pk, actor=cast.clerk, stage_id=item.current_stage_id)
    planning.send_notice(meeting.pk, actor=cast.clerk)
    bodies = {m.recipient: m.body for m in Message.objects.filter(kind="meeting.notice")}
    assert SECRET in bodies[cast.deputy] and OPEN in bodies[cast.secretary]
    assert SECRET not in bodies[cast.secretary]
    meeting.refresh_from_db()
    sitting.start_meeting(meeting.pk, actor=cast.clerk)
    sign_in(cast, meeting, *PARTY_SIX)
    first = meeting.entries.get(title=OPEN)
    conclude(
        cast,
        deliberation.open_entry(first.pk, actor=cast.clerk),
        *("principal", "deputy", "vice", "vice_second", "discipline", "secretary"),
    )
    deliberation.open_entry(entry.pk, actor=cast.clerk)
    seat = meeting.attendances.get(seat__person=cast.secretary).seat
    deliberation.recuse(entry.pk, actor=cast.clerk, seat_id=seat.pk, reason="亲属")
    conclude(
        cast,
        AgendaEntry.objects.get(pk=entry.pk),
        *("principal", "vice", "vice_second", "discipline", "deputy"),
    )
    sitting.close_meeting(meeting.pk, actor=cast.clerk)
    client.force_login(cast.secretary)
    text = client.get(reverse("meetings:record", args=[meeting.pk])).content.decode()
    assert OPEN in text and SECRET not in text
    records.sign_record(meeting.pk, actor=cast.clerk, is_chair=False)
    records.sign_record(meeting.pk, actor=cast.secretary, is_chair=True)
    draft = records.draft_minutes(meeting.pk, actor=cast.clerk)
    with pytest.raises(NotVisible):
        records.save_minutes(
            draft.pk, actor=cast.secretary, edit_version=draft.edit_version, texts={entry.pk: "改写。"}
        )
    draft.refresh_from_db()
    assert "改写" not in str(draft.entries)
    records.issue_minutes(draft.pk, actor=cast.secretary)
    assert readable(cast.secretary, item) == set()


def test_who_acts_in_the_place_of_whom(cast):
    """A deputy of the body, where there is one; then any other voting member. Only for that item."""
    item = make_item(cast, "E04", "submitted")
    other = make_item(cast, "E04", "submitted")
    items.set_concerned(item.pk, actor=cast.vice, people=[(cast.principal, "本人")])
    with pytest.raises(NotVisible):
        items.confirm(item.pk, actor=cast.principal)
    assert not items.access.offices_on(cast.admin_member, item).chairs(cast.admin)
    assert items.access.offices_on(cast.vice_second, item).chairs(cast.admin)
    assert not items.access.offices_on(cast.vice_second, other).chairs(cast.admin)
    everybody = [cast.principal, cast.vice, cast.vice_second, cast.vice_non_party]
    items.set_concerned(item.pk, actor=cast.vice, people=[(p, "本人") for p in everybody[:1]])
    name(item, *everybody[2:])
    name(item, cast.vice)
    assert items.access.offices_on(cast.admin_member, item).chairs(cast.admin)


def test_a_hidden_entry_keeps_its_place_when_its_clerk_reorders(cast):
    meeting = planned(cast)
    entries = [with_entry(cast, meeting, "A02", title=f"第{n}件") for n in "甲乙丙"]
    name(entries[1].stage.item, cast.clerk)
    planning.reorder(meeting.pk, actor=cast.clerk, entry_ids=[entries[2].pk, entries[0].pk])
    assert list(meeting.entries.order_by("position").values_list("title", flat=True)) == [
        "第丙件",
        "第乙件",
        "第甲件",
    ]


def test_somebody_who_need_not_keep_away_must_be_able_to_mend_it(cast):
    draft = make_item(cast, "A02", "draft", title=OPEN)
    items.set_concerned(draft.pk, actor=cast.vice, people=[(cast.vice, "本人")])
    with pytest.raises(Blocked) as blocked:
        items.submit(draft.pk, actor=cast.vice)
    assert [check.code for check in blocked.value.checks] == ["R36"]
    submitted = make_item(cast, "A02", "submitted")
    with pytest.raises(NotNow, match="都须回避"):
        items.set_concerned(submitted.pk, actor=cast.vice, people=[(cast.vice, "本人")])
    assert not submitted.concerned.exists()


def test_a_maker_who_names_themselves_is_told_and_sent_to_the_list(cast, client):
    item = make_item(cast, "A02", "submitted", title=OPEN, proposer=cast.vice_second)
    client.force_login(cast.vice)
    names = ("title", "background", "proposal", "department", "access_scope")
    typed = {name: getattr(item, name) for name in names}
    rows = {"concerned-TOTAL_FORMS": "1", "concerned-INITIAL_FORMS": "0"}
    row = {"concerned-0-person": cast.vice.pk, "concerned-0-relation": "本人"}
    people = {"proposer": cast.vice_second.pk, "presenter": cast.vice_second.pk, "version": item.version}
    page = reverse("decisions:item_edit", args=[item.pk])
    done = client.post(page, typed | rows | row | people, follow=True)
    assert done.redirect_chain == [(reverse("decisions:item_list"), 302)]
    assert "您是利害回避人" in done.content.decode()
    assert client.get(page).status_code == 404
    assert decisions.DecisionItem.objects.visible_to(cast.vice_second).filter(pk=item.pk).exists()
