"""交接 and 例外授权 of the demo: a task that went to a successor, a file shared, a meeting recorded for somebody else,
and a principal of another school who inspects two schools."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from decisions.models import Attachment
from demo.player import Player
from governance.models import Authority, School
from grants import services as grants
from handover import services as handover
from handover.choices import WorkKind
from handover.selectors import open_work

MAIN = ""  # the school of plain account names


def lay_exceptions(player: Player) -> None:
    """Have them given on their days."""
    if player.story.slug == MAIN:
        player.at(-6, "16:20", hand_over, player, "logistics", "moral", "teacher", "finance")
        player.at(-2, "17:10", share, player, "修缮工程建议方案（第2版）.pdf", "logistics")
        player.at(-1, "17:40", delegate, player, "A19", "teacher")


def hand_over(player: Player, receiver: str, *givers: str) -> None:
    """The open tasks of the first of these people who has any go to another."""
    clerk = player.who("clerk")
    for giver in map(player.who, givers):
        tasks = [
            (work.kind, work.pk)
            for group in open_work(player.school, giver, clerk)
            if group.kind == WorkKind.TASK
            for work in group.works
        ]
        if tasks:
            handover.hand_over(
                actor=clerk,
                school_id=player.school.pk,
                giver_id=giver.pk,
                to=dict.fromkeys(tasks, player.who(receiver).pk),
                reason="分工调整",
            )
            return
    raise ValueError("nobody in the story has a task to hand over")


def share(player: Player, name: str, to: str) -> None:
    """One file of a matter still under way, for a week."""
    grants.share_file(
        Attachment.objects.get(school=player.school, name=name).pk,
        actor=player.who("vice"),
        person=player.who(to),
        until=timezone.localdate() + timedelta(days=10),
        reason="请核对工程量清单",
    )


def delegate(player: Player, sitting: str, to: str) -> None:
    """Somebody outside the body records a meeting to come."""
    grants.delegate_recording(
        player.meetings[sitting],
        actor=player.who("clerk"),
        person=player.who(to),
        until=timezone.localdate() + timedelta(days=14),
        reason="会议秘书当日参加市委组织部培训",
    )


def let_inspect(district: str, inspector: str, guest: str, schools: tuple[str, ...]) -> None:
    """The authority lets a principal of one school read others for three weeks."""
    grants.let_inspect(
        list(School.objects.filter(authority=Authority.objects.get(name=district), short_name__in=schools)),
        actor=User.objects.get(username=inspector),
        person=User.objects.get(username=guest),
        until=timezone.localdate() + timedelta(days=21),
        reason=f"{timezone.localdate().year}年督查包保第3组",
    )
