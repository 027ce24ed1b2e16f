"""The single source of totals: pages, API and admin take all sums of seconds from here, so that they agree.

The database sums the sessions that lie within one local day. The few sessions that cross a midnight, and the running
one up to `now`, are split over their days by `timekeeping.periods.split_by_day`. This takes two queries, however long
the history is.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from sessions_app.models import TimeSession
from sessions_app.models.querysets import MAX_AFTER, SessionFilter, TimeSessionQuerySet
from sessions_app.selectors.session_rows import SessionRow
from sessions_app.selectors.sessions import find_running
from sessions_app.timekeeping.periods import Period, merge_periods, split_by_day
from timetracker.db.compiled import CompiledGet, CompiledRead
from timetracker.db.snapshot import snapshot
from users_app.models import User

EVERY_SESSION = SessionFilter()

Rows = TypeVar("Rows", bound="QuerySet[Any, Any]")


@dataclass(frozen=True, slots=True)
class Total:
    """Tracked seconds, those of the running session, those of billable sessions, and the number of sessions."""

    seconds: int = 0
    running_seconds: int = 0
    billable_seconds: int = 0
    session_count: int = 0

    def __add__(self, other: "Total") -> "Total":
        return Total(
            self.seconds + other.seconds,
            self.running_seconds + other.running_seconds,
            self.billable_seconds + other.billable_seconds,
            self.session_count + other.session_count,
        )


class Cell(NamedTuple):
    """A group of sessions with the same project and price. It has an amount only if it is billable and has a rate."""

    project_id: UUID | None
    billable: bool
    hourly_rate: Decimal | None
    currency: str

    @classmethod
    def of(cls, session: TimeSession) -> "Cell":
        """Returns the cell that a session belongs to."""
        return cls(session.project_id, session.billable, session.hourly_rate, session.currency)


@dataclass(frozen=True, slots=True)
class SplitSession:
    """A session that crosses a midnight or runs, with its seconds on each of its days in the periods read."""

    session: TimeSession
    seconds_by_date: dict[date, int]

    def covers(self, period: Period) -> bool:
        """Returns whether the session covers a part of the period, however short."""
        return any(day in period for day in self.seconds_by_date)

    def seconds_in(self, period: Period) -> int:
        """Returns the session's seconds on the days of the period."""
        return sum(seconds for day, seconds in self.seconds_by_date.items() if day in period)


@dataclass(frozen=True, slots=True)
class Totals:
    """The totals of each day of some periods, as of `now`.

    `by_date` has every day with a session. `whole` has the part that the database summed, of sessions within one day;
    `split` has the other sessions by id.
    """

    now: datetime
    by_date: dict[date, Total]
    whole: dict[date, Total]
    split: dict[UUID, SplitSession]

    def on(self, day: date) -> Total:
        """Returns the total of a day, which must be in the periods read."""
        return self.by_date.get(day, Total())

    def of(self, period: Period) -> Total:
        """Returns the total of a period within those read: the sum of its days, with each session counted once."""
        total = sum((each for day, each in self.by_date.items() if day in period), start=Total())
        counts = [each.session_count for day, each in self.whole.items() if day in period]
        return replace(total, session_count=sum(counts) + len(self.split_in(period)))

    def split_in(self, period: Period) -> list[SplitSession]:
        """Returns the sessions of a period that cross a midnight or run, by start, then id."""
        return [split for split in self.split.values() if split.covers(period)]

    def seconds_of(self, session: TimeSession | SessionRow, period: Period) -> int:
        """Returns the seconds of a session in `period`, of which it must cover a part."""
        if session.first_date == session.last_date and session.duration_seconds is not None:
            return session.duration_seconds
        split = self.split.get(session.id)
        return session.seconds_at(self.now) if split is None else split.seconds_in(period)

    @property
    def running(self) -> TimeSession | None:
        """The running session; None if there is none, or if it begins after all periods read."""
        return next((split.session for split in self.split.values() if split.session.is_running), None)


def read_totals(
    user: User, periods: Iterable[Period], *, now: datetime, where: SessionFilter = EVERY_SESSION
) -> Totals:
    """Returns the totals of every day of `periods`, which may overlap, for one user. Two queries."""
    periods = merge_periods(periods)
    if where or len(periods) > len(_EXAMPLES):
        sessions = TimeSession.objects.for_user(user).matching(where)
        rows: Iterable[Any] = _days_of(sessions, periods)
        split = split_over_days(sessions, periods, now=now)
    else:
        rows = _compiled_days(len(periods))(user_id=user.pk, **_bounds(periods))
        split = read_split(user, periods, now=now)
    whole = {
        day: Total(int(seconds), 0, int(billable_seconds), count)
        for day, seconds, billable_seconds, count in sorted(rows)
    }
    by_date = defaultdict(Total, whole)
    for each in split.values():
        for day, seconds in each.seconds_by_date.items():
            by_date[day] += _total_of(each.session, seconds)
    return Totals(now, dict(by_date), whole, split)


def read_split(user: User, periods: tuple[Period, ...], *, now: datetime) -> dict[UUID, SplitSession]:
    """Returns `split_over_days` for all sessions of a user, with SQL that is compiled. One query.

    `periods` must be disjoint, and at most ten.
    """
    found = _compiled_split(len(periods))(user_id=user.pk, **_bounds(periods), **_ends_after(periods))
    return _split(found, periods, now)


def read_project_seconds(user: User, project_ids: Collection[UUID], *, now: datetime) -> dict[Cell, int]:
    """Returns all seconds of projects, of all time, by cell. Two queries; none for no projects.

    The cost grows with the sessions of these projects; the sums read the index `session_of_project` alone.
    """
    if not project_ids:
        return {}
    sessions = TimeSession.objects.for_user(user).not_deleted()
    columns = ("project_id", "billable", "hourly_rate", "currency")
    with snapshot():
        of_projects = sessions.order_by().filter(project__in=project_ids, duration_seconds__isnull=False)
        rows = of_projects.values(*columns).annotate(seconds=Sum("duration_seconds")).values_list(*columns, "seconds")
        seconds = {Cell(*cell): int(sum_of) for *cell, sum_of in rows}
        running = find_running(user)
    if running is not None and running.project_id in project_ids:
        cell = Cell.of(running)
        seconds[cell] = seconds.get(cell, 0) + running.seconds_at(now)
    return seconds


def split_over_days(
    sessions: TimeSessionQuerySet, periods: tuple[Period, ...], *, now: datetime
) -> dict[UUID, SplitSession]:
    """Returns those of `sessions` that cross a midnight or run, split over the days of `periods`. One query.

    The result is keyed by session id, in order of start, then id.
    """
    return _split(_split_of(sessions, merge_periods(periods)), periods, now)


def _days_of(sessions: TimeSessionQuerySet, ranges: tuple[Period, ...]) -> "QuerySet[Any, Any]":
    return _union([_sum_days(sessions.within_one_day(period)) for period in ranges])


def _split_of(sessions: TimeSessionQuerySet, ranges: tuple[Period, ...]) -> TimeSessionQuerySet:
    return _union([*(sessions.crossing(period) for period in ranges), sessions.open_or_long(*ranges)])


def _split(found: Iterable[TimeSession], periods: tuple[Period, ...], now: datetime) -> dict[UUID, SplitSession]:
    # Sorted in Python: with ORDER BY, SQLite would read the whole history in the index of that order.
    split = sorted({each.id: each for each in found}.values(), key=lambda session: (session.start, session.id))
    return {session.id: SplitSession(session, _seconds_by_date(session, periods, now)) for session in split}


def _sum_days(sessions: TimeSessionQuerySet) -> "QuerySet[Any, tuple[date, int, int, int]]":
    """Sums sessions that each lie within a day: rows of day, seconds, billable seconds and number of sessions."""
    sums: QuerySet[Any, tuple[date, int, int, int]] = (
        sessions.order_by()
        .values("first_date")
        .annotate(
            seconds=Sum("duration_seconds"),
            billable_seconds=Sum("duration_seconds", filter=Q(billable=True), default=0),
            session_count=Count("*"),
        )
        .values_list("first_date", "seconds", "billable_seconds", "session_count")
    )
    return sums


def _union(reads: "list[Rows]") -> "Rows":
    """Combines the queries of several ranges with UNION ALL.

    With an OR of the ranges, SQLite would read the user's whole index.
    """
    first, *others = reads
    return first.union(*others, all=True) if others else first


# Every page and many API calls read these for all sessions, so their SQL is compiled.


@cache
def _compiled_days(count: int) -> CompiledRead[tuple[date, int, int, int]]:
    """Returns the compiled query for the sums of days in `count` ranges."""
    return CompiledRead(
        lambda user_id, **values: _days_of(TimeSession.objects.for_user(user_id), _ranges(values)),
        user_id=UUID(int=1),
        **_bounds(_EXAMPLES[:count]),
    )


@cache
def _compiled_split(count: int) -> CompiledGet[TimeSession]:
    """Returns the compiled query for the sessions that are split over their days, in `count` ranges."""
    return CompiledGet(
        lambda user_id, **values: _split_of(TimeSession.objects.for_user(user_id), _ranges(values)),
        user_id=UUID(int=1),
        **_bounds(_EXAMPLES[:count]),
        **_ends_after(_EXAMPLES[:count]),
    )


_EXAMPLES = tuple(Period(date(year, 1, 1), date(year, 1, 2)) for year in range(1950, 1960))


def _bounds(ranges: tuple[Period, ...]) -> dict[str, date]:
    """Returns the dates of ranges by the parameter names of compiled queries."""
    firsts = {f"first_{number}": period.first for number, period in enumerate(ranges)}
    return firsts | {f"end_{number}": period.end for number, period in enumerate(ranges)}


def _ends_after(ranges: tuple[Period, ...]) -> dict[str, date]:
    """Returns the further parameters of compiled queries that `TimeSessionQuerySet.crossing` computes from the ends."""
    return {f"after_{number}": period.end + MAX_AFTER for number, period in enumerate(ranges)}


def _ranges(values: dict[str, date]) -> tuple[Period, ...]:
    count = sum(name.startswith("first_") for name in values)
    return tuple(Period(values[f"first_{number}"], values[f"end_{number}"]) for number in range(count))


def _seconds_by_date(session: TimeSession, periods: tuple[Period, ...], now: datetime) -> dict[date, int]:
    """Returns the seconds on each day. A session of no seconds belongs to the day of its start."""
    end = session.end or now
    if end <= session.start:
        return {session.first_date: 0} if any(session.first_date in period for period in periods) else {}
    within = Period(min(period.first for period in periods), max(period.end for period in periods))
    return split_by_day(session.start, end, session.zone, within=within)


def _total_of(session: TimeSession, seconds: int) -> Total:
    """Returns the contribution of a session to the total of a day on which it has this many seconds."""
    return Total(seconds, seconds if session.is_running else 0, seconds if session.billable else 0, 1)
