"""例外授权: one person, one record, some days; each given, used and ended in the chain, and nothing beside it opens."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.choices import SecurityKind
from accounts.models import SecurityEvent
from common.errors import NotNow, NotPermitted, NotVisible
from decisions.models import Attachment, DecisionItem
from decisions.services import evidence, items
from governance.access import offices_of
from governance.choices import GrantKind
from governance.models import ObjectGrant, School
from governance.parameters import resolve
from grants import services
from ledger.models import LedgerEntry
from ledger.services import verify
from meetings.access import may_record
from meetings.models import AgendaEntry, Meeting
from meetings.services import invitations, planning, records, sitting
from tests.contracts.world import paper
from tests.factories.decisions import add_evidence, consult, make_item
from tests.factories.meetings import begin, hold, list_item, plan
from workbench.selectors.todos import todo_list

pytestmark = pytest.mark.django_db


def day(days):
    return timezone.localdate() + timedelta(days=days)


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def item(cast):
    made = make_item(cast, "G14", "confirmed", title="甲内部事项")
    evidence.add_attachments(made.pk, actor=cast.vice, files=[paper("预算.txt"), paper("比价.txt")])
    return made


@pytest.fixture
def meeting(cast, item):
    made = plan(cast, cast.admin)
    list_item(cast, made, item)
    return made


def delegate(cast, meeting, person=None, until=7, actor=None):
    return services.delegate_recording(
        meeting.pk,
        actor=actor or cast.clerk,
        person=person or cast.teacher,
        until=day(until),
        reason="秘书外出",
    )


def share(cast, attachment, person=None, until=7, actor=None):
    return services.share_file(
        attachment.pk,
        actor=actor or cast.clerk,
        person=person or cast.outsider,
        until=day(until),
        reason="请出具意见书",
    )


def inspect(cast, person=None, until=21, actor=None, schools=None):
    return services.let_inspect(
        schools or [cast.school],
        actor=actor or cast.inspector,
        person=person or cast.outsider,
        until=day(until),
        reason="督查包保第3组",
    )


def sealed(grant):
    kinds = LedgerEntry.objects.filter(subject=grant.subject).order_by("pk").values_list("kind", flat=True)
    return list(kinds)


def ready(cast, item):
    """With all that a Party meeting asks of it before."""
    add_evidence(cast, item)
    return consult(cast, item)


def outlive(grant):
    """Let the last day of a grant be yesterday."""
    ObjectGrant.objects.filter(pk=grant.pk).update(since=day(-9), until=day(-1))


# --- 委托记录 ----------------------------------------------------------------------------------------


def test_a_delegate_records_the_meeting_and_reads_nothing_more(cast, meeting, item, client):
    other = plan(cast, cast.admin, days=9)
    assert not Meeting.objects.visible_to(cast.teacher).exists()
    grant = delegate(cast, meeting)
    assert list(Meeting.objects.visible_to(cast.teacher)) == [meeting] != [other]
    assert [entry.title for entry in AgendaEntry.objects.visible_to(cast.teacher)] == [item.title]
    assert not DecisionItem.objects.visible_to(cast.teacher).filter(pk=item.pk).exists()
    assert not Attachment.objects.visible_to(cast.teacher).exists()
    assert may_record(offices_of(cast.teacher, cast.school), meeting)
    assert not may_record(offices_of(cast.teacher, cast.school), other)
    client.force_login(cast.teacher)
    page = client.get(reverse("meetings:meeting_detail", args=[meeting.pk]))
    assert page.status_code == 200 and item.title in page.content.decode()
    assert reverse("decisions:item_detail", args=[item.pk]) not in page.content.decode()
    begin(cast, meeting)
    desk = client.get(reverse("meetings:desk", args=[meeting.pk]))
    assert desk.status_code == 200 and "甲内部事项" in desk.content.decode()
    assert reverse("decisions:item_detail", args=[item.pk]) not in desk.content.decode()
    assert sealed(grant) == ["exception.given", "exception.used"]
    assert list(verify(cast.school.chain_key)) == []


def test_a_matter_of_scope_2_on_the_agenda_closes_the_meeting_to_the_delegate(cast):
    meeting = plan(cast, cast.party)
    list_item(cast, meeting, ready(cast, make_item(cast, "A01", title="己内部事项")))
    delegate(cast, meeting)
    assert list(Meeting.objects.visible_to(cast.teacher)) == [meeting]
    item = ready(cast, make_item(cast, "B03", title="丙保密事项"))
    assert item.is_restricted
    list_item(cast, meeting, item)
    assert not Meeting.objects.visible_to(cast.teacher).exists()
    assert not Meeting.objects.records_visible_to(cast.teacher).exists()
    assert not AgendaEntry.objects.visible_to(cast.teacher).exists()
    with pytest.raises(NotNow, match="不能委托他人记录"):
        delegate(cast, meeting, person=cast.finance)


def test_the_meeting_waits_on_the_desk_of_the_delegate(cast, meeting):
    delegate(cast, meeting)
    offices, today = offices_of(cast.teacher, cast.school), timezone.localdate()

    def waiting() -> list[str]:
        found = todo_list(cast.teacher, offices, resolve(cast.school, today), today)
        return [todo.title for _, group in found.groups for todo in group]

    assert waiting() == []  # to send the notice is the planner's
    begin(cast, meeting)
    assert waiting() == [f"继续记录{meeting.label}"]


def test_the_delegate_does_not_sign(cast, item):
    meeting = hold(cast, cast.admin, item).meeting
    sitting.close_meeting(meeting.pk, actor=cast.clerk)
    delegate(cast, meeting)
    with pytest.raises(NotPermitted, match="记录人签字须由罗敏办理"):
        records.sign_record(meeting.pk, actor=cast.teacher, is_chair=False)


@pytest.mark.parametrize("how", ["expired", "withdrawn", "left"])
def test_recording_ends_with_the_grant_and_with_the_office(cast, meeting, client, how):
    grant = delegate(cast, meeting)
    client.force_login(cast.teacher)
    page = reverse("meetings:meeting_detail", args=[meeting.pk])
    assert client.get(page).status_code == 200
    if how == "expired":
        outlive(grant)
    elif how == "withdrawn":
        services.withdraw(grant.pk, actor=cast.secretary)
    else:
        cast.teacher.staff_posts.update(until=day(-1))
    assert client.get(page).status_code == 404


def test_recording_is_delegated_by_the_planner_to_colleagues_outside_the_body(cast, meeting):
    with pytest.raises(NotPermitted):
        delegate(cast, meeting, actor=cast.vice)
    with pytest.raises(NotVisible):
        delegate(cast, meeting, actor=cast.staff)
    with pytest.raises(NotNow, match="本校在任人员"):
        delegate(cast, meeting, person=cast.other_secretary)
    with pytest.raises(NotNow, match="不用委托"):
        delegate(cast, meeting, person=cast.vice)
    with pytest.raises(NotNow, match="不得授权给自己"):
        delegate(cast, meeting, person=cast.clerk)
    with pytest.raises(NotNow, match="三员不得"):
        delegate(cast, meeting, person=cast.system_admin)
    for until in (-1, 32):
        with pytest.raises(NotNow, match="31 日以内"):
            delegate(cast, meeting, until=until)
    planning.cancel_meeting(meeting.pk, actor=cast.clerk, reason="改期")
    with pytest.raises(NotNow, match="不再需要记录"):
        delegate(cast, meeting)
    assert not ObjectGrant.objects.exists()


def test_a_delegate_keeps_away_from_what_concerns_them(cast, client):
    concerned = make_item(cast, "G14", "confirmed", title="乙涉己事项")
    items.set_concerned(concerned.pk, actor=cast.vice, people=[(cast.teacher, "本人")])
    meeting = plan(cast, cast.admin)
    list_item(cast, meeting, concerned)
    delegate(cast, meeting)
    assert not AgendaEntry.objects.visible_to(cast.teacher).exists()
    client.force_login(cast.teacher)
    page = client.get(reverse("meetings:meeting_detail", args=[meeting.pk]))
    assert page.status_code == 200 and concerned.title not in page.content.decode()


# --- 共享文件 ----------------------------------------------------------------------------------------


def test_a_shared_file_is_read_alone_and_each_day_is_noted(cast, item, client):
    shared, kept = item.attachments.order_by("pk")
    grant = share(cast, shared)
    assert list(Attachment.objects.visible_to(cast.outsider)) == [shared]
    assert not DecisionItem.objects.visible_to(cast.outsider).exists()
    client.force_login(cast.outsider)
    for _ in range(2):
        answer = client.get(reverse("decisions:attachment_download", args=[shared.pk]))
        assert answer.status_code == 200 and answer.getvalue()
    assert client.get(reverse("decisions:attachment_download", args=[kept.pk])).status_code == 404
    assert client.get(reverse("decisions:item_detail", args=[item.pk])).status_code == 404
    assert sealed(grant) == ["exception.given", "exception.used"]
    assert item.events.filter(kind="file.shared").count() == 1
    outlive(grant)
    assert client.get(reverse("decisions:attachment_download", args=[shared.pk])).status_code == 404


def test_who_must_keep_away_is_not_given_a_file_and_loses_it(cast, item):
    shared = item.attachments.first()
    share(cast, shared, person=cast.teacher)
    assert Attachment.objects.visible_to(cast.teacher).exists()
    items.set_concerned(item.pk, actor=cast.vice, people=[(cast.teacher, "本人"), (cast.outsider, "亲属")])
    assert not Attachment.objects.visible_to(cast.teacher).exists()
    with pytest.raises(NotNow, match="须回避"):
        share(cast, shared)


def test_files_of_scope_2_are_shared_by_the_secretary_only(cast):
    closed = make_item(cast, "B03", "submitted", title="丙保密事项")
    evidence.add_attachments(closed.pk, actor=cast.vice, files=[paper("考察材料.txt")])
    file = closed.attachments.get()
    with pytest.raises(NotPermitted, match="书记"):
        share(cast, file, actor=cast.clerk)
    with pytest.raises(NotNow, match="本来就能看"):
        share(cast, file, person=cast.discipline, actor=cast.secretary)
    share(cast, file, actor=cast.secretary)
    assert list(Attachment.objects.visible_to(cast.outsider)) == [file]


def test_files_are_shared_by_who_prepares_the_item(cast, item):
    file = item.attachments.first()
    with pytest.raises(NotPermitted):
        share(cast, file, actor=cast.discipline)
    with pytest.raises(NotVisible):
        share(cast, file, actor=cast.other_secretary)
    share(cast, file)
    with pytest.raises(NotNow, match="已有有效"):
        share(cast, file)
    draft = make_item(cast, "G14", "draft", title="丁草稿")
    evidence.add_attachments(draft.pk, actor=cast.vice, files=[paper("草稿.txt")])
    with pytest.raises(NotNow, match="申报后再办"):
        share(cast, draft.attachments.get(), actor=cast.vice)


# --- 督查授权 ----------------------------------------------------------------------------------------


def test_an_inspector_reads_these_schools_these_weeks_and_does_nothing(cast, client):
    item = make_item(cast, "E04", "confirmed", title="戊公开事项")
    hold(cast, cast.admin, item)
    client.force_login(cast.outsider)
    school = reverse("oversight:school_detail", args=[cast.school.pk])
    assert client.get(school).status_code == 404
    (grant,) = inspect(cast)
    assert list(School.objects.visible_to(cast.outsider)) == [cast.school]
    for _ in range(2):
        assert client.get(school).status_code == 200
    assert client.get(reverse("oversight:school_detail", args=[cast.other_school.pk])).status_code == 404
    assert client.get(reverse("workbench:home")).url == reverse("grants:grant_list")
    assert school in client.get(reverse("grants:grant_list")).content.decode()
    assert client.get(reverse("grants:school_new")).status_code in (403, 404)
    assert sealed(grant) == ["exception.given", "exception.used"]
    outlive(grant)
    assert client.get(school).status_code == 404
    assert not School.objects.visible_to(cast.outsider).exists()


def test_inspection_is_given_by_the_authority_above_to_people_from_elsewhere(cast):
    with pytest.raises(NotPermitted):
        inspect(cast, actor=cast.secretary)
    with pytest.raises(NotVisible):
        inspect(cast, actor=cast.other_secretary)
    with pytest.raises(NotNow, match="不能督查本校"):
        inspect(cast, person=cast.principal)
    with pytest.raises(NotNow, match="不用授权"):
        inspect(cast, person=cast.district_leader)
    with pytest.raises(NotNow, match="92 日以内"):
        inspect(cast, until=93)
    with pytest.raises(NotNow, match="三员不得"):
        inspect(cast, person=cast.audit_admin)
    assert not ObjectGrant.objects.exists()
    with pytest.raises(NotNow, match="不能督查本校"):  # all or none
        inspect(cast, person=cast.other_secretary, schools=[cast.school, cast.other_school])
    assert not ObjectGrant.objects.exists()


def test_who_inspects_another_school_still_works_in_the_own_one(cast, client):
    """明德中学 comes before 育才小学 by code; her desk stays that of 育才小学."""
    inspect(cast, person=cast.other_secretary)
    client.force_login(cast.other_secretary)
    home = client.get(reverse("workbench:home"))
    assert home.status_code == 200 and home.wsgi_request.school == cast.other_school


def test_an_inspector_cannot_pass_it_on(cast):
    inspect(cast, person=cast.other_secretary)
    with pytest.raises(NotPermitted):
        inspect(cast, actor=cast.other_secretary, person=cast.outsider)


# --- 收回, permissions of guardian -----------------------------------------------------------------------


def test_withdrawing_is_for_the_giver_the_secretary_and_the_clerk(cast, item, client):
    grant = share(cast, item.attachments.first(), actor=cast.vice)
    for who, error in (
        (cast.principal, NotPermitted),
        (cast.outsider, NotPermitted),
        (cast.staff, NotVisible),
    ):
        with pytest.raises(error):
            services.withdraw(grant.pk, actor=who)
    services.withdraw(grant.pk, actor=cast.vice)
    assert sealed(grant) == ["exception.given", "exception.withdrawn"]
    with pytest.raises(NotNow, match="已经结束"):
        services.withdraw(grant.pk, actor=cast.secretary)
    (grant,) = inspect(cast)
    with pytest.raises(NotPermitted):
        services.withdraw(grant.pk, actor=cast.secretary)
    services.withdraw(grant.pk, actor=cast.district_leader)
    assert grant.history.latest().history_user == cast.district_leader
    assert list(verify(cast.school.chain_key)) == []


def test_permissions_of_guardian_hold_for_their_days_only(cast, item):
    file = item.attachments.first()
    grant = share(cast, file)
    assert cast.outsider.has_perm("decisions.view_attachment", file)
    assert not cast.outsider.has_perm("decisions.view_attachment")
    assert not cast.outsider.has_perm("meetings.view_attachment", file)
    assert not cast.outsider.has_perm("decisions.change_attachment", file)
    outlive(grant)
    assert not cast.outsider.has_perm("decisions.view_attachment", file)


def test_an_invitation_opens_the_materials_around_the_meeting_only(cast, meeting, item, client):
    entry = meeting.entries.get()
    invitations.add_observer(
        meeting.pk, actor=cast.clerk, name="韩立秋", person=cast.finance, entry_id=entry.pk
    )
    files = set(item.attachments.all())
    assert set(Attachment.objects.visible_to(cast.finance)) == files and len(files) == 2
    assert not DecisionItem.objects.visible_to(cast.finance).exists()
    client.force_login(cast.finance)
    page = client.get(reverse("meetings:meeting_detail", args=[meeting.pk])).content.decode()
    assert "预算.txt" in page and reverse("decisions:item_detail", args=[item.pk]) not in page
    read = SecurityEvent.objects.get(kind=SecurityKind.RESTRICTED_READ)
    assert (read.person, read.subject) == (cast.finance, meeting.subject)
    invited = LedgerEntry.objects.get(kind="observer.invited")
    assert invited.subject == meeting.subject and "韩立秋" in str(invited.payload)
    Meeting.objects.filter(pk=meeting.pk).update(scheduled_at=timezone.now() - timedelta(days=7))
    assert Meeting.objects.visible_to(cast.finance).exists()
    Meeting.objects.filter(pk=meeting.pk).update(scheduled_at=timezone.now() - timedelta(days=8))
    assert not Meeting.objects.visible_to(cast.finance).exists()
    assert not AgendaEntry.objects.visible_to(cast.finance).exists()
    assert not Attachment.objects.visible_to(cast.finance).exists()


def test_an_invitation_opens_no_materials_of_scope_2_and_nobody_invites_themselves(cast, meeting):
    delegate(cast, meeting)
    entry = meeting.entries.get()
    with pytest.raises(NotNow, match="不能邀请自己"):
        invitations.add_observer(
            meeting.pk, actor=cast.teacher, name="秦书瑶", person=cast.teacher, entry_id=entry.pk
        )
    closed = ready(cast, make_item(cast, "B03", title="丙保密事项"))
    evidence.add_attachments(closed.pk, actor=cast.vice, files=[paper("考察材料.txt")])
    other = plan(cast, cast.party, days=6)
    invitations.add_observer(
        other.pk,
        actor=cast.clerk,
        name="韩立秋",
        person=cast.finance,
        entry_id=list_item(cast, other, closed).pk,
    )
    assert AgendaEntry.objects.visible_to(cast.finance).exists()
    assert not Attachment.objects.visible_to(cast.finance).exists()


# --- The pages --------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_the_same_for_one_and_three(cast, item, client, django_assert_num_queries, number):
    evidence.add_attachments(item.pk, actor=cast.vice, files=[paper("合同.txt")])
    for file in item.attachments.all()[:number]:
        share(cast, file)
    inspect(cast, person=cast.teacher, schools=[cast.other_school])
    client.force_login(cast.secretary)
    with django_assert_num_queries(LIST_QUERIES):
        page = client.get(reverse("grants:grant_list"))
    assert page.content.decode().count("请出具意见书") == number


LIST_QUERIES = 18


def test_the_list_names_no_file_the_reader_may_not_know(cast, client):
    closed = make_item(cast, "B03", "submitted", title="丙保密事项")
    evidence.add_attachments(closed.pk, actor=cast.vice, files=[paper("考察材料.txt")])
    share(cast, closed.attachments.get(), actor=cast.secretary)
    items.set_concerned(closed.pk, actor=cast.vice, people=[(cast.principal, "亲属")])
    client.force_login(cast.principal)
    page = client.get(reverse("grants:grant_list")).content.decode()
    assert "一份文件" in page and "考察材料" not in page


def test_forms_keep_what_was_typed_and_say_what_is_wrong(cast, meeting, item, client):
    client.force_login(cast.clerk)
    asked = reverse("grants:file_new", args=[item.attachments.first().pk])
    wrong = client.post(asked, {"account": "nobody-here", "until": day(40).isoformat(), "reason": "意见书"})
    assert wrong.status_code == 422
    assert "没有账号“nobody-here”" in wrong.content.decode() and "意见书" in wrong.content.decode()
    late = client.post(
        asked, {"account": cast.outsider.username, "until": day(40).isoformat(), "reason": "意见书"}
    )
    assert late.status_code == 422 and "31 日以内" in late.content.decode()
    done = client.post(
        asked,
        {"account": cast.outsider.username, "until": day(4).isoformat(), "reason": "意见书"},
        follow=True,
    )
    assert "已把《" in done.content.decode()
    asked = reverse("grants:record_new", args=[meeting.pk])
    done = client.post(
        asked, {"person": cast.teacher.pk, "until": day(4).isoformat(), "reason": "外出"}, follow=True
    )
    assert "已委托" in done.content.decode()
    client.force_login(cast.inspector)
    asked = reverse("grants:school_new")
    assert client.post(asked, {"person": "outsider"}).status_code == 422
    done = client.post(
        asked,
        {
            "person": cast.outsider.username.upper(),
            "schools": [cast.school.pk, cast.other_school.pk],
            "until": day(20).isoformat(),
            "reason": "督查",
        },
        follow=True,
    )
    assert "督查 2 所学校" in done.content.decode()
    client.post(reverse("grants:grant_withdraw", args=[ObjectGrant.objects.first().pk]))
    assert ObjectGrant.objects.filter(withdrawn_at__isnull=False).count() == 1
    assert set(ObjectGrant.objects.values_list("permission__codename", flat=True)) == {
        GrantKind.FILE,
        GrantKind.RECORD,
        GrantKind.INSPECT,
    }
