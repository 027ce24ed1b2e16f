"""A person's sessions as a calendar that other programs subscribe to. The address is the key; no cookie is read."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from sessions_app.models import BATCH_SIZE, TimeSession, iterate_with_tags
from sessions_app.selectors.catalogue import Catalogue, read_catalogue
from sessions_app.selectors.change_feed import read_epoch
from sessions_app.timekeeping.ical import Event, calendar_lines
from timetracker import clock
from timetracker.db.snapshot import snapshot
from timetracker.tables.columns import encoded_chunks
from users_app.models import User
from users_app.services.feeds import find_feed
from users_app.services.last_seen import update_last_used

NAME = "Timetracker"
REFRESH = timedelta(minutes=30)
_FORM = 1
"""Of what is written about sessions. One more with every change of it, so that calendars fetch all of them again."""


@csrf_exempt  # no cookie gives any right here
@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponseBase:
    """All sessions that are not in the Trash, sent while they are read; 304 when nothing changed and nothing runs."""
    found = find_feed(secret)
    if found is None:
        raise Http404
    now = clock.now()
    update_last_used(found, now=now)
    etag = _etag(found.user)
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        chunks = encoded_chunks(calendar_lines(_events(found.user, now), name=NAME, refresh=REFRESH))
        # Not an empty HttpResponse for HEAD: that would tell a length.
        response = StreamingHttpResponse(
            () if request.method == "HEAD" else chunks, content_type="text/calendar; charset=utf-8"
        )
        response["Content-Disposition"] = 'inline; filename="timetracker.ics"'  # else the secret names the file
    if etag is not None:
        response["ETag"] = etag
    patch_cache_control(response, private=True, no_cache=True)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


def _etag(user: User) -> str | None:
    """Changes whenever something is recorded of this person; None while a session runs, which is longer at every look.

    Asked before the sessions are read, so it may be older than they are, never newer.
    """
    if TimeSession.objects.for_user(user).running().exists():
        return None
    return f'W/"{_FORM}-{read_epoch(user).hex}-{user.revision}"'


def _events(user: User, now: datetime) -> Iterator[Event]:
    with snapshot():
        catalogue = read_catalogue(user)
        sessions = TimeSession.objects.for_user(user).not_deleted().order_by("start", "id")
        for session in iterate_with_tags(sessions.iterator(chunk_size=BATCH_SIZE)):
            yield _event(session, catalogue, now)


def _event(session: TimeSession, catalogue: Catalogue, now: datetime) -> Event:
    """A running session ends now and says that it runs: readers ask too seldom to show an open end rightly."""
    project = catalogue.project_of(session)
    summary = str(session) if project is None else f"{session} · {project}"
    return Event(
        uid=f"{session.id}@timetracker",
        sequence=session.version,
        updated=now if session.is_running else session.updated_at,
        start=session.start,
        end=session.start + timedelta(seconds=session.seconds_at(now)),
        summary=_("%(session)s (running)") % {"session": summary} if session.is_running else summary,
        description=session.note,
        categories=[tag.name for tag in catalogue.tags_of(session)],
    )
