"""Every act on a finding × cast × state: decided. The measures are 副校长 赵明川's (vice); 区督查 is inspector."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from compliance.choices import FindingAct, FindingState
from compliance.models import Finding
from compliance.services import rectification as services
from compliance.transitions import TRANSITIONS
from governance.choices import AccessScope
from tests.contracts.matrix import INTERNAL, RESTRICTED, Act, check_rows, rows_of
from tests.factories.cast import Cast
from tests.factories.files import PDF
from tests.factories.findings import make_finding

pytestmark = pytest.mark.django_db


def later(days: int = 20) -> Any:
    return timezone.localdate() + timedelta(days=days)


def proof() -> SimpleUploadedFile:
    return SimpleUploadedFile("签到表.pdf", PDF)


def found(cast: Cast, **fields: Any) -> Finding:
    return make_finding(cast.school, **fields)


def appealed(cast: Cast) -> Finding:
    return services.appeal(found(cast).pk, actor=cast.secretary, reason="当天有 7 人到会。")


def refused(cast: Cast) -> Finding:
    """Back with the school; the same facts cannot be appealed again."""
    return services.decide_appeal(appealed(cast).pk, actor=cast.inspector, is_upheld=False, answer="不成立")


def dismissed(cast: Cast) -> Finding:
    return services.decide_appeal(appealed(cast).pk, actor=cast.inspector, is_upheld=True, answer="成立")


def rectifying(cast: Cast, **fields: Any) -> Finding:
    return services.confirm(
        found(cast, **fields).pk,
        actor=cast.secretary,
        measures="重新召开会议",
        owner=cast.vice,
        due_on=later(),
    )


def proved(cast: Cast) -> Finding:
    return services.report_progress(rectifying(cast).pk, actor=cast.vice, text="已重新开会", files=[proof()])


def submitted(cast: Cast) -> Finding:
    return services.submit(proved(cast).pk, actor=cast.secretary, text="已整改")


def returned(cast: Cast) -> Finding:
    return services.send_back(submitted(cast).pk, actor=cast.inspector, opinion="缺签到表", due_on=later())


def closed(cast: Cast) -> Finding:
    return services.close(submitted(cast).pk, actor=cast.inspector, opinion="已核")


def reviewed(cast: Cast) -> Finding:
    return services.review(closed(cast).pk, actor=cast.inspector, opinion="未反复")


def gone(cast: Cast) -> Finding:
    """Found, and gone by itself before the school answered."""
    return found(cast, resolved_at=timezone.now())


STATES: dict[str, Callable[[Cast], Finding]] = {
    ("待核实", INTERNAL): found,
    ("待核实（已自行消除）", INTERNAL): gone,
    ("待核实", RESTRICTED): lambda cast: found(cast, access_scope=AccessScope.RESTRICTED),
    ("申诉中", INTERNAL): appealed,
    ("待核实（申诉不成立）", INTERNAL): refused,
    ("误报已撤销", INTERNAL): dismissed,
    ("整改中", INTERNAL): rectifying,
    ("整改中（已有佐证）", INTERNAL): proved,
    ("整改中（无法判定）", INTERNAL): lambda cast: rectifying(
        cast, verdict="unknown", missing=["应到人数"], evidence={}
    ),
    ("待验收", INTERNAL): submitted,
    ("退回整改", INTERNAL): returned,
    ("已销号", INTERNAL): closed,
    ("回头看通过", INTERNAL): reviewed,
}
ACTS: dict[str, Act] = {
    "confirm": lambda w, who: services.confirm(
        w.pk, actor=who, measures="补正", owner=w.owner_of_test, due_on=later()
    ),
    "appeal": lambda w, who: services.appeal(w.pk, actor=who, reason="有误"),
    "uphold": lambda w, who: services.decide_appeal(w.pk, actor=who, is_upheld=True, answer="成立"),
    "reject": lambda w, who: services.decide_appeal(w.pk, actor=who, is_upheld=False, answer="不成立"),
    "revise": lambda w, who: services.revise(
        w.pk, actor=who, measures="补正", owner=w.owner_of_test, due_on=later(), reason="换人"
    ),
    "progress": lambda w, who: services.report_progress(w.pk, actor=who, text="进展"),
    "submit": lambda w, who: services.submit(w.pk, actor=who, text="自评"),
    "close": lambda w, who: services.close(w.pk, actor=who, opinion="通过"),
    "send_back": lambda w, who: services.send_back(w.pk, actor=who, opinion="不足", due_on=later()),
    "review": lambda w, who: services.review(w.pk, actor=who, opinion="未反复"),
    "reopen": lambda w, who: services.reopen(w.pk, actor=who, opinion="反复", due_on=later()),
}

EXPECTED = rows_of("合规问题")


@pytest.mark.parametrize("state", STATES)
def test_finding_acts(people, state):
    world = STATES[state](people)
    world.owner_of_test = people.vice
    check_rows("合规问题", state, ACTS, world, people)


def test_every_act_and_state_is_decided():
    assert set(ACTS) == set(TRANSITIONS)
    assert set(FindingAct.values) - set(ACTS) == {
        *("recur", "escalate"),  # the platform's own
        "hand_over",  # tests/handover
    }
    assert {state.partition("（")[0] for state, _ in STATES} == set(FindingState.labels)
    assert set(EXPECTED) == set(STATES)
