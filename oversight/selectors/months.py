"""The board's numbers of an authority: this month, the change against the month before, the trend."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from governance.models import Authority
from oversight.calendar import month_words, months_back, school_year_of, shifted
from oversight.measures import MEASURES, Measure, OpenFindings, measures
from oversight.models import AuthorityMonth
from oversight.setups import per_mille

BIG = ("prerequisite", "attendance", "loop", "minutes", "completion")
HIDDEN = ("finding_settled",)
TREND = ("prerequisite", "loop", "minutes")
TREND_MONTHS = 12

Figures = Mapping[str, Mapping[date, tuple[int, int]]]


def figures_of(authority: Authority, until: date) -> Figures:
    """{measure: {month: (numerator, denominator)}} up to a month; one query whose size depends on months only."""
    found: dict[str, dict[date, tuple[int, int]]] = defaultdict(dict)
    rows = AuthorityMonth.objects.filter(authority=authority, month__lte=until)
    for key, month, n, d in rows.values_list("measure", "month", "numerator", "denominator"):
        found[key][month] = (n, d)
    return found


def rate_words(n: int, d: int) -> str:
    """91.4 (percent), or — where nothing was asked."""
    tenths = per_mille(n, d)
    return "—" if tenths is None else f"{tenths // 10}.{tenths % 10}"


@dataclass(frozen=True)
class Kpi:
    """One measure of one month beside the month before and the school year so far."""

    measure: Measure
    month: date
    now: tuple[int, int]
    before: tuple[int, int]
    year: tuple[int, int]

    @property
    def value(self) -> str:
        return rate_words(*self.now) if self.measure.is_rate else str(self.now[0])

    @property
    def year_value(self) -> str:
        return rate_words(*self.year) if self.measure.is_rate else str(self.year[0])

    @property
    def before_value(self) -> str:
        return rate_words(*self.before) if self.measure.is_rate else str(self.before[0])

    @property
    def counts(self) -> str:
        """Numerator and denominator in words, for rates."""
        return f"{self.now[0]} / {self.now[1]}" if self.measure.is_rate else ""

    @property
    def change(self) -> int | None:
        """Tenths of a percentage point, or a number; None where one of the months has nothing to compare."""
        if not self.measure.is_rate:
            return self.now[0] - self.before[0]
        now, before = per_mille(*self.now), per_mille(*self.before)
        return None if now is None or before is None else now - before

    @property
    def change_short(self) -> str:
        """升 1.1 个百分点, 减 38 件; empty where there is no change to tell."""
        if not self.change:
            return ""
        size = abs(self.change)
        if self.measure.is_rate:
            return f"{'升' if self.change > 0 else '降'} {size // 10}.{size % 10} 个百分点"
        return f"{'增' if self.change > 0 else '减'} {size} {self.measure.unit}"

    @property
    def change_words(self) -> str:
        if self.change is None:
            return "上月无可比数据"
        return f"较上月{self.change_short}" if self.change else "与上月持平"

    @property
    def change_icon(self) -> str:
        if not self.change:
            return "minus"
        return "arrow-up-right" if self.change > 0 else "arrow-down-right"

    @property
    def change_tone(self) -> str:
        """ok, bad, or nothing where a change is neither."""
        if not self.change or self.measure.lower_is_better is None:
            return ""
        return "ok" if (self.change < 0) == self.measure.lower_is_better else "bad"

    @property
    def misses_target(self) -> bool:
        target = self.measure.target
        return bool(target and self.now[1] and self.now[0] * target[1] < self.now[1] * target[0])


def _sum(by_month: Mapping[date, tuple[int, int]], since: date, until: date) -> tuple[int, int]:
    chosen = [pair for month, pair in by_month.items() if since <= month <= until]
    return sum(n for n, _ in chosen), sum(d for _, d in chosen)


def _stock(figures: Figures, until: date) -> int:
    """未整改数 at the end of a month: everything found by then less everything settled."""
    first = date.min
    found = _sum(figures.get("finding_opened", {}), first, until)[0]
    return found - _sum(figures.get("finding_settled", {}), first, until)[0]


def kpi(measure: Measure, figures: Figures, month: date) -> Kpi:
    """One measure of a month."""
    if isinstance(measure, OpenFindings):
        now, before = _stock(figures, month), _stock(figures, shifted(month, -1))
        return Kpi(measure, month, (now, 0), (before, 0), (now, 0))
    own = figures.get(measure.key, {})
    empty = (0, 0)
    year = _sum(own, school_year_of(month), month)
    return Kpi(measure, month, own.get(month, empty), own.get(shifted(month, -1), empty), year)


def kpis(figures: Figures, month: date) -> tuple[list[Kpi], list[Kpi]]:
    """The six large numbers, and the others for the table."""
    big = [kpi(MEASURES[key], figures, month) for key in BIG]
    others = [m for m in measures() if m.key not in (*BIG, *HIDDEN)]
    return [*big, kpi(OpenFindings(), figures, month)], [kpi(m, figures, month) for m in others]


@dataclass(frozen=True)
class Trend:
    """Three rates over the months, for the picture and for its table."""

    months: list[date]
    rows: list[tuple[Measure, list[str]]]

    @property
    def labels(self) -> list[str]:
        return [f"{month.month}月" for month in self.months]

    @property
    def table(self) -> list[tuple[str, list[str]]]:
        """Months downwards: (month, one value per rate)."""
        return [
            (month_words(month), [values[place] for _, values in self.rows])
            for place, month in enumerate(self.months)
        ]

    def as_json(self) -> dict[str, object]:
        """What the picture is drawn from; a month without anything asked is null."""
        return {
            "months": self.labels,
            "series": [
                {
                    "name": measure.title,
                    "data": [None if value == "—" else int(value.replace(".", "")) / 10 for value in values],
                }
                for measure, values in self.rows
            ],
        }

    @property
    def sentence(self) -> str:
        """The picture in words."""
        parts = []
        for measure, values in self.rows:
            known = [(month, v) for month, v in zip(self.months, values, strict=True) if v != "—"]
            if known:
                (first, low), (last, high) = known[0], known[-1]
                parts.append(f"{measure.title}{month_words(first)} {low}%，{month_words(last)} {high}%")
            else:
                parts.append(f"{measure.title}没有数据")
        return "；".join(parts)


def trend(figures: Figures, month: date, keys: tuple[str, ...] = TREND) -> Trend:
    """Rates of the last twelve months."""
    months = months_back(month, TREND_MONTHS)
    rows = [
        (MEASURES[key], [rate_words(*figures.get(key, {}).get(each, (0, 0))) for each in months])
        for key in keys
    ]
    return Trend(months, rows)
