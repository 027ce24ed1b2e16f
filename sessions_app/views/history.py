"""Undo from any device, and the Trash."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from sessions_app import services
from sessions_app.account_export import ACCOUNT_IMPORT, summary_of
from sessions_app.imports.files import is_large
from sessions_app.imports.waiting import contents_of, import_of_work
from sessions_app.pages.account_export import say_imported
from sessions_app.pages.actions import (
    SECONDS_OF_WORK,
    WEB,
    add_undo_message,
    going_on_url,
    name_guests_form,
    require_user,
    show_code_again,
    show_guests_code,
)
from sessions_app.pages.context import PageContext
from sessions_app.pages.import_work import import_in_background
from sessions_app.selectors.history import read_session_times
from sessions_app.selectors.sessions import read_trash
from timetracker.errors import ConflictError, NotFoundError
from timetracker.pages import SeeOther, next_url, redirect_back, respond
from users_app.guests import current_user
from users_app.services.merged import undoable_merges


@require_safe
def undo_list(request: HttpRequest) -> HttpResponse:
    """Lists unfinished work, with Go on and Undo, then the latest changesets, each with Undo.

    `going` is the id of unfinished work that a browser with scripts goes on with by itself, then opens `next`.
    """
    page = PageContext.of(request)
    merges = [] if page.is_anonymous else undoable_merges(page.user, now=page.now)
    of_merges = {each.changeset_id for each in merges}
    changesets = [each for each in services.undoable_changesets(page.user, now=page.now) if each.id not in of_merges]
    times = read_session_times(page.user, changesets)
    context = {
        "unfinished": services.unfinished_work(page.user),
        "changesets": [(each, times.get(each.id)) for each in changesets],
        "merges": merges,
        "going": request.GET.get("going", ""),
        "next_url": next_url(request),
    }
    return respond(request, "history/undo_list.html", context)


@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Undoes the changeset with the id `changeset`, by default the latest."""
    user = current_user(request)
    if user is None:
        return redirect_back(request)
    try:
        changeset_id = UUID(request.POST["changeset"]) if request.POST.get("changeset") else None
        undone = services.undo_changeset(user, WEB, changeset_id, seconds=SECONDS_OF_WORK)
    except ValueError:
        return redirect_back(request)
    except (ConflictError, NotFoundError) as error:
        shown = changeset_id and show_code_again(request, form=_name_undo(request, changeset_id))
        if not shown:
            messages.error(request, error.message)
        return shown or redirect_back(request)
    if undone.guest is not None:
        return show_guests_code(request, undone.guest, form=_name_undo(request, undone.changeset.id))
    if not undone.is_finished:
        return SeeOther(going_on_url(undone.undone_by, next_url(request)))
    _say_undone(request, undone.undone_by, undone.left_count, undone.left, what=undone.changeset.summary)
    return redirect_back(request)


def _name_undo(request: HttpRequest, changeset_id: UUID) -> str:
    return name_guests_form(request, str(changeset_id))


@require_POST
def work_go_on(request: HttpRequest) -> HttpResponse:
    """Goes on with unfinished work for some seconds, repeated until it is done; a large import does so on its page."""
    user = require_user(request)
    try:
        changeset_id = UUID(request.POST.get("changeset", ""))
        waiting = import_of_work(user, changeset_id)
        if waiting is not None and is_large(contents_of(waiting)):
            import_in_background(waiting)
            return SeeOther(reverse("import_detail", args=[waiting.id]))
        progress = services.go_on(user, WEB, changeset_id, seconds=SECONDS_OF_WORK)
    except ValueError:
        return redirect_back(request)
    except ConflictError as error:
        messages.error(request, error.message)
        return SeeOther(reverse("undo_list"))
    if not progress.is_finished:
        return SeeOther(going_on_url(progress.changeset_id, next_url(request)))
    if progress.state.get("kind") == ACCOUNT_IMPORT:
        say_imported(request, summary_of(progress))
    elif progress.state.get("kind") == services.PURGE:
        _say_emptied(request, progress.state["count"])
    elif "left_count" in progress.state and progress.changeset_id is not None:
        _say_undone(request, progress.changeset_id, progress.state["left_count"], progress.state["left"])
    else:
        messages.success(request, _("Done."), extra_tags=str(progress.changeset_id or ""))
    return redirect_back(request)


def _say_undone(request: HttpRequest, undone_by: UUID, left_count: int, left: Sequence[str], *, what: str = "") -> None:
    text = _("Undone: %(what)s.") % {"what": what} if what else _("Undone.")
    if left_count:
        listed = ", ".join(f"“{name}”" for name in left) + (", …" if left_count > len(left) else "")
        more = ngettext(
            "%(count)d was changed since, or is in use, and stays: %(names)s.",
            "%(count)d were changed since, or are in use, and stay: %(names)s.",
            left_count,
        )
        text = f"{text} {more % {'count': left_count, 'names': listed}}"
    messages.info(request, text, extra_tags=str(undone_by))


@require_safe
def trash(request: HttpRequest) -> HttpResponse:
    """Lists deleted sessions, latest first, each with Restore."""
    page = PageContext.of(request)
    context = {
        "sessions": read_trash(page.user),
        "is_asked": "empty" in request.GET,
        "retention": services.TRASH_RETENTION,
    }
    return respond(request, "history/trash.html", context)


@require_POST
def trash_empty(request: HttpRequest) -> HttpResponse:
    """Empties the Trash for good, after a confirmation, since it cannot be undone."""
    user = current_user(request)
    if user is None or request.POST.get("sure") != "yes":
        return SeeOther(reverse("trash"))
    progress = services.empty_trash(user, WEB, seconds=SECONDS_OF_WORK)
    if not progress.is_finished:
        return SeeOther(going_on_url(progress.changeset_id, reverse("trash")))
    _say_emptied(request, progress.state["count"])
    return SeeOther(reverse("trash"))


def _say_emptied(request: HttpRequest, count: int) -> None:
    text = ngettext("Removed %(count)d session for good.", "Removed %(count)d sessions for good.", count)
    messages.success(request, text % {"count": count})


@require_POST
def session_restore(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Takes a session out of the Trash."""
    user = require_user(request)
    session = services.restore_session(user, WEB, session_id)
    add_undo_message(request, _("Restored “%(name)s”.") % {"name": session}, session)
    return redirect_back(request)
