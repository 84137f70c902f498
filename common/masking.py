"""Numbers that identify a person, shown to few: masked in what leaves the platform as a table or is public."""

import re
from typing import Any

# 居民身份证 (GB 11643): region, plausible birthday, three digits and a check sign.
ID_NUMBER = re.compile(
    r"(?<!\d)(\d{6})(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(\d{3}[\dXx])(?![\dXx])"
)
MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")
BANK_CARD = re.compile(r"(?<!\d)(62\d{4})\d{6,9}(\d{4})(?!\d)")  # 银联


def mask_numbers(text: str) -> str:
    """The text with 身份证号, 手机号 and 银行卡号 shown by their first and last digits only."""
    text = ID_NUMBER.sub(r"\1********\2", text)
    text = BANK_CARD.sub(r"\1******\2", text)
    return MOBILE.sub(r"\1****\2", text)


def mask_account(name: str) -> str:
    """An account name by its last four signs, enough to tell people of one name apart."""
    return f"尾号{name[-4:]}"


def masked(value: Any) -> Any:
    """One cell of a table: text masked, numbers and dates as they are."""
    return mask_numbers(value) if isinstance(value, str) else value
