"""Formats durations as text. All functions take whole seconds of any size, and round half up to the unit shown.

The duration of a running session is shown with its seconds (`format_elapsed`): rounded, it would be ahead of the clock.
`h`, `min` and `s` are unit symbols, which are not translated, neither here nor in `static/js/clock.js`.
"""

_MINUTE = 60
_HOUR = 3600


def format_clock(seconds: int) -> str:
    """Returns hours and minutes, `1:28`, for tables. The hours may exceed a day."""
    minutes = _minutes(seconds)
    return f"{'-' * (seconds < 0 < minutes)}{minutes // 60}:{minutes % 60:02}"


def format_decimal(seconds: int) -> str:
    """Returns hours with two decimals, `1.46`, for invoices and spreadsheets."""
    hundredths = _units(seconds * 100, _HOUR)
    return f"{'-' * (seconds < 0 < hundredths)}{hundredths // 100}.{hundredths % 100:02}"


def format_elapsed(seconds: int) -> str:
    """Returns hours, minutes and seconds, `1:28:04`, for the running clock. A negative length reads 0:00:00."""
    minutes, rest = divmod(max(seconds, 0), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def format_words(seconds: int) -> str:
    """Returns `1 h 28 min`, for sentences; `28 min` below an hour, `40 s` below a minute."""
    if abs(seconds) < _MINUTE:
        return f"{seconds} s"
    hours, minutes = divmod(_minutes(seconds), 60)
    parts = [f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes)
    return ("-" if seconds < 0 else "") + " ".join(parts)


def format_exact(seconds: int) -> str:
    """Returns `1 h 28 min 4 s`: words, with the seconds where there are any."""
    minutes, rest = divmod(abs(seconds), _MINUTE)
    parts = [
        *([f"{minutes // 60} h"] if minutes >= 60 else []),  # noqa: PLR2004
        *([f"{minutes % 60} min"] if minutes % 60 else []),
        *([f"{rest} s"] if rest or not minutes else []),
    ]
    return ("-" if seconds < 0 else "") + " ".join(parts)


def shown_seconds(seconds: int, style: str) -> int:
    """Returns the seconds that the formatted duration stands for: `seconds`, rounded as `style` shows them.

    `style` is "clock" or "words" (both whole minutes), or "decimal".
    """
    if style == "words" and abs(seconds) < _MINUTE:
        return seconds
    unit = _HOUR // 100 if style == "decimal" else _MINUTE
    return _units(seconds, unit) * unit * (-1 if seconds < 0 else 1)


def _minutes(seconds: int) -> int:
    return _units(seconds, _MINUTE)


def _units(seconds: int, unit: int) -> int:
    """Returns the absolute duration in units of `unit` seconds, rounded half up."""
    return (2 * abs(seconds) + unit) // (2 * unit)
