"""Geometry of the calendar of a week: a column for each day, drawn as SVG, with its sessions and gaps.

Each day is measured from its own midnight and has 23, 24 or 25 hours, so that heights are proportional to durations. A
day with a clock change therefore has its own hour labels. Ranges of empty hours are folded, so that a single session at
night does not make the calendar tall. Heights are whole pixels, widths are strings such as `12.5%`, so that no locale
puts a comma in them.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter
from uuid import UUID
from zoneinfo import ZoneInfo

from sessions_app.models import TimeSession
from sessions_app.pages.charts import Ink, percent
from sessions_app.pages.timeline import FIRST_HOUR, LAST_HOUR, hours_of_day, piece_of_day
from sessions_app.selectors.overview import ListedSession, Overview
from sessions_app.selectors.totals import Total
from sessions_app.timekeeping.columns import arrange_in_columns
from sessions_app.timekeeping.periods import Period, day_of, seconds_between, start_of_day

SECONDS_PER_PIXEL = 50
MIN_SECONDS = 20 * 60
"""Shorter sessions are drawn as tall as this, 24 pixels, so that they can be clicked; shorter gaps are not drawn."""
_HOUR = 60 * 60
MIN_FOLDED = 2 * _HOUR
FOLD_SECONDS = 20 * 60
"""The height of a fold, in seconds. calendar.js has the same constant."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CalendarBlock:
    """A session on one of its days. `is_cut_before`: it began on an earlier day; `is_cut_after`: it ends on a later."""

    listed: ListedSession[TimeSession]
    ink: Ink
    x: str
    width: str
    y: int
    height: int
    is_cut_before: bool
    is_cut_after: bool

    @property
    def session(self) -> TimeSession:
        """The session."""
        return self.listed.session


@dataclass(frozen=True, slots=True)
class CalendarGap:
    """Untracked time `[start, end)` in the past, of 20 minutes or more."""

    start: datetime
    end: datetime
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class HourLabel:
    """The line of an hour, with the instant (UTC) of that hour on the day."""

    at: datetime
    y: int


@dataclass(frozen=True, slots=True)
class Fold:
    """Folded hours, in which the week has nothing, in seconds after midnight; drawn 24 pixels tall."""

    first: int
    last: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class _Window:
    """The visible part of each day, `[first, last)` in seconds after midnight, with some hours folded."""

    first: int
    last: int
    folded: tuple[tuple[int, int], ...]

    def y(self, second: int) -> int:
        """Returns the position in pixels of a second of the day."""
        hidden = sum(
            (min(max(second, first), last) - first) * (last - first - FOLD_SECONDS) // (last - first)
            for first, last in self.folded
        )
        return (second - self.first - hidden) // SECONDS_PER_PIXEL

    def folds(self) -> tuple[Fold, ...]:
        """Returns the folds with their positions."""
        return tuple(Fold(first, last, self.y(first), FOLD_SECONDS // SECONDS_PER_PIXEL) for first, last in self.folded)


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """The column of a day. `parts` are blocks and gaps by start; `untimed` are sessions without known times.

    `hours` are labels of a day with a clock change, otherwise empty. `over_from` is where a day ends that is shorter
    than the window, otherwise None; `now` is None except today. `midnight` is the day's first instant (UTC).
    """

    date: date
    midnight: datetime
    total: Total
    parts: tuple[CalendarBlock | CalendarGap, ...]
    untimed: tuple[ListedSession[TimeSession], ...]
    hours: tuple[HourLabel, ...]
    over_from: int | None
    now: int | None


@dataclass(frozen=True, slots=True)
class Calendar:
    """A week from `first_second` of each day on, `height` pixels tall; `hours` are the labels of a day of 24 hours."""

    days: tuple[CalendarDay, ...]
    hours: tuple[HourLabel, ...]
    folds: tuple[Fold, ...]
    first_second: int
    height: int


@dataclass(frozen=True, slots=True)
class _Piece:
    """The part of a session on a day, in seconds after its midnight."""

    listed: ListedSession[TimeSession]
    begin: int
    end: int

    def drawn(self, last: int) -> tuple[int, int]:
        """Returns the interval to draw: at least 20 minutes, moved earlier if they would pass `last`."""
        begin = min(self.begin, last - MIN_SECONDS)
        return begin, max(self.end, begin + MIN_SECONDS)


def week_calendar(
    overview: Overview[TimeSession], period: Period, inks: Mapping[UUID | None, Ink], *, zone: ZoneInfo, now: datetime
) -> Calendar:
    """Returns the calendar of a period, from the hour of the first to that of the last session, 8 to 18 at least.

    Sessions are drawn at the times of their own zone, cut at the day's bounds; the running one ends at `now`. Days,
    hours and gaps are in `zone`, the user's.
    """
    pieces = {day: list(_pieces(overview.sessions_on(day), day, now)) for day in period.dates()}
    hours = [hours_of_day(day, zone) for day in period.dates()]
    always = (min(each[FIRST_HOUR] for each in hours), max(each[LAST_HOUR] for each in hours))
    seen = [always, *((each.begin, each.end) for of_day in pieces.values() for each in of_day)]
    if (today := day_of(now, zone)) in period:
        present = seconds_between(start_of_day(today, zone), now)
        seen.append((present, present))
    first = min(begin for begin, _end in seen) // _HOUR * _HOUR
    last = math.ceil(max(end for _begin, end in seen) / _HOUR) * _HOUR
    seen.extend(each.drawn(last) for of_day in pieces.values() for each in of_day)
    window = _Window(first, last, tuple(_find_folds(seen, first)))
    return Calendar(
        days=tuple(
            _draw_day(day, of_day, overview, inks, window=window, zone=zone, now=now) for day, of_day in pieces.items()
        ),
        hours=tuple(_label_hours(start_of_day(_even_day(period, zone), zone), window, until=24 * _HOUR)),
        folds=window.folds(),
        first_second=first,
        height=window.y(last),
    )


def _find_folds(seen: Iterable[tuple[int, int]], first: int) -> Iterator[tuple[int, int]]:
    """Yields ranges of two or more hours, from `first` on, in which nothing is drawn."""
    reached = first
    for begin, end in sorted(seen):
        fold = math.ceil(reached / _HOUR) * _HOUR, begin // _HOUR * _HOUR
        if fold[1] - fold[0] >= MIN_FOLDED:
            yield fold
        reached = max(reached, end)


def _pieces(listed: Iterable[ListedSession[TimeSession]], day: date, now: datetime) -> Iterator[_Piece]:
    for each in listed:
        if each.session.times_known:
            begin, end, _session = piece_of_day(each.session, day, now)
            yield _Piece(each, begin, end)


def _draw_day(
    day: date,
    pieces: Sequence[_Piece],
    overview: Overview[TimeSession],
    inks: Mapping[UUID | None, Ink],
    *,
    window: _Window,
    zone: ZoneInfo,
    now: datetime,
) -> CalendarDay:
    midnight = start_of_day(day, zone)
    length = seconds_between(midnight, start_of_day(day + _DAY, zone))
    present = seconds_between(midnight, now)
    blocks = _draw_blocks(day, pieces, inks, window)
    gaps = _draw_gaps(pieces, midnight, window, until=min(window.last, length, present))
    return CalendarDay(
        date=day,
        midnight=midnight,
        total=overview.totals.on(day),
        parts=tuple(sorted([*blocks, *gaps], key=attrgetter("y"))),
        untimed=tuple(each for each in overview.sessions_on(day) if not each.session.times_known),
        hours=() if _is_even(day, zone) else tuple(_label_hours(midnight, window, until=length)),
        over_from=window.y(length) if length < window.last else None,
        now=window.y(present) if day_of(now, zone) == day else None,
    )


def _draw_blocks(
    day: date, pieces: Sequence[_Piece], inks: Mapping[UUID | None, Ink], window: _Window
) -> Iterator[CalendarBlock]:
    """Yields the blocks of sessions. Overlapping ones are side by side."""
    pixels = [(window.y(begin), window.y(end)) for begin, end in (each.drawn(window.last) for each in pieces)]
    for piece, (top, foot), slot in zip(pieces, pixels, arrange_in_columns(pixels), strict=True):
        session = piece.listed.session
        yield CalendarBlock(
            listed=piece.listed,
            ink=inks.get(session.project_id, inks[None]),
            x=percent(slot.column, slot.columns),
            width=percent(1, slot.columns),
            y=top,
            height=foot - top,
            is_cut_before=session.first_date < day,
            is_cut_after=session.last_date is not None and session.last_date > day,
        )


def _draw_gaps(pieces: Sequence[_Piece], midnight: datetime, window: _Window, *, until: int) -> Iterator[CalendarGap]:
    """Yields the gaps until a second after midnight that are tall enough to draw."""
    reached = drawn_to = window.first
    edges = sorted((each.begin, each.end, *each.drawn(window.last)) for each in pieces)
    for begin, end, drawn_from, drawn_end in [*edges, (until, until, until, until)]:
        top, foot = max(reached, drawn_to), min(drawn_from, until)
        if foot - top >= MIN_SECONDS:
            y = window.y(top)
            height = window.y(foot) - y
            yield CalendarGap(_after(midnight, reached), _after(midnight, min(begin, until)), y, height)
        reached, drawn_to = max(reached, end), max(drawn_to, drawn_end)


def _label_hours(midnight: datetime, window: _Window, *, until: int) -> Iterator[HourLabel]:
    for second in range(window.first, min(window.last, until), _HOUR):
        if not any(first < second < last for first, last in window.folded):
            yield HourLabel(_after(midnight, second), window.y(second))


def _is_even(day: date, zone: ZoneInfo) -> bool:
    """Returns whether a day has no clock change, so that hours of the clock are hours since midnight."""
    return all(at == hour * _HOUR for hour, at in hours_of_day(day, zone).items())


def _even_day(period: Period, zone: ZoneInfo) -> date:
    return next((day for day in period.dates() if _is_even(day, zone)), period.first)


def _after(instant: datetime, seconds: int) -> datetime:
    return instant + timedelta(seconds=seconds)
