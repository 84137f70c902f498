"""The rectification as data: which act leads from where to where, and whose it is."""

from collections.abc import Callable
from dataclasses import dataclass, field

from common.checks import Check, failing
from common.choices import Level
from common.errors import Blocked, NotNow, NotPermitted
from compliance.access import Standing
from compliance.choices import FindingAct, FindingState, FindingVerdict
from compliance.models import Finding, FindingFile

SCHOOL_NEED = "学校书记或校长"
WORK_NEED = "责任人、书记、校长或会议秘书"
DISTRICT_NEED = "区督查或区领导"


def _answers(standing: Standing, finding: Finding) -> bool:
    return standing.answers


def _works(standing: Standing, finding: Finding) -> bool:
    return standing.works_on(finding)


def _reviews(standing: Standing, finding: Finding) -> bool:
    return standing.is_reviewer


def gap_check(finding: Finding) -> Check:
    """What could not be judged is settled by supplying what is missing, never by words."""
    is_gap = finding.verdict == FindingVerdict.UNKNOWN and finding.resolved_at is None
    return Check(
        finding.rule_code,
        "补齐判定所缺的内容",
        Level.BLOCK,
        not is_gap,
        message=f"系统仍无法判定，缺少{'、'.join(finding.missing) or '判定所需的数据'}。补录后自动复核，再报验或销号。",
        clause=f"缺少的内容不视为合规·{finding.rule_code}",
        fix_url=finding.link,
        fix_label="去补录",
    )


def proof_check(finding: Finding) -> Check:
    """A self-assessment needs proof: a file, or the platform's own re-check."""
    is_proved = finding.resolved_at is not None or FindingFile.objects.filter(step__finding=finding).exists()
    return Check(
        finding.rule_code,
        "整改佐证",
        Level.BLOCK,
        is_proved,
        message="没有佐证材料，系统复核也未消除。请上传至少一份佐证，或先更正数据。",
        clause=f"整改须有佐证·{finding.rule_code}",
        fix_url=finding.link,
        fix_label="去更正",
    )


def appeal_check(finding: Finding) -> Check:
    """The same facts are appealed once; changed facts may be appealed again."""
    plan = finding.plan
    return Check(
        finding.rule_code,
        "同一事实只申诉一次",
        Level.BLOCK,
        plan is None or plan.appeal_sha256 != finding.inputs_sha256,
        message="区教育工委已就同一事实答复申诉不成立。事实没有变化时请核实并制定整改措施。",
        clause=f"申诉答复·{finding.rule_code}",
    )


@dataclass(frozen=True)
class Transition:
    """One act a person may take on a finding. An empty target keeps the state."""

    key: FindingAct
    sources: frozenset[str]
    target: str
    right: Callable[[Standing, Finding], bool]
    need: str
    only_standing: bool = False
    blockers: Callable[[Finding], list[Check]] = field(default=lambda finding: [])

    @property
    def label(self) -> str:
        return str(self.key.label)

    @property
    def event(self) -> str:
        """Kind of the act in the ledger."""
        return f"finding.{self.key.value}"

    def is_timely(self, finding: Finding) -> bool:
        """Whether the finding is in a state this act starts from, and still stands where it must."""
        return finding.state in self.sources and not (self.only_standing and finding.resolved_at)

    def is_open_to(self, standing: Standing, finding: Finding) -> bool:
        """Whether the button is shown: the same questions the POST asks, blockers aside."""
        return self.right(standing, finding) and self.is_timely(finding)

    def require(self, finding: Finding, standing: Standing) -> None:
        """Raise the first refusal that applies: not permitted, not now. Blockers are asked by `unblock`."""
        if not self.right(standing, finding):
            raise NotPermitted(f"{self.label}由{self.need}办理。", need=self.need)
        if not self.is_timely(finding):
            gone = finding.resolved_at and finding.state in self.sources
            now = "已自行消除" if gone else finding.get_state_display()
            raise NotNow(f"此问题现为“{now}”，不能{self.label}。", current=finding)

    def unblock(self, finding: Finding) -> None:
        """Raise Blocked with every blocker at once."""
        if found := failing(self.blockers(finding)):
            raise Blocked(found, f"{self.label}前还有 {len(found)} 项未满足。")


S = FindingState
WORKING = frozenset({S.RECTIFYING, S.RETURNED})
CONFIRM = Transition(
    FindingAct.CONFIRM, frozenset({S.FOUND}), S.RECTIFYING, _answers, SCHOOL_NEED, only_standing=True
)
APPEAL = Transition(
    FindingAct.APPEAL,
    frozenset({S.FOUND}),
    S.APPEALED,
    _answers,
    SCHOOL_NEED,
    only_standing=True,
    blockers=lambda finding: [appeal_check(finding)],
)
UPHOLD = Transition(FindingAct.UPHOLD, frozenset({S.APPEALED}), S.DISMISSED, _reviews, DISTRICT_NEED)
REJECT = Transition(FindingAct.REJECT, frozenset({S.APPEALED}), S.FOUND, _reviews, DISTRICT_NEED)
REVISE = Transition(FindingAct.REVISE, WORKING, "", _answers, SCHOOL_NEED)
PROGRESS = Transition(FindingAct.PROGRESS, WORKING, "", _works, WORK_NEED)
SUBMIT = Transition(
    FindingAct.SUBMIT,
    WORKING,
    S.SUBMITTED,
    _answers,
    SCHOOL_NEED,
    blockers=lambda finding: [gap_check(finding), proof_check(finding)],
)
CLOSE = Transition(
    FindingAct.CLOSE,
    frozenset({S.SUBMITTED}),
    S.CLOSED,
    _reviews,
    DISTRICT_NEED,
    blockers=lambda finding: [gap_check(finding)],
)
SEND_BACK = Transition(FindingAct.SEND_BACK, frozenset({S.SUBMITTED}), S.RETURNED, _reviews, DISTRICT_NEED)
REVIEW = Transition(FindingAct.REVIEW, frozenset({S.CLOSED}), S.REVIEWED, _reviews, DISTRICT_NEED)
REOPEN = Transition(
    FindingAct.REOPEN, frozenset({S.CLOSED, S.REVIEWED}), S.RECTIFYING, _reviews, DISTRICT_NEED
)
TRANSITIONS: dict[str, Transition] = {
    str(one.key): one
    for one in (CONFIRM, APPEAL, UPHOLD, REJECT, REVISE, PROGRESS, SUBMIT, CLOSE, SEND_BACK, REVIEW, REOPEN)
}
