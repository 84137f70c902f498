"""The figures of the board: right per school and day, kept by differences, equal to a rebuild after any acts."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection, connections, transaction

from common.append_only import lifted
from compliance.models import Finding
from compliance.services import evaluate
from decisions.choices import Purpose
from decisions.models import Reconsideration, Resolution
from governance.models import Authority, School
from ledger import services as ledger
from meetings.models import Meeting
from oversight import services
from oversight.choices import PostSetup
from oversight.measures import MEASURES, measures
from oversight.models import AuthorityMonth, SchoolDay, SchoolStanding
from tests.compliance.kit import TODAY, Kit, admin_body, at, party_body

NOVEMBER = date(2026, 11, 1)


def days(school: School, measure: str) -> dict[date, tuple[int, int]]:
    rows = SchoolDay.objects.filter(school=school, measure=measure)
    return {row.day: (row.numerator, row.denominator) for row in rows}


def months(authority: Authority, measure: str) -> dict[date, tuple[int, int]]:
    rows = AuthorityMonth.objects.filter(authority=authority, measure=measure).exclude(
        numerator=0, denominator=0
    )
    return {row.month: (row.numerator, row.denominator) for row in rows}


def everything() -> tuple[list, list, list]:
    """All figures but the times at which they were written."""
    return (
        sorted(SchoolDay.objects.values_list("school", "day", "measure", "numerator", "denominator")),
        sorted(
            AuthorityMonth.objects.exclude(numerator=0, denominator=0).values_list(
                "authority", "month", "measure", "numerator", "denominator"
            )
        ),
        sorted(
            SchoolStanding.objects.values_list(
                *(
                    "pk",
                    "authority_path",
                    "kind",
                    "setup",
                    "blocks",
                    "breaches",
                    "warns",
                    "infos",
                    "unknowns",
                ),
                *("overdue", "last_party_on", "last_admin_on", "fulltime_deputies"),
            ),
            key=lambda row: row[0],
        ),
    )


@pytest.fixture
def city(kit: Kit) -> Authority:
    """An authority above the kit's own."""
    city = Authority.objects.create(name="江南市委教育工委", level="city", path="/city/")
    city.path = f"/{city.pk}/"
    city.save(update_fields=["path"])
    kit.authority.parent, kit.authority.path = city, f"{city.path}{kit.authority.pk}/"
    kit.authority.save(update_fields=["parent", "path"])
    return city


def test_each_measure_counts_its_subjects(kit, city):
    school, other = kit.school(), kit.school(kind="party_branch", dual=True)
    item = kit.item(school, "G01")
    kit.evidence(item, "budget")
    kit.consult(item)
    kit.conclude(item, Purpose.PROPOSE, present=4, on=TODAY - timedelta(days=40))
    entry = kit.decide(item, present=5, on=TODAY - timedelta(days=10))
    kit.task(item, due=TODAY - timedelta(days=3), resolution=Resolution.objects.get(item=item))
    Reconsideration.objects.create(
        school=school,
        item=item,
        resolution=Resolution.objects.get(item=item),
        reason="新情况",
        change="调整",
        requested_by=item.proposer,
    )
    kit.decide(kit.item(other, "A06"), on=TODAY - timedelta(days=10))
    services.refresh([school.pk, other.pk])
    held, proposed = TODAY - timedelta(days=10), TODAY - timedelta(days=40)
    assert days(school, "attendance") == {proposed: (4, 6), held: (5, 7)}
    wanted = len(item.catalogue_entry.prerequisites)
    assert wanted > 1
    assert days(school, "prerequisite") == {held: (1, wanted)}
    assert days(school, "loop") == {held: (0, 1)}
    assert days(school, "completion") == {TODAY - timedelta(days=3): (0, 1)}
    assert days(school, "party_meetings") == {held: (1, 0)}
    assert days(school, "admin_meetings") == {proposed: (1, 0)}
    assert sum(n for n, _ in days(school, "reconsideration").values()) == 1
    assert days(other, "loop") == {}
    both = (5 + 7, 7 + 7)
    assert (
        months(kit.authority, "attendance")
        == months(city, "attendance")
        == {
            date(2026, 10, 1): (4, 6),
            NOVEMBER: both,
        }
    )
    assert {row.pk: row.setup for row in SchoolStanding.objects.all()} == {
        school.pk: PostSetup.SEPARATE,
        other.pk: PostSetup.DUAL,
    }
    assert SchoolStanding.objects.get(pk=school.pk).last_party_on == held
    # every subject carries what the list behind the number shows
    for measure in measures():
        for row in measure.asked(School.objects.all()):
            assert 0 <= row.m_numerator <= max(row.m_denominator, 1)
            assert row.m_label and item.title not in row.m_label
    assert entry.meeting_id in {r.m_meeting for r in MEASURES["attendance"].asked(School.objects.all())}


def test_a_rule_measure_counts_what_the_evaluation_found(kit):
    school = kit.school()
    kept, broken = kit.item(school, "A02"), kit.item(school, "A02")
    kit.consult(kept)
    for item in (kept, broken):
        kit.decide(item, on=TODAY - timedelta(days=5))
    evaluate(schools=School.objects.all(), rules=["R17"])
    services.refresh([school.pk])
    assert days(school, "consultation") == {TODAY - timedelta(days=5): (1, 2)}
    finding = Finding.objects.get()
    assert [row.m_finding for row in MEASURES["consultation"].asked(School.objects.all())].count(
        finding.pk
    ) == 1
    standing = SchoolStanding.objects.get()
    assert (standing.blocks, standing.problems, standing.groups) == (1, 1, {"items": [1, 0, 0, 0]})
    # dismissed: kept after all, and nobody has to work on it
    Finding.objects.update(state="dismissed")
    services.refresh_after(school.pk, ["finding.dismissed"])
    assert days(school, "consultation") == {TODAY - timedelta(days=5): (2, 2)}
    assert SchoolStanding.objects.get().problems == 0
    assert sum(n for n, _ in days(school, "finding_settled").values()) == 1


def test_differences_equal_a_rebuild_after_a_series_of_acts(
    kit, city, settings, django_capture_on_commit_callbacks
):
    """A sealed act refreshes the measures that hear it, and the result is that of computing everything."""
    settings.COMPLIANCE_RECHECK = True
    one, two = kit.school(), kit.school(kind="party_branch", committee=False)
    services.refresh([one.pk, two.pk])
    item = kit.item(one, "G01")

    def step(school: School, *kinds: str) -> None:
        connection.run_on_commit.clear()  # as after a commit: what an earlier step asked for has been done
        with django_capture_on_commit_callbacks(execute=True):
            for kind in kinds:
                ledger.append(school.chain_key, kind=kind, subject="tests.act:1", payload={})
        before = everything()
        services.rebuild()
        assert everything() == before, kinds
        assert services.differences() == []

    kit.evidence(item, "budget", on=TODAY - timedelta(days=30))
    step(one, "prerequisite.recorded")
    entry = kit.decide(item, present=5, on=TODAY - timedelta(days=10))
    step(one, "entry.concluded", "meeting.closed", "stage.concluded")
    task = kit.task(item, due=TODAY - timedelta(days=1), resolution=Resolution.objects.get())
    step(one, "task.issued")
    task.state, task.progress = "done", 100
    task.save()
    step(one, "task.accepted")
    item.prerequisites.update(is_void=True)
    step(one, "prerequisite.voided")
    kit.meeting(admin_body(two), on=TODAY, present=1)
    step(two, "meeting.closed")
    # another day, and another number: the old row goes
    Meeting.objects.filter(pk=entry.meeting_id).update(started_at=at(TODAY - timedelta(days=45)))
    step(one, "meeting.rescheduled")
    assert list(days(one, "party_meetings")) == [TODAY - timedelta(days=45)]
    assert months(city, "party_meetings") == {date(2026, 10, 1): (1, 0)}
    # a school that changes its authority takes its figures with it
    two.authority = city
    two.save(update_fields=["authority"])
    step(two, "school.moved")
    assert months(kit.authority, "admin_meetings") == {}
    assert months(city, "admin_meetings") == {NOVEMBER: (1, 0)}
    assert days(one, "consultation") == {TODAY - timedelta(days=45): (0, 1)}
    # nothing to do writes nothing
    assert services.refresh([one.pk, two.pk]) == 0


def test_a_wrong_month_is_found_and_set_right(kit):
    school = kit.school()
    kit.meeting(party_body(school), on=TODAY)
    services.refresh([school.pk])
    AuthorityMonth.objects.filter(measure="attendance").update(numerator=99)
    assert len(services.differences()) == 1
    assert services.rebuild() == (0, 1)
    assert services.differences() == []
    assert months(kit.authority, "attendance") == {NOVEMBER: (7, 7)}


@pytest.mark.django_db(transaction=True)
def test_two_schools_of_one_authority_at_the_same_time(transactional_db):
    """Acts in different schools add to the same months; none waits for ever, none is lost."""
    kit = Kit()
    schools = [kit.school(), kit.school()]
    for school in schools:
        for n in range(4):
            kit.meeting(party_body(school), on=TODAY - timedelta(days=30 * n))
            kit.meeting(admin_body(school), on=TODAY - timedelta(days=30 * n))
    start, failures = threading.Barrier(2), []

    def work(mine: list[School]) -> None:
        try:
            for round_ in range(6):
                start.wait(20)
                form = "joint" if round_ % 2 else "regular"
                with lifted():
                    Meeting.objects.filter(school__in=mine).update(form=form)
                with transaction.atomic():
                    services.refresh([school.pk for school in mine])
        except Exception as error:  # noqa: BLE001 - reported by the main thread
            failures.append(error)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=work, args=(mine,)) for mine in ([schools[0]], [schools[1], schools[0]])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert services.differences() == []
    services.refresh([school.pk for school in schools])
    assert AuthorityMonth.objects.exclude(numerator=0, denominator=0).count() == 0  # all are 联席会议 by now
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM oversight_schoolday WHERE measure LIKE '%%_meetings'")
        assert cursor.fetchone() == (0,)
