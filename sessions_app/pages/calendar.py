"""Geometry of the calendar of a week: a column for each day, drawn as SVG, with its sessions and what is free.

Each day is measured from its own midnight, so it has 23, 24 or 25 hours and every length is as tall as it is long. On
a day with a clock change the hours are therefore labelled anew. Heights are whole pixels, widths strings such as
`12.5%`, so that no locale puts a comma in them.
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
"""What is shorter is drawn as long as this, 24 pixels, so that it can be pressed; a shorter gap offers nothing."""
_HOUR = 60 * 60
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CalendarBlock:
    """A session on one of its days. `is_cut_before` and `is_cut_after` say whether it began earlier, ends later."""

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
    """Free time `[start, end)` that is over, of 20 minutes or more."""

    start: datetime
    end: datetime
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class HourLabel:
    """An hour's line: the instant (UTC) at which the day's clock showed it."""

    at: datetime
    y: int


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A column. `parts` are blocks and gaps, by where they begin; `untimed` are the sessions whose times are not known.

    `hours` are its own labels, of a day with a clock change only. `over_from` is where it is over, if that is shown;
    `now` is None on other days. `midnight` is its first instant (UTC).
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
    first_second: int
    height: int


@dataclass(frozen=True, slots=True)
class _Piece:
    """What a session covers of a day, in seconds after its midnight."""

    listed: ListedSession[TimeSession]
    begin: int
    end: int

    def drawn(self, last: int) -> tuple[int, int]:
        """Returns what is drawn of it: 20 minutes or more, that begin earlier where they would pass `last`."""
        begin = min(self.begin, last - MIN_SECONDS)
        return begin, max(self.end, begin + MIN_SECONDS)


def week_calendar(
    overview: Overview[TimeSession], period: Period, inks: Mapping[UUID | None, Ink], *, zone: ZoneInfo, now: datetime
) -> Calendar:
    """Returns the calendar of the days of a period, from the first to the last session by the hour, 8 to 18 at least.

    Each session stands where the clock of its own zone had it, cut at the day's bounds; the running one reaches up to
    `now`. Days, hours and gaps are those of `zone`, the user's.
    """
    pieces = {day: list(_pieces(overview.sessions_on(day), day, now)) for day in period.dates()}
    edges = [edge for of_day in pieces.values() for each in of_day for edge in (each.begin, each.end)]
    if (today := day_of(now, zone)) in period:
        edges.append(seconds_between(start_of_day(today, zone), now))
    hours = [hours_of_day(day, zone) for day in period.dates()]
    first = min([*(each[FIRST_HOUR] for each in hours), *edges]) // _HOUR * _HOUR
    last = math.ceil(max([*(each[LAST_HOUR] for each in hours), *edges]) / _HOUR) * _HOUR
    window = (first, last)
    return Calendar(
        days=tuple(
            _draw_day(day, of_day, overview, inks, window=window, zone=zone, now=now) for day, of_day in pieces.items()
        ),
        hours=tuple(_label_hours(start_of_day(_even_day(period, zone), zone), first, min(last, 24 * _HOUR))),
        first_second=first,
        height=(last - first) // SECONDS_PER_PIXEL,
    )


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
    window: tuple[int, int],
    zone: ZoneInfo,
    now: datetime,
) -> CalendarDay:
    first, last = window
    midnight = start_of_day(day, zone)
    length = seconds_between(midnight, start_of_day(day + _DAY, zone))
    present = seconds_between(midnight, now)
    blocks = _draw_blocks(day, pieces, inks, window)
    gaps = _draw_gaps(pieces, midnight, window, until=min(last, length, present))
    return CalendarDay(
        date=day,
        midnight=midnight,
        total=overview.totals.on(day),
        parts=tuple(sorted([*blocks, *gaps], key=attrgetter("y"))),
        untimed=tuple(each for each in overview.sessions_on(day) if not each.session.times_known),
        hours=() if _is_even(day, zone) else tuple(_label_hours(midnight, first, min(last, length))),
        over_from=(length - first) // SECONDS_PER_PIXEL if length < last else None,
        now=(present - first) // SECONDS_PER_PIXEL if day_of(now, zone) == day else None,
    )


def _draw_blocks(
    day: date, pieces: Sequence[_Piece], inks: Mapping[UUID | None, Ink], window: tuple[int, int]
) -> Iterator[CalendarBlock]:
    """Yields the blocks, those that overlap side by side."""
    first, last = window
    pixels = [
        ((begin - first) // SECONDS_PER_PIXEL, (end - first) // SECONDS_PER_PIXEL)
        for begin, end in (each.drawn(last) for each in pieces)
    ]
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


def _draw_gaps(
    pieces: Sequence[_Piece], midnight: datetime, window: tuple[int, int], *, until: int
) -> Iterator[CalendarGap]:
    """Yields what is free until then, in seconds after midnight, where there is room to draw it."""
    first, last = window
    reached = drawn_to = first
    edges = sorted((each.begin, each.end, *each.drawn(last)) for each in pieces)
    for begin, end, drawn_from, drawn_end in [*edges, (until, until, until, until)]:
        top, foot = max(reached, drawn_to), min(drawn_from, until)
        if foot - top >= MIN_SECONDS:
            y = (top - first) // SECONDS_PER_PIXEL
            height = (foot - first) // SECONDS_PER_PIXEL - y
            yield CalendarGap(_after(midnight, reached), _after(midnight, min(begin, until)), y, height)
        reached, drawn_to = max(reached, end), max(drawn_to, drawn_end)


def _label_hours(midnight: datetime, first: int, last: int) -> Iterator[HourLabel]:
    for second in range(first, last, _HOUR):
        yield HourLabel(_after(midnight, second), (second - first) // SECONDS_PER_PIXEL)


def _is_even(day: date, zone: ZoneInfo) -> bool:
    """Says whether the clock shows each hour of a day when so many hours are over."""
    return all(at == hour * _HOUR for hour, at in hours_of_day(day, zone).items())


def _even_day(period: Period, zone: ZoneInfo) -> date:
    return next((day for day in period.dates() if _is_even(day, zone)), period.first)


def _after(instant: datetime, seconds: int) -> datetime:
    return instant + timedelta(seconds=seconds)
