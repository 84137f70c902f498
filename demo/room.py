"""One meeting of a story, from its planning to its papers."""

from datetime import datetime, timedelta
from typing import Any

from decisions.choices import FAVOURABLE, Purpose
from demo import words
from demo.player import Player
from demo.story import Item, Sitting, Visit
from governance.choices import BallotMethod, Route
from meetings.choices import AttendanceStatus, Stance
from meetings.models import AgendaEntry, Meeting, Observer
from meetings.services import conclusion, deliberation, planning, records, sitting

START = {"party": "15:00", "admin": "09:30"}
WRITTEN = ("issued", "corrected", "review", "draft", "half_signed")


class Room:
    """Plays one sitting through the services; the player holds people, items and clock."""

    def __init__(self, player: Player, plan: Sitting) -> None:
        self.player, self.plan = player, plan
        self.body = player.bodies[plan.body]
        self.clerk = player.who("clerk")
        self.visits: list[tuple[Item, Visit]] = [
            (item, visit) for item in player.story.items for visit in item.visits if visit.meeting == plan.key
        ]

    @property
    def meeting(self) -> Meeting:
        return Meeting.objects.get(pk=self.player.meetings[self.plan.key])

    @property
    def chair(self) -> Any:
        return self.player.who(self.plan.chair) if self.plan.chair else self.player.chair(self.plan.body)

    @property
    def starts(self) -> datetime:
        return self.player.calendar.at(self.plan.day, START[self.plan.body])

    def lay(self) -> None:
        """Put the meeting's acts into the player's queue."""
        player, plan = self.player, self.plan
        if plan.retrospective:
            player.at(plan.entered, "13:30", self.enter_afterwards)
            self._lay_papers(plan.entered)
            return
        player.at(plan.listed_on - 1, "17:10", self.arrange)
        player.at(plan.listed_on, "09:05", self.list)
        if plan.is_held:
            player.at(plan.day, START[plan.body], self.hold)
            self._lay_papers(plan.day)

    # --- Before -------------------------------------------------------------------------------------

    def arrange(self) -> None:
        """Plan the meeting."""
        meeting = planning.plan_meeting(
            actor=self.clerk,
            body=self.body,
            scheduled_at=self.starts,
            place=self.player.story.place[self.plan.body],
            chair=self.chair,
            recorder=self.player.who(self.plan.recorder),
            chair_delegation=self.plan.delegation,
            mode="retrospective" if self.plan.retrospective else "live",
            retrospective_reason=self.plan.retrospective,
        )
        self.player.meetings[self.plan.key] = meeting.pk

    def list(self) -> None:
        """第一议题, the items in order, and the notice."""
        meeting = self.meeting
        if self.plan.body == "party" and not self.plan.retrospective:
            title = self.plan.study or self.player.turn(words.STUDIES)
            planning.add_first_topic(meeting.pk, actor=self.clerk, title=title)
        for item, _ in self.visits:
            stage = self.player.item(item.key).current_stage_id
            planning.add_entry(meeting.pk, actor=self.clerk, stage_id=stage)
        if self.plan.is_notified and not self.plan.retrospective:
            planning.send_notice(meeting.pk, actor=self.clerk)

    def enter_afterwards(self) -> None:
        """补录: everything at once, long after the day."""
        self.arrange()
        self.list()
        self.hold()

    # --- The sitting --------------------------------------------------------------------------------

    def hold(self) -> None:
        """Open, sign in, deliberate everything, close."""
        self.open()
        for item, visit in self.visits:
            self.deliberate(item, visit)
            self.conclude(item, visit)
        self.player.clock.forward(2)
        ended = self.starts + timedelta(minutes=50) if self.plan.retrospective else None
        sitting.close_meeting(self.meeting.pk, actor=self.clerk, ended_at=ended)
        for item, visit in self.visits:
            self.player.lay_duties(item, visit, self.plan.happens_on)

    def open(self) -> None:
        """Start the meeting, mark attendance, study the first topic."""
        meeting = sitting.start_meeting(self.meeting.pk, actor=self.clerk)
        began = meeting.started_at
        for order, row in enumerate(
            meeting.attendances.select_related("seat__person").order_by("seat__order")
        ):
            key = self.player.key_of(row.seat.person)
            if key in self.plan.absent:
                continue
            reason = self.plan.leaves.get(key, "")
            sitting.set_attendance(
                row.pk,
                actor=self.clerk,
                status=AttendanceStatus.LEAVE if reason else AttendanceStatus.PRESENT,
                version=row.version,
                reason=reason,
                at=None if reason else began - timedelta(minutes=2 + order * 3 % 11),
            )
        for observer in Observer.objects.filter(meeting=meeting):
            sitting.set_observer_presence(observer.pk, actor=self.clerk, is_present=True)
        first = meeting.entries.filter(kind="first_topic").first()
        if first is not None:
            deliberation.open_entry(first.pk, actor=self.clerk)
            self.player.clock.forward(6)
            deliberation.finish_first_topic(first.pk, actor=self.clerk)

    def entry_of(self, item: Item) -> AgendaEntry:
        return AgendaEntry.objects.get(meeting=self.meeting, stage__item=self.player.items[item.key])

    def deliberate(self, item: Item, visit: Visit) -> AgendaEntry:
        """Open the entry, let members leave whom it touches, hear everybody, count."""
        player = self.player
        entry = self.entry_of(item)
        deliberation.open_entry(entry.pk, actor=self.clerk)
        rows = list(
            entry.meeting.attendances.select_related("seat__person").order_by("seat__order", "seat_id")
        )
        here = [row.seat for row in rows if row.status == AttendanceStatus.PRESENT]
        for seat in here:
            if reason := visit.recused.get(player.key_of(seat.person)):
                deliberation.recuse(entry.pk, actor=self.clerk, seat_id=seat.pk, reason=reason)
        player.clock.forward(2)
        speakers = [seat for seat in here if player.key_of(seat.person) not in visit.recused]
        presenter, chair = entry.presenter_id, entry.meeting.chair_id
        speakers.sort(key=lambda seat: (seat.person_id == chair, seat.person_id != presenter))
        for seat in speakers:
            stance, text = visit.says.get(player.key_of(seat.person), ("agree", ""))
            if not text:
                text = self._words_of(seat.person_id == presenter, seat.person_id == chair, item)
            deliberation.add_statement(
                entry.pk, actor=self.clerk, seat_id=seat.pk, text=text, stance=Stance(stance)
            )
        for observer in entry.observers.filter(person=entry.presenter):
            deliberation.add_statement(
                entry.pk, actor=self.clerk, observer_id=observer.pk, text=self._words_of(True, False, item)
            )
        for row in rows:
            said = visit.says.get(player.key_of(row.seat.person))
            if said and row.status == AttendanceStatus.LEAVE:
                deliberation.add_statement(
                    entry.pk,
                    actor=self.clerk,
                    seat_id=row.seat_id,
                    text=said[1],
                    stance=Stance(said[0]),
                    is_written=True,
                )
        player.clock.forward(3)
        is_counted = visit.votes is not None or visit.outcome != "deferred"
        if not entry.is_principal_decision and is_counted:
            self._count(entry, visit.votes or (len(speakers), 0, 0))
        return entry

    def _words_of(self, is_presenter: bool, is_chair: bool, item: Item) -> str:
        if is_presenter and not is_chair:
            return f"汇报：{self.player.words(item.proposal).splitlines()[0]}"
        if is_chair:
            return self.player.turn(words.CHAIR_PARTY if self.body.is_party else words.CHAIR_ADMIN)
        return self.player.turn(words.AGREE if self.body.is_party else words.OPINIONS)

    def _count(self, entry: AgendaEntry, votes: tuple[int, int, int]) -> None:
        tally = entry.tallies.get(position=1)
        is_secret = entry.method == BallotMethod.SECRET
        tellers = [
            str(row.seat.person)
            for row in entry.meeting.attendances.select_related("seat__person").order_by("-seat__order")
            if row.status == AttendanceStatus.PRESENT and row.seat.person_id != entry.meeting.chair_id
        ][:2]
        present = entry.meeting.attendances.filter(status=AttendanceStatus.PRESENT).order_by("seat__order")
        voters = present.exclude(seat__in=entry.recusals.values("seat")).values_list("seat", flat=True)
        deliberation.save_tally(
            tally.pk,
            actor=self.clerk,
            version=tally.version,
            votes_for=votes[0],
            votes_against=votes[1],
            abstentions=votes[2],
            issued=sum(votes) if is_secret else None,
            tellers="、".join(tellers) if is_secret else "",
            counter=str(self.clerk) if is_secret else "",
            voted=list(voters[: sum(votes)]) if is_secret else None,
        )

    def decision(self, item: Item, visit: Visit, entry: AgendaEntry) -> str:
        """The decision as written, or the usual words for its outcome."""
        if visit.decision:
            return self.player.words(visit.decision)
        title, purpose = entry.title, entry.stage.purpose
        if visit.outcome in FAVOURABLE:
            if self.body.is_party:
                return f"会议同意{title}，由{item.department}牵头，按会议要求组织实施。"
            if purpose == Purpose.PROPOSE:
                return f"会议听取各方面意见，校长决定：同意{title}的建议方案，提交党组织会议讨论决定。"
            if entry.stage.item.route == Route.LOOP:
                return f"校长决定：按党组织会议决议部署{title}，由{item.department}负责落实，按期反馈。"
            return f"校长决定：同意{title}，由{item.department}负责落实。"
        return {
            "deferred": f"对{title}意见不够一致，会议决定缓议，完善后再行审议。",
            "returned": f"{title}退回{item.department}完善，补充测算和比较方案后重新提交。",
            "rejected": f"会议不同意{title}。",
            "withdrawn": f"提出人撤回{title}。",
        }[visit.outcome]

    def conclude(self, item: Item, visit: Visit) -> None:
        """Write the decision, lay down the tasks, end the entry."""
        player = self.player
        entry = self.write(item, visit)
        for duty in visit.duties:
            due = (
                player.calendar.date_in(duty.due_exact)
                if duty.due_exact is not None
                else player.calendar.day(self.plan.happens_on + duty.due)
            )
            deliberation.add_task_draft(
                entry.pk,
                actor=self.clerk,
                title=player.words(duty.title),
                owner=player.who(duty.owner),
                due_on=due,
                department=duty.department or item.department,
                requirement=player.words(duty.requirement),
                helpers=[player.who(key) for key in duty.helpers],
            )
        player.clock.forward(2)
        conclusion.conclude_entry(entry.pk, actor=self.clerk, outcome=visit.outcome, version=entry.version)
        for recusal in entry.recusals.all():
            deliberation.end_recusal(recusal.pk, actor=self.clerk)

    def write(self, item: Item, visit: Visit) -> AgendaEntry:
        entry = self.entry_of(item)
        text = self.decision(item, visit, entry)
        return deliberation.save_entry(entry.pk, actor=self.clerk, version=entry.version, decision_text=text)

    # --- Papers -------------------------------------------------------------------------------------

    def _lay_papers(self, day: int) -> None:
        player, papers = self.player, self.plan.papers
        if papers not in WRITTEN:
            return
        if papers == "half_signed":
            player.at(day, "17:05", self.sign, False)
            player.at(day, "17:20", self.draft_minutes)
            return
        player.at(day + 1, "08:45", self.sign, False)
        player.at(day + 1, "16:56", self.sign, True)
        player.at(day + 1, "17:06", self.draft_minutes)
        if papers == "draft":
            return
        player.at(day + 1, "17:15", self.submit_minutes)
        if papers in ("issued", "corrected"):
            player.at(day + 2, "08:55", self.issue_minutes)
        if papers == "corrected":
            player.at(day + 4, "08:45", self.correct)

    def sign(self, is_chair: bool) -> None:
        meeting = self.meeting
        records.sign_record(
            meeting.pk, actor=meeting.chair if is_chair else meeting.recorder, is_chair=is_chair
        )

    def draft_minutes(self) -> None:
        records.draft_minutes(self.meeting.pk, actor=self.clerk)

    def submit_minutes(self) -> None:
        records.submit_minutes(self.meeting.minutes.get().pk, actor=self.clerk)

    def issue_minutes(self) -> None:
        minutes = self.meeting.minutes.order_by("-version").first()
        records.issue_minutes(minutes.pk, actor=self.player.chair(self.plan.body))

    def correct(self) -> None:
        """更正: a second version with its reason, issued the same morning."""
        first = self.meeting.minutes.get()
        second = records.correct_minutes(first.pk, actor=self.clerk, reason="议定事项表述有误，补写责任部门")
        texts = {
            block["entry"]: f"{block['text']}责任部门已按会议决定补写。" for block in second.entries[-1:]
        }
        records.save_minutes(second.pk, actor=self.clerk, edit_version=second.edit_version, texts=texts)
        self.issue_minutes()
