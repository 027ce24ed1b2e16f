"""Adding a finished session and changing its name, by plain forms."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sessions_app import services
from sessions_app.formatting import format_added
from sessions_app.forms.sessions import AddSessionForm, RenameForm
from sessions_app.models import TimeSession
from sessions_app.services.validation import SessionFields
from sessions_app.timekeeping.periods import day_period
from sessions_app.views.page_context import WEB, PageContext, SeeOther, back, came_from, render_page, say_done
from timetracker.db.ids import uuid7
from timetracker.errors import ConflictError, InvalidInputError, NotFoundError, StaleVersionError
from timetracker.form_fields import add_domain_errors
from users_app.guests import user_for_write


@require_http_methods(["GET", "HEAD", "POST"])
def session_add(request: HttpRequest) -> HttpResponse:
    """A form for a finished session; `?date=`, `start`, `end`, `name` preset it. Leads to the day it was added to."""
    page = PageContext.of(request)
    if request.method != "POST":
        preset = {name: request.GET[name] for name in ("date", "start", "end", "name") if name in request.GET}
        form = AddSessionForm(
            catalogue=page.catalogue,
            user=page.user,
            now=page.now,
            initial={"date": page.today, **preset},
        )
        return _form_page(request, page, form, "sessions/session_add.html")
    form = AddSessionForm(request.POST, catalogue=page.catalogue, user=page.user, now=page.now)
    if form.is_valid():
        values = form.cleaned_data
        try:
            with user_for_write(request) as user:
                fields: SessionFields = {**form.session_fields, "timezone": page.user.timezone}
                session = services.save_session(user, WEB, session_id=values["id"], **fields)
        except InvalidInputError as error:
            add_domain_errors(form, error)
        except NotFoundError:
            return back(request)  # a stranger pressed twice: the guest that the first press made has this session
        except ConflictError:
            sent_before = TimeSession.objects.for_user(page.user).not_deleted().filter(id=values["id"])
            if sent_before.filter(start=values["start"], end=values["end"]).exists():
                return SeeOther(reverse("day", args=[values["date"]]))  # sent twice: the session is there
            form.add_error(None, _("This page has added its session already. Press again to add this one, too."))
            form.data = {**request.POST.dict(), "id": str(uuid7())}
        else:
            say_done(request, format_added(session, page.user), session)
            return SeeOther(reverse("day", args=[session.first_date]))
    return _form_page(request, page, form, "sessions/session_add.html", status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def session_edit_name(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """A form for the name of a session, running or finished."""
    page = PageContext.of(request)
    session = TimeSession.objects.for_user(page.user).not_deleted().filter(id=session_id).first()
    if session is None:
        raise NotFoundError
    if request.method != "POST":
        form = RenameForm(initial={"name": session.name, "version": session.version})
        return _form_page(request, page, form, "sessions/session_edit_name.html", session=session)
    form = RenameForm(request.POST)
    if form.is_valid():
        try:
            versions = frozenset([form.cleaned_data["version"]])
            saved = services.edit_session(page.user, WEB, session_id, versions=versions, name=form.cleaned_data["name"])
        except InvalidInputError as error:
            add_domain_errors(form, error)
        except StaleVersionError:
            said = _("This was changed in the meantime, its name is “%(name)s” now. Save again to put yours.")
            form.add_error("name", said % {"name": session})
            form.data = {**request.POST.dict(), "version": str(session.version)}
        else:
            say_done(request, _("Saved as “%(name)s”.") % {"name": saved}, saved)
            return back(request)
    return _form_page(request, page, form, "sessions/session_edit_name.html", status=422, session=session)


def _form_page(
    request: HttpRequest,
    page: PageContext,
    form: AddSessionForm | RenameForm,
    template: str,
    *,
    status: int = 200,
    session: TimeSession | None = None,
) -> HttpResponse:
    overview = page.overview(day_period(page.today), limit=0)
    return render_page(
        request,
        template,
        page,
        overview,
        {"form": form, "session": session, "came_from": came_from(request)},
        status=status,
    )
