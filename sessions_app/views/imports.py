"""Imports of files of other tools: choose, look at what would be done, import, undo."""

from collections.abc import Sequence
from contextlib import closing
from typing import IO, Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sessions_app.account_export import check_account_export, import_account_export, preview_account_export
from sessions_app.forms.imports import ImportAnswersForm
from sessions_app.imports.commit import Outcome, run_import
from sessions_app.imports.detection import ACCOUNT_EXPORT
from sessions_app.imports.files import (
    Content,
    OpenFile,
    answers_from_json,
    answers_to_json,
    is_account_export,
    open_files,
)
from sessions_app.imports.plan import Plan, make_plan
from sessions_app.imports.rejections import RejectedFile
from sessions_app.imports.rows import Answers
from sessions_app.imports.waiting import (
    discard_files,
    find_import,
    keep_files,
    keep_rejected,
    open_waiting,
    recent_imports,
    rejections_of,
)
from sessions_app.models import Import
from sessions_app.pages.actions import SECONDS_OF_WORK, WEB, require_user
from sessions_app.pages.context import PageContext
from sessions_app.pages.imports import (
    outcome_of_account,
    outcome_to_json,
    plan_context,
    plan_of_account,
    plan_to_json,
    questions_from_json,
)
from sessions_app.services import undoable_imports
from timetracker import clock
from timetracker.errors import ConflictError, FieldError, InvalidInputError
from timetracker.pages import SeeOther, respond
from timetracker.tables import Column, table_response
from users_app.guests import leads_to_sign_in_where_closed, user_for_write, user_or_unsaved
from users_app.models import User

MAX_SIZE = 50_000_000


@require_http_methods(["GET", "HEAD", "POST"])
@leads_to_sign_in_where_closed
def imports(request: HttpRequest) -> HttpResponse:
    """Asks for files and lists the imports of 30 days; a POST takes files and leads to what would be done with them.

    Of files that cannot be read none is stored, and a stranger stays one.
    """
    if request.method != "POST":
        return _choose(request, [])
    uploads = cast("list[UploadedFile[Any]]", request.FILES.getlist("files"))
    if not uploads:
        return _choose(request, [_("Choose one file or several.")])
    if sum(each.size or 0 for each in uploads) > MAX_SIZE:
        return _choose(request, [_("These are more than 50 MB. Choose fewer files at once.")], status=413)
    contents = [(each.name or "import", cast("IO[bytes]", each.file)) for each in uploads]
    try:
        with closing(RejectedFile()) as rejected:
            plan, answers = _first_plan(user_or_unsaved(request), contents, rejected)
            with user_for_write(request) as user:
                pass  # stored first: what waits is written in parts
            waiting = keep_files(user, contents, clock.now())
            _keep_plan(waiting, plan, answers, rejected)
    except InvalidInputError as error:
        return _choose(request, [each.message for each in error.errors])
    except ConflictError as error:
        return _choose(request, [error.message], status=error.status)
    return SeeOther(_url(waiting))


def _first_plan(user: User, contents: Sequence[tuple[str, IO[bytes]]], rejected: RejectedFile) -> tuple[Plan, Answers]:
    """Returns what would be done with files, and the answers that are known from earlier ones.

    Raises InvalidInputError, with an error for each that cannot be imported, and ConflictError `timer_running` for an
    export whose timer cannot run beside that of the user.
    """
    now = clock.now()
    files = open_files(contents, Answers(), now)
    errors = [f"{file.name}: {file.error.message.render(_)}" for file in files if file.error is not None]
    if not errors and is_account_export(files, field="files"):
        name, content = contents[0]
        return plan_of_account(name, preview_account_export(user, check_account_export(content))), Answers()
    if not errors:
        answers = _answers_of_last_time(user, files)
        files = open_files(contents, answers, now) if answers.columns else files
        plan = make_plan(user, files, answers, now, on_rejected=rejected.add)
        errors = plan.errors
    if errors:
        raise InvalidInputError(*(FieldError("files", "unreadable_file", each) for each in errors))
    return plan, answers


@require_safe
def import_detail(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Shows what would be imported, how far it is, or what was."""
    user = require_user(request)
    waiting = find_import(user, import_id)
    return _detail(request, user, waiting, _form(user, waiting))


@require_POST
def import_answers(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Reads the files again with what was answered."""
    user = require_user(request)
    waiting = find_import(user, import_id)
    form = _form(user, waiting, request.POST)
    if not form.is_valid():
        return _detail(request, user, waiting, form, status=422)
    answers, now = form.answers(), clock.now()
    waiting.answers = answers_to_json(answers)
    try:
        _contents, files = open_waiting(waiting, now)
        with closing(RejectedFile()) as rejected:
            plan = make_plan(user, files, answers, now, on_rejected=rejected.add)
            _keep_plan(waiting, plan, answers, rejected)
    except ConflictError as error:
        messages.error(request, error.message)
        return SeeOther(reverse("imports"))
    except InvalidInputError as error:
        form.add_error(None, error.message)
        return _detail(request, user, waiting, form, status=422)
    return SeeOther(_url(waiting))


@require_POST
def import_run(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Imports for some seconds, and leads to the page that goes on, or says what was done."""
    user = require_user(request)
    waiting = find_import(user, import_id)
    if waiting.result is not None or not waiting.plan.get("is_ready"):
        return SeeOther(_url(waiting))
    try:
        contents, files = open_waiting(waiting, clock.now())
    except ConflictError as error:
        messages.error(request, error.message)
        return SeeOther(reverse("imports"))
    try:
        done = _run(user, waiting, contents, files)
    except (InvalidInputError, ConflictError) as error:
        messages.error(request, error.message)
        return SeeOther(_url(waiting))
    waiting.changeset_id = done.changeset_id
    if done.is_finished:
        waiting.result = outcome_to_json(done)
        _say_done(request, done)
    waiting.save(update_fields=["changeset_id", "result"])
    return SeeOther(_url(waiting) if done.is_finished else f"{_url(waiting)}?going=yes")


def _run(user: User, waiting: Import, contents: Sequence[tuple[str, Content]], files: Sequence[OpenFile]) -> Outcome:
    """Imports for SECONDS_OF_WORK, an export of an account as a whole. Raises InvalidInputError, and ConflictError."""
    if waiting.plan["source"] == ACCOUNT_EXPORT:
        ((_name, content),) = contents
        return outcome_of_account(waiting.plan, import_account_export(user, WEB, cast("IO[bytes]", content)))
    answers = answers_from_json(waiting.answers)
    return run_import(user, WEB, contents, files, answers, import_id=waiting.id, seconds=SECONDS_OF_WORK)


@require_safe
def import_rejected(request: HttpRequest, import_id: UUID) -> HttpResponseBase:
    """Sends all rows that are no sessions, with their lines and reasons, as CSV."""
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
    """Forgets the files of an import that was not begun."""
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
    request: HttpRequest, user: User, waiting: Import, form: ImportAnswersForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "tab": "settings",
        "here": _url(waiting),
        "import": waiting,
        "plan": plan_context(waiting.plan, user),
        "form": form,
        "result": waiting.result,
        "is_going": "going" in request.GET,
        "is_of_account": waiting.plan["source"] == ACCOUNT_EXPORT,
        "is_begun": waiting.changeset_id is not None,
    }
    return respond(request, "imports/import_detail.html", context, status=status)


def _keep_plan(waiting: Import, plan: Plan, answers: Answers, rejected: RejectedFile) -> None:
    """Stores what would be done with these answers. What was asked before can be answered anew."""
    earlier = waiting.plan.get("questions", [])
    size = keep_rejected(waiting, rejected)
    waiting.plan, waiting.answers = {**plan_to_json(plan), "rejected_size": size}, answers_to_json(answers)
    asked = {each["key"] for each in waiting.plan["questions"]}
    waiting.plan["questions"] += [{**each, "is_needed": False} for each in earlier if each["key"] not in asked]
    waiting.save(update_fields=["answers", "plan"])


def _form(user: User, waiting: Import, data: Any = None) -> ImportAnswersForm:
    plan = waiting.plan
    file = next((each for each in plan["files"] if each["header"]), plan["files"][0])
    return ImportAnswersForm(
        data,
        questions=questions_from_json(plan),
        header=file["header"],
        answers=answers_from_json(waiting.answers),
        timezone=file["timezone"] or user.timezone,
        columns=file["columns"],
    )


def _answers_of_last_time(user: User, files: Sequence[OpenFile]) -> Answers:
    """Returns which columns were chosen for a table of the same titles before, if any were."""
    headers = [list(file.found.header) for file in files if file.found is not None and file.found.question("columns")]
    for earlier in recent_imports(user) if headers else []:
        answers = answers_from_json(earlier.answers)
        if answers.columns and any(each["header"] in headers for each in earlier.plan.get("files", [])):
            return answers
    return Answers()


def _say_done(request: HttpRequest, done: Outcome) -> None:
    count = done.counts["created"]
    if done.changeset_id is None:
        messages.info(request, _("Everything in these files is here already."))
        return
    text = ngettext("Imported %(count)d session.", "Imported %(count)d sessions.", count) % {"count": count}
    messages.success(request, text, extra_tags=str(done.changeset_id))


def _url(waiting: Import) -> str:
    return reverse("import_detail", args=[waiting.id])
