"""One session: all of it, its history, and both states when somebody else changed it meanwhile."""

from typing import Any
from uuid import UUID

from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sessions_app import services
from sessions_app.forms.restructuring import InsertForm, MoveForm, SplitForm
from sessions_app.forms.sessions import SessionForm
from sessions_app.models import TimeSession
from sessions_app.selectors.history import read_history
from sessions_app.selectors.neighbours import find_neighbours
from sessions_app.timekeeping.periods import day_period
from sessions_app.views.page_context import WEB, PageContext, back, came_from, render_page, say_done
from timetracker.errors import ConflictError, InvalidInputError, NotFoundError, StaleVersionError
from timetracker.form_fields import add_domain_errors
from users_app.models import User


def find_session(user: User, session_id: UUID, *, in_trash: bool = False) -> TimeSession:
    """A session of this person, one in the Trash only when asked for. Raises NotFoundError."""
    session: TimeSession | None = TimeSession.objects.for_user(user).filter(id=session_id).first()
    if session is None or (session.deleted_at is not None and not in_trash):
        raise NotFoundError
    return session


@require_http_methods(["GET", "HEAD", "POST"])
def session_edit(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """All fields of a session. A change to a state that is gone is answered with both states, and nothing is lost."""
    page = PageContext.of(request)
    # What was typed for one that was deleted meanwhile is kept, and the reason said.
    session = find_session(page.user, session_id, in_trash=request.method == "POST")
    if request.method != "POST":
        return render_session(request, page, session)
    form = SessionForm(request.POST, session=session, catalogue=page.catalogue, user=page.user, now=page.now)
    if form.is_valid():
        try:
            versions = frozenset([form.cleaned_data["version"]])
            saved = services.edit_session(page.user, WEB, session_id, versions=versions, **form.changes)
        except InvalidInputError as error:
            add_domain_errors(form, error)
        except ConflictError as error:
            form.add_error(None, error.message)
        except StaleVersionError:
            return _conflict(request, page, session, form)
        else:
            say_done(request, _("Saved “%(name)s”.") % {"name": saved}, saved)
            return back(request)
    return render_session(request, page, session, form=form, status=422)


def render_session(
    request: HttpRequest, page: PageContext, session: TimeSession, *, status: int = 200, **forms: Any
) -> HttpResponse:
    """The page of a session; a form that was refused is shown as it was typed."""
    fresh: dict[str, Any] = {"session": session, "user": page.user, "now": page.now}
    context = {
        "session": session,
        "came_from": came_from(request),
        "form": SessionForm(catalogue=page.catalogue, **fresh),
        "split_form": SplitForm(**fresh),
        "move_form": MoveForm(today=page.today, initial={"day": session.first_date}),
        "insert_form": InsertForm(**fresh),
        "neighbours": find_neighbours(page.user, session),
        "changes": read_history(page.user, session.id),
        **forms,
    }
    overview = page.overview(day_period(page.today), limit=0)
    return render_page(request, "sessions/session_edit.html", page, overview, context, status=status)


def _conflict(request: HttpRequest, page: PageContext, session: TimeSession, form: SessionForm) -> HttpResponse:
    """Both states, side by side: what was typed, and what the session is now."""
    now = SessionForm(session=session, catalogue=page.catalogue, user=page.user, now=page.now)
    yours = {name: _written(form[name]) for name in form.fields}
    changed = set(form.changed_data)
    if "project_name" in changed:
        yours["project_id"] = yours["project_name"]
        changed.add("project_id")
    both = [
        {"label": form[name].label, "yours": yours[name], "theirs": _written(now[name])}
        for name in form.fields
        if form.fields[name].show_hidden_initial
        and (name in changed or str(now[name].initial) != request.POST.get(f"initial-{name}", ""))
    ]
    sent = [(key, value) for key, value in request.POST.items() if key not in {"version", "csrfmiddlewaretoken"}]
    overview = page.overview(day_period(page.today), limit=0)
    context = {"session": session, "both": both, "sent": sent, "came_from": came_from(request)}
    return render_page(request, "sessions/session_conflict.html", page, overview, context, status=409)


def _written(field: BoundField) -> str:
    """What a field has, as it reads on the page."""
    value = field.value()
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    names = dict(getattr(field.field, "choices", ()))
    return str(names.get(str(value), value))
