"""The only doors through which registers change. Refusals are those of common.errors."""

from registers.services.answers import answer_filing, answer_report, submit_report
from registers.services.records import SETTLED, correct, record, void

__all__ = ["SETTLED", "answer_filing", "answer_report", "correct", "record", "submit_report", "void"]
