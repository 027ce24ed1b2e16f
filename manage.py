#!/usr/bin/env python
"""Django's command line."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from timetracker.db.reachable import require_database

# These read code and settings only, or mend the database, unless one names a database; the others find it usable, or do
# not begin.
WITHOUT_DATABASE = {
    "check",
    "collectstatic",
    "compilemessages",
    "dbshell",
    "diffsettings",
    "doctor",
    "drill",
    "findstatic",
    "help",
    "makemessages",
    "makemigrations",
    "restore",
    "shell",
    "spectacular",
    "sqlmigrate",
    "test",
    "version",
}


def main() -> None:
    """Runs one command; a wrong environment ends it with the sentence that names the fix."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timetracker.settings")
    try:
        if needs_database(sys.argv[1:]):
            require_database(settings.DATABASES["default"])
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"timetracker: {error}")


def needs_database(arguments: list[str]) -> bool:
    """Returns whether a command can do nothing without its database."""
    if not arguments or {"-h", "--help", "--version"} & set(arguments):
        return False
    return arguments[0] not in WITHOUT_DATABASE or any(each.startswith("--database") for each in arguments)


if __name__ == "__main__":
    main()
