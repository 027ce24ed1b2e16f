"""Checks of a server for its operator: what is wrong, and how to repair it."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.db import DatabaseError, connection

from timetracker.backups.making import last_backup_at
from timetracker.db.migrated import find_missing_migrations
from timetracker.db.reachable import ENCODING, ENCODING_FIX, read_encoding
from timetracker.db.sqlite.daily_check import quick_check
from timetracker.db.sqlite.versions import describe_defect
from timetracker.environment.addresses import LOOPBACK_HOSTS
from timetracker.storage import disk

MAX_BACKUP_AGE = timedelta(hours=26)
"""The age from which the last backup is too old: a day, and two hours for the timer."""
MAX_CLOCK_SECONDS = 5
_EVERYBODY = "0.0.0.0/0"
_OF_HTTPS = {"security.W004", "security.W008", "security.W012", "security.W016"}
"""Django's checks of settings that BASE_URL determines. `_settings` reports them once, in our words."""


class Finding(NamedTuple):
    """The finding of a check. `fix` is "" if all is well; a note is about something that works, but could be better."""

    about: str
    text: str
    fix: str = ""
    is_note: bool = False

    @property
    def is_wrong(self) -> bool:
        """Whether the operator has to act."""
        return bool(self.fix) and not self.is_note


def examine() -> Iterator[Finding]:
    """Yields the findings of all checks, in order. An exception in a check is a finding, too."""
    for about, check in CHECKS.items():
        try:
            yield from (Finding(about, *found) for found in check())
        except (DatabaseError, OSError) as error:
            yield Finding(about, f"cannot be examined: {error}", "Mend the database first; restore a backup if needed.")


def _settings() -> Iterator[tuple[str, ...]]:
    address = urlsplit(settings.BASE_URL)
    if address.scheme == "https" or address.hostname in LOOPBACK_HOSTS:
        yield (f"served at {settings.BASE_URL}",)
    else:
        yield (
            f"served at {settings.BASE_URL}, without HTTPS: who listens on the way reads passwords and cookies",
            "Put a proxy with HTTPS before it, and set BASE_URL=https://…: see docs/operating.md.",
        )
    for each in checks.run_checks(include_deployment_checks=True):
        if each.level >= checks.WARNING and not each.is_silenced() and each.id not in _OF_HTTPS:
            yield f"{each.id}: {each.msg}", each.hint or "See docs/operating.md, The environment."
    if settings.DEBUG:
        yield "DEBUG is on: errors show code and data", "Unset DEBUG."


def _disk() -> Iterator[tuple[str, ...]]:
    free = disk.free_bytes()
    told = f"{free // 1_000_000} MB are free"
    yield (told, "Make room: below 200 MB nothing is imported.") if free < disk.LOW_BYTES else (told,)


def _clock() -> Iterator[tuple[str, ...]]:
    if connection.vendor == "sqlite":
        ahead = Path(connection.settings_dict["NAME"]).stat().st_mtime - time.time()
        told = "the database was written in the future" if ahead > MAX_CLOCK_SECONDS else "later than the newest write"
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
            ahead = abs(float(cursor.fetchall()[0][0]) - time.time())
        told = f"{ahead:.1f} s from the clock of the database"
    wrong = ahead > MAX_CLOCK_SECONDS
    yield (told, "Set the clock, and let NTP keep it: systemctl enable --now systemd-timesyncd.") if wrong else (told,)


def _database() -> Iterator[tuple[Any, ...]]:
    if connection.vendor != "sqlite":
        connection.ensure_connection()
        encoding = read_encoding(connection)
        told = f"PostgreSQL {connection.connection.info.parameter_status('server_version')}, {encoding}"
        yield (told,) if encoding == ENCODING else (f"{told}: {ENCODING} is needed", ENCODING_FIX)
        return
    found = quick_check(Path(connection.settings_dict["NAME"]))
    if found and disk.free_bytes() < disk.LOW_BYTES:
        # SQLite needs room even to read, and a restore would need more.
        yield f"cannot be looked through: {found}", "Make room first, then look again."
    elif found:
        yield f"damaged: {found}", "Stop the server, then manage.py restore FILE; it keeps this one."
    else:
        yield (f"SQLite {sqlite3.sqlite_version}, whole",)
    if defect := describe_defect():
        # Every stable Debian has such a version, and the server looks through its database daily by itself.
        yield defect, "Use a Python whose sqlite3 is newer; until then keep daily backups.", True


def _migrations() -> Iterator[tuple[str, ...]]:
    missing = find_missing_migrations(connection)
    yield (
        (f"{len(missing)} are missing, from {missing[0]} on", "manage.py release") if missing else ("all are applied",)
    )


def _backups() -> Iterator[tuple[str, ...]]:
    at = last_backup_at()
    if at is None:
        yield "none was ever made here", "manage.py backup DIR, daily: see docs/operating.md."
        return
    age = timedelta(seconds=int(time.time() - at))
    told = f"the last one was made {age} ago"
    yield (told, "Look why the timer does not run manage.py backup.") if age > MAX_BACKUP_AGE else (told,)


def _proxies() -> Iterator[tuple[str, ...]]:
    trusted = [str(each) for each in settings.TRUSTED_PROXIES]
    is_public = settings.HOST not in LOOPBACK_HOSTS
    if is_public and _EVERYBODY in trusted:
        yield "anybody who connects is believed (FORWARDED_ALLOW_IPS=*)", "Name the proxy's address instead."
    elif is_public and settings.BASE_URL.startswith("https:") and trusted == ["127.0.0.1/32", "::1/128"]:
        yield (
            f"HOST={settings.HOST} can be reached by a proxy on another machine, which is not believed",
            "Name its address in FORWARDED_ALLOW_IPS, or pages are redirected to https for ever.",
        )
    else:
        yield (f"headers of {', '.join(trusted)} are believed",)


CHECKS: dict[str, Callable[[], Iterator[Any]]] = {
    "Settings": _settings,
    "Disk": _disk,
    "Clock": _clock,
    "Database": _database,
    "Migrations": _migrations,
    "Backups": _backups,
    "Proxies": _proxies,
}
