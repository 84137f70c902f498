"""The state of the chains: of one school with its entries, of all schools of a district."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.paginator import Page, Paginator
from django.urls import reverse

from common.components import Pill
from governance.access import offices_of
from governance.models import School
from ledger.models import Chain, LedgerCheck, LedgerEntry
from registers.specs import REGISTERS
from workbench.ledger_words import kind_words, remedy, result_pill

PER_PAGE = 30
HIDDEN = "不在您的知悉范围"
# Where a record is read; what is not here is named and not linked.
PAGES = {
    "decisions.decisionitem": "decisions:item_detail",
    "decisions.task": "decisions:task_detail",
    "meetings.meeting": "meetings:meeting_detail",
    "compliance.finding": "compliance:finding_detail",
    "governance.catalogueentry": "governance:catalogue_entry",
}


def may_read_chain(user: Any, school: School) -> bool:
    """书记, 校长 and 会议秘书 of the school, and the authorities above it."""
    offices = offices_of(user, school)
    if offices.is_secretary or offices.is_principal or offices.is_clerk:
        return True
    return School.objects.all().supervised_by(user).filter(pk=school.pk).exists()


@dataclass(frozen=True, slots=True)
class Named:
    """A record as one person may know it: its name and page, or nothing but its kind."""

    name: str
    url: str = ""
    is_hidden: bool = False


# What the name of a record is made of.
CALLED_BY = {
    "governance.seat": ("person",),
    "governance.staff": ("person",),
    "governance.portfolio": ("person",),
    "governance.authoritymember": ("person", "authority"),
    "meetings.meeting": ("body",),
}
LINKS = {"decisions.task_helpers": "任务协办人"}  # relations have no name of their own
SLUGS = {register.model: slug for slug, register in REGISTERS.items()}


def _url_of(label: str, record: Any) -> str:
    if type(record) in SLUGS:
        return reverse("registers:record_detail", args=[SLUGS[type(record)], record.pk])
    return reverse(PAGES[label], args=[record.pk]) if label in PAGES else ""


def names_of(user: Any, subjects: Iterable[str]) -> dict[str, Named]:
    """Each `app.model:pk` as the person may know it; one query per kind of record."""
    by_label: dict[str, set[int]] = {}
    for subject in subjects:
        label, _, key = subject.rpartition(":")
        if key.isdecimal():
            by_label.setdefault(label, set()).add(int(key))
    named: dict[str, Named] = {}
    for label, pks in by_label.items():
        try:
            model = apps.get_model(label)
        except (LookupError, ValueError):
            continue
        kind = LINKS.get(label) or str(model._meta.verbose_name)
        visible = getattr(model._default_manager, "visible_to", None)
        if visible is None:  # part of something else; nothing is said of which
            named |= {f"{label}:{pk}": Named(kind) for pk in pks}
            continue
        records = visible(user).filter(pk__in=pks).select_related(*CALLED_BY.get(label, ()))
        found = {record.pk: record for record in records}
        for pk in pks:
            record = found.get(pk)
            named[f"{label}:{pk}"] = (
                Named(f"{kind}（{HIDDEN}）", is_hidden=True)
                if record is None
                else Named(f"{kind}：{record}", _url_of(label, record))
            )
    return named


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry as it is listed."""

    sequence: int
    words: str
    subject: Named
    actor: str
    at: datetime
    digest: str
    algorithm: str


def entry_page(user: Any, school: School, number: Any) -> Page[Any]:
    """One page of the entries of a school, newest first; actors of hidden matters are not named."""
    entries = (
        LedgerEntry.objects.filter(chain=school.chain_key).order_by("-sequence").defer("payload", "rows")
    )
    page: Any = Paginator(entries, PER_PAGE).get_page(number)
    found = list(page.object_list)
    named = names_of(user, (entry.subject for entry in found))
    lines = []
    for entry in found:
        subject = named.get(entry.subject, Named(entry.subject.partition(":")[0], is_hidden=True))
        lines.append(
            EntryLine(
                entry.sequence,
                kind_words(entry.kind),
                subject,
                "" if subject.is_hidden else entry.actor_name,
                entry.recorded_at,
                entry.digest,
                entry.algorithm,
            )
        )
    page.object_list = lines
    return page


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where a chain or a record does not hold, in words."""

    where: str
    act: str
    record: Named | None
    problem: str
    fields: str
    remedy: str


@dataclass(slots=True)
class State:
    """A chain and what the last look at it found; `faults` is None where nobody has looked."""

    school: School
    entries: int = 0
    head: str = ""
    algorithm: str = ""
    checked_at: datetime | None = None
    breaches: list[dict[str, Any]] | None = field(default=None)

    @property
    def faults(self) -> int | None:
        return None if self.breaches is None else len(self.breaches)

    @property
    def pill(self) -> Pill:
        return result_pill(self.faults)

    @property
    def rank(self) -> tuple[int, float, str]:
        """Worst first: most faults, then longest unchecked."""
        seen = self.checked_at.timestamp() if self.checked_at else 0.0
        return (-(self.faults or 0), seen, self.school.name)


def states(schools: Sequence[School]) -> list[State]:
    """The chains of schools with the last check of each, worst first; four queries however many."""
    keys = {school.chain_key: school for school in schools}
    found = {key: State(school) for key, school in keys.items()}
    for chain in Chain.objects.filter(key__in=keys):
        state = found[chain.key]
        state.entries, state.head, state.algorithm = chain.sequence, chain.head, chain.algorithm
    finished = LedgerCheck.objects.filter(finished_at__isnull=False)
    whole = finished.filter(chain="").first()
    if whole:
        for key, state in found.items():
            state.checked_at = whole.finished_at
            state.breaches = [breach for breach in whole.breaches if breach["chain"] == key]
    for check in finished.filter(chain__in=keys).order_by("chain", "-began_at", "-id").distinct("chain"):
        state = found[check.chain]
        if check.finished_at and (state.checked_at is None or check.finished_at > state.checked_at):
            state.checked_at, state.breaches = check.finished_at, check.breaches
    return sorted(found.values(), key=lambda state: state.rank)


def faults_of(user: Any, state: State) -> list[Fault]:
    """What does not hold, with act, record, field and remedy; records the person may not know stay unnamed."""
    breaches = state.breaches or []
    named = names_of(user, (breach["row"] for breach in breaches if breach["row"]))
    wanted = [breach["sequence"] for breach in breaches if breach["sequence"]]
    acts = dict(
        LedgerEntry.objects.filter(chain=state.school.chain_key, sequence__in=wanted).values_list(
            "sequence", "kind"
        )
    )
    return [
        Fault(
            where=f"第 {breach['sequence']} 条" if breach["sequence"] else "未存证",
            act=kind_words(acts[breach["sequence"]]) if breach["sequence"] in acts else "",
            record=named.get(breach["row"]),
            problem=breach["problem"],
            fields="、".join(breach["fields"]),
            remedy=remedy(breach["problem"]),
        )
        for breach in breaches
    ]
