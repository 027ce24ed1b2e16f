from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from timetracker.db.sqlite.daily_check import quick_check
from timetracker.management.doctor import examine


class Command(BaseCommand):
    help = (
        "Does what is due once a day: empties the Trash, removes unused guests and ended browser sessions, looks "
        "through the database, makes a backup, and says what is wrong with the server."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--backup", metavar="DIR", help="Makes a backup there, before anything is removed.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs all steps. Goes on after a failed step, and exits with 1 in the end."""
        self._failed: list[str] = []
        if options["backup"]:
            self._try("backup", lambda: call_command("backup", options["backup"], stdout=self.stdout))
        self._try("look through the database", _check_database)
        for command in ("prune_trash", "prune_guests"):
            self._try(command, partial(call_command, command, stdout=self.stdout))
        self._try("look at the server", self._say_what_is_wrong)
        if self._failed:
            raise CommandError(f"Not all was done: {', '.join(self._failed)}.")

    def _try(self, name: str, step: Callable[[], Any]) -> None:
        try:
            step()
        except (CommandError, Error, OSError) as error:
            self._failed.append(name)
            self.stderr.write(f"{name}: {error}")

    def _say_what_is_wrong(self) -> None:
        wrong = [finding for finding in examine() if finding.is_wrong]
        for finding in wrong:
            self.stdout.write(f"{finding.about}: {finding.text.rstrip('.')}. {finding.fix}")


def _check_database() -> None:
    database = settings.DATABASES["default"]
    if database["ENGINE"] == "timetracker.db.sqlite" and (found := quick_check(Path(database["NAME"]))):
        raise CommandError(f"The database is damaged: {found}. Stop the server, then manage.py restore FILE.")
