"""The frame of every page: the timer bar, the totals in the head, the card about a forgotten session.

It is a context processor, so that any template of any app can extend `page.html`. Everything is lazy: fragments and
pages without the frame make no queries.
"""

from datetime import timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from sessions_app.forms.timer import StartForm, StopAtForm
from sessions_app.models import TimeSession
from sessions_app.pages.context import PageContext
from sessions_app.selectors.forgotten import Forgotten, find_forgotten
from sessions_app.selectors.recent import Recent, read_recent
from sessions_app.selectors.totals import Total
from sessions_app.timekeeping.periods import day_of

PICK_UP_AGE = timedelta(days=14)
MAX_PICK_UP = 6


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """Returns the `page` (a `PageContext`), its `frame`, and `here`, the path to which forms return.

    A view that renders a page for a POST has to pass `here`; otherwise it is Today.
    """
    page: Any
    frame: Any
    if PageContext.is_made(request):  # by the view; no lazy proxy, since templates use it a thousand times
        page = PageContext.of(request)
        frame = PageFrame(page)
    else:
        page = SimpleLazyObject(lambda: PageContext.of(request))
        frame = SimpleLazyObject(lambda: PageFrame(PageContext.of(request)))
    return {
        "page": page,
        "frame": frame,
        "here": request.path if request.method == "GET" else reverse("today"),
    }


class PageFrame:
    """The frame of a page. Each part is computed when the template first uses it."""

    def __init__(self, page: PageContext) -> None:
        self._page = page

    @property
    def is_closed(self) -> bool:
        """Whether this browser has no user and may not create a guest: pages offer to sign in instead of Start."""
        return self._page.is_anonymous and not settings.REGISTRATION_IS_OPEN

    @property
    def running(self) -> TimeSession | None:
        """The running session."""
        return self._page.totals.running

    @property
    def today_total(self) -> Total:
        """What was tracked today."""
        return self._page.totals.on(self._page.today)

    @property
    def week_total(self) -> Total:
        """What was tracked this week."""
        return self._page.totals.of(self._page.this_week)

    @cached_property
    def start_form(self) -> StartForm:
        """The unbound form of the timer bar. A view that rejected the form passes the bound one."""
        return StartForm(user=self._page.user, now=self._page.now, catalogue=self._page.catalogue)

    @cached_property
    def pick_up(self) -> list[Recent]:
        """Recent work to continue, at most 6 of 14 days. Two queries, none without a user."""
        if self._page.is_anonymous:
            return []
        since = self._page.now - PICK_UP_AGE
        return read_recent(self._page.user, self._page.catalogue, since=since, count=MAX_PICK_UP)

    @cached_property
    def forgotten(self) -> Forgotten | None:
        """The running session if it was probably forgotten."""
        return find_forgotten(self._page.user, self.running, now=self._page.now)

    @cached_property
    def stop_at_form(self) -> StopAtForm | None:
        """The unbound form of the card about a forgotten session. A view that rejected it passes the bound one."""
        forgotten = self.forgotten
        if forgotten is None:
            return None
        day = day_of(forgotten.guess, forgotten.session.zone)
        return StopAtForm(session=forgotten.session, user=self._page.user, now=self._page.now, initial={"date": day})
