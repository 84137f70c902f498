"""松山学校: each rule on deliberation is broken there once on purpose, and kept by another meeting there."""

from datetime import date, datetime

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from compliance.registry import RULES
from compliance.services import refresh_parameters
from decisions.models import DecisionItem, Stage
from demo import district, imported
from demo.clock import Calendar, story_time
from demo.imported.cases import IMPORTS
from governance.models import School
from ledger.models import LedgerEntry
from meetings.models import AgendaEntry, Meeting, Tally

TODAY = date(2026, 11, 20)
NOW = datetime.fromisoformat("2026-11-20T15:42:00+08:00")  # a Friday
OF_MEETING = {
    AgendaEntry: "meeting",
    Meeting: "pk",
    Tally: "entry__meeting",
    DecisionItem: "stages__agenda_entries__meeting",
    Stage: "agenda_entries__meeting",
}
OF_ITEM = {Stage: "item", DecisionItem: "pk"}


def written_by(model, sealed):
    """What one import wrote of a model, found by what its ledger entry is about."""
    noun, _, pk = sealed.rpartition(":")
    paths = OF_MEETING if noun == "meetings.meeting" else OF_ITEM
    return set(model.objects.filter(**{paths[model]: pk}).values_list("pk", flat=True))


@pytest.mark.django_db
def test_every_rule_is_broken_and_kept(client):
    """One import for all checks below: it is the import that takes time."""
    calendar = Calendar(NOW)
    with transaction.atomic(), story_time(calendar.at(district.FOUNDED, "09:00")):
        district.found_district(district.founding_day(calendar))
    line, waiting = district.play_import(calendar, "!")
    assert line.startswith("松山学校：议题 16 件，会议 11 次，任务 5 项，")
    assert waiting
    school = School.objects.get(name="松山学校")
    schools = School.objects.filter(pk=school.pk)
    seals = LedgerEntry.objects.filter(chain_id=school.chain_key, kind="import.recorded").order_by("sequence")
    sealed = dict(zip(IMPORTS, seals.values_list("subject", flat=True), strict=True))
    refresh_parameters(schools)
    assert set(imported.TWINS) == set(imported.BREACHES)
    wrong = []
    for code, breach in imported.BREACHES.items():
        rule = RULES[code]
        outcomes = rule.outcomes(rule.subjects(schools, TODAY)).values_list("pk", "is_gap", "is_breach")
        unfit = {pk: is_breach and not is_gap for pk, is_gap, is_breach in outcomes}
        violating = {pk for pk, is_broken in unfit.items() if is_broken}
        kept = set(rule.asked(schools, TODAY).values_list("pk", flat=True)) - unfit.keys()
        if not violating & written_by(rule.model, sealed[breach]):
            wrong.append(f"{code}: not broken by {breach.__name__}")
        if not kept & written_by(rule.model, sealed[imported.TWINS[code]]):
            wrong.append(f"{code}: not kept by {imported.TWINS[code].__name__}")
    assert wrong == []
    pages_show_what_was_imported(client, school)


def pages_show_what_was_imported(client, school):
    client.force_login(User.objects.get(username="songshan.secretary"))
    contract = school.items.get(catalogue_entry__code="G08")
    page = client.get(reverse("decisions:item_detail", args=[contract.pk]))
    assert "由原系统和纸质记录导入" in page.content.decode()
    meeting = Meeting.objects.get(entries__stage__item=contract)
    page = client.get(reverse("meetings:meeting_detail", args=[meeting.pk]))
    assert contract.title in page.content.decode()
    circulated = school.items.get(catalogue_entry__code="H04")
    page = client.get(reverse("decisions:item_detail", args=[circulated.pk]))
    assert "传阅会签" in page.content.decode()
