"""Words and looks of the design."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db.models import Choices
from django.template import Context, Template
from django.utils import timezone

import decisions.choices
import meetings.choices
from common.components import LOOKS, attendance_marks, pill_for, vote_marks
from common.templatetags import ui

TODAY = timezone.localdate()


def draw(source: str, **context) -> str:
    html = Template("{% load ui %}" + source).render(Context(context))
    return re.sub(r"\s+", " ", html).strip()


@pytest.mark.parametrize(
    ("yuan", "words"),
    [
        (Decimal("1864000.00"), "186.40 万元"),
        (Decimal("12345.67"), "1.234567 万元"),
        (Decimal("12345678"), "1,234.5678 万元"),
        (5000, "0.50 万元"),
        (1000000, "100.00 万元"),
        (0, "0.00 万元"),
        (None, ""),
    ],
)
def test_money_is_exact(yuan, words):
    assert ui.cn_money(yuan) == words


def test_dates_show_the_year_only_when_it_differs():
    assert ui.cn_date(date(TODAY.year, 11, 2)) == "11月2日"
    assert ui.cn_date(date(TODAY.year - 1, 11, 20)) == f"{TODAY.year - 1}年11月20日"
    assert ui.cn_date(None) == ui.cn_datetime(None) == ui.cn_time(None) == ui.cn_weekday(None) == ""


def test_instants_are_local():
    moment = datetime(TODAY.year, 11, 19, 20, 5, tzinfo=UTC)
    assert ui.cn_datetime(moment) == "11月20日 04:05"
    assert ui.cn_time(moment) == "04:05"
    assert ui.cn_weekday(date(2026, 11, 20)) == "周五"


@pytest.mark.parametrize(
    ("days", "pill"),
    [
        (-4, ("逾期 4 天", "alarm", "bad")),
        (-1, ("逾期 1 天", "alarm", "bad")),
        (0, ("今天到期", "clock-hour-4", "warn")),
        (1, ("剩 1 天", "clock-hour-4", "warn")),
        (7, ("剩 7 天", "clock-hour-4", "warn")),
        (8, ("剩 8 天", "hourglass", "")),
    ],
)
def test_due_counts_days(days, pill):
    look = ui.due_pill(TODAY + timedelta(days=days))
    assert (look.text, look.icon, look.tone) == pill


def test_due_of_an_instant_uses_its_local_day():
    late = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)  # 21日 01:00 in Shanghai
    assert ui.due_pill(late, today=date(2026, 11, 21)).text == "今天到期"


@pytest.mark.parametrize(("size", "words"), [(2_100_000, "2.1 MB"), (99_000, "99 KB"), (10, "1 KB")])
def test_file_sizes(size, words):
    assert ui.cn_size(size) == words


# Choices that are shown as a state; the others are names of things and need no look.
STATES = [
    decisions.choices.ItemState,
    decisions.choices.StageState,
    decisions.choices.Outcome,
    decisions.choices.EvidenceResult,
    decisions.choices.Disagreement,
    decisions.choices.ResolutionState,
    decisions.choices.TaskState,
    decisions.choices.ReportKind,
    decisions.choices.RequestState,
    decisions.choices.ReconsiderationState,
    meetings.choices.MeetingMode,
    meetings.choices.MeetingState,
    meetings.choices.EntryState,
    meetings.choices.AttendanceStatus,
    meetings.choices.Stance,
    meetings.choices.BallotChoice,
    meetings.choices.MinutesState,
]


@pytest.mark.parametrize("choices", STATES, ids=lambda choices: choices.__name__)
def test_every_state_word_has_a_look(choices: type[Choices]):
    assert [label for label in choices.labels if label not in LOOKS] == []


def test_pill_draws_icon_word_and_tone():
    expected = '<span class="pill pill-ok"><i class="ti ti-circle-check" aria-hidden="true"></i>通过</span>'
    assert draw('{% pill "通过" %}') == expected
    assert draw("{% pill state %}", state=decisions.choices.Outcome.PASSED) == expected
    assert pill_for("没有这个词").tone == ""
    assert "&lt;b&gt;" in draw("{% pill word %}", word="<b>")


@pytest.mark.parametrize(
    ("level", "ok", "word"),
    [("B", False, "阻断"), ("W", False, "预警"), ("B", None, "无法判定"), ("E", True, "已满足")],
)
def test_level_pill_has_three_answers(level, ok, word):
    assert word in draw("{% level_pill level ok %}", level=level, ok=ok)


def test_marks_fill_the_strip():
    assert attendance_marks(7, 5, 1) == ["in"] * 5 + ["recused", "absent"]
    assert vote_marks(7, approve=3, against=1, abstain=1, recused=1) == [
        "yes",
        "yes",
        "yes",
        "no",
        "abstain",
        "recused",
        "absent",
    ]


def test_seats_say_everything_in_words_and_mark_the_gate():
    html = draw('{% seats marks gate=4 gate_text="通过须 4 票" %}', marks=vote_marks(5, approve=4))
    assert 'aria-label="应到 5 人，赞成 4 人，未到 1 人，通过须 4 票"' in html
    assert html.count('class="seat ') == 5
    assert html.count("data-gate") == 1
    assert html.index('data-gate="通过须 4 票"') > html.index("is-yes")


def test_field_ties_label_hint_and_error_together(sample):
    from tests.common.sample_urls import SampleForm

    html = draw("{% field form.title %}", form=SampleForm({}))
    assert '<label class="form-label required" for="id_title">议题名称</label>' in html
    assert 'aria-describedby="id_title_hint id_title_error"' in html
    assert 'id="id_title_error"' in html
    assert 'id="id_title_hint"' in html
    assert "请填写议题名称。" in html
    assert "请选择资金来源。" in draw("{% field form.source %}", form=SampleForm({}))
    assert "请填数字，例如 18.5。" in draw("{% field form.amount %}", form=SampleForm({"amount": "十八"}))
    assert "is-invalid" not in draw("{% field form.title %}", form=SampleForm())


def test_form_errors_link_to_each_field(sample):
    from tests.common.sample_urls import SampleForm

    html = draw("{% form_errors form %}", form=SampleForm({"title": "空调", "ballot": "o"}))
    assert "有 2 处需要修改" in html
    assert '<a href="#id_amount">涉及金额（万元）</a>、<a href="#id_source">资金来源</a>' in html
    assert draw("{% form_errors form %}", form=SampleForm()) == ""
