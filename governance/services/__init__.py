"""The only doors through which institutions, offices, catalogue and parameters change.

`actor` is the person who acts; None is the system setting up a district. Everything below raises the refusals
of common.errors: NotVisible, NotPermitted, NotNow, Blocked.
"""

from governance.services.catalogue import adopt_catalogue, publish_catalogue, tighten_entry
from governance.services.institutions import create_authority, create_school, join_authority, update_party_org
from governance.services.offices import (
    appoint,
    assign_portfolio,
    employ,
    end_seat,
    leave_school,
    move_seat,
    note_membership,
)
from governance.services.parameters import set_parameter

__all__ = [
    "adopt_catalogue",
    "appoint",
    "assign_portfolio",
    "create_authority",
    "create_school",
    "employ",
    "end_seat",
    "join_authority",
    "leave_school",
    "move_seat",
    "note_membership",
    "publish_catalogue",
    "set_parameter",
    "tighten_entry",
    "update_party_org",
]
