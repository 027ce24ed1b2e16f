from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessions_app.management.proof import read_figures
from timetracker import clock
from timetracker.backups.archive import BackupError, list_backups
from timetracker.backups.restoring import try_backup


class Command(BaseCommand):
    help = (
        "Restores a backup to a scratch place and compares it with what the database held when it was made: rows, "
        "seconds of each user and month, the newest change. Run it weekly; it touches nothing that is in use."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, metavar="FILE|DIR", help="A backup, or a folder whose newest is tried.")
        parser.add_argument("--scratch", default="", metavar="URL", help="On PostgreSQL an empty database to use.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restores and compares the backup. Exits with 1 if that fails."""
        try:
            path = _find(options["path"].expanduser().absolute())
            manifest = try_backup(path, read_figures, scratch_url=options["scratch"])
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        age = clock.now() - datetime.fromisoformat(manifest.made_at)
        newest = [at for _id, at in manifest.figures["newest change"]]
        self.stdout.write(
            f"{path} can be relied on: {sum(manifest.figures['rows'].values())} rows, made {age} ago, "
            f"{f'the newest change at {newest[0]}' if newest else 'no change yet'}."
        )


def _find(path: Path) -> Path:
    if not path.is_dir():
        return path
    if not (found := list_backups(path)):
        raise BackupError(f"There is no backup in {path}. Make one: manage.py backup {path}.")
    return found[-1]
