#!/usr/bin/env python
"""Django's command line."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    """Runs one command; a wrong environment ends it with the sentence that names the fix."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timetracker.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"timetracker: {error}")


if __name__ == "__main__":
    main()
