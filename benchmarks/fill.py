"""Gives a user of a server's database a history: `python -m benchmarks.fill USER_ID COUNT NOW EACH`."""

import os
import sys
from datetime import UTC, datetime, timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timetracker.settings")

import django

django.setup()

from django.db import connection  # noqa: E402

from tests.many_sessions import add_sessions, analyze, repeat_sessions  # noqa: E402
from users_app.models import User  # noqa: E402

_PART = 20_000


def main() -> None:
    user = User.objects.get(pk=sys.argv[1])
    count, now, each = map(int, sys.argv[2:5])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")  # which is for requests
    written = min(count, _PART)
    over = timedelta(seconds=each * written)
    add_sessions(user, written, until=datetime.fromtimestamp(now, tz=UTC), over=over)
    if count > written:
        repeat_sessions(user, count // written - 1, days=over.days)
    analyze()


if __name__ == "__main__":
    main()
