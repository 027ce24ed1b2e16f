"""The calendar feed of a user's sessions. The URL has the secret; no cookie is read."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from sessions_app.selectors.feeds import iterate_events, read_version
from sessions_app.timekeeping.ical import calendar_lines
from timetracker import clock
from timetracker.tables.columns import encoded_chunks
from users_app.services.feeds import find_feed
from users_app.services.last_seen import update_last_used

NAME = "Timetracker"
REFRESH = timedelta(minutes=30)
_FORMAT = 1
"""The version of the events' format, a part of the ETag. Increment it so that calendars fetch all events again."""


@csrf_exempt  # the view reads no cookie
@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Streams all sessions except those in the Trash; 304 if nothing has changed and no session is running."""
    found = find_feed(secret)
    if found is None:
        raise Http404
    now = clock.now()
    update_last_used(found, now=now)
    version = read_version(found.user)  # read before the events, so that it may be older than they are, never newer
    etag = None if version is None else f'W/"{_FORMAT}-{version}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        chunks = encoded_chunks(calendar_lines(iterate_events(found.user, now=now), name=NAME, refresh=REFRESH))
        # Not an empty HttpResponse for HEAD, which would have a Content-Length.
        response = StreamingHttpResponse(
            () if request.method == "HEAD" else chunks, content_type="text/calendar; charset=utf-8"
        )
        response["Content-Disposition"] = 'inline; filename="timetracker.ics"'  # not the secret
    if etag is not None:
        response["ETag"] = etag
    patch_cache_control(response, private=True, no_cache=True)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
