"""监督台账: dated facts of school governance that no meeting of the platform produces."""

from registers.models.archives import ArchiveTransfer
from registers.models.base import Record
from registers.models.conduct import (
    Appraisal,
    DutyReview,
    OrgLife,
    RegularConsultation,
    StaffCongressSession,
)
from registers.models.money import Expenditure, Loan, PartyFunds
from registers.models.reports import (
    ExecutionReport,
    InspectionRectification,
    PolicyFiling,
    SuperiorApproval,
    TermReport,
)

__all__ = [
    "Appraisal",
    "ArchiveTransfer",
    "DutyReview",
    "ExecutionReport",
    "Expenditure",
    "InspectionRectification",
    "Loan",
    "OrgLife",
    "PartyFunds",
    "PolicyFiling",
    "Record",
    "RegularConsultation",
    "StaffCongressSession",
    "SuperiorApproval",
    "TermReport",
]
