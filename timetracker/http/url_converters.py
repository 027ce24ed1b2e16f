"""Dates in the addresses of pages."""

from datetime import date

from timetracker.forms.fields import EARLIEST_DAY, LATEST_DAY


class DateConverter:
    """`2025-11-18`, a date of the years 1970 to 2999. Pages may link to what lies just outside; it is not found."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        """Raises ValueError, which means not found, for other years and for a day that the calendar lacks."""
        day = date.fromisoformat(value)
        if not EARLIEST_DAY <= day <= LATEST_DAY:
            raise ValueError(value)
        return day

    def to_url(self, value: date) -> str:
        return value.isoformat()


class MonthConverter(DateConverter):
    """`2025-11`, given to the view as the first of that month."""

    regex = r"[0-9]{4}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        """Raises ValueError, which means not found, for other years and for a thirteenth month."""
        return super().to_python(f"{value}-01")

    def to_url(self, value: date) -> str:
        return f"{value:%Y-%m}"
