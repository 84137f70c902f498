"""Numbers of persons are masked; other numbers stay."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from common.masking import mask_account, mask_numbers
from common.workbook import workbook_answer


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("联系电话13812345678。", "联系电话138****5678。"),
        ("身份证号530302198802291234", "身份证号530302********1234"),
        ("53030219880229123x，男", "530302********123x，男"),
        ("卡号6222021234567890123", "卡号622202******0123"),
        ("屋面修缮 186.40 万元，文号〔2026〕12号", "屋面修缮 186.40 万元，文号〔2026〕12号"),
        ("编号 202611201380000123456", "编号 202611201380000123456"),
        ("530302198813291234", "530302198813291234"),  # no month 13: not an ID number
        ("总机 08741234567", "总机 08741234567"),
    ],
)
def test_numbers_of_persons_are_masked(text, shown):
    assert mask_numbers(text) == shown


def test_account_shows_its_end_only():
    assert mask_account("chenlide") == "尾号lide"


def test_workbooks_are_masked():
    rows = [["教师资助", "13812345678", 13812345678, 18.5]]
    answer = workbook_answer("资助", ("资助", [("事项", 8), ("电话", 8), ("数", 8), ("额", 8)], rows))
    sheet = load_workbook(BytesIO(answer.content))["资助"]
    assert [cell.value for cell in sheet[2]] == ["教师资助", "138****5678", 13812345678, 18.5]
