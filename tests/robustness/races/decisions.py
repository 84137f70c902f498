"""What follows a decision, and 阅看授权."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from decisions.access import lock_item
from decisions.models import DecisionItem
from decisions.services import evidence, followup, grants, items, outcomes, reconsideration, tasks
from tests.factories.decisions import add_evidence, make_item
from tests.robustness.races.items import item
from tests.robustness.races.kit import day, twice
from tests.robustness.races.meetings import concluded
from tests.robustness.racing import Act


def decided(c: Any) -> DecisionItem:
    return DecisionItem.objects.get(pk=concluded(c).stage.item_id)


_with_tasks: dict[int, DecisionItem] = {}


def assigned(c: Any, is_received: bool = False) -> Any:
    """One more task; all tasks of a cast belong to one item, for a meeting takes longer than they do."""
    if c.school.pk not in _with_tasks:
        _with_tasks.clear()
        _with_tasks[c.school.pk] = decided(c)
    made = _with_tasks[c.school.pk]
    with transaction.atomic():
        task = outcomes.issue_task(
            lock_item(made.pk),
            outcomes.TaskSpec("办理", c.staff, day(9)),
            actor=c.principal,
            meeting_label="校长办公会议",
        )
    if is_received:
        tasks.receive(task.pk, actor=c.staff)
    return task


def complete(c: Any) -> list[Act]:
    return twice(partial(items.complete, decided(c).pk, actor=c.principal, note="办好了"), "item.completed")


def complete_or_assign(c: Any) -> list[Act]:
    made = decided(c)

    @transaction.atomic
    def assign() -> Any:
        return outcomes.issue_task(
            lock_item(made.pk),
            outcomes.TaskSpec("办理", c.staff, day(9)),
            actor=c.principal,
            meeting_label="校长办公会议",
        )

    return [
        Act(partial(items.complete, made.pk, actor=c.principal, note="办好了"), ("item.completed",)),
        Act(assign, ("task.issued",)),
    ]


def receive(c: Any) -> list[Act]:
    return twice(partial(tasks.receive, assigned(c).pk, actor=c.staff), "task.received")


def handed_in(c: Any) -> Any:
    task = assigned(c, is_received=True)
    tasks.report(task.pk, actor=c.staff, progress=100, text="完成", is_submission=True)
    return task


def hand_in(c: Any) -> list[Act]:
    pk = assigned(c, is_received=True).pk
    done = partial(tasks.report, pk, actor=c.staff, progress=100, text="完成", is_submission=True)
    return twice(done, "task.submitted")


def accept(c: Any) -> list[Act]:
    pk = handed_in(c).pk
    return [
        Act(partial(tasks.accept, pk, actor=who, text="好"), ("task.accepted",))
        for who in (c.principal, c.secretary)
    ]


def accept_or_return(c: Any) -> list[Act]:
    pk = handed_in(c).pk
    return [
        Act(partial(tasks.accept, pk, actor=c.principal, text="好"), ("task.accepted",)),
        Act(partial(tasks.send_back, pk, actor=c.secretary, text="补照片"), ("task.returned",)),
    ]


def urge(c: Any) -> list[Act]:
    return twice(partial(tasks.urge, assigned(c).pk, actor=c.principal, text="请抓紧"), "task.urged")


def ask_extension(c: Any) -> list[Act]:
    pk = assigned(c).pk
    return twice(
        partial(tasks.request_extension, pk, actor=c.staff, new_due_on=day(30), reason="缺货"),
        "extension.requested",
    )


def decide_extension(c: Any) -> list[Act]:
    asked = tasks.request_extension(assigned(c).pk, actor=c.staff, new_due_on=day(30), reason="缺货")
    return [
        Act(partial(tasks.decide_extension, asked.pk, actor=who, is_accepted=yes), ("extension.decided",))
        for who, yes in ((c.principal, True), (c.secretary, False))
    ]


def ask_again(c: Any) -> list[Act]:
    pk = decided(c).pk
    return [
        Act(
            partial(reconsideration.request_reconsideration, pk, actor=who, reason="变了", change="改。"),
            ("reconsideration.requested",),
        )
        for who in (c.vice, c.vice_second)
    ]


def asked_again(c: Any) -> Any:
    return reconsideration.request_reconsideration(
        decided(c).pk, actor=c.vice, reason="变了", change="改为第二方案。"
    )


def second(c: Any) -> list[Act]:
    pk = asked_again(c).pk
    return twice(partial(reconsideration.second, pk, actor=c.vice_second), "reconsideration.seconded")


def second_by_three(c: Any) -> list[Act]:
    pk = asked_again(c).pk
    return [
        Act(partial(reconsideration.second, pk, actor=who), ("reconsideration.seconded",))
        for who in (c.vice_second, c.vice_non_party, c.admin_member)
    ]


def decide_again(c: Any) -> list[Act]:
    pk = asked_again(c).pk
    for who in (c.vice_second, c.vice_non_party, c.admin_member):
        reconsideration.second(pk, actor=who)
    decide = partial(reconsideration.decide_reconsideration, pk, actor=c.principal, answer="意见")
    return [
        Act(partial(decide, is_accepted=True), ("reconsideration.accepted",)),
        Act(partial(decide, is_accepted=False), ("reconsideration.refused",)),
    ]


def complete_or_ask_again(c: Any) -> list[Act]:
    pk = decided(c).pk
    ask = partial(reconsideration.request_reconsideration, pk, actor=c.vice, reason="变了", change="改。")
    return [
        Act(partial(items.complete, pk, actor=c.principal, note="办好了"), ("item.completed",)),
        Act(ask, ("reconsideration.requested",)),
    ]


def publish(c: Any) -> list[Act]:
    show = partial(
        followup.publish_notice,
        decided(c).pk,
        actor=c.clerk,
        since=day(),
        until=day(7),
        place="公开栏",
        channel="纪检委员",
    )
    return twice(show, "notice.published")


def end_notice(c: Any) -> list[Act]:
    shown = followup.publish_notice(
        decided(c).pk, actor=c.clerk, since=day(), until=day(7), place="公开栏", channel="纪检委员"
    )
    end = partial(
        followup.conclude_notice, shown.pk, actor=c.clerk, conclusion="upheld", objections="异议成立"
    )
    return twice(end, "notice.concluded")


def party_matter(c: Any, point: str = "submitted", code: str = "B03") -> DecisionItem:
    return make_item(c, code, point, amount=None)


def emergency(c: Any) -> list[Act]:
    dispose = partial(
        followup.record_emergency,
        party_matter(c).pk,
        actor=c.clerk,
        happened_at=timezone.now() - timedelta(hours=2),
        reason="险情",
        measures="封闭",
    )
    return twice(dispose, "emergency.recorded")


def void_evidence(c: Any) -> list[Act]:
    made = add_evidence(c, party_matter(c))
    pk = made.prerequisites.first().pk
    return twice(partial(evidence.void_prerequisite, pk, actor=c.vice, reason="有误"), "prerequisite.voided")


def withdraw_file(c: Any) -> list[Act]:
    made = item(c, "submitted")
    paper = SimpleUploadedFile("方案.txt", "方案".encode(), "text/plain")
    evidence.add_attachments(made.pk, actor=c.vice, files=[paper])
    pk = made.attachments.get().pk
    return twice(
        partial(evidence.withdraw_attachment, pk, actor=c.vice, reason="有误"), "attachment.withdrawn"
    )


def granting(c: Any, made: DecisionItem) -> Any:
    return partial(
        grants.grant_reading, made.pk, actor=c.secretary, person=c.inspector, until=day(3), reason="核实"
    )


def grant(c: Any) -> list[Act]:
    return twice(granting(c, party_matter(c)), "grant.given")


def withdraw_grant(c: Any) -> list[Act]:
    given = granting(c, party_matter(c))()
    return twice(partial(grants.withdraw_reading, given.pk, actor=c.secretary), "grant.withdrawn")


def use_grant(c: Any) -> list[Act]:
    made = party_matter(c)
    granting(c, made)()
    read = partial(grants.note_reading, DecisionItem.objects.get(pk=made.pk), actor=c.inspector)
    return [Act(read, ("grant.used",)), Act(read), Act(read)]  # the first holds it


def withdraw_then_use_grant(c: Any) -> list[Act]:
    """Who waits for the withdrawal has no grant any more and leaves no trace."""
    made = party_matter(c)
    given = granting(c, made)()
    read = partial(grants.note_reading, DecisionItem.objects.get(pk=made.pk), actor=c.inspector)
    withdraw = partial(grants.withdraw_reading, given.pk, actor=c.secretary)
    return [Act(withdraw, ("grant.withdrawn",)), Act(read)]


def use_then_withdraw_grant(c: Any) -> list[Act]:
    withdrawing, reading = withdraw_then_use_grant(c)
    return [Act(reading.do, ("grant.used",)), withdrawing]
