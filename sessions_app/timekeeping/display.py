"""Times of day and dates as text, in the ways a person may choose: `"12"` or `"24"` hours; `"day"`, `"month"`, `"iso"`.

Names of months and weekdays are the caller's, in the language of the page.
"""

from datetime import date, time


def format_time(local: time, clock: str, *, am: str = "am", pm: str = "pm") -> str:
    """`15:30`, or `3:30 pm` by a clock of 12 hours; midnight is 12:00 am, noon 12:00 pm. Cut to the minute."""
    if clock == "12":
        return f"{local.hour % 12 or 12}:{local.minute:02} {am if local.hour < 12 else pm}"  # noqa: PLR2004
    return f"{local.hour}:{local.minute:02}"


def format_date(day: date, order: str, *, month: str, weekday: str = "", has_year: bool = False) -> str:
    """`18 Nov`, `Nov 18` or `2025-11-18`; in full `Tue 18 Nov 2025`, `Tue Nov 18, 2025` or `Tue 2025-11-18`.

    The ISO form always has its year: without it, it would be none.
    """
    if order == "iso":
        text = day.isoformat()
    elif order == "month":
        text = f"{month} {day.day}" + (f", {day.year}" if has_year else "")
    else:
        text = f"{day.day} {month}" + (f" {day.year}" if has_year else "")
    return f"{weekday} {text}" if weekday else text
