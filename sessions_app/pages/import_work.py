"""Reading and importing the files of an import, in the request or, if they are large, in the background."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import IO, Any

from django.utils.translation import gettext as _

from sessions_app.account_export import check_account_export, import_account_export, preview_account_export
from sessions_app.imports import background
from sessions_app.imports.commit import Outcome, run_import
from sessions_app.imports.detection import ACCOUNT_EXPORT
from sessions_app.imports.files import (
    OpenFile,
    answers_from_json,
    answers_to_json,
    is_account_export,
    open_files,
)
from sessions_app.imports.plan import Plan, make_plan
from sessions_app.imports.rejections import RejectedFile
from sessions_app.imports.rows import Answers
from sessions_app.imports.waiting import contents_of, discard_pieces, keep_rejected, open_waiting, recent_imports
from sessions_app.models import Import
from sessions_app.pages.actions import WEB
from sessions_app.pages.imports import outcome_of_account, outcome_to_json, plan_of_account, plan_to_json
from timetracker import clock
from timetracker.errors import DomainError, FieldError, InvalidInputError
from users_app.models import User

SECONDS_TO_WAIT = 4.0
"""How long a request waits for work in the background, so that short work needs no progress page."""

Rows = Callable[[int], object]


def first_plan(
    user: User, contents: Sequence[tuple[str, IO[bytes]]], rejected: RejectedFile, on_rows: Rows = lambda _count: None
) -> tuple[Plan, Answers]:
    """Returns the plan for files, and the answers known from earlier imports.

    Raises InvalidInputError, with an error for each file that cannot be imported, and ConflictError `timer_running` for
    an account export with a running session while the user has one.
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
        plan = make_plan(user, files, answers, now, on_rejected=rejected.add, on_rows=on_rows)
        errors = plan.errors
    if errors:
        raise InvalidInputError(*(FieldError("files", "unreadable_file", each) for each in errors))
    return plan, answers


def _answers_of_last_time(user: User, files: Sequence[OpenFile]) -> Answers:
    """Returns the columns that the user chose earlier for a table with the same titles; no other answers."""
    headers = [list(file.found.header) for file in files if file.found is not None and file.found.question("columns")]
    for earlier in recent_imports(user) if headers else []:
        answers = answers_from_json(earlier.answers) if earlier.answers else Answers()
        was_read = answers.columns and earlier.plan.get("is_ready")
        if was_read and any(each["header"] in headers for each in earlier.plan.get("files", [])):
            return Answers(columns=answers.columns)
    return Answers()


def plan_again(user: User, waiting: Import, *, on_rows: Rows = lambda _count: None) -> Mapping[str, Any]:
    """Reads the files of an import with its present answers, and returns the columns of `Import` to update.

    Raises ConflictError `files_gone`, and the errors of `make_plan`.
    """
    now, answers = clock.now(), answers_from_json(waiting.answers)
    _contents, files = open_waiting(waiting, now)
    with closing(RejectedFile()) as rejected:
        plan = make_plan(user, files, answers, now, on_rejected=rejected.add, on_rows=on_rows)
        return columns_of_plan(waiting, plan, answers, rejected)


def columns_of_plan(waiting: Import, plan: Plan, answers: Answers, rejected: RejectedFile) -> Mapping[str, Any]:
    """Stores the rejected rows, and returns the columns of `Import` to update. Earlier questions stay on the page."""
    earlier = waiting.plan.get("questions", [])
    columns = plan_to_json(plan)
    asked = {each["key"] for each in columns["questions"]}
    columns["questions"] += [{**each, "is_needed": False} for each in earlier if each["key"] not in asked]
    columns["rejected_size"] = keep_rejected(waiting, rejected)
    return {"plan": columns, "answers": answers_to_json(answers)}


def bring_in(user: User, waiting: Import, *, seconds: float | None = None) -> tuple[Outcome, Mapping[str, Any]]:
    """Imports for `seconds` (None: to the end); returns the outcome and the columns of `Import` to update.

    An account export is imported as a whole. Raises InvalidInputError, and ConflictError such as `files_gone`.
    """
    if waiting.plan["source"] == ACCOUNT_EXPORT:
        ((_name, content),) = contents_of(waiting)
        done = outcome_of_account(waiting.plan, import_account_export(user, WEB, content))
    else:
        contents, files = open_waiting(waiting, clock.now())
        answers = answers_from_json(waiting.answers)
        done = run_import(user, WEB, contents, files, answers, import_id=waiting.id, seconds=seconds)
    return done, {"changeset_id": done.changeset_id, **({"result": outcome_to_json(done)} if done.is_finished else {})}


def read_in_background(waiting: Import) -> None:
    """Reads the files of an import in the background, and waits up to SECONDS_TO_WAIT. Raises TooManyRequestsError."""
    background.begin(waiting, "read", _read)
    background.wait(waiting, SECONDS_TO_WAIT)


def _read(waiting: Import, job: background.Job) -> Mapping[str, Any]:
    user = waiting.user
    if waiting.plan:
        return plan_again(user, waiting, on_rows=job.add_rows)
    try:
        with closing(RejectedFile()) as rejected:
            plan, answers = first_plan(user, contents_of(waiting), rejected, job.add_rows)
            return columns_of_plan(waiting, plan, answers, rejected)
    except DomainError:
        discard_pieces(waiting)
        raise


def import_in_background(waiting: Import) -> None:
    """Imports the files in the background, and waits up to SECONDS_TO_WAIT. Raises TooManyRequestsError."""
    background.begin(waiting, "import", _import)
    background.wait(waiting, SECONDS_TO_WAIT)


def _import(waiting: Import, _job: background.Job) -> Mapping[str, Any]:
    _done, columns = bring_in(waiting.user, waiting)
    return columns


def go_on_in_background(waiting: Import) -> None:
    """Waits up to SECONDS_TO_WAIT for running work, or starts it again if its process is gone."""
    match (waiting.progress or {}).get("kind"):
        case "read":
            read_in_background(waiting)
        case "import":
            import_in_background(waiting)
