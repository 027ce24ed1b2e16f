"""Reads the environment strictly: a wrong value raises ImproperlyConfigured with a sentence that names the fix."""

import os
import re
import secrets
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from timetracker.files import open_private

env = environ.Env()

EVERY_ADDRESS = ("0.0.0.0/0", "::/0")
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")
_BASE_URL = re.compile(
    r"https?://([a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:]+\])(:[0-9]+)?",
    re.IGNORECASE,
)


def read_text(name: str, default: str = "") -> str:
    """Returns the value as it is; an empty one counts as unset. `env.str` would take $NAME for another variable."""
    return env.ENVIRON.get(name) or default


def read_choice(name: str, choices: tuple[str, ...], default: str) -> str:
    """Returns one of `choices`, in upper or lower case."""
    value = read_text(name, default)
    for choice in choices:
        if value.lower() == choice.lower():
            return choice
    raise ImproperlyConfigured(f"{name}={value} is not understood. Use one of: {', '.join(choices)}.")


def read_port(name: str, default: int) -> int:
    """Returns a TCP port that a server can listen on."""
    value = read_text(name, str(default))
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 2**16):
        raise ImproperlyConfigured(f"{name}={value} is not a port. Use a whole number from 1 to 65535, such as 8000.")
    return int(value)


def read_count(name: str, default: int) -> int:
    """Returns a whole number from 1 to 99."""
    value = read_text(name, str(default))
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 100):  # noqa: PLR2004
        raise ImproperlyConfigured(f"{name}={value} is not a number of processes. Use a whole number, such as 2.")
    return int(value)


def format_host(host: str) -> str:
    """Returns a host as it stands in a URL: IPv6 addresses in brackets."""
    return f"[{host}]" if ":" in host else host


def read_debug(name: str, *, host: str) -> bool:
    """Returns whether errors show code and data. Raises unless only this machine can connect then."""
    is_on = read_choice(name, ("on", "off"), "off") == "on"
    if is_on and host not in LOOPBACK_HOSTS:
        raise ImproperlyConfigured(
            f"{name}=on shows code and data to everybody who can connect, and HOST={host} can be reached from other "
            f"machines. Use HOST=127.0.0.1, or {name}=off."
        )
    return is_on


def read_base_url(name: str, *, host: str, is_debug: bool = False) -> SplitResult | None:
    """Returns the public URL, split, or None when it is unset, which is allowed on a loopback `host` only.

    With `is_debug` only an address of this machine will do: behind any other there may be a proxy.
    """
    value = read_text(name).rstrip("/")
    if not value:
        if host not in LOOPBACK_HOSTS:
            raise ImproperlyConfigured(
                f"HOST={host} can be reached from other machines, so {name} must say at which address, "
                f"for example {name}=https://time.example.org. Without it, use HOST=127.0.0.1."
            )
        return None
    try:
        url = urlsplit(value)
        is_valid = url.port != 0  # reading the port raises ValueError when it is none
    except ValueError:
        is_valid = False
    if not is_valid or not _BASE_URL.fullmatch(value):
        raise ImproperlyConfigured(
            f"{name}={value} is not an address. Give scheme and host, no path: {name}=https://time.example.org."
        )
    if is_debug and url.hostname not in LOOPBACK_HOSTS:
        raise ImproperlyConfigured(
            f"DEBUG=on shows code and data to everybody who can connect, and {name}={value} can be reached from other "
            f"machines. Leave {name} unset, or use DEBUG=off."
        )
    return url


def read_networks(name: str, default: str) -> list[IPv4Network | IPv6Network]:
    """Returns addresses and networks, which are separated by commas; `*` is every address."""
    value = read_text(name, default)
    parts = [part.strip() for part in value.split(",") if part.strip()]
    try:
        return [ip_network(part) for each in parts for part in (EVERY_ADDRESS if each == "*" else (each,))]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name}={value} is not understood: {error}. Give addresses or networks such as 10.0.0.5,10.1.0.0/16, or *."
        ) from error


def read_data_dir(name: str, default: Path) -> Path:
    """Returns the folder of all stored data, and creates it (0700) if it is missing."""
    path = Path(read_text(name, str(default))).expanduser().absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}={path} cannot be made: {error.strerror}. Name a folder this user may write to."
        ) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise ImproperlyConfigured(
            f"{name}={path} cannot be written to. Give this user the right, or name another folder."
        )
    return path


def read_secret_key(data_dir: Path) -> str:
    """Returns SECRET_KEY, else the content of SECRET_KEY_FILE, else that of a file in the data folder.

    The file in the data folder is created (0600) if it is missing.
    """
    key = read_text("SECRET_KEY")
    if not key:
        file_name = read_text("SECRET_KEY_FILE")
        path = Path(file_name) if file_name else data_dir / "secret_key"
        if not file_name:
            _make_secret_key(path)
        try:
            key = path.read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ImproperlyConfigured(
                f"SECRET_KEY_FILE={path} cannot be read: {error}. Name a readable file."
            ) from error
    if len(key) < 32 or len(set(key)) < 10:  # noqa: PLR2004
        raise ImproperlyConfigured(
            "The secret key is too short or too plain to protect sign-ins. Give SECRET_KEY (or the file of "
            "SECRET_KEY_FILE) at least 32 random characters, or leave both unset and one is made and kept."
        )
    return key


def _make_secret_key(path: Path) -> None:
    """Creates a file with a random key.

    Several processes may start at once: each writes a file of its own, and the first to link it wins.
    """
    if path.exists():
        return
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    os.close(open_private(temporary))
    temporary.write_text(secrets.token_urlsafe(64))
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()


def read_database(name: str, *, data_dir: Path) -> dict[str, Any]:
    """Returns Django's DATABASES entry: a SQLite file of the data folder unless `name` has another URL."""
    value = read_text(name) or f"sqlite:///{data_dir / 'timetracker.sqlite3'}"
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
    try:
        database = env.db_url_config(value)
    except (ValueError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured(f"{name} is not an address. Use postgresql://user:password@host/name.") from error
    if not database.get("NAME"):
        raise ImproperlyConfigured(f"{name} names no database. Use postgresql://user:password@host/name.")
    return postgresql_database(database)


def sqlite_database(path: str) -> dict[str, Any]:
    """Returns the entry of a SQLite file.

    docs/decisions/0003-sqlite-full.md has the measurements behind its options.
    """
    return {
        "ENGINE": "timetracker.db.sqlite",
        "NAME": path,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 5,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
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
