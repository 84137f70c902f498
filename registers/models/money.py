"""Money that no meeting of the platform spends: Party funds, payments, loans. Amounts in 元."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from decisions.models import DecisionItem
from registers.models.base import Record


class PartyFunds(Record):
    """党建经费 of one year: what should be provided and what was (R89). Whole 元."""

    year = models.PositiveSmallIntegerField("年度")
    members = models.PositiveSmallIntegerField("党员人数")
    payroll = models.PositiveBigIntegerField("在编教职工年工资总额（元）")
    allocated_members = models.PositiveBigIntegerField("按党员人数安排（元）")
    allocated_payroll = models.PositiveBigIntegerField("从公用经费列支（元）")
    spent = models.PositiveBigIntegerField("已支出（元）", default=0)

    class Meta:
        verbose_name = "党建经费"
        verbose_name_plural = "党建经费"
        ordering = ["-year", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "year"],
                condition=Q(is_void=False),
                name="party_funds_once",
                violation_error_message="本年度党建经费已登记，请打开它更正。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}年度党建经费"


class Expenditure(Record):
    """支出登记: one payment; payments below the threshold are added up by project and supplier (R77)."""

    project = models.CharField("项目", max_length=120)
    supplier = models.CharField("供应商", max_length=120, blank=True)
    amount = models.DecimalField("金额（元）", max_digits=14, decimal_places=2)
    spent_on = models.DateField("支付日期", default=timezone.localdate)
    item = models.ForeignKey(
        DecisionItem,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="决策议题",
        help_text="经集体决策的支出选择议题；日常支出留空。",
    )

    class Meta:
        verbose_name = "支出登记"
        verbose_name_plural = "支出登记"
        ordering = ["-spent_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="expenditure_positive",
                violation_error_message="金额须大于0。",
            )
        ]
        indexes = [
            models.Index(fields=["school", "project", "spent_on"], name="expenditure_project"),
            models.Index(fields=["school", "supplier", "spent_on"], name="expenditure_supplier"),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.amount:,.2f} 元"


class Loan(Record):
    """借款 from the school's money until it is settled (R79)."""

    borrower = models.CharField("借款人或单位", max_length=60)
    purpose = models.CharField("用途", max_length=120)
    amount = models.DecimalField("金额（元）", max_digits=14, decimal_places=2)
    lent_on = models.DateField("借出日期", default=timezone.localdate)
    settled_on = models.DateField("核销日期", null=True, blank=True)

    class Meta:
        verbose_name = "借款"
        verbose_name_plural = "借款"
        ordering = ["-lent_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="loan_positive",
                violation_error_message="金额须大于0。",
            ),
            models.CheckConstraint(
                condition=Q(settled_on__isnull=True) | Q(settled_on__gte=F("lent_on")),
                name="loan_dates",
                violation_error_message="核销日期不得早于借出日期。",
            ),
        ]
        indexes = [models.Index(fields=["school", "lent_on"], name="loan_school_day")]

    def __str__(self) -> str:
        return f"借款 {self.amount:,.2f} 元"
