"""Finds overlaps of sessions and gaps between them on a day, and how much time a day counts twice."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sessions_app.models import TimeSession
from sessions_app.models.querysets import SessionFilter
from sessions_app.selectors.totals import EVERY_SESSION, Totals
from sessions_app.timekeeping.intervals import Gap, Interval, Overlap, find_gaps, find_overlaps, overlap_seconds
from sessions_app.timekeeping.periods import Period, start_of_day
from users_app.models import User

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OverlapsAndGaps:
    """The overlaps and the gaps of a day, each in order of time."""

    overlaps: list[Overlap[TimeSession]]
    gaps: list[Gap[TimeSession]]


def find_overlaps_and_gaps(sessions: Iterable[TimeSession], day: date, *, now: datetime) -> OverlapsAndGaps:
    """Finds overlaps and gaps on `day`, a local day in the zone of each session; a running one counts up to `now`."""
    intervals = [Interval(*_times_on(session, day, now), session) for session in sessions]
    return OverlapsAndGaps(find_overlaps(intervals), find_gaps(intervals))


def read_overlap_seconds(
    user: User, period: Period, totals: Totals, *, where: SessionFilter = EVERY_SESSION
) -> dict[date, int]:
    """Returns how many seconds of each day are counted more than once; days without any are left out. One query.

    Sessions whose times are not known are left out. `totals` are those of the same period and filter: they hold the
    sessions that cross a midnight or run. Only the start and end of the other sessions are read.
    """
    sessions = TimeSession.objects.for_user(user).matching(where).filter(times_known=True)
    rows = sessions.within_one_day(period).values_list("first_date", "start", "end")
    return find_overlap_seconds(rows, period, totals)


def find_overlap_seconds(
    within_one_day: Iterable[tuple[date, datetime, datetime]], period: Period, totals: Totals
) -> dict[date, int]:
    """Does the same for sessions in memory: `within_one_day` has the day, start and end of those with known times."""
    times: defaultdict[date, list[tuple[datetime, datetime]]] = defaultdict(list)
    for day, start, end in within_one_day:
        times[day].append((start, end))
    for split in totals.split_in(period):
        if not split.session.times_known:
            continue
        for day in split.seconds_by_date:
            if day in period:
                times[day].append(_times_on(split.session, day, totals.now))
    return {day: seconds for day in sorted(times) if (seconds := overlap_seconds(times[day]))}


def _times_on(session: TimeSession, day: date, now: datetime) -> tuple[datetime, datetime]:
    """Returns start and end of a session on one of its days; an empty interval when it does not cover that day."""
    begin, finish = start_of_day(day, session.zone), start_of_day(day + _DAY, session.zone)
    return max(session.start, begin), min(session.end or max(now, session.start), finish)
