"""Geometry of the timeline of a day, which a template draws as SVG.

Lengths are strings such as `12.5%` of its width, so that it fits any and no locale puts a comma in them.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sessions_app.models import TimeSession
from sessions_app.pages.charts import Ink, percent
from sessions_app.timekeeping.periods import day_of, seconds_between, start_of_day

FIRST_HOUR, LAST_HOUR = 8, 18
"""What is shown at least."""
MAX_LABELS = 13
MAX_LANES = 3
MIN_BLOCK_SECONDS = 120
"""A shorter session is drawn as long as this, so that it is visible."""
_HOUR = 60 * 60
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Block:
    """A session on the timeline. Sessions that overlap stand in different lanes, 0 being the uppermost."""

    session: TimeSession
    ink: Ink
    x: str
    width: str
    lane: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """A day from one full hour to another. `hours` are the labels inside with their positions; `now` is None outside.

    `lanes` is how many stand below each other.
    """

    first_hour: int
    last_hour: int
    blocks: tuple[Block, ...]
    hours: tuple[tuple[int, str], ...]
    now: str | None
    lanes: int


def timeline(
    sessions: Iterable[TimeSession], day: date, inks: Mapping[UUID | None, Ink], *, zone: ZoneInfo, now: datetime
) -> Timeline:
    """Returns the timeline of a day: from its first to its last session by the hour, 8 to 18 at least.

    Each session stands where the clock of its own zone had it. The running one reaches up to `now`. Sessions whose
    times are not known are left out. The hours, and `now`, are those of `zone`, the user's: a day has 23, 24 or 25.
    """
    pieces = sorted(
        (piece_of_day(each, day, now) for each in sessions if each.times_known), key=lambda piece: (piece[0], piece[1])
    )
    hours = hours_of_day(day, zone)
    length = seconds_between(start_of_day(day, zone), start_of_day(day + _DAY, zone))
    first = min([hours[FIRST_HOUR], *(begin for begin, _end, _session in pieces)])
    last = max([hours[LAST_HOUR], *(end for _begin, end, _session in pieces)])
    first = first // _HOUR * _HOUR
    last = min(math.ceil(last / _HOUR) * _HOUR, max(length, last))
    present = seconds_between(start_of_day(day, zone), now) if day_of(now, zone) == day else None
    width = last - first
    lanes = _lanes(pieces)
    step = math.ceil(width / _HOUR / MAX_LABELS)
    return Timeline(
        first_hour=_hour_at(first, hours),
        last_hour=_hour_at(last, hours),
        blocks=tuple(
            Block(
                session,
                inks.get(session.project_id, inks[None]),
                percent(begin - first, width),
                percent(max(end - begin, MIN_BLOCK_SECONDS), width),
                lane,
            )
            for (begin, end, session), lane in zip(pieces, lanes, strict=True)
        ),
        hours=tuple(
            (hour, percent(at - first, width))
            for hour, at in hours.items()
            if first < at < last and (hour - _hour_at(first, hours)) % step == 0
        ),
        now=percent(present - first, width) if present is not None and first <= present <= last else None,
        lanes=max(lanes, default=0) + 1,
    )


def piece_of_day(session: TimeSession, day: date, now: datetime) -> tuple[int, int, TimeSession]:
    """Returns between which seconds after midnight, in its own zone, a session covers the day."""
    begin, finish = start_of_day(day, session.zone), start_of_day(day + _DAY, session.zone)
    start = min(max(session.start, begin), finish)
    end = max(min(session.end or now, finish), start)
    return seconds_between(begin, start), seconds_between(begin, end), session


def _lanes(pieces: list[tuple[int, int, TimeSession]]) -> list[int]:
    """Returns the lane of each piece, in order: the uppermost that is free, the last when none is."""
    free_from = [0] * MAX_LANES
    lanes = []
    for begin, end, _session in pieces:
        lane = next((number for number, free in enumerate(free_from) if free <= begin), MAX_LANES - 1)
        free_from[lane] = max(free_from[lane], end)
        lanes.append(lane)
    return lanes


def hours_of_day(day: date, zone: ZoneInfo) -> dict[int, int]:
    """Returns how many seconds after midnight the clock shows each hour, the first time it does; 24 is the end."""
    begin = start_of_day(day, zone)
    hours = {hour: max(0, seconds_between(begin, datetime.combine(day, time(hour), tzinfo=zone))) for hour in range(24)}
    return {**hours, 24: seconds_between(begin, start_of_day(day + _DAY, zone))}


def _hour_at(seconds: int, hours: dict[int, int]) -> int:
    return max(hour for hour, at in hours.items() if at <= seconds)
