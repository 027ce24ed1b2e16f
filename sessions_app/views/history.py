"""Undo from any device, and the Trash."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from sessions_app import services
from sessions_app.pages.actions import WEB, require_user, say_done
from sessions_app.pages.context import PageContext
from sessions_app.selectors.sessions import read_trash
from timetracker.errors import ConflictError, NotFoundError
from timetracker.pages import SeeOther, redirect_back, respond
from users_app.guests import current_user


@require_safe
def undo_list(request: HttpRequest) -> HttpResponse:
    """Lists the latest changesets, each with its Undo."""
    page = PageContext.of(request)
    changesets = services.undoable_changesets(page.user, now=page.now)
    return respond(request, "history/undo_list.html", {"changesets": changesets})


@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Takes back one changeset, the latest unless `changeset` names another."""
    user = current_user(request)
    if user is None:
        return redirect_back(request)
    try:
        changeset_id = UUID(request.POST["changeset"]) if request.POST.get("changeset") else None
        undone = services.undo_changeset(user, WEB, changeset_id)
    except ValueError:
        return redirect_back(request)
    except (ConflictError, NotFoundError) as error:
        messages.error(request, error.message)
    else:
        messages.info(request, _("Undone."), extra_tags=str(undone.undone_by))
    return redirect_back(request)


@require_safe
def trash(request: HttpRequest) -> HttpResponse:
    """Lists deleted sessions, the latest first, each with Restore."""
    page = PageContext.of(request)
    context = {
        "sessions": read_trash(page.user),
        "is_asked": "empty" in request.GET,
        "retention": services.TRASH_RETENTION,
    }
    return respond(request, "history/trash.html", context)


@require_POST
def trash_empty(request: HttpRequest) -> HttpResponse:
    """Removes all of the Trash for good. The one thing that is asked about first: it cannot be undone."""
    user = current_user(request)
    if user is None or request.POST.get("sure") != "yes":
        return SeeOther(reverse("trash"))
    count = services.empty_trash(user, WEB)
    messages.success(
        request,
        ngettext("Removed %(count)d session for good.", "Removed %(count)d sessions for good.", count)
        % {"count": count},
    )
    return SeeOther(reverse("trash"))


@require_POST
def session_restore(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Takes a session out of the Trash."""
    user = require_user(request)
    session = services.restore_session(user, WEB, session_id)
    say_done(request, _("Restored “%(name)s”.") % {"name": session}, session)
    return redirect_back(request)
