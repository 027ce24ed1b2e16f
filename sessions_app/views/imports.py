"""Imports of files of other tools: choosing files, preview, importing, undo."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import IO, Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sessions_app.forms.imports import ImportAnswersForm
from sessions_app.imports.background import is_at_work
from sessions_app.imports.commit import Outcome
from sessions_app.imports.detection import ACCOUNT_EXPORT
from sessions_app.imports.files import answers_from_json, answers_to_json, is_large
from sessions_app.imports.readers.mapped import MAPPED
from sessions_app.imports.rejections import RejectedFile
from sessions_app.imports.unpacking import unpacked
from sessions_app.imports.waiting import (
    begun_work,
    contents_of,
    count_written,
    discard_files,
    find_import,
    keep_files,
    recent_imports,
    rejections_of,
)
from sessions_app.models import Import
from sessions_app.pages.actions import SECONDS_OF_WORK, require_user
from sessions_app.pages.context import PageContext
from sessions_app.pages.import_work import (
    bring_in,
    columns_of_plan,
    first_plan,
    go_on_in_background,
    import_in_background,
    plan_again,
    read_in_background,
)
from sessions_app.pages.imports import plan_context, questions_from_json
from sessions_app.services import undoable_imports
from timetracker import clock
from timetracker.errors import ConflictError, InvalidInputError
from timetracker.pages import SeeOther, respond, wants_fragment
from timetracker.tables import Column, table_response
from users_app.guests import leads_to_sign_in_where_closed, user_for_write, user_or_unsaved
from users_app.models import User


@require_http_methods(["GET", "HEAD", "POST"])
@leads_to_sign_in_where_closed
def imports(request: HttpRequest) -> HttpResponse:
    """Asks for files and lists the imports of 30 days; a POST takes files and redirects to the preview.

    Large files are stored first, and read in the background. If other files cannot be read, nothing is stored, not even
    a new guest.
    """
    if request.method != "POST":
        return _choose(request, [])
    uploads = cast("list[UploadedFile[Any]]", request.FILES.getlist("files"))
    if not uploads:
        return _choose(request, [_("Choose one file or several.")])
    if sum(each.size or 0 for each in uploads) > settings.IMPORT_MAX_SIZE:
        message = _("These are more than %(megabytes)d MB. Choose fewer files at once.")
        return _choose(request, [message % {"megabytes": settings.IMPORT_MAX_SIZE // 1_000_000}], status=413)
    uploaded = [(each.name or "import", cast("IO[bytes]", each.file)) for each in uploads]
    with unpacked(uploaded, most=settings.IMPORT_MAX_SIZE) as contents:
        return _take(request, contents)


def _take(request: HttpRequest, contents: Sequence[tuple[str, IO[bytes]]]) -> HttpResponse:
    try:
        if is_large(contents):
            waiting = _keep(request, contents)
            read_in_background(waiting)
        else:
            with closing(RejectedFile()) as rejected:
                plan, answers = first_plan(user_or_unsaved(request), contents, rejected)
                waiting = _keep(request, contents)
                _update(waiting, columns_of_plan(waiting, plan, answers, rejected))
    except InvalidInputError as error:
        return _choose(request, [each.message for each in error.errors])
    except ConflictError as error:
        return _choose(request, [error.message], status=error.status)
    return SeeOther(_url(waiting))


def _keep(request: HttpRequest, contents: Sequence[tuple[str, IO[bytes]]]) -> Import:
    with user_for_write(request) as user:
        pass  # stores a guest first, since the files are stored in several transactions
    return keep_files(user, contents, clock.now())


def _update(waiting: Import, columns: Mapping[str, Any]) -> None:
    for name, value in columns.items():
        setattr(waiting, name, value)
    waiting.save(update_fields=list(columns))


@require_safe
def import_detail(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Shows the preview, the progress or the outcome of an import."""
    user = require_user(request)
    waiting = find_import(user, import_id)
    return _detail(request, user, waiting, _form(user, waiting) if waiting.plan else None)


@require_POST
def import_answers(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Reads the files again with the user's answers."""
    user = require_user(request)
    waiting = find_import(user, import_id)
    if not waiting.plan or is_at_work(waiting, clock.now()):
        return SeeOther(_url(waiting))
    form = _form(user, waiting, request.POST)
    if not form.is_valid():
        return _detail(request, user, waiting, form, status=422)
    waiting.answers = answers_to_json(form.answers())
    try:
        if is_large(contents_of(waiting)):
            _update(waiting, {"answers": waiting.answers})
            read_in_background(waiting)
        else:
            _update(waiting, plan_again(user, waiting))
    except ConflictError as error:
        messages.error(request, error.message)
        return SeeOther(reverse("imports"))
    except InvalidInputError as error:
        form.add_error(None, error.message)
        return _detail(request, user, waiting, form, status=422)
    return SeeOther(_url(waiting))


@require_POST
def import_run(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Imports for some seconds, or in the background, and redirects to the page of progress or outcome."""
    user = require_user(request)
    waiting = find_import(user, import_id)
    if waiting.result is not None or not waiting.plan.get("is_ready") or is_at_work(waiting, clock.now()):
        return SeeOther(_url(waiting))
    try:
        if is_large(contents_of(waiting)):
            import_in_background(waiting)
            return SeeOther(_url(waiting))
        done, columns = bring_in(user, waiting, seconds=SECONDS_OF_WORK)
    except (InvalidInputError, ConflictError) as error:
        messages.error(request, error.message)
        is_gone = isinstance(error, ConflictError) and error.code == "files_gone"
        return SeeOther(reverse("imports") if is_gone else _url(waiting))
    _update(waiting, columns)
    if not done.is_finished:
        return SeeOther(f"{_url(waiting)}?going=yes")
    _add_undo_message(request, done)
    return SeeOther(_url(waiting))


@require_POST
def import_go_on(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Waits a little for the work in the background, or starts it again if it was interrupted."""
    waiting = find_import(require_user(request), import_id)
    go_on_in_background(waiting)
    return SeeOther(_url(waiting))


@require_safe
def import_rejected(request: HttpRequest, import_id: UUID) -> HttpResponseBase:
    """Sends the rejected rows, with their lines and reasons, as CSV."""
    rejections = rejections_of(find_import(require_user(request), import_id))
    columns = [
        Column("file", _("File")),
        Column("line", _("Line"), "integer"),
        Column("code", _("Code")),
        Column("reason", _("Reason")),
        Column("record", _("Row")),
    ]
    rows = ((each.file, each.line, each.code, each.detail, each.record) for each in rejections)
    return table_response("csv", columns, rows, filename=_("not imported"))


@require_POST
def import_discard(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Deletes the files of an import that was not begun."""
    user = require_user(request)
    discard_files(user, find_import(user, import_id))
    return SeeOther(reverse("imports"))


def _choose(request: HttpRequest, errors: Sequence[str], *, status: int | None = None) -> HttpResponse:
    page = PageContext.of(request)
    undoable = set() if page.is_anonymous else {each.id for each in undoable_imports(page.user, now=page.now)}
    context = {
        "tab": "settings",
        "here": reverse("imports"),
        "file_errors": errors,
        "imports": [] if page.is_anonymous else recent_imports(page.user),
        "undoable": undoable,
    }
    return respond(request, "imports/imports.html", context, status=status or (422 if errors else 200))


def _detail(
    request: HttpRequest, user: User, waiting: Import, form: ImportAnswersForm | None, *, status: int = 200
) -> HttpResponse:
    begun = None if waiting.result else begun_work(user, waiting)
    progress = waiting.progress or {}
    context = {
        "tab": "settings",
        "here": _url(waiting),
        "import": waiting,
        "plan": plan_context(waiting.plan, user) if waiting.plan else None,
        "form": form,
        "result": waiting.result,
        "progress": progress,
        "is_working": is_at_work(waiting, clock.now()),
        "is_interrupted": "beat" in progress and not is_at_work(waiting, clock.now()),
        "written": 0 if begun is None else count_written(begun),
        "begun_id": waiting.changeset_id if begun is None else begun.id,
        "is_going": "going" in request.GET,
        "is_of_account": waiting.plan.get("source") == ACCOUNT_EXPORT,
    }
    template = "imports/_import.html" if wants_fragment(request) else "imports/import_detail.html"
    return respond(request, template, context, status=status)


def _form(user: User, waiting: Import, data: Any = None) -> ImportAnswersForm:
    plan = waiting.plan
    file = next((each for each in plan["files"] if each["tool"] == MAPPED), plan["files"][0])
    return ImportAnswersForm(
        data,
        questions=questions_from_json(plan),
        header=file["header"],
        answers=answers_from_json(waiting.answers),
        timezone=file["timezone"] or user.timezone,
        columns=file["columns"],
    )


def _add_undo_message(request: HttpRequest, done: Outcome) -> None:
    count = done.counts["created"]
    if done.changeset_id is None:
        messages.info(request, _("Everything in these files is here already."))
        return
    text = ngettext("Imported %(count)d session.", "Imported %(count)d sessions.", count) % {"count": count}
    messages.success(request, text, extra_tags=str(done.changeset_id))


def _url(waiting: Import) -> str:
    return reverse("import_detail", args=[waiting.id])
