"""Reads the sessions of a user as the events of a calendar."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from sessions_app.models import BATCH_SIZE, TimeSession, iterate_with_tags
from sessions_app.selectors.catalogue import Catalogue, read_catalogue
from sessions_app.selectors.change_feed import read_epoch
from sessions_app.timekeeping.durations import format_words
from sessions_app.timekeeping.ical import Event
from timetracker.db.snapshot import snapshot
from users_app.models import User


def read_version(user: User) -> str | None:
    """Returns a text that changes with the user's data; None while a session runs, since its length always changes."""
    if TimeSession.objects.for_user(user).running().exists():
        return None
    return f"{read_epoch(user).hex}-{user.revision}"


def iterate_events(user: User, *, now: datetime) -> Iterator[Event]:
    """Yields an event for each session that is not in the Trash, by start, all from one state of the database."""
    with snapshot():
        catalogue = read_catalogue(user)
        sessions = TimeSession.objects.for_user(user).not_deleted().order_by("start", "id")
        for session in iterate_with_tags(sessions.iterator(chunk_size=BATCH_SIZE)):
            yield _event(session, catalogue, now)


def _event(session: TimeSession, catalogue: Catalogue, now: datetime) -> Event:
    # A running session ends now, and its title says that it runs: calendars refresh too seldom to show an open end. A
    # session without known times is an all-day event, which takes no hours in a calendar; its title has the duration.
    project = catalogue.project_of(session)
    summary = str(session) if project is None else f"{session} · {project}"
    start: datetime | date = session.start
    end: datetime | date = session.start + timedelta(seconds=session.seconds_at(now))
    if session.clock_times() is None:
        start, end = session.first_date, (session.last_date or session.first_date) + timedelta(days=1)
        summary = f"{summary} ({format_words(session.seconds_at(now))})"
    return Event(
        uid=f"{session.id}@timetracker",
        sequence=session.version,
        updated=now if session.is_running else session.updated_at,
        start=start,
        end=end,
        summary=_("%(session)s (running)") % {"session": summary} if session.is_running else summary,
        description=session.note,
        categories=[tag.name for tag in catalogue.tags_of(session)],
    )
