"""What every page of the product has: the person, the instant, the timer bar and the totals of today and this week."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from sessions_app.forms.timer import StartForm, StopAtForm
from sessions_app.models import Source, TimeSession, VersionedModel
from sessions_app.selectors.catalogue import Catalogue, read_catalogue
from sessions_app.selectors.forgotten import Forgotten, find_forgotten
from sessions_app.selectors.overview import Overview, read_overview
from sessions_app.services import Actor
from sessions_app.timekeeping.periods import Period, day_of, day_period, week_period
from timetracker import clock
from timetracker.errors import NotFoundError
from timetracker.form_fields import focus_first_error
from users_app.guests import current_user, user_or_unsaved
from users_app.models import User
from users_app.services.last_seen import update_last_seen

WEB = Actor(Source.WEB)
MAX_DAYS_AHEAD = timedelta(days=3)
"""Dates on Earth differ by up to two days for some hours: zones are 26 hours apart."""


class SeeOther(HttpResponseRedirect):
    """After a form was taken: look there, with GET."""

    status_code = 303


@dataclass(frozen=True)
class PageContext:
    """One look at a page: who looks, when, and which day that is for them."""

    user: User
    now: datetime

    @classmethod
    def of(cls, request: HttpRequest) -> "PageContext":
        """Reads the clock, once for the whole page."""
        return cls(user_or_unsaved(request), clock.now())

    @property
    def today(self) -> date:
        """The present date in the person's zone."""
        return day_of(self.now, self.user.zone)

    @property
    def this_week(self) -> Period:
        """The person's present week."""
        return week_period(self.today, week_start=self.user.week_start)

    @cached_property
    def catalogue(self) -> Catalogue:
        """What the person's sessions are organised by. Three queries, once for the whole page."""
        return read_catalogue(self.user)

    @property
    def has_sessions(self) -> bool:
        """Whether this person has ever tracked anything. A query."""
        return TimeSession.objects.for_user(self.user).exists()

    def overview(self, period: Period, *, limit: int | None = None) -> Overview:
        """What the page is about, with the totals that the page's head needs, at four queries.

        The head shows what runs, also when it began on a later date, in a zone further east.
        """
        head = (self.this_week, Period(self.today, self.today + MAX_DAYS_AHEAD))
        return read_overview(self.user, period, now=self.now, also=head, limit=limit)


def render_page(
    request: HttpRequest,
    template: str,
    page: PageContext,
    overview: Overview,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """A page with its head. `overview` is that of the visit; a `start_form` of the context keeps what was typed."""
    running = overview.totals.running
    forgotten = find_forgotten(page.user, running, now=page.now)
    if forgotten is None:
        update_last_seen(current_user(request), now=page.now)  # while in doubt, the last sighting stays as it was
    head = {
        "page": page,
        "running": running,
        "forgotten": forgotten,
        "stop_at_form": None if forgotten is None else _stop_at_form(page, forgotten),
        "today_total": overview.totals.of(day_period(page.today)),
        "week_total": overview.totals.of(page.this_week),
        "start_form": StartForm(user=page.user, now=page.now, catalogue=page.catalogue),
        "here": request.path if request.method == "GET" else reverse("today"),
    }
    for form in context.values():
        if isinstance(form, BaseForm) and form.is_bound and form.errors:
            focus_first_error(form)
    response = render(request, template, {**head, "overview": overview, **context}, status=status)
    # The server is the truth: going back asks it again.
    patch_cache_control(response, private=True, no_cache=True)
    return response


def require_user(request: HttpRequest) -> User:
    """Who presses; somebody unknown has nothing to press. Raises NotFoundError."""
    user = current_user(request)
    if user is None:
        raise NotFoundError
    return user


def _stop_at_form(page: PageContext, forgotten: Forgotten) -> StopAtForm:
    day = day_of(forgotten.guess, forgotten.session.zone)
    return StopAtForm(session=forgotten.session, user=page.user, now=page.now, initial={"date": day})


def say_done(request: HttpRequest, text: str, *rows: VersionedModel | None) -> None:
    """Tells on the next page what a press did, with a button that takes that press back; or that nothing changed.

    `rows` are what the service gave back.
    """
    written = (each.changeset_id for each in rows if each is not None)
    changeset_id = next((each for each in written if each is not None), None)
    if changeset_id is None:
        messages.info(request, _("Nothing changed."))
    else:
        messages.success(request, text, extra_tags=str(changeset_id))


def came_from(request: HttpRequest) -> str:
    """The path of the page that a form or link was on (`next`), if it is one of ours, else that of Today."""
    target = request.POST.get("next") or request.GET.get("next", "")
    is_ours = target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return target if is_ours else reverse("today")


def back(request: HttpRequest) -> SeeOther:
    """To the page that the form was on."""
    return SeeOther(came_from(request))
