"""公示 and 紧急处置 on the page of an item."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from common.components import Pill, pill_for
from common.workdays import workdays
from decisions import access, rules
from decisions.choices import ItemState, Purpose, ResolutionState
from decisions.models import DecisionItem, EmergencyAction, PublicNotice
from governance.access import Offices
from governance.choices import Route
from governance.parameters import Parameters


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One 公示: its working days, how it stands, and whether this person may conclude it now."""

    notice: PublicNotice
    days: int
    pill: Pill
    is_short: bool
    may_conclude: bool


@dataclass(frozen=True, slots=True)
class EmergencyLine:
    """One 紧急处置: by when the Party meeting is to ratify it, and whether it has been heard."""

    emergency: EmergencyAction
    due_on: date
    is_heard: bool


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What the page shows of 公示 and 紧急处置. `required` working days: 0 where the entry asks for no 公示."""

    required: int
    notices: list[NoticeLine]
    emergencies: list[EmergencyLine]
    ratify_days: int
    may_publish: bool
    may_record_emergency: bool
    is_awaited: bool

    @property
    def shows_notices(self) -> bool:
        """Whether the card of 公示 stands on the page: registered, or asked for by the entry once decided."""
        return bool(self.notices) or self.is_awaited


def notice_line(notice: PublicNotice, required: int, today: date, *, may_publish: bool) -> NoticeLine:
    """One 公示 as the page shows it."""
    days = workdays(notice.since - timedelta(days=1), notice.until)
    is_over = notice.until < today
    if notice.conclusion:
        pill = pill_for(notice.get_conclusion_display())
    else:
        pill = pill_for("公示期满" if is_over else "公示中")
    return NoticeLine(notice, days, pill, days < required, may_publish and not notice.conclusion)


def follow_up(item: DecisionItem, offices: Offices, parameters: Parameters, today: date) -> FollowUp:
    """Collect it from an item whose resolutions, public_notices and emergencies are prefetched."""
    required = rules.notice_workdays(item, parameters)
    has_right = access.may_publish_notice(offices, item)
    notices = [
        notice_line(notice, required, today, may_publish=has_right) for notice in item.public_notices.all()
    ]
    in_force = next((r for r in item.resolutions.all() if r.state == ResolutionState.IN_FORCE), None)
    is_running = any(not line.notice.conclusion for line in notices)
    is_told = in_force is not None and any(line.notice.resolution_id == in_force.pk for line in notices)
    days = parameters["emergency.ratify_days"]
    heard = {s.round for s in item.stages.all() if s.purpose == Purpose.DECIDE and s.concluded_at}
    emergencies = [
        EmergencyLine(
            one,
            timezone.localdate(one.happened_at) + timedelta(days=days),
            any(number >= one.round for number in heard),
        )
        for one in item.emergencies.all()
    ]
    may_urge = (
        access.may_record_emergency(offices, item)
        and item.route != Route.ADMIN
        and item.state in (ItemState.PENDING, ItemState.DEFERRED, ItemState.IMPLEMENTING)
        and not any(line.emergency.round == item.round for line in emergencies)
    )
    return FollowUp(
        required=required,
        notices=notices,
        emergencies=emergencies,
        ratify_days=days,
        may_publish=has_right and in_force is not None and not is_running,
        may_record_emergency=may_urge,
        is_awaited=required > 0 and in_force is not None and not is_told,
    )
