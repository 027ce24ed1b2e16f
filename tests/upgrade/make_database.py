"""Makes the database of the present release, to be kept beside this file: `python -m tests.upgrade.make_database`.

Run it with the code of a release, before the next one changes the schema. It writes a small SQLite database with
invented data, what the API shows of it, and the statements that this release sends for everything that users do.
"""

import gzip
import json
import os
import shutil
import sys
import tempfile
import tomllib
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
NOW = datetime(2026, 11, 27, 16, 20, tzinfo=UTC)
PAGES = ("/", "/week/", "/month/", "/reports/", "/projects/", "/settings/", "/trash/", "/export/")


def main() -> None:
    data = Path(tempfile.mkdtemp(prefix="timetracker-release-"))
    os.environ |= {"DATA_DIR": str(data), "RATE_LIMITS": "off", "DJANGO_SETTINGS_MODULE": "timetracker.settings"}
    os.environ.pop("DATABASE_URL", None)
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from tests.upgrade import states

    call_command("migrate", verbosity=0)
    with states.at(NOW):
        fill()
    expected = states.read_all(NOW)
    connection.cursor().execute("DELETE FROM users_app_accesstoken")
    connection.cursor().execute("VACUUM")
    connection.close()
    version = tomllib.loads((FOLDER.parent.parent / "pyproject.toml").read_text())["project"]["version"]
    with (data / "timetracker.sqlite3").open("rb") as file, gzip.open(FOLDER / f"{version}.sqlite3.gz", "wb") as target:
        shutil.copyfileobj(file, target)
    content = {"now": NOW.isoformat(), "answers": expected, "statements": record(states)}
    with gzip.open(FOLDER / f"{version}.json.gz", "wt") as file:
        json.dump(content, file, indent=0, sort_keys=True)
    shutil.rmtree(data)
    sys.stdout.write(f"Made {version}: {len(content['statements'])} statements.\n")


def fill() -> None:
    """Adds users with all that there is: rates, currencies, zones, tags, a Trash, changesets undone, a timer."""
    from sessions_app import services
    from sessions_app.management.sample_data import sample_sessions
    from sessions_app.models import Client, Project
    from sessions_app.models.changesets import Source
    from users_app.models import User

    web = services.Actor(Source.WEB)
    for number, (email, zone) in enumerate(
        [("mira@example.org", "Europe/Berlin"), ("jo@example.org", "America/New_York"), (None, "Asia/Kolkata")]
    ):
        user: Any = User.objects.create_guest(timezone=zone, hourly_rate=60, currency="EUR")
        if email:
            user.email = email
            user.set_password("an invented password")
            user.save()
        client = services.create_entry(user, web, Client, name="Acme", hourly_rate=Decimal(80), currency="USD")
        project = services.create_entry(
            user, web, Project, name="Website", client_id=client.pk, billable_by_default=True
        )
        other = services.create_entry(user, web, Project, name="Garden", hourly_rate=Decimal("33.50"))
        for index, each in enumerate(sample_sessions(NOW, user.zone, seed=number)[:60]):
            saved = services.save_session(
                user, web, start=each.start, end=each.end, name=each.activity.name, tags=each.activity.tags,
                project_id=(project.pk, other.pk, None)[index % 3],
            )  # fmt: skip
            if index % 9 == 0:
                services.edit_session(user, web, saved.pk, note="Ää – “note”", hourly_rate=Decimal(99))
            if index % 14 == 0:
                services.delete_session(user, web, saved.pk)
        services.start_timer(user, web, name="Runs", project_id=project.pk, tags=["now"])


def record(states: Any) -> list[list[Any]]:
    """Returns the statements of everything that is done to a user, in order, with their parameters."""
    from django.db import connection
    from django.test import Client

    from users_app.models import User

    found: list[list[Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found.append(
            [sql, [list(map(plain, each)) for each in params] if many else list(map(plain, params or [])), many]
        )
        return execute(sql, params, many, context)

    with states.at(NOW), connection.execute_wrapper(note):
        user = User.objects.order_by("id")[0]
        token = states.new_token(user)
        for address in states.ADDRESSES:
            states.call(token, "GET", address)
        states.call(token, "POST", "timer/stop")
        states.call(token, "POST", "timer/start", {"sessionName": "New", "tags": ["fresh"]})
        body = {"sessionName": "Saved", "start": "2026-11-20T08:00:00Z", "end": "2026-11-20T09:00:00Z"}
        session = states.call(token, "POST", "sessions", body)
        states.call(token, "PATCH", f"sessions/{session['id']}", {"note": "Changed"})
        states.call(token, "DELETE", f"sessions/{session['id']}")
        states.call(token, "POST", "projects", {"name": "Recorded"})
        changes = states.call(token, "GET", "changes")
        states.call(token, "GET", f"changes?cursor={changes['cursor']}")
        last = states.call(token, "GET", "changesets?limit=1")["changesets"][0]
        states.call(token, "POST", f"changesets/{last['id']}/undo")
        browser = Client(SERVER_NAME="localhost")
        browser.force_login(user)
        for page in PAGES:
            response = browser.get(page, follow=True)
            assert response.status_code == 200, page
            b"".join(response) if response.streaming else None
    return found


def plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int | float | str) else str(value)


if __name__ == "__main__":
    main()
