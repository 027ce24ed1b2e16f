"""Dates in the addresses of pages."""

from datetime import date


class DateConverter:
    """`2025-11-18`, a date of the years 1970 to 2999."""

    regex = r"(?:19[7-9][0-9]|2[0-9]{3})-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        """Raises ValueError, which means not found, for a day that the calendar lacks."""
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


class MonthConverter:
    """`2025-11`, given to the view as the first of that month."""

    regex = r"(?:19[7-9][0-9]|2[0-9]{3})-[0-9]{2}"

    def to_python(self, value: str) -> date:
        """Raises ValueError, which means not found, for a thirteenth month."""
        return date.fromisoformat(f"{value}-01")

    def to_url(self, value: date) -> str:
        return f"{value:%Y-%m}"
