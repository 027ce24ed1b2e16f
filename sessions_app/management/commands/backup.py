from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessions_app.management.proof import read_figures
from timetracker.backups.archive import BackupError
from timetracker.backups.making import make_backup


class Command(BaseCommand):
    help = (
        "Makes a backup of the database and the secret key while the server runs, reads it back, and removes old "
        "ones: 7 daily, 4 weekly and 6 monthly stay. Run it daily."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="Where backups are kept, best on another disk.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Makes the backup. Exits with 1, and removes no old backup, if the new one fails its check."""
        try:
            path = make_backup(options["folder"].expanduser().absolute(), read_figures)
        except (BackupError, OSError) as error:
            raise CommandError(f"No backup was made. {error}") from error
        self.stdout.write(f"Made {path}, {path.stat().st_size} bytes. It was read back and is whole.")
