"""Geometry of the charts, which templates draw as SVG. Whole numbers, so that no locale puts a comma in them."""

from dataclasses import dataclass
from datetime import date

from sessions_app.selectors.totals import Total, Totals
from sessions_app.timekeeping.periods import Period

BAR_AREA_HEIGHT = 120
SLOT_WIDTH = 50
_FULL_DAY_SECONDS = 8 * 60 * 60


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of a bar chart: `x` is the left edge of its slot, `y` and `height` those of the bar, in chart units."""

    date: date
    total: Total
    x: int
    y: int
    height: int


def bars(totals: Totals, period: Period) -> list[Bar]:
    """A bar for each day. The longest, at least eight hours, fills the height; what is tracked at all is visible."""
    days = [(day, totals.on(day)) for day in period.dates()]
    tallest = max(_FULL_DAY_SECONDS, *(total.seconds for _day, total in days))
    return [_bar(number, day, total, tallest) for number, (day, total) in enumerate(days)]


def _bar(number: int, day: date, total: Total, tallest: int) -> Bar:
    height = max(round(BAR_AREA_HEIGHT * total.seconds / tallest), 2 if total.seconds else 0)
    return Bar(day, total, number * SLOT_WIDTH, BAR_AREA_HEIGHT - height, height)
