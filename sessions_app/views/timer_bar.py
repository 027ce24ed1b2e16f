"""Requests of the timer bar: the preview of a line, whether anything changed, and the start of the running session."""

from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from sessions_app import services
from sessions_app.formatting import format_time
from sessions_app.forms.timer import SinceForm, StartForm
from sessions_app.models import TimeSession
from sessions_app.pages.actions import WEB, add_undo_message
from sessions_app.pages.context import PageContext
from sessions_app.pages.line_preview import preview_line
from sessions_app.selectors.recent import find_previous_end, read_recent
from sessions_app.selectors.sessions import find_running
from sessions_app.timekeeping.periods import day_of, seconds_between
from timetracker.pages import form_to_service, next_url, redirect_back, respond, wants_fragment
from users_app.guests import current_user

MAX_SUGGESTIONS = 8
SINCE_CHIPS = (5, 15, 30)
"""The minutes before now that chips offer as start."""


@require_safe
def preview(request: HttpRequest) -> HttpResponse:
    """Responds with the preview of a line, as chips and the text of the button, and with recent work."""
    page = PageContext.of(request)
    text = request.GET.get("name", "")
    form = StartForm({**request.GET.dict(), "id": uuid4()}, user=page.user, now=page.now, catalogue=page.catalogue)
    form.is_valid()
    running = None if page.is_anonymous else find_running(page.user)
    context: dict[str, Any] = {"text": text.strip(), **preview_line(form, is_running=running is not None)}
    if not page.is_anonymous:
        name = text if form.reading_or_none is None else form.reading_or_none.name
        context["suggestions"] = read_recent(
            page.user, page.catalogue, count=MAX_SUGGESTIONS, starting_with=name.replace("@", " ")
        )
    return respond(request, "timer/_preview.html", context)


@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """Responds with 204 if the user's revision is `v`; else redirects to the page `next`, from which htmx updates."""
    user = current_user(request)
    if request.GET.get("v", "") == ("" if user is None else str(user.revision)):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return redirect_back(request)


@require_http_methods(["GET", "HEAD", "POST"])
def since(request: HttpRequest) -> HttpResponse:
    """Moves the start of the running session, typed or by a chip, with a form that is a fragment or a page.

    A GET with `start` responds with the sentence that says how that is read.
    """
    page = PageContext.of(request)
    running = None if page.is_anonymous else find_running(page.user)
    if running is None:
        if request.method == "POST":
            messages.info(request, _("Nothing is running."))
        return redirect_back(request)
    if request.method != "POST" and "start" in request.GET:
        return _since_reading(request, page, running)
    if request.method != "POST":
        return _since_response(request, page, SinceForm(running=running, user=page.user, now=page.now))
    form = SinceForm(request.POST, running=running, user=page.user, now=page.now)
    saved = form_to_service(
        form,
        lambda: services.edit_session(page.user, WEB, form.cleaned_data["id"], start=form.cleaned_data["start"]),
        conflict_field="start",
    )
    if saved is None:
        return _since_response(request, page, form, status=422)
    before, after = (format_time(each.start, each.zone, page.user) for each in (running, saved))
    add_undo_message(
        request, _("Start moved from %(before)s to %(after)s.") % {"before": before, "after": after}, saved
    )
    return redirect_back(request)


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """Shows the keyboard shortcuts and the syntax of the line."""
    return respond(request, "timer/keys.html")


def _since_reading(request: HttpRequest, page: PageContext, running: TimeSession) -> HttpResponse:
    typed = {"id": running.pk, "start": request.GET["start"]}
    form = SinceForm(typed, running=running, user=page.user, now=page.now)
    context: dict[str, Any] = {"running": running, "form": form if request.GET["start"].strip() else None}
    if context["form"] is not None and form.is_valid():
        start = form.cleaned_data["start"]
        context |= {
            "start": start,
            "date": day_of(start, running.zone),
            "seconds": seconds_between(start, page.now),
        }
    return respond(request, "timer/_since_reading.html", context)


def _since_response(request: HttpRequest, page: PageContext, form: SinceForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "running": form.running,
        "chips": SINCE_CHIPS,
        "last_ended": find_previous_end(page.user, form.running, now=page.now),
        "next_url": next_url(request),
    }
    if not wants_fragment(request):
        return respond(request, "timer/since.html", context, status=status)
    response = respond(request, "timer/_since.html", context, status=status)
    response["HX-Retarget"], response["HX-Reselect"], response["HX-Reswap"] = (
        "#timer-editor",
        "#since-form",
        "innerHTML",
    )
    return response
