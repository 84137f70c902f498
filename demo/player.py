"""Playing one school's story: every act goes through a service, at its hour, in the order of time."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.core.files.base import ContentFile

from accounts.models import User
from decisions.choices import Disagreement, EvidenceResult, Purpose, TaskState
from decisions.models import DecisionItem, Task
from decisions.rules import required_kinds
from decisions.services import evidence, items, reconsideration, tasks
from demo import words
from demo.clock import Calendar, StoryClock, term_after, term_of
from demo.papers import leaflet
from demo.story import Act, Duty, Item, SchoolStory, Step, Visit
from governance.choices import CongressMode, PrerequisiteKind, Route
from governance.models import Body, CatalogueEntry, School
from governance.selectors import consultation_counterparts
from ledger import rows

MORNING, EVENING = "08:40", "17:00"


class Player:
    """Holds the queue of acts of one school and the records made so far, by their keys in the story."""

    def __init__(
        self,
        story: SchoolStory,
        school: School,
        people: dict[str, User],
        calendar: Calendar,
        clock: StoryClock,
    ) -> None:
        self.story, self.school, self.people = story, school, people
        self.calendar, self.clock = calendar, clock
        self.bodies: dict[str, Body] = {
            "party" if body.is_party else "admin" if body.kind == "admin" else "congress": body
            for body in school.bodies.all()
        }
        self.plans = {plan.key: plan for plan in story.items}
        self.sittings = {sitting.key: sitting for sitting in story.sittings}
        self.items: dict[str, int] = {}
        self.meetings: dict[str, int] = {}
        self.reconsiderations: dict[str, int] = {}
        self._queue: list[tuple[datetime, int, Callable[..., None], tuple]] = []
        self._sequence = count()
        self._said = count()

    # --- Time ---------------------------------------------------------------------------------------

    def at(self, day: int, clock: str, act: Callable[..., None], *args: Any) -> None:
        """Have an act done at an hour of a working day."""
        heapq.heappush(self._queue, (self.calendar.at(day, clock), next(self._sequence), act, args))

    def play(self) -> None:
        """Do every act in the order of time; meetings are laid before (demo/room.py)."""
        for plan in self.story.items:
            self._lay_item(plan)
        while self._queue:
            moment, _, act, args = heapq.heappop(self._queue)
            self.clock.set(max(moment, self.clock.moment))
            act(*args)
            rows.settle()

    # --- Who and what -------------------------------------------------------------------------------

    def who(self, key: str) -> User:
        return self.people[key]

    def item(self, key: str) -> DecisionItem:
        return DecisionItem.objects.select_related("school", "catalogue_entry", "current_stage__body").get(
            pk=self.items[key]
        )

    def words(self, text: str, key: str = "") -> str:
        """Fill the terms and years of the story's present day into a text."""
        today = self.clock.moment.date()
        return text.format(
            term=term_of(today),
            next_term=term_after(today),
            year=today.year,
            next_year=today.year + 1,
            last_year=today.year - 1,
        )

    def chair(self, body: str) -> User:
        """书记 or 校长 in office on the story's present day."""
        seats = self.bodies[body].seats.active().filter(role=self.bodies[body].chair_role)
        return seats.select_related("person").get().person

    def turn(self, pool: tuple[str, ...]) -> str:
        return pool[next(self._said) % len(pool)]

    # --- Laying the acts of items -------------------------------------------------------------------

    def _lay_item(self, plan: Item) -> None:
        """Draft, submit, confirm, prove and consult, as early as the meetings of the item ask for."""
        listed = [self.sittings[visit.meeting].listed_on for visit in plan.visits]
        submitted = plan.submitted if plan.submitted is not None else listed[0] - 3 if listed else None
        drafted = plan.drafted if plan.drafted is not None else (submitted or 0) - 2
        self.at(drafted, "16:45", self.draft, plan)
        if submitted is not None:
            self.at(submitted - 1, "16:50", self.prove, plan.key, (PrerequisiteKind.RESEARCH,))
            self.at(submitted, MORNING, self.submit, plan.key)
        if plan.confirmed is not None:
            self.at(plan.confirmed, "08:50", self.confirm, plan.key)
        previous: tuple[int, Visit] | None = None
        for visit, listed_on in zip(plan.visits, listed, strict=True):
            self._lay_visit(plan, visit, listed_on, previous)
            previous = (self.sittings[visit.meeting].happens_on, visit)
        for act in plan.acts:
            self.at(act.day, act.clock, self._do, plan.key, act)

    def _lay_visit(self, plan: Item, visit: Visit, listed: int, previous: tuple[int, Visit] | None) -> None:
        """What comes before one meeting: mending, 议题确定, evidence, 会前沟通."""
        confirm = listed - 2
        if previous is not None:
            before, last = previous
            if last.outcome == "returned":
                self.at(listed - 4, EVENING, self.revise, plan.key, visit.revise)
                self.at(listed - 3, MORNING, self.submit, plan.key)
            elif visit.revise:
                self.at(before + 1, MORNING, self.revise, plan.key, visit.revise)
            confirm = max(confirm, before + 1)
        self.at(confirm, "08:50", self.confirm, plan.key)
        self.at(listed - 2, "16:50", self.prove_rest, plan.key)
        self.at(listed - 1, "16:55", self.consult, plan.key)

    def _do(self, key: str, act: Act) -> None:
        getattr(self, act.verb)(key, *act.args)

    # --- Acts on items ------------------------------------------------------------------------------

    def draft(self, plan: Item) -> None:
        entry = CatalogueEntry.objects.in_force().get(school=self.school, code=plan.code)
        item = items.draft_item(
            actor=self.who(plan.drafter or plan.who),
            school=self.school,
            entry=entry,
            fields={
                "title": self.words(plan.title),
                "background": self.words(plan.background),
                "proposal": self.words(plan.proposal),
                "department": plan.department,
                "proposer": self.who(plan.who),
                "presenter": self.who(plan.presenter or plan.who),
                "amount": plan.amount,
                "fund_source": self.words(plan.fund),
                "observers": plan.observers,
            },
        )
        self.items[plan.key] = item.pk

    def submit(self, key: str) -> None:
        plan = self.plans[key]
        items.submit(self.items[key], actor=self.who(plan.drafter or plan.who))

    def revise(self, key: str, proposal: str) -> None:
        plan = self.plans[key]
        items.revise(
            self.items[key],
            actor=self.who(plan.who),
            fields={"proposal": self.words(proposal)},
            reason="按会议意见修改方案",
        )

    def confirm(self, key: str) -> None:
        item = self.item(key)
        body = "party" if item.current_stage.body.is_party else "admin"
        items.confirm(item.pk, actor=self.chair(body))

    def prove(self, key: str, kinds: tuple[str, ...]) -> None:
        """Register the kinds of evidence the item needs among those given, once."""
        item, plan = self.item(key), self.plans[key]
        known = set(item.prerequisites.filter(is_void=False).values_list("kind", flat=True))
        wanted = [kind for kind in required_kinds(item) if kind in kinds and kind not in known]
        for kind in wanted:
            if kind in plan.missing:
                continue
            participants, conclusion, result = words.EVIDENCE[kind]
            mode = item.catalogue_entry.congress_mode if kind == PrerequisiteKind.CONGRESS else ""
            if mode == CongressMode.APPROVE:
                result = EvidenceResult.APPROVED
                conclusion = "应到代表 56 人，实到 52 人，无记名投票赞成 47 票，讨论通过。"
            number = words.LEGAL_NUMBER.format(year=self.clock.moment.year, number=10 + item.pk % 80)
            evidence.add_prerequisite(
                item.pk,
                actor=self.who(plan.who),
                kind=kind,
                held_on=self.clock.moment.date() - timedelta(days=1),
                participants=participants,
                conclusion=conclusion,
                result=result,
                congress_mode=mode,
                document_number=number if kind == PrerequisiteKind.LEGAL else "",
            )

    def prove_rest(self, key: str) -> None:
        """Everything else the item needs, once the stage that asks for it has come."""
        item = self.item(key)
        if item.current_stage and (item.current_stage.purpose == Purpose.DECIDE or item.route == Route.ADMIN):
            self.prove(key, tuple(PrerequisiteKind.values))

    def evidence_again(
        self, key: str, kind: str, participants: str, conclusion: str, result: str, number: str = ""
    ) -> None:
        """One more piece of evidence, which replaces the earlier one of its kind."""
        evidence.add_prerequisite(
            self.items[key],
            actor=self.who(self.plans[key].who),
            kind=kind,
            held_on=self.clock.moment.date(),
            participants=participants,
            conclusion=conclusion,
            result=result,
            document_number=number,
        )

    def consult(self, key: str, disagreement: str = Disagreement.NONE, opinions: str = "") -> None:
        """会前沟通 on the present proposal, where the Party body is next and nobody consulted on it yet."""
        item = self.item(key)
        if not item.current_stage or item.current_stage.purpose != Purpose.DECIDE:
            return
        if item.consultations.filter(proposal_version=item.proposal_version).exists() and not opinions:
            return
        evidence.add_consultation(
            item.pk,
            actor=self.chair("party"),
            held_at=self.clock.moment - timedelta(hours=1),
            counterpart=consultation_counterparts(self.school).order_by("pk")[0],
            opinions=opinions or "就方案内容、经费和时间安排充分交换意见，原则同意。",
            disagreement=disagreement,
        )

    def attach_paper(self, key: str, name: str, kind: str) -> None:
        """Upload a small PDF that says what the item is about."""
        item, plan = self.item(key), self.plans[key]
        content = leaflet(name.rpartition(".")[0], [item.title, item.background, *item.proposal.splitlines()])
        evidence.add_attachments(
            item.pk, actor=self.who(plan.who), files=[ContentFile(content, name=name)], kind=kind
        )

    def concern(self, key: str, who: str, relation: str) -> None:
        actor = self.who(self.plans[key].who)
        items.set_concerned(self.items[key], actor=actor, people=[(self.who(who), relation)])

    def send_back(self, key: str, reason: str) -> None:
        item = self.item(key)
        body = "party" if item.current_stage.body.is_party else "admin"
        items.send_back(item.pk, actor=self.chair(body), reason=reason)

    def withdraw(self, key: str, reason: str) -> None:
        items.withdraw(self.items[key], actor=self.who(self.plans[key].who), reason=reason)

    def complete(self, key: str) -> None:
        """办结 by 校长, or by 书记 for what the Party decided directly."""
        body = "party" if self.item(key).route == Route.PARTY else "admin"
        note = self.words(self.plans[key].finish)
        items.complete(self.items[key], actor=self.chair(body), note=note)

    def ask_again(self, key: str, who: str, reason: str, change: str) -> None:
        """申请复议."""
        made = reconsideration.request_reconsideration(
            self.items[key], actor=self.who(who), reason=reason, change=self.words(change)
        )
        self.reconsiderations[key] = made.pk

    def second(self, key: str, *seconders: str) -> None:
        for who in seconders:
            reconsideration.second(self.reconsiderations[key], actor=self.who(who))

    def answer_again(self, key: str, is_accepted: bool, answer: str) -> None:
        """受理 or 不予受理."""
        reconsideration.decide_reconsideration(
            self.reconsiderations[key], actor=self.chair("party"), is_accepted=is_accepted, answer=answer
        )

    # --- Tasks --------------------------------------------------------------------------------------

    def lay_duties(self, plan: Item, visit: Visit, day: int) -> None:
        """What happens to the tasks a meeting has just issued, as far as the story has come."""
        last = day
        for duty in visit.duties:
            title = self.words(duty.title)
            task = Task.objects.get(item=self.items[plan.key], title=title, state=TaskState.ISSUED)
            for step in duty.steps:
                if day + step.after < 0:
                    self.at(day + step.after, "16:46", self._step, task.pk, duty, step)
                last = max(last, day + step.after)
        if plan.finish and visit is plan.visits[-1] and last + plan.finish_after < 0:
            self.at(last + plan.finish_after, "16:58", self.complete, plan.key)

    def _step(self, task_id: int, duty: Duty, step: Step) -> None:
        owner = self.who(step.by or duty.owner)
        judge = self.chair("admin") if duty.owner != self.key_of(self.chair("admin")) else self.chair("party")
        text = self.words(step.text)
        if step.verb == "receive":
            tasks.receive(task_id, actor=owner)
        elif step.verb == "report":
            tasks.report(task_id, actor=owner, progress=step.progress, text=text)
        elif step.verb == "submit":
            tasks.report(task_id, actor=owner, progress=100, text=text, is_submission=True)
        elif step.verb == "accept":
            tasks.accept(task_id, actor=judge, text=text)
        elif step.verb == "back":
            tasks.send_back(task_id, actor=judge, text=text)
        elif step.verb == "urge":
            tasks.urge(task_id, actor=self.who(step.by), text=text)
        elif step.verb == "extend":
            due = self.calendar.date_in(step.days)
            tasks.request_extension(task_id, actor=owner, new_due_on=due, reason=text)
        elif step.verb == "answer":
            extension = Task.objects.get(pk=task_id).extensions.get(state="open")
            tasks.decide_extension(extension.pk, actor=judge, is_accepted=step.accepted, answer=text)
        else:
            raise ValueError(f"no step is called {step.verb}")

    def key_of(self, person: User) -> str:
        return next(key for key, user in self.people.items() if user.pk == person.pk)
