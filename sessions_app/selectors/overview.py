"""The overview of a period: its totals and its sessions, all from one state of the database."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import Any, Generic, Literal, NamedTuple, TypeVar
from uuid import UUID

from django.db.models import Q

from sessions_app.models import TimeSession, prefetch_tags
from sessions_app.models.querysets import SessionFilter, TimeSessionQuerySet
from sessions_app.selectors.overlaps import find_overlap_seconds, read_overlap_seconds
from sessions_app.selectors.session_rows import COLUMNS, SessionRow
from sessions_app.selectors.totals import EVERY_SESSION, Totals, read_totals
from sessions_app.timekeeping.periods import Period
from timetracker.db.compiled import CompiledGet, CompiledRead
from timetracker.db.snapshot import snapshot
from users_app.models import User

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Position:
    """A position in a list of sessions: after the session with this start (UTC) and id."""

    start: datetime
    id: UUID


S = TypeVar("S", TimeSession, SessionRow)


class ListedSession(NamedTuple, Generic[S]):
    """A session of a list, with its seconds in the list's period."""

    session: S
    seconds: int


@dataclass(frozen=True, slots=True)
class Overview(Generic[S]):
    """The totals and sessions of a period as of `now`.

    `sessions` is a page of the period's sessions, by start, then id; `next` is where the next page begins, None after
    the last. `overlap_seconds`, if asked for, has the seconds that are counted more than once, for each day with any.
    """

    period: Period
    now: datetime
    totals: Totals
    sessions: list[ListedSession[S]]
    next: Position | None
    overlap_seconds: dict[date, int] | None = None

    def sessions_on(self, day: date) -> list[ListedSession[S]]:
        """Returns the sessions of the page that cover `day`, with their seconds on it."""
        one_day = Period(day, day + _DAY)
        carried = {split.session.id for split in self.totals.split_in(one_day)}
        return [
            ListedSession(listed.session, self.totals.seconds_of(listed.session, one_day))
            for listed in self.sessions
            if listed.session.id in carried or (listed.session.first_date == listed.session.last_date == day)
        ]


@dataclass(frozen=True, slots=True)
class _Page:
    """The page of sessions to list: at most `limit` (None: all) after a position, in either order."""

    after: Position | None
    limit: int | None
    newest_first: bool


def read_overview(
    user: User,
    period: Period,
    *,
    now: datetime,
    also: tuple[Period, ...] = (),
    after: Position | None = None,
    limit: int | None = None,
    where: SessionFilter = EVERY_SESSION,
    newest_first: bool = False,
) -> Overview[TimeSession]:
    """Returns the overview of `period`, with the totals of the periods `also` in it. Four queries, one for tags.

    `limit` None lists all sessions; 0 lists none and saves two queries. `newest_first` reverses their order. `where`
    filters both totals and list.
    """
    page = _Page(after, limit, newest_first)
    with snapshot():
        totals = read_totals(user, (period, *also), now=now, where=where)
        if limit == 0:
            return Overview(period, now, totals, [], None)
        if _is_compiled(page, where):
            sessions = _compiled_instances(limit)(user_id=user.pk, **_bounds(period))
        else:
            sessions = list(_page_of(TimeSession.objects.for_user(user).matching(where), period, page))
        return _list(period, totals, [*_begun_earlier(totals, period, page), *sessions], page)


def read_session_rows(
    user: User,
    period: Period,
    *,
    now: datetime,
    after: Position | None = None,
    limit: int | None = None,
    where: SessionFilter = EVERY_SESSION,
    newest_first: bool = False,
) -> Overview[SessionRow]:
    """Returns an overview with plain rows instead of instances, and with overlaps. The API reads it, in half the time.

    Overlaps take one more query unless all sessions are listed; `where` filters them, too.
    """
    page = _Page(after, limit, newest_first)
    with snapshot():
        totals = read_totals(user, (period,), now=now, where=where)
        if limit == 0:
            overlaps = read_overlap_seconds(user, period, totals, where=where)
            return Overview(period, now, totals, [], None, overlaps)
        if _is_compiled(page, where):
            found = _compiled_rows(limit)(user_id=user.pk, **_bounds(period))
        else:
            sessions = TimeSession.objects.for_user(user).matching(where)
            found = list(_page_of(sessions, period, page).values_list(*COLUMNS))
        rows = SessionRow.all_of(found)
        earlier = [SessionRow.of(session) for session in _begun_earlier(totals, period, page)]
        overview = _list(period, totals, [*earlier, *rows], page)
        if after is None and overview.next is None:
            overlaps = find_overlap_seconds(_within_one_day(rows), period, totals)
        else:
            overlaps = read_overlap_seconds(user, period, totals, where=where)
        return replace(overview, overlap_seconds=overlaps)


def _list(period: Period, totals: Totals, sessions: list[S], page: _Page) -> Overview[S]:
    """Sorts the sessions that were read, and returns an overview of the first `page.limit` of them."""
    sessions.sort(key=attrgetter("start", "id"), reverse=page.newest_first)
    first = sessions if page.limit is None else sessions[: page.limit]
    prefetch_tags(first)
    last = Position(first[-1].start, first[-1].id) if len(first) < len(sessions) else None
    listed = [ListedSession(session, totals.seconds_of(session, period)) for session in first]
    return Overview(period, totals.now, totals, listed, last)


def _begun_earlier(totals: Totals, period: Period, page: _Page) -> list[TimeSession]:
    """Returns the sessions of the page that begin before the period, which are among the split sessions."""
    return [
        split.session
        for split in totals.split_in(period)
        if split.session.first_date < period.first and _is_on(page, split.session)
    ]


def _starting_in(sessions: TimeSessionQuerySet, period: Period) -> TimeSessionQuerySet:
    # The bounds in UTC exclude nothing, but allow the use of the index by start.
    start_from, start_to = period.bounds_in_any_zone()
    return sessions.starting_in(period).filter(start__gte=start_from, start__lt=start_to)


def _page_of(sessions: TimeSessionQuerySet, period: Period, page: _Page) -> TimeSessionQuerySet:
    """Returns the sessions of the page that begin in the period, in order, and one more to tell whether there are."""
    found = following(_starting_in(sessions, period), "start", page.after, newest_first=page.newest_first)
    return found if page.limit is None else found[: page.limit + 1]


def following(
    sessions: TimeSessionQuerySet,
    instant: Literal["start", "deleted_at"],
    after: Position | None,
    *,
    newest_first: bool,
) -> TimeSessionQuerySet:
    """Returns the sessions after a position, ordered by an instant, then id."""
    sign, beyond = ("-", "lt") if newest_first else ("", "gt")
    sessions = sessions.order_by(f"{sign}{instant}", f"{sign}id")
    if after is None:
        return sessions
    is_beyond = Q(**{f"{instant}__{beyond}": after.start}) | Q(**{instant: after.start, f"id__{beyond}": after.id})
    # The second condition excludes nothing more, but allows an index to be entered at the position.
    return sessions.filter(is_beyond, **{f"{instant}__{beyond}e": after.start})


def _is_compiled(page: _Page, where: SessionFilter) -> bool:
    """Returns whether the SQL of the page is compiled: that of the most frequent, the first sessions of a period."""
    return page.after is None and not where and not page.newest_first


def _first_sessions(limit: int | None, user_id: UUID, first: date, end: date) -> TimeSessionQuerySet:
    return _page_of(TimeSession.objects.for_user(user_id), Period(first, end), _Page(None, limit, newest_first=False))


@lru_cache(maxsize=16)
def _compiled_instances(limit: int | None) -> CompiledGet[TimeSession]:
    return CompiledGet(
        lambda user_id, first, end, **_of_start: _first_sessions(limit, user_id, first, end),
        user_id=UUID(int=1),
        **_bounds(Period(date(1950, 1, 5), date(1950, 1, 9))),
    )


@lru_cache(maxsize=16)
def _compiled_rows(limit: int | None) -> CompiledRead[tuple[Any, ...]]:
    return CompiledRead(
        lambda user_id, first, end, **_of_start: _first_sessions(limit, user_id, first, end).values_list(*COLUMNS),
        user_id=UUID(int=1),
        **_bounds(Period(date(1950, 1, 5), date(1950, 1, 9))),
    )


def _bounds(period: Period) -> dict[str, date | datetime]:
    """Returns the parameters of a period in the SQL of `_starting_in`."""
    start_from, start_to = period.bounds_in_any_zone()
    return {"first": period.first, "end": period.end, "start_from": start_from, "start_to": start_to}


def _within_one_day(sessions: Iterable[SessionRow]) -> Iterator[tuple[date, datetime, datetime]]:
    """Yields day, start and end of the finished sessions that lie within one local day and whose times are known."""
    for session in sessions:
        if session.times_known and session.end is not None and session.last_date == session.first_date:
            yield session.first_date, session.start, session.end


def _is_on(page: _Page, session: TimeSession) -> bool:
    if page.after is None:
        return True
    here, there = (session.start, session.id), (page.after.start, page.after.id)
    return here < there if page.newest_first else here > there
