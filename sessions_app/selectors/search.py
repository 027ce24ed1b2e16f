"""Lists of sessions without a period, a page at a time: search results, and the Trash."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sessions_app.models import TimeSession, prefetch_tags
from sessions_app.models.querysets import SessionFilter
from sessions_app.selectors.overview import Position, following
from timetracker.db.snapshot import snapshot
from users_app.models import User

MAX_SEARCHED = 20_000
"""The most sessions that a call searches, so that its cost does not grow with the history."""


@dataclass(frozen=True, slots=True)
class SessionPage:
    """A page of sessions with their tags; `next` is where the next one begins, None after the last."""

    sessions: list[TimeSession]
    next: Position | None


def search_sessions(
    user: User, where: SessionFilter, *, newest_first: bool, after: Position | None, limit: int
) -> SessionPage:
    """Returns a page of sessions that are not in the Trash, by start, then id. Two queries, and one for tags.

    The next MAX_SEARCHED sessions after a position are searched, including the Trash, so that a page may have fewer
    than `limit` sessions, or none, and still a next page.
    """
    with snapshot():
        rows = following(TimeSession.objects.for_user(user), "start", after, newest_first=newest_first)
        # Only columns of the index, so that no row is read.
        last = rows.values_list("start", "id")[MAX_SEARCHED - 1 : MAX_SEARCHED]
        end = next((Position(*each) for each in last), None)
        found = rows.not_deleted().matching(where)
        if end is not None:
            bound = "gte" if newest_first else "lte"
            found = found.filter(**{f"start__{bound}": end.start})
        page = list(found[: limit + 1])
        if end is not None:  # some of the sessions with this start lie beyond the end
            page = [each for each in page if _is_up_to(each, end, newest_first=newest_first)]
        prefetch_tags(page[:limit])
    if len(page) > limit:
        return SessionPage(page[:limit], Position(page[limit - 1].start, page[limit - 1].id))
    return SessionPage(page, end)


def read_trash_page(
    user: User, where: SessionFilter, *, newest_first: bool, after: Position | None, limit: int
) -> SessionPage:
    """Returns a page of the Trash, by instant of deletion, then id. One query, and one for tags.

    Positions have the instant of deletion in `start`.
    """
    rows = following(TimeSession.objects.for_user(user).in_trash(), "deleted_at", after, newest_first=newest_first)
    with snapshot():
        page = list(rows.matching(where)[: limit + 1])
        prefetch_tags(page[:limit])
    last = page[limit - 1] if len(page) > limit else None
    return SessionPage(page[:limit], Position(last.deleted_at, last.id) if last and last.deleted_at else None)


def _is_up_to(session: TimeSession, end: Position, *, newest_first: bool) -> bool:
    key: tuple[datetime, UUID] = (session.start, session.id)
    return key >= (end.start, end.id) if newest_first else key <= (end.start, end.id)
