import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from timetracker.db.migrated import find_missing_migrations
from timetracker.db.release_lock import release_lock
from timetracker.http import static_bundles


class Command(BaseCommand):
    help = (
        "Brings the database and the static files up to date with the code, after a backup on SQLite. Run before "
        "serving; safe to repeat, also by several at once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-backup", action="store_true", help="Migrate SQLite without a backup before.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrates the database and collects static files. Prints nothing if there is nothing to do."""
        with release_lock():
            if find_missing_migrations(connection):
                if connection.vendor == "sqlite" and not options["no_backup"]:
                    self._back_up()
                call_command("migrate", interactive=False, verbosity=0)
            collect_static_files()

    def _back_up(self) -> None:
        """Backs up a SQLite database unless it is empty. PostgreSQL needs none, as it rolls back failed migrations."""
        if MigrationRecorder(connection).applied_migrations():
            call_command("backup", str(Path(settings.DATA_DIR) / "before-upgrade"), stdout=self.stdout)


def collect_static_files() -> None:
    """Collects static files if they changed. It takes half of the start; a running server lacks the files meanwhile."""
    mark = Path(settings.STATIC_ROOT) / "collected"
    state = _state_of_static_files()
    if mark.exists() and mark.read_text() == state:
        return
    mark.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    mark.write_text(state)


def _state_of_static_files() -> str:
    """Returns a digest of the files to collect, and of the code that makes bundles of them."""
    bundling = Path(static_bundles.__file__).read_bytes()
    paths = (Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list([]))
    state = sorted((str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in paths)
    return hashlib.sha256(repr((bundling, state)).encode()).hexdigest()
