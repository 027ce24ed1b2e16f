"""The environment, read strictly: a wrong value raises ImproperlyConfigured with a sentence that names the fix."""

import os
import re
import secrets
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()

EVERY_ADDRESS = ("0.0.0.0/0", "::/0")
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")
_BASE_URL = re.compile(
    r"https?://([a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:]+\])(:[0-9]+)?",
    re.IGNORECASE,
)


def read_text(name: str, default: str = "") -> str:
    """The value as it stands; empty is unset. `env.str` takes $NAME for another variable's name."""
    return env.ENVIRON.get(name) or default


def read_choice(name: str, choices: tuple[str, ...], default: str) -> str:
    """One of `choices`, without regard to case."""
    value = read_text(name, default)
    for choice in choices:
        if value.lower() == choice.lower():
            return choice
    raise ImproperlyConfigured(f"{name}={value} is not understood. Use one of: {', '.join(choices)}.")


def read_port(name: str, default: int) -> int:
    """A TCP port that can be listened on."""
    value = read_text(name, str(default))
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 2**16):
        raise ImproperlyConfigured(f"{name}={value} is not a port. Use a whole number from 1 to 65535, such as 8000.")
    return int(value)


def read_count(name: str, default: int) -> int:
    """A whole number from 1 to 99."""
    value = read_text(name, str(default))
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 100):  # noqa: PLR2004
        raise ImproperlyConfigured(f"{name}={value} is not a number of processes. Use a whole number, such as 2.")
    return int(value)


def in_url(host: str) -> str:
    """A host as an address has it: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def read_base_url(name: str, *, host: str) -> SplitResult | None:
    """The address people type, split, or None when unset, which only a server on loopback may leave."""
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
    return url


def read_networks(name: str, default: str) -> list[IPv4Network | IPv6Network]:
    """Addresses and networks, separated by commas; `*` is every address."""
    value = read_text(name, default)
    parts = [part.strip() for part in value.split(",") if part.strip()]
    try:
        return [ip_network(part) for each in parts for part in (EVERY_ADDRESS if each == "*" else (each,))]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name}={value} is not understood: {error}. Give addresses or networks such as 10.0.0.5,10.1.0.0/16, or *."
        ) from error


def read_data_dir(name: str, default: Path) -> Path:
    """The folder of everything that is kept, made (0700) when missing."""
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
    """SECRET_KEY, else what SECRET_KEY_FILE holds, else the key of the data folder, made (0600) when missing."""
    key = read_text("SECRET_KEY")
    if not key:
        named = read_text("SECRET_KEY_FILE")
        path = Path(named) if named else data_dir / "secret_key"
        if not named:
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
    """Several processes may start at once: each writes a file of its own, the first to link it wins."""
    if path.exists():
        return
    own = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    own.touch(mode=0o600)
    own.write_text(secrets.token_urlsafe(64))
    try:
        os.link(own, path)
    except FileExistsError:
        pass
    finally:
        own.unlink()


def read_database(name: str, *, data_dir: Path) -> dict[str, Any]:
    """Django's DATABASES entry: a SQLite file of the data folder unless a PostgreSQL (or SQLite) address is given."""
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
    """docs/decisions/0003-sqlite-full.md gives the measurements behind these."""
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
    """A small pool for each worker; a statement that hangs gives up before the person who waits for it does."""
    options = dict(database.get("OPTIONS", {}))
    options.setdefault("pool", {"min_size": 1, "max_size": 8, "timeout": 10})
    options.setdefault("options", "-c statement_timeout=30000 -c lock_timeout=10000")
    return {**database, "ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": 0, "OPTIONS": options}
