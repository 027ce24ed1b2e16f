from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessions_app.management.proof import read_figures
from timetracker.backups.archive import BackupError
from timetracker.backups.restoring import restore_backup
from timetracker.serving.lock import not_serving


class Command(BaseCommand):
    help = "Puts a backup in the place of the database, which is kept. Stop the server first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="What manage.py backup made.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restores the backup, migrates it, and renews the epoch, so that scripts with copies read everything again."""
        path = options["file"].expanduser().absolute()
        try:
            with not_serving():
                restored = restore_backup(path, read_figures, complete=self._complete)
        except (BackupError, ImproperlyConfigured, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Restored the backup of {restored.manifest.made_at}. Start the server.")
        for each in restored.previous:
            self.stdout.write(f"What was there before is in {each}; remove it when all is well.")
        if restored.has_other_key:
            self.stdout.write(
                "The secret key in use comes from the environment and is not the one of the backup. Set that one, or "
                f"every browser is signed out: it is the file secret_key in {path}."
            )

    def _complete(self) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("restored", stdout=self.stdout)
