"""Reads what pages and API show of a period: its totals and its sessions, all from one state of the database."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import Literal
from uuid import UUID

from django.db.models import Q

from sessions_app.models import TimeSession, prefetch_tags
from sessions_app.models.querysets import SessionFilter, TimeSessionQuerySet
from sessions_app.selectors.overlaps import find_overlap_seconds, read_overlap_seconds
from sessions_app.selectors.totals import EVERY_SESSION, Totals, read_totals
from sessions_app.timekeeping.periods import Period
from timetracker.db.compiled import CompiledGet
from timetracker.db.snapshot import snapshot
from users_app.models import User

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Position:
    """A position in the order of sessions: after the one with this start (UTC) and id."""

    start: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class ListedSession:
    """A session of a list, with its seconds in the list's period."""

    session: TimeSession
    seconds: int


@dataclass(frozen=True, slots=True)
class Overview:
    """A period as of `now`.

    `sessions` is one page of its sessions, by start, then id; `next` is where the next page begins.

    `overlap_seconds`, if asked for, has how many seconds of a day are counted more than once, for days with any.
    """

    period: Period
    now: datetime
    totals: Totals
    sessions: list[ListedSession]
    next: Position | None
    overlap_seconds: dict[date, int] | None = None

    def sessions_on(self, day: date) -> list[ListedSession]:
        """Returns the sessions of the page that cover `day`, with their seconds on it."""
        one_day = Period(day, day + _DAY)
        carried = {split.session.id for split in self.totals.split_in(one_day)}
        return [
            ListedSession(listed.session, self.totals.seconds_of(listed.session, one_day))
            for listed in self.sessions
            if listed.session.id in carried or (listed.session.first_date == listed.session.last_date == day)
        ]


def read_overview(
    user: User,
    period: Period,
    *,
    now: datetime,
    also: tuple[Period, ...] = (),
    after: Position | None = None,
    limit: int | None = None,
    with_overlaps: bool = False,
    where: SessionFilter = EVERY_SESSION,
    newest_first: bool = False,
) -> Overview:
    """Returns the overview of `period`. Its totals include the days of the periods `also`. Four queries, one for tags.

    `limit` None lists all sessions; 0 lists none and saves two queries. `newest_first` turns their order round.
    `with_overlaps` takes one more unless all sessions are listed. `where` restricts totals, overlaps and list alike.
    """
    with snapshot():
        totals = read_totals(user, (period, *also), now=now, where=where)
        if limit == 0:
            return Overview(period, now, totals, [], None)
        rows = _read_starting_in(user, period, after, limit, where, newest_first=newest_first)
        # Some of those that are split begin before the period, and are not among the rows.
        earlier = [
            split.session
            for split in totals.split_in(period)
            if split.session.first_date < period.first and _is_after(split.session, after, newest_first=newest_first)
        ]
        sessions = sorted([*earlier, *rows], key=attrgetter("start", "id"), reverse=newest_first)
        page = sessions if limit is None else sessions[:limit]
        overlaps = None
        if with_overlaps and after is None and len(page) == len(sessions):
            overlaps = find_overlap_seconds(_within_one_day(rows), period, totals)
        elif with_overlaps:
            overlaps = read_overlap_seconds(user, period, totals, where=where)
        prefetch_tags(page)
    last = Position(page[-1].start, page[-1].id) if len(page) < len(sessions) else None
    listed = [ListedSession(session, totals.seconds_of(session, period)) for session in page]
    return Overview(period, now, totals, listed, last, overlaps)


def _read_starting_in(
    user: User, period: Period, after: Position | None, limit: int | None, where: SessionFilter, *, newest_first: bool
) -> list[TimeSession]:
    """Returns the sessions that begin in the period, in order, one more than `limit`. One query."""
    if after is None and not where and not newest_first:
        return _compiled_starting_in(limit)(user_id=user.pk, **_bounds(period))
    sessions = _starting_in(TimeSession.objects.for_user(user).matching(where), period)
    return list(_limited(following(sessions, "start", after, newest_first=newest_first), limit))


def _starting_in(sessions: TimeSessionQuerySet, period: Period) -> TimeSessionQuerySet:
    # The bounds in UTC exclude nothing, and let the index by start be used.
    start_from, start_to = period.bounds_in_any_zone()
    return sessions.starting_in(period).filter(start__gte=start_from, start__lt=start_to)


def following(
    sessions: TimeSessionQuerySet,
    instant: Literal["start", "deleted_at"],
    after: Position | None,
    *,
    newest_first: bool,
) -> TimeSessionQuerySet:
    """Returns those of the sessions that come after a position, in the order of an instant, then id."""
    sign, beyond = ("-", "lt") if newest_first else ("", "gt")
    sessions = sessions.order_by(f"{sign}{instant}", f"{sign}id")
    if after is None:
        return sessions
    is_beyond = Q(**{f"{instant}__{beyond}": after.start}) | Q(**{instant: after.start, f"id__{beyond}": after.id})
    # The second condition excludes nothing more, and lets an index be entered at the position.
    return sessions.filter(is_beyond, **{f"{instant}__{beyond}e": after.start})


def _limited(sessions: TimeSessionQuerySet, limit: int | None) -> TimeSessionQuerySet:
    return sessions if limit is None else sessions[: limit + 1]


@lru_cache(maxsize=16)
def _compiled_starting_in(limit: int | None) -> CompiledGet[TimeSession]:
    """Returns the read of all sessions of a period, at most so many, whose SQL is made once."""
    return CompiledGet(
        lambda user_id, first, end, **_of_start: _limited(
            _starting_in(TimeSession.objects.for_user(user_id), Period(first, end)).order_by("start", "id"), limit
        ),
        user_id=UUID(int=1),
        **_bounds(Period(date(1950, 1, 5), date(1950, 1, 9))),
    )


def _bounds(period: Period) -> dict[str, date | datetime]:
    """Returns the values of a period that stand in the SQL of `_starting_in`."""
    start_from, start_to = period.bounds_in_any_zone()
    return {"first": period.first, "end": period.end, "start_from": start_from, "start_to": start_to}


def _within_one_day(sessions: Iterable[TimeSession]) -> Iterator[tuple[date, datetime, datetime]]:
    """Yields day, start and end of the finished sessions that lie within one local day and whose times are known."""
    for session in sessions:
        if session.times_known and session.end is not None and session.last_date == session.first_date:
            yield session.first_date, session.start, session.end


def _is_after(session: TimeSession, after: Position | None, *, newest_first: bool) -> bool:
    if after is None:
        return True
    here, there = (session.start, session.id), (after.start, after.id)
    return here < there if newest_first else here > there
