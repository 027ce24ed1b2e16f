"""Reads variables that hold a text, a choice, a number or a folder."""

import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()


def read_text(name: str, default: str = "") -> str:
    """Returns the value; an empty one counts as unset. Unlike `env.str`, does not expand $NAME."""
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


def read_data_dir(name: str, default: Path) -> Path:
    """Returns the folder for all stored data, created with mode 0700 if missing."""
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


def read_mail(name: str) -> dict[str, object] | None:
    """Returns Django's settings for the mail server; None without one."""
    value = read_text(name)
    if not value:
        return None
    example = "smtp+tls://user:secret@mail.example.org:587"
    try:
        found = environ.Env.email_url_config(value)
    except (ImproperlyConfigured, KeyError, ValueError):
        raise ImproperlyConfigured(f"{name} is not understood. Use an address such as {example}.") from None
    if not found.get("EMAIL_HOST") and "smtp" in str(found["EMAIL_BACKEND"]):
        raise ImproperlyConfigured(f"{name} names no server. Use an address such as {example}.")
    return {key: setting for key, setting in found.items() if key.startswith("EMAIL_")}
