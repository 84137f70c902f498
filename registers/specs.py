"""The registers, declared: what each is for, its fields, who records, and which rule reads it.

A register is one model below `registers.models`; its slug (`term_report`) is the noun of its ledger entries.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models

from registers.choices import FilingState, ReportState
from registers.models import (
    Appraisal,
    ArchiveTransfer,
    DutyReview,
    ExecutionReport,
    Expenditure,
    InspectionRectification,
    Loan,
    OrgLife,
    PartyFunds,
    PolicyFiling,
    Record,
    RegularConsultation,
    StaffCongressSession,
    SuperiorApproval,
    TermReport,
)
from registers.periods import Period

SECRETARY, PRINCIPAL, CLERK = "is_secretary", "is_principal", "is_clerk"
OFFICES = {SECRETARY: "书记", PRINCIPAL: "校长", CLERK: "会议秘书"}


@dataclass(frozen=True, slots=True)
class Register:
    """One register. `fields` in the order of the form, `columns` those of the list besides date and name."""

    model: type[Record]
    title: str
    purpose: str
    group: str
    icon: str
    fields: tuple[str, ...]
    columns: tuple[str, ...]
    day: str
    rules: tuple[str, ...] = ()
    recorders: tuple[str, ...] = (SECRETARY, CLERK)
    period: Period | None = None
    period_field: str = ""  # the field that says which period an entry is of; by default its day
    help: str = ""

    @property
    def slug(self) -> str:
        """The model's name with underscores, e.g. term_report."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", self.model.__name__).lower()

    @property
    def recorder_words(self) -> str:
        """Who records, in words, e.g. 书记、会议秘书."""
        return "、".join(OFFICES[office] for office in self.recorders)

    @property
    def is_reviewed(self) -> bool:
        """Whether the authority answers each entry."""
        return self.model in (TermReport, PolicyFiling)

    def open_fields(self, record: Record) -> tuple[str, ...]:
        """What the school may still correct: nothing of a report under way, of an approved rule its first day."""
        if isinstance(record, TermReport) and record.state in (ReportState.SUBMITTED, ReportState.REVIEWED):
            return ()
        if isinstance(record, PolicyFiling) and record.state == FilingState.APPROVED:
            return ("effective_on", "note")
        return (*self.fields, "note")

    def field(self, name: str) -> models.Field:
        """A field of the model; TypeError where the name is no column."""
        field = self.model._meta.get_field(name)
        if not isinstance(field, models.Field):
            raise TypeError(f"{name} of {self.slug} is no column")
        return field

    def label_of(self, name: str) -> str:
        return str(self.field(name).verbose_name)

    def relations(self) -> tuple[str, ...]:
        """Foreign keys shown with a record."""
        fields = (self.field(name) for name in (*self.fields, "recorded_by"))
        return tuple(field.name for field in fields if isinstance(field, models.ForeignKey))


UPWARDS, TEAM, PARTY, MONEY = "报告与批复", "班子运行", "党建与教代会", "经费与支出"

_REGISTERS: tuple[Register, ...] = (
    Register(
        TermReport,
        "学期报告",
        "党组织每学期向上级党组织报告党组织领导的校长负责制执行情况。",
        UPWARDS,
        "report",
        ("term_starts_on", "part", "summary"),
        ("state", "submitted_on", "reviewed_on"),
        "term_starts_on",
        ("R80",),
        period=Period.TERM,
        help="先登记草稿，书记核对后报送；上级退改的，更正后再次报送。",
    ),
    Register(
        PolicyFiling,
        "制度备案",
        "章程、两个会议的议事规则和“三重一大”事项清单，经区审核备案后启用。",
        UPWARDS,
        "file-certificate",
        ("kind", "title", "edition", "filed_on", "effective_on"),
        ("kind", "state", "effective_on", "reviewed_on"),
        "filed_on",
        ("R82",),
        help="同一制度修订后，登记新的一版；旧版保留。",
    ),
    Register(
        SuperiorApproval,
        "上级批复",
        "党组织设置例外、书记校长一人担任、延期换届的批复。有批复的，不按问题记。",
        UPWARDS,
        "certificate",
        ("matter", "number", "issuer", "approved_on", "until"),
        ("matter", "number", "issuer", "until"),
        "approved_on",
        ("R01", "R02", "R05"),
        help="按批复原文登记文号和有效期，并上传批复。",
    ),
    Register(
        InspectionRectification,
        "巡察整改",
        "巡察、审计、督导的反馈，以及整改报告是否按期报送。",
        UPWARDS,
        "clipboard-check",
        ("kind", "source", "problems", "feedback_on", "due_on", "reported_on"),
        ("kind", "problems", "due_on", "reported_on"),
        "feedback_on",
        ("R87",),
        help="收到反馈就登记，报送整改报告后补上报送日期。",
    ),
    Register(
        RegularConsultation,
        "定期沟通",
        "书记、校长每周交流工作。会前沟通在议题中登记，也计入次数。",
        TEAM,
        "messages",
        ("held_on", "secretary", "counterpart", "topics"),
        ("secretary", "counterpart", "topics"),
        "held_on",
        ("R81",),
        (SECRETARY, PRINCIPAL, CLERK),
        Period.WEEK,
        help="只记沟通的事项，不记个人评价。",
    ),
    Register(
        ExecutionReport,
        "决议执行情况报告",
        "校长每学期向党组织报告重大决议执行情况。",
        TEAM,
        "presentation",
        ("term_starts_on", "reported_on", "meeting", "summary"),
        ("term_starts_on", "meeting"),
        "reported_on",
        ("R73",),
        (PRINCIPAL, SECRETARY, CLERK),
        Period.TERM,
        "term_starts_on",
        help="在平台上开的会，选择听取报告的那次会议。",
    ),
    Register(
        ArchiveTransfer,
        "归档移交",
        "会议记录和纪要在次年6月底前移交归档，决策会议的永久保管。",
        TEAM,
        "archive",
        ("year", "transferred_on", "meetings", "archival_code", "retention", "keeper"),
        ("meetings", "archival_code", "retention", "keeper"),
        "transferred_on",
        ("R67",),
        (CLERK, SECRETARY),
        Period.YEAR,
        "year",
        help="可以分几次移交，每次登记一条；会议次数按移交清单填写。",
    ),
    Register(
        Appraisal,
        "民主测评",
        "领导班子每年测评一次；平均分低于谈话线的，由上级谈话。",
        TEAM,
        "chart-bar",
        ("year", "held_on", "voters", "average_tenths", "talked_on"),
        ("voters", "average_tenths", "talked_on"),
        "held_on",
        ("R85",),
        period=Period.YEAR,
        period_field="year",
        help="只登记平均分和票数，不登记个人打分。",
    ),
    Register(
        DutyReview,
        "述职评议",
        "书记抓党建每年述职评议一次，会后制定整改方案。",
        TEAM,
        "speakerphone",
        ("year", "held_on", "plan_on"),
        ("plan_on",),
        "held_on",
        ("R86",),
        period=Period.YEAR,
        period_field="year",
        help="整改方案定下后，补上方案日期并上传方案。",
    ),
    Register(
        OrgLife,
        "组织生活",
        "支部党员大会、支委会、党小组会、党课和主题党日。",
        PARTY,
        "flag",
        ("kind", "branch", "held_on", "topic", "due", "present"),
        ("kind", "branch", "topic", "present"),
        "held_on",
        ("R84",),
        period=Period.MONTH,
        help="在平台上开的党员大会和支部委员会会议已计入，不必重复登记。",
    ),
    Register(
        StaffCongressSession,
        "教代会会次",
        "教职工代表大会每学年至少一次，三分之二以上代表出席。",
        PARTY,
        "users-group",
        ("school_year", "name", "held_on", "delegates", "present", "teachers", "matter", "votes_for"),
        ("delegates", "present", "teachers", "votes_for"),
        "held_on",
        ("R88",),
        period=Period.SCHOOL_YEAR,
        period_field="school_year",
        help="议题的教代会程序仍在议题中登记；这里登记整次会议。",
    ),
    Register(
        PartyFunds,
        "党建经费",
        "按党员人数和工资总额应安排的经费，与实际安排对照。",
        MONEY,
        "cash",
        ("year", "members", "payroll", "allocated_members", "allocated_payroll", "spent"),
        ("members", "allocated_members", "allocated_payroll", "spent"),
        "recorded_at",
        ("R89",),
        period=Period.YEAR,
        period_field="year",
        help="金额按整元填写。",
    ),
    Register(
        Expenditure,
        "支出登记",
        "未经集体决策的支出。同一项目或同一供应商的支出累计，识别拆分。",
        MONEY,
        "receipt",
        ("project", "supplier", "amount", "spent_on", "item"),
        ("supplier", "amount", "item"),
        "spent_on",
        ("R77",),
        (SECRETARY, PRINCIPAL, CLERK),
        help="项目和供应商请用固定的名称，累计按名称计算。",
    ),
    Register(
        Loan,
        "借款",
        "从学校账上借出、尚未核销的款项。",
        MONEY,
        "wallet",
        ("borrower", "purpose", "amount", "lent_on", "settled_on"),
        ("borrower", "amount", "settled_on"),
        "lent_on",
        ("R79",),
        (SECRETARY, PRINCIPAL, CLERK),
        help="核销后补上核销日期。",
    ),
)
REGISTERS: dict[str, Register] = {register.slug: register for register in _REGISTERS}


def groups(registers: Iterable[Any]) -> list[tuple[str, list[Any]]]:
    """Anything with a `.group`, in runs of one group, in the order of the registers."""
    found: dict[str, list[Any]] = {}
    for register in registers:
        found.setdefault(register.group, []).append(register)
    return list(found.items())
