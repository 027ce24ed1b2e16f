"""URL converters for dates."""

from datetime import date

from timetracker.forms.fields import EARLIEST_DAY, LATEST_DAY


class DateConverter:
    """Converts `2025-11-18`, of the years 1970 to 2999. Pages may link to dates just outside, which are not found."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        """Returns the date. Raises ValueError, for which Django does not match, for other years and invalid days."""
        day = date.fromisoformat(value)
        if not EARLIEST_DAY <= day <= LATEST_DAY:
            raise ValueError(value)
        return day

    def to_url(self, value: date) -> str:
        return value.isoformat()


class MonthConverter(DateConverter):
    """Converts `2025-11` to the first day of the month."""

    regex = r"[0-9]{4}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        """Returns the date. Raises ValueError, for which Django does not match, for other years and invalid months."""
        return super().to_python(f"{value}-01")

    def to_url(self, value: date) -> str:
        return f"{value:%Y-%m}"
