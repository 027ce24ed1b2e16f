"""Formats times of day and dates by a user's settings: clock `"12"` or `"24"`, date format `"day"`, `"month"`, `"iso"`.

Callers pass the names of months and weekdays, in the language of the page.
"""

from datetime import date, time


def format_time(local: time, clock: str, *, am: str = "am", pm: str = "pm") -> str:
    """Returns `15:30`, or `3:30 pm` by a 12-hour clock (midnight is 12:00 am, noon 12:00 pm). Seconds are cut off."""
    if clock == "12":
        return f"{local.hour % 12 or 12}:{local.minute:02} {am if local.hour < 12 else pm}"  # noqa: PLR2004
    return f"{local.hour}:{local.minute:02}"


def format_date(day: date, order: str, *, month: str, weekday: str = "", has_year: bool = False) -> str:
    """Returns `18 Nov`, `Nov 18` or `2025-11-18`; in full `Tue 18 Nov 2025`, `Tue Nov 18, 2025` or `Tue 2025-11-18`.

    The ISO form always has the year, whatever `has_year` says.
    """
    if order == "iso":
        text = day.isoformat()
    elif order == "month":
        text = f"{month} {day.day}" + (f", {day.year}" if has_year else "")
    else:
        text = f"{day.day} {month}" + (f" {day.year}" if has_year else "")
    return f"{weekday} {text}" if weekday else text
