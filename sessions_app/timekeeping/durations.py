"""Formats lengths of time as text. All functions take whole seconds of any size, and cut to the last place shown.

Cutting instead of rounding: a total never reads higher than the time that was tracked.
"""


def format_clock(seconds: int) -> str:
    """Returns hours and minutes, `1:28`, for tables. The hours may exceed a day."""
    minutes = _minutes(seconds)
    return f"{'-' * (seconds < 0 < minutes)}{minutes // 60}:{minutes % 60:02}"


def format_decimal(seconds: int) -> str:
    """Returns hours with two decimals, `1.46`, for invoices and spreadsheets."""
    hundredths = abs(seconds) * 100 // 3600
    return f"{'-' * (seconds < 0 < hundredths)}{hundredths // 100}.{hundredths % 100:02}"


def format_elapsed(seconds: int) -> str:
    """Returns hours, minutes and seconds, `1:28:04`, for the running clock. A negative length reads 0:00:00."""
    minutes, rest = divmod(max(seconds, 0), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def format_words(seconds: int) -> str:
    """Returns `1 h 28 min`, for sentences; `28 min` below an hour, `40 s` below a minute."""
    if abs(seconds) < 60:  # noqa: PLR2004
        return f"{seconds} s"
    hours, minutes = divmod(_minutes(seconds), 60)
    parts = [f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes)
    return ("-" if seconds < 0 else "") + " ".join(parts)


def _minutes(seconds: int) -> int:
    return abs(seconds) // 60
