"""Reads what pages and API show of a period: its totals and its sessions, all from one state of the database."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from uuid import UUID

from django.db.models import Q

from sessions_app.models import TimeSession, prefetch_tags
from sessions_app.models.querysets import SessionFilter, TimeSessionQuerySet
from sessions_app.selectors.overlaps import read_overlap_seconds
from sessions_app.selectors.totals import EVERY_SESSION, Totals, read_totals
from sessions_app.timekeeping.periods import Period
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
    """Returns the overview of `period`. Its totals include the days of the periods `also`. Three queries, one for tags.

    `limit` None lists all sessions; 0 lists none and saves two queries. `newest_first` turns their order round.
    `with_overlaps` takes one more. `where` restricts totals, overlaps and list alike.
    """
    with snapshot():
        totals = read_totals(user, (period, *also), now=now, where=where)
        if limit == 0:
            return Overview(period, now, totals, [], None)
        rows = _starting_in(user, period, after, where, newest_first=newest_first)
        overlaps = read_overlap_seconds(user, period, totals, where=where) if with_overlaps else None
        found = {session.id: session for session in (rows if limit is None else rows[: limit + 1])}
        # Some of these begin before the period, and are not among the rows.
        found |= {
            split.session.id: split.session
            for split in totals.split_in(period)
            if _is_after(split.session, after, newest_first=newest_first)
        }
        sessions = sorted(found.values(), key=lambda session: (session.start, session.id), reverse=newest_first)
        page = sessions if limit is None else sessions[:limit]
        prefetch_tags(page)
    last = Position(page[-1].start, page[-1].id) if len(page) < len(sessions) else None
    listed = [ListedSession(session, totals.seconds_of(session, period)) for session in page]
    return Overview(period, now, totals, listed, last, overlaps)


def _starting_in(
    user: User, period: Period, after: Position | None, where: SessionFilter, *, newest_first: bool
) -> TimeSessionQuerySet:
    sessions = TimeSession.objects.for_user(user).matching(where).starting_in(period)
    # A local date is within a day of the date in UTC: these bounds exclude nothing, and let the index by start be used.
    sessions = sessions.filter(
        start__gte=_midnight_utc(period.first - _DAY), start__lt=_midnight_utc(period.end + _DAY)
    )
    return following(sessions, "start", after, newest_first=newest_first)


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


def _is_after(session: TimeSession, after: Position | None, *, newest_first: bool) -> bool:
    if after is None:
        return True
    here, there = (session.start, session.id), (after.start, after.id)
    return here < there if newest_first else here > there


def _midnight_utc(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
