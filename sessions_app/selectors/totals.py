"""Every total. Whatever shows a number of seconds, pages, API or admin, asks here, so that all numbers agree.

The database sums what lies within one local day. The few sessions that cross a midnight, and the running one up to
`now`, are split over their days by `timekeeping.periods.split_by_day`. Two queries, whatever the history.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q, Sum

from sessions_app.models import TimeSession
from sessions_app.models.querysets import SessionFilter, TimeSessionQuerySet
from sessions_app.timekeeping.periods import Period, split_by_day
from users_app.models import User

EVERY_SESSION = SessionFilter()


@dataclass(frozen=True, slots=True)
class Total:
    """Seconds tracked, how many of them are the running session's and how many billable, and in how many sessions."""

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


@dataclass(frozen=True, slots=True)
class SplitSession:
    """A session that crosses a midnight or runs, and its seconds on each of its days in the periods that were read."""

    session: TimeSession
    seconds_by_date: dict[date, int]

    def covers(self, period: Period) -> bool:
        """Whether it belongs to the period: it covers a part of it, however short."""
        return any(day in period for day in self.seconds_by_date)

    def seconds_in(self, period: Period) -> int:
        """Its seconds on the days of the period."""
        return sum(seconds for day, seconds in self.seconds_by_date.items() if day in period)


@dataclass(frozen=True, slots=True)
class Totals:
    """What was tracked on each day of some periods, as of `now`.

    `by_date` has every day with a session, `whole` only what the database summed, `split` the other sessions by id.
    """

    now: datetime
    by_date: dict[date, Total]
    whole: dict[date, Total]
    split: dict[UUID, SplitSession]

    def on(self, day: date) -> Total:
        """The total of a day that was read."""
        return self.by_date.get(day, Total())

    def of(self, period: Period) -> Total:
        """The total of a period that was read. Days add up to it; a session on two days of it counts as one."""
        total = sum((each for day, each in self.by_date.items() if day in period), start=Total())
        counts = [each.session_count for day, each in self.whole.items() if day in period]
        return replace(total, session_count=sum(counts) + len(self.split_in(period)))

    def split_in(self, period: Period) -> list[SplitSession]:
        """The sessions of a period that cross a midnight or run, by start, then id."""
        return [split for split in self.split.values() if split.covers(period)]

    def seconds_of(self, session: TimeSession, period: Period) -> int:
        """How many seconds of a session that belongs to `period` lie in it."""
        split = self.split.get(session.id)
        return session.seconds_at(self.now) if split is None else split.seconds_in(period)

    @property
    def running(self) -> TimeSession | None:
        """The running session, unless it began after all periods that were read."""
        return next((split.session for split in self.split.values() if split.session.is_running), None)


def read_totals(
    user: User, periods: Iterable[Period], *, now: datetime, where: SessionFilter = EVERY_SESSION
) -> Totals:
    """The totals of every day of `periods`, which may overlap, for one person. Two queries."""
    periods = tuple(periods)
    sessions = TimeSession.objects.for_user(user).matching(where)
    rows = (
        sessions.within_one_day(*periods)
        .values("first_date")
        .annotate(
            seconds=Sum("duration_seconds"),
            billable_seconds=Sum("duration_seconds", filter=Q(billable=True), default=0),
            session_count=Count("*"),
        )
        .order_by("first_date")
    )
    whole = {
        row["first_date"]: Total(int(row["seconds"]), 0, int(row["billable_seconds"]), row["session_count"])
        for row in rows
    }
    split = split_over_days(sessions, periods, now=now)
    by_date = defaultdict(Total, whole)
    for each in split.values():
        for day, seconds in each.seconds_by_date.items():
            by_date[day] += _total_of(each.session, seconds)
    return Totals(now, dict(by_date), whole, split)


def split_over_days(
    sessions: TimeSessionQuerySet, periods: tuple[Period, ...], *, now: datetime
) -> dict[UUID, SplitSession]:
    """Those of `sessions` that cross a midnight or run, by start, then id, as far as they cover `periods`. A query."""
    # Sorted here: asked for this order, SQLite would walk the whole history in the index that has it.
    crossing = sorted(sessions.open_or_crossing(*periods), key=lambda session: (session.start, session.id))
    return {session.id: SplitSession(session, _seconds_by_date(session, periods, now)) for session in crossing}


def _seconds_by_date(session: TimeSession, periods: tuple[Period, ...], now: datetime) -> dict[date, int]:
    """Split over its days; a session that has run for no second yet is on the day of its start all the same."""
    end = session.end or now
    if end <= session.start:
        return {session.first_date: 0} if any(session.first_date in period for period in periods) else {}
    within = Period(min(period.first for period in periods), max(period.end for period in periods))
    return split_by_day(session.start, end, session.zone, within=within)


def _total_of(session: TimeSession, seconds: int) -> Total:
    """What a session gives a day that it has so many seconds of."""
    return Total(seconds, seconds if session.is_running else 0, seconds if session.billable else 0, 1)
