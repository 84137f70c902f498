"""例外授权 given, used and ended at the same moment."""

from functools import partial
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from decisions.models import Attachment
from decisions.services import evidence, items
from governance.choices import GrantKind
from governance.models import ObjectGrant
from governance.services.grants import note_use
from grants import services
from meetings.services import planning
from tests.factories.files import PDF
from tests.factories.meetings import plan
from tests.factories.people import person
from tests.robustness.races.items import item
from tests.robustness.races.kit import day, twice
from tests.robustness.racing import Act, Race

PERIOD = {"until": day(5), "reason": "情况有变"}
_serial = iter(range(1, 10_000))


def _newcomer() -> Any:
    return person(f"guest-{next(_serial)}", "来宾")


def _file(c: Any) -> Attachment:
    made = item(c)
    paper = SimpleUploadedFile("方案.pdf", PDF, "application/pdf")
    evidence.add_attachments(made.pk, actor=c.vice, files=[paper])
    return made.attachments.get()


def _sharing(c: Any, file: Attachment, to: Any) -> Any:
    return partial(services.share_file, file.pk, actor=c.vice, person=to, **PERIOD)


def share(c: Any) -> list[Act]:
    return twice(_sharing(c, _file(c), _newcomer()), "file.shared", "exception.given")


def share_or_name_concerned(c: Any) -> list[Act]:
    """Whoever comes second is refused, or the file is lost again: a person concerned never keeps it."""
    file, guest = _file(c), _newcomer()
    name = partial(items.set_concerned, file.item_id, actor=c.vice, people=[(guest, "本人")])
    return [Act(_sharing(c, file, guest), ("file.shared", "exception.given")), Act(name, ("item.concerned",))]


def nobody_concerned_reads(c: Any, runners: list[Any]) -> None:
    for grant in ObjectGrant.objects.in_force().filter(permission__codename=GrantKind.FILE):
        file = Attachment.objects.get(pk=grant.object_pk)
        if file.item.concerned.filter(person=grant.user).exists():
            assert not Attachment.objects.visible_to(grant.user).exists()


def delegate(c: Any) -> list[Act]:
    give = partial(
        services.delegate_recording, plan(c, c.admin).pk, actor=c.clerk, person=c.teacher, **PERIOD
    )
    return twice(give, "exception.given")


def delegate_or_cancel(c: Any) -> list[Act]:
    meeting = plan(c, c.admin)
    give = partial(services.delegate_recording, meeting.pk, actor=c.clerk, person=c.teacher, **PERIOD)
    cancel = partial(planning.cancel_meeting, meeting.pk, actor=c.clerk, reason="主持人外出")
    return [Act(give, ("exception.given",)), Act(cancel, ("meeting.cancelled",))]


def inspect(c: Any) -> list[Act]:
    schools = [c.school, c.other_school]
    give = partial(services.let_inspect, schools, actor=c.inspector, person=_newcomer(), **PERIOD)
    return twice(give, "exception.given", "exception.given")


def withdraw(c: Any) -> list[Act]:
    given = _sharing(c, _file(c), _newcomer())()
    return twice(partial(services.withdraw, given.pk, actor=c.secretary), "exception.withdrawn")


def use(c: Any) -> list[Act]:
    """Opened in three windows at once: noted once, and every window is answered."""
    file, guest = _file(c), _newcomer()
    _sharing(c, file, guest)()
    read = partial(note_use, guest, (GrantKind.FILE, file))
    return [Act(read, ("exception.used",)), Act(read), Act(read)]  # the first holds it


def withdraw_then_use(c: Any) -> list[Act]:
    """Who waits for the withdrawal has nothing any more and leaves no trace."""
    file, guest = _file(c), _newcomer()
    given = _sharing(c, file, guest)()
    end = partial(services.withdraw, given.pk, actor=c.secretary)
    return [Act(end, ("exception.withdrawn",)), Act(partial(note_use, guest, (GrantKind.FILE, file)))]


EXCEPTIONS: dict[str, Race] = {
    "share": Race(share),
    "share_or_name_concerned": Race(
        share_or_name_concerned, wins=(1, 2), after=nobody_concerned_reads, is_rivalry=True
    ),
    "delegate": Race(delegate),
    "delegate_or_cancel": Race(delegate_or_cancel, wins=(1, 2), is_rivalry=True),
    "inspect": Race(inspect),
    "withdraw_exception": Race(withdraw),
    "use_exception": Race(use, wins=(3,)),
    "withdraw_then_use_exception": Race(withdraw_then_use, wins=(2,)),
}
