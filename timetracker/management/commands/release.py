import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Brings the database and the static files up to date with the code. Run before serving; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        """Quiet when there is nothing to do."""
        call_command("migrate", interactive=False, verbosity=0)
        _collect_static_files()


def _collect_static_files() -> None:
    """Not when they are those of last time: it is half of the start, and a running server has none for a moment."""
    mark = Path(settings.STATIC_ROOT) / "collected"
    state = _state_of_static_files()
    if mark.exists() and mark.read_text() == state:
        return
    mark.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    mark.write_text(state)


def _state_of_static_files() -> str:
    """Changes with any of the files that would be collected."""
    paths = (Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list([]))
    state = sorted((str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in paths)
    return hashlib.sha256(repr(state).encode()).hexdigest()
