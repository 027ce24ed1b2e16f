import gc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessions_app import services
from sessions_app.imports.commit import run_import
from sessions_app.imports.files import Content, is_account_export, open_files
from sessions_app.imports.plan import Plan, make_plan
from sessions_app.imports.rows import Answers
from sessions_app.imports.unpacking import unpacked
from sessions_app.management.users import find_user
from sessions_app.models import Source
from sessions_app.timekeeping.durations import format_words
from timetracker import clock
from timetracker.errors import DomainError
from users_app.models import User

MAX_LISTED = 50


class Command(BaseCommand):
    help = "Imports files of other time trackers for a user. The same file a second time adds nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--user", required=True, help="E-mail address or id of whose sessions they are.")
        parser.add_argument("--dry-run", action="store_true", help="Says what would be imported, and imports nothing.")
        parser.add_argument("--timezone", default="", help="That of times without one; else the user's.")
        parser.add_argument("--date-order", choices=["dmy", "mdy", "ymd"], default="")
        parser.add_argument("--decimal", choices=["comma", "point"])
        parser.add_argument("--person", default="", help="Whose rows, when several users are in a file; * for all.")
        parser.add_argument("--tasks", choices=["tag", "name"], default="", help="What tasks and activities become.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Imports all files as one changeset, or nothing when one of them cannot be read."""
        user = find_user(options["user"])
        if user is None:
            raise CommandError(f"There is no user {options['user']}. Give the e-mail address or the id of one.")
        contents: list[tuple[str, Content]] = [(path.name, path) for path in options["files"]]
        missing = [str(path) for path in options["files"] if not path.is_file()]
        if missing:
            raise CommandError(f"There is no file {', '.join(missing)}.")
        answers = Answers(
            timezone=options["timezone"],
            date_order=options["date_order"],
            decimal_comma=None if options["decimal"] is None else options["decimal"] == "comma",
            whose=options["person"],
            tasks_as=options["tasks"],
        )
        gc.freeze()  # as the server does: loaded modules are never garbage, so the collector need not scan them
        with unpacked(contents, most=settings.IMPORT_MAX_SIZE) as files:
            self._bring_in(user, files, answers, is_dry=options["dry_run"])

    def _bring_in(self, user: User, contents: Sequence[tuple[str, Content]], answers: Answers, *, is_dry: bool) -> None:
        now = clock.now()
        files = open_files(contents, answers, now)
        try:
            if is_account_export(files, field="files"):
                raise CommandError("This is an export of Timetracker. Its owner imports it on the page Import.")
            plan = make_plan(user, files, answers, now)
            _check(plan)
            self._tell(plan)
            if is_dry:
                return
            done = run_import(user, services.Actor(Source.SYSTEM), contents, files, answers)
        except DomainError as error:
            raise CommandError(error.message) from error
        counts = done.counts
        self.stdout.write(f"Imported {counts['created']} sessions, {format_words(counts['total_seconds'])}.")

    def _tell(self, plan: Plan) -> None:
        for file in plan.files:
            self.stdout.write(f"{file.name}: {file.label}")
            for remark in file.remarks:
                self.stdout.write(f"{file.name}: {remark}")
        self.stdout.write(
            f"{plan.created} new sessions, {format_words(plan.seconds)}; {plan.present} here already, "
            f"{plan.rejected_count} rejected, {plan.ignored} ignored, {plan.running} running."
        )
        for row in plan.rejected[:MAX_LISTED]:
            self.stdout.write(f"{row.file}, line {row.line}: {row.detail}")


def _check(plan: Plan) -> None:
    """Raises CommandError when a file cannot be read, or a question about it was not answered by an option."""
    for file in plan.files:
        if file.error:
            raise CommandError(f"{file.name}: {file.error}")
    for question in plan.needed:
        option = {"date_order": "--date-order", "decimal_comma": "--decimal", "whose": "--person"}.get(question.key)
        if option is None:
            raise CommandError("This table is of no tool that is known here. Import it on the page Import.")
        raise CommandError(f"The files leave open what is meant. Give {option}: {', '.join(question.options)}.")
