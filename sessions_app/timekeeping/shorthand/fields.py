"""Parses fields for one time, length or day, which take the words of the one-line input and bare numbers."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sessions_app.timekeeping.bounds import EARLIEST_START, MAX_DURATION
from sessions_app.timekeeping.shorthand import problems
from sessions_app.timekeeping.shorthand.problems import Bound, Choice, UnclearInputError
from sessions_app.timekeeping.shorthand.time_words import (
    MIDNIGHT,
    clock_word,
    date_word,
    length_word,
    normalize,
    shift_word,
    sooner_end,
)
from sessions_app.timekeeping.shorthand.wall_clock import (
    DAY,
    MAX_OVER_MIDNIGHT,
    WallClock,
    length_between,
)

_MINUTE = timedelta(minutes=1)


def parse_time_field(
    text: str,
    *,
    now: datetime,
    zone: ZoneInfo,
    day: date,
    old: datetime | None,
    running: bool,
    start: datetime | None = None,
    clock_24: bool = True,
) -> datetime:
    """Returns the instant (UTC) that `text` means in a field for a start or, given `start`, for the end after it.

    `9`, `915`, `9:15`, `9.15`, `9h15`, `9pm` are that time on `day` of `zone`; an end that is not after `start` is
    on the next day, or by a 12-hour clock, if it has no am or pm, 12 hours later when that is sooner. `-15` and `+5`
    count minutes from the present minute when the session is `running` or has no `old` value, else from `old`, whose
    seconds stay. `clock_24` selects how times are read and spelled.

    The result is never later than `now`, nor before 1970. A start may be later than the end it belongs to: the
    caller checks that. Raises UnclearInputError; the choices of its problem carry instants.
    """
    wall = WallClock(now, zone, clock_24)
    bound: Bound = "start" if start is None else "end"
    word = text.strip()
    base = wall.minute if running or old is None else old
    found = _shifted(normalize(word), base)
    if found is None:
        found = _on_day(word, wall, day, start)
    if found > now:
        raise UnclearInputError(_in_future(word, bound, wall, found, start))
    if found < EARLIEST_START:
        raise UnclearInputError(problems.out_of_range(word))
    if start is not None and found <= start:
        raise UnclearInputError(problems.end_not_after_start(word))
    return found


def parse_duration_field(text: str) -> int:
    """Returns the length in seconds: whole minutes, from 60 seconds to 31 days.

    A whole number is minutes, a decimal number hours: `90`, `90m`, `1:30`, `1h30`, `1.5`, `1,5`. Raises
    UnclearInputError.
    """
    word = text.strip()
    length = length_word(normalize(word), unit_needed=False)
    if length is None or length.minutes is None:
        raise UnclearInputError(problems.not_a_length(word))
    if length.minutes > MAX_DURATION // _MINUTE:
        raise UnclearInputError(problems.length_too_long(word))
    return length.minutes * 60


def parse_day_field(text: str, *, today: date, day_first: bool) -> date:
    """Returns the typed day: `yesterday`, `mon`, `18.11.`, `2025-11-17`, `Fri 27 Nov 2026`, as in the one-line input.

    Raises UnclearInputError.
    """
    word = text.strip()
    found = date_word(normalize(word), today=today, day_first=day_first)
    if found is None or found.date is None:
        raise UnclearInputError(problems.not_a_date(word, day_first=day_first))
    return found.date


def _shifted(word: str, base: datetime) -> datetime | None:
    shift = shift_word(word)
    if shift is None or shift.minutes is None:
        return None
    if abs(shift.minutes) > MAX_DURATION // _MINUTE:
        raise UnclearInputError(problems.length_too_long(word))
    return base + shift.minutes * _MINUTE


def _on_day(word: str, wall: WallClock, day: date, start: datetime | None) -> datetime:
    clock = clock_word(normalize(word))
    if clock is None or clock.minutes is None or (clock.minutes == MIDNIGHT and start is None):
        raise UnclearInputError(problems.not_a_time(word, "start" if start is None else "end"))
    if start is None:
        return wall.instant(day, clock.minutes, word=word, bound="start")
    minutes = clock.minutes
    if clock.either_half and not wall.clock_24 and wall.date_at(start) == day:
        local = start.astimezone(wall.zone)
        minutes = sooner_end(local.hour * 60 + local.minute, minutes)
    end, is_next_day = wall.end_after(start, day, minutes, word=word)
    if is_next_day:
        shorter = wall.half_a_day_before(end, start) if clock.either_half else None
        starts_by_noon = start.astimezone(wall.zone).hour <= 12  # noqa: PLR2004  # later starts are on a 24-hour clock
        if (shorter and starts_by_noon) or end - start > MAX_OVER_MIDNIGHT:
            _ask_about_night(word, wall, start, end, shorter)
    return end


def _ask_about_night(word: str, wall: WallClock, start: datetime, end: datetime, shorter: datetime | None) -> None:
    """Raises UnclearInputError that offers `end` and `shorter`, as far as they are not in the future, if any."""
    duration = length_between(start, end)
    choices = []
    if end <= wall.now:
        choices.append(problems.keep(duration, end))
    if shorter is not None and shorter <= wall.now:
        choices.append(problems.afternoon(wall.time_at(start), wall.time_at(shorter), instant=shorter))
    if choices:
        problem = problems.over_midnight_long(
            word, start=wall.time_at(start), end=wall.time_at(end), duration=duration, choices=tuple(choices)
        )
        raise UnclearInputError(problem)


def _in_future(word: str, bound: Bound, wall: WallClock, found: datetime, start: datetime | None) -> problems.Problem:
    day = wall.date_at(found)
    is_today = day == wall.today
    choices: tuple[Choice, ...] = ()
    local = found.astimezone(wall.zone)
    try:
        instant = wall.instant(day - DAY, local.hour * 60 + local.minute, word=word, bound=bound, after=start)
    except UnclearInputError:
        pass  # the clock was changed at that time, so one button cannot answer
    else:
        if is_today and instant <= wall.now and (start is None or instant > start):
            choices = (problems.yesterday(instant=instant),)
    return problems.in_future(word, bound, None if is_today else day, time=wall.time_at(found), choices=choices)
