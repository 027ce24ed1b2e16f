"""Reads the variable with the URL of the database."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from django.core.exceptions import ImproperlyConfigured

from timetracker.environment.values import env, read_text

# The parts of a URL, each without the characters that end it, which have to be percent-encoded.
_TEXT = r"(?:[^/?#@\[\]%\s]|%[0-9a-fA-F]{2})*"
_SERVER = r"(\[[0-9a-fA-F:.]+\]|(?:[^/?#@\[\]%\s:,]|%[0-9a-fA-F]{2})*)(?::([0-9]+))?"
_POSTGRESQL = re.compile(
    rf"postgres(?:ql)?://(?:{_TEXT}@)?(?P<servers>[^/?#@]*)(?:/(?P<name>(?:[^?#@%\x00-\x1f\x7f]|%[0-9a-fA-F]{{2}})*))?"
    r"(?:\?(?:[^#@%]|%[0-9a-fA-F]{2})*)?"
)
_UNCLEAR = re.compile(r"[/?#@\[\]\s].*@|%(?![0-9a-fA-F]{2})|#")
_OPTIONS_OF_DJANGO = {"assume_role", "isolation_level", "server_side_binding", "prepare_threshold"}

PAGES_BETWEEN_CHECKPOINTS = 4000
"""The pages in SQLite's log, 16 MB, at which a commit copies them to the file. At 1000, its default, that is every
thirty saves, which wait for it."""


def read_database(name: str, *, data_dir: Path) -> dict[str, Any]:
    """Returns Django's DATABASES entry: a SQLite file of the data folder unless `name` has another URL."""
    value = read_text(name).strip() or f"sqlite:///{data_dir / 'timetracker.sqlite3'}"
    scheme = value.partition(":")[0]
    if scheme == "sqlite":
        path = value.removeprefix("sqlite:///")
        if not path.startswith("/"):
            raise ImproperlyConfigured(
                f"{name}={value} names no file. Give its whole path: {name}=sqlite:////srv/time.sqlite3."
            )
        if not Path(path).parent.is_dir():
            raise ImproperlyConfigured(f"{name}={value} lies in no folder. Make {Path(path).parent}, or name another.")
        return sqlite_database(path)
    if scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            f"{name} begins with “{scheme}:”, which is not supported. "
            "Use postgresql://user:password@host/name, or leave it unset for SQLite."
        )
    return postgresql_database(_parse_postgresql(name, value))


def _parse_postgresql(name: str, value: str) -> dict[str, Any]:
    """Returns the parts of a URL. Rejects an ambiguous URL, since it may be meant for another host."""
    if _UNCLEAR.search(value.partition("://")[2]):
        raise ImproperlyConfigured(
            f"{name} can be read in two ways, since one of its parts has / ? # @ [ ] % or a blank in it. Write / as "
            "%2F, ? as %3F, # as %23, @ as %40, [ as %5B, ] as %5D, % as %25 and a blank as %20: "
            "postgresql://user:password@host/name."
        )
    parts = _POSTGRESQL.fullmatch(value)
    servers = [re.fullmatch(_SERVER, server) for server in parts["servers"].split(",")] if parts else []
    hosts = [unquote(server[1]).strip("[]") for server in servers if server]
    ports = [server[2] for server in servers if server]
    if (
        "%00" in value
        or not parts
        or None in servers
        or not all(port is None or 0 < int(port) < 2**16 for port in ports)
    ):
        raise ImproperlyConfigured(f"{name} is not an address. Use postgresql://user:password@host/name.")
    database: dict[str, Any] = {**env.db_url_config(value), "HOST": ",".join(hosts)}
    if any(ports):
        database["PORT"] = int(ports[0]) if len(ports) == 1 else ",".join(port or "5432" for port in ports)
    path = unquote(parts["name"] or "")
    if path.startswith("/"):  # the folder of a Unix socket
        database["HOST"], _slash, path = path.rpartition("/")
    if not path:
        raise ImproperlyConfigured(f"{name} names no database. Use postgresql://user:password@host/name.")
    _check_options(name, database.get("OPTIONS", {}))
    return {**database, "NAME": path}


def _check_options(name: str, options: dict[str, Any]) -> None:
    from psycopg import ProgrammingError  # noqa: PLC0415  # SQLite's server needs none of it, and it takes 0.1 s
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415

    try:
        make_conninfo(**{option: value for option, value in options.items() if option not in _OPTIONS_OF_DJANGO})
    except ProgrammingError as error:
        reason = str(error).strip().replace("\n", " ")
        raise ImproperlyConfigured(
            f"{name} is not understood: {reason}. Give options of PostgreSQL after the question mark, or none."
        ) from error


def sqlite_database(path: str) -> dict[str, Any]:
    """Returns the entry of a SQLite file.

    docs/decisions/0003-sqlite-full.md has the measurements behind its options.
    """
    return {
        "ENGINE": "timetracker.db.sqlite",
        "NAME": path,
        # Each thread keeps its connection: opening one takes as long as answering a small request, and closing the last
        # one writes what is in the log to the file.
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 5,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
                f"PRAGMA wal_autocheckpoint={PAGES_BETWEEN_CHECKPOINTS};"
            ),
        },
    }


def postgresql_database(database: dict[str, Any]) -> dict[str, Any]:
    """Returns the entry of a PostgreSQL database, with a small pool for each worker.

    The timeouts end a statement that hangs before the user who waits for it gives up.
    """
    options = dict(database.get("OPTIONS", {}))
    options.setdefault("pool", {"min_size": 1, "max_size": 8, "timeout": 10})
    options.setdefault("options", "-c statement_timeout=30000 -c lock_timeout=10000")
    return {**database, "ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": 0, "OPTIONS": options}
