"""Every irreversible act against itself and against its rival. Each race makes what it needs and leaves it behind."""

from common.errors import Blocked, NotNow, NotPermitted, NotVisible, StaleVersion
from tests.robustness.races import decisions, exceptions, findings, items, machinery, meetings, offices
from tests.robustness.racing import Race

STALE = (StaleVersion,)
GONE = (NotPermitted, NotVisible)
TOWARDS_A_MEETING: dict[str, Race] = {
    "submit": Race(items.submit),
    "submit_many": Race(items.submit_many, wins=(5,)),
    "confirm": Race(items.confirm),
    "confirm_or_send_back": Race(items.confirm_or_send_back, wins=(1, 2), is_rivalry=True),
    "withdraw": Race(items.withdraw),
    "withdraw_or_list": Race(items.withdraw_or_list, is_rivalry=True),
    "revise_upon_one_version": Race(items.revise_upon_one_version, losers=STALE),
    "submit_or_revise": Race(items.submit_or_revise, wins=(1, 2), losers=STALE, is_rivalry=True),
    "list_in_two_meetings": Race(meetings.list_in_two_meetings),
    "plan_many": Race(meetings.plan_many, wins=(4,)),
    "notice": Race(meetings.notice),
    "notice_or_cancel": Race(meetings.notice_or_cancel, wins=(1, 2), is_rivalry=True),
    "start": Race(meetings.start),
    "start_or_cancel": Race(meetings.start_or_cancel, is_rivalry=True),
}
IN_THE_MEETING: dict[str, Race] = {
    "conclude": Race(meetings.conclude, after=meetings.conclude_says_who),
    "conclude_many": Race(meetings.conclude_many, wins=(3,)),
    "conclude_or_recuse": Race(meetings.conclude_or_recuse, wins=(1, 2), is_rivalry=True),
    "save_upon_one_version": Race(meetings.save_upon_one_version, losers=STALE),
    "conclude_or_save": Race(
        meetings.conclude_or_save, after=meetings.words_are_those_concluded, is_rivalry=True
    ),
    "conclude_or_close": Race(meetings.conclude_or_close, wins=(1, 2), is_rivalry=True),
    "conclude_or_seat_ends": Race(meetings.conclude_or_vote_ends, wins=(1, 2), losers=GONE, is_rivalry=True),
    "close": Race(meetings.close),
    "close_or_attend": Race(meetings.close_or_attend, wins=(1, 2), is_rivalry=True),
    "sign": Race(meetings.sign),
    "sign_both": Race(meetings.sign_both, wins=(2,), is_rivalry=True),
    "sign_or_supplement": Race(meetings.sign_or_supplement, wins=(1, 2), is_rivalry=True),
    "draft": Race(meetings.draft, wins=(3,), after=meetings.one_draft),
    "issue": Race(meetings.issue),
    "issue_two_at_once": Race(meetings.issue_two_at_once, wins=(2,)),
    "issue_or_return": Race(meetings.issue_or_return, wins=(1, 2), is_rivalry=True),
    "issue_or_edit": Race(
        meetings.issue_or_edit, wins=(1, 2), after=meetings.paper_is_what_was_issued, is_rivalry=True
    ),
    "correct": Race(meetings.correct),
}
AFTER_THE_MEETING: dict[str, Race] = {
    "complete": Race(decisions.complete),
    "complete_or_assign": Race(
        decisions.complete_or_assign, wins=(1, 2), losers=(NotNow, Blocked), is_rivalry=True
    ),
    "receive": Race(decisions.receive),
    "hand_in": Race(decisions.hand_in),
    "accept": Race(decisions.accept),
    "accept_or_return": Race(decisions.accept_or_return, is_rivalry=True),
    "urge": Race(decisions.urge),
    "ask_extension": Race(decisions.ask_extension),
    "decide_extension": Race(decisions.decide_extension, is_rivalry=True),
    "ask_again": Race(decisions.ask_again),
    "second": Race(decisions.second),
    "second_by_three": Race(decisions.second_by_three, wins=(3,)),
    "decide_again": Race(decisions.decide_again, is_rivalry=True),
    "complete_or_ask_again": Race(decisions.complete_or_ask_again, wins=(1, 2), is_rivalry=True),
    "publish": Race(decisions.publish),
    "end_notice": Race(decisions.end_notice),
    "emergency": Race(decisions.emergency),
    "void_evidence": Race(decisions.void_evidence),
    "withdraw_file": Race(decisions.withdraw_file),
    "grant": Race(decisions.grant),
    "withdraw_grant": Race(decisions.withdraw_grant),
    "use_grant": Race(decisions.use_grant, wins=(3,)),
    "withdraw_then_use_grant": Race(decisions.withdraw_then_use_grant, wins=(2,)),
    "use_then_withdraw_grant": Race(decisions.use_then_withdraw_grant, wins=(2,)),
}
OFFICES_AND_MACHINERY: dict[str, Race] = {
    "finding_confirm": Race(findings.finding_confirm),
    "finding_confirm_or_appeal": Race(findings.finding_confirm_or_appeal, is_rivalry=True),
    "finding_submit": Race(findings.finding_submit),
    "finding_verify": Race(findings.finding_verify, is_rivalry=True),
    "finding_decide_appeal": Race(findings.finding_decide_appeal, is_rivalry=True),
    "register_once": Race(findings.register_once),
    "register_correct_or_void": Race(findings.register_correct_or_void, is_rivalry=True),
    "register_submit": Race(findings.register_submit),
    "register_answer": Race(findings.register_answer, is_rivalry=True),
    "appoint": Race(offices.appoint),
    "appoint_two_chairs": Race(offices.appoint_two_chairs),
    "end_seat": Race(offices.end_seat),
    "end_seat_or_submit": Race(offices.end_seat_or_submit, wins=(1, 2), losers=GONE, is_rivalry=True),
    "employ": Race(offices.employ),
    "portfolio": Race(offices.portfolio),
    "parameter": Race(offices.parameter, wins=(1, 2), after=offices.one_value_in_force),
    "adopt": Race(offices.adopt, wins=(2,)),
    "tighten": Race(offices.tighten),
    "join": Race(offices.join),
    "leave": Race(offices.leave),
    "role": Race(offices.role, is_rivalry=True),
    "role_or_seat": Race(offices.role_or_seat, after=offices.nobody_is_both, is_rivalry=True),
    "role_or_membership": Race(offices.role_or_membership, after=offices.nobody_is_both, is_rivalry=True),
    "revoke": Race(offices.revoke),
    "revoke_each_other": Race(offices.revoke_each_other, losers=GONE),
    "revoke_or_use": Race(offices.revoke_or_use, wins=(1, 2), losers=GONE, is_rivalry=True),
    "create": Race(offices.create),
    "disable": Race(offices.disable),
    "disable_or_reset": Race(offices.disable_or_reset, wins=(1, 2), is_rivalry=True),
    "append": Race(machinery.append, wins=(8,), after=machinery.sequence_is_dense),
    "close_day": Race(machinery.close_day, wins=(4,), after=machinery.one_root),
    "deliver": Race(machinery.deliver, wins=(3,), after=machinery.mailed_once),
    "render": Race(machinery.render, wins=(2,)),
}
GROUPS = {
    "towards a meeting": TOWARDS_A_MEETING,
    "in the meeting": IN_THE_MEETING,
    "after the meeting": AFTER_THE_MEETING,
    "offices and machinery": OFFICES_AND_MACHINERY,
    "exceptions": exceptions.EXCEPTIONS,
}
