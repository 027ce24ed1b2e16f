"""Preset periods of reports, by their names in query strings: `period=last_month`."""

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from sessions_app.reports.labels import ALL_TIME
from sessions_app.timekeeping.periods import Period, day_period, month_period, period_before, week_period

_DAY = dt.timedelta(days=1)

PRESETS = {
    "today": _("Today"),
    "week": _("This week"),
    "last_week": _("Last week"),
    "month": _("This month"),
    "last_month": _("Last month"),
    "year": _("This year"),
    "last_year": _("Last year"),
    "all": _("All time"),
}
"""The labels of the presets. A report saved with a preset always shows the period relative to today."""


def preset_periods(today: dt.date, week_start: int) -> Mapping[str, Period]:
    """Returns the period of each preset on the day `today`, with weeks that begin on `week_start` (0 is Monday)."""
    week, month = week_period(today, week_start=week_start), month_period(today)
    year = Period(dt.date(today.year, 1, 1), dt.date(today.year + 1, 1, 1))
    return {
        "today": day_period(today),
        "week": week,
        "last_week": week_period(week.first - _DAY, week_start=week_start),
        "month": month,
        "last_month": period_before(month),
        "year": year,
        "last_year": period_before(year),
        "all": ALL_TIME,
    }
