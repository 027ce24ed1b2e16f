"""Reads the secret keys that sign cookies: the present one, and earlier ones."""

import os
import re
import secrets
import string
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from timetracker.environment.values import read_text
from timetracker.storage.files import open_private

MIN_LENGTH = 32
MIN_DISTINCT = 16
# Words in the example keys of manuals.
WORDS_OF_EXAMPLES = ("secret", "change", "example", "insecure", "your")
# Without vowels no random key spells one of them.
ALPHABET = "".join(sorted(set(string.ascii_letters + string.digits) - set("aeiouAEIOU")))
# Keys of 64 random bytes that earlier releases made, which have vowels and may contain such a word by chance.
_MADE_BEFORE = re.compile(r"[A-Za-z0-9_-]{86}")
_MADE_BEFORE_DISTINCT = 30


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
        if not file_name and _MADE_BEFORE.fullmatch(key) and len(set(key)) >= _MADE_BEFORE_DISTINCT:
            return key
    if fault := _find_fault(key):
        raise ImproperlyConfigured(
            f"The secret key is too short or too plain to protect sign-ins. It {fault}. Give SECRET_KEY (or the file "
            f"of SECRET_KEY_FILE) at least {MIN_LENGTH} random characters, or leave both unset and one is made and "
            "kept."
        )
    return key


def read_metrics_token(name: str, *, is_needed: bool) -> str:
    """Returns the token for /metrics. Raises ImproperlyConfigured if one is needed and it is missing or guessable."""
    token = read_text(name)
    if is_needed and (not token or not token.isascii() or _find_fault(token)):
        raise ImproperlyConfigured(
            f"METRICS=token needs {name}: at least {MIN_LENGTH} random characters, which Prometheus sends as "
            "“Authorization: Bearer …”."
        )
    return token


def read_fallback_keys(name: str) -> list[str]:
    """Returns the earlier keys in a list with commas, whose signatures are still valid."""
    keys = [key.strip() for key in read_text(name).split(",") if key.strip()]
    for number, key in enumerate(keys, 1):
        if fault := _find_fault(key):
            raise ImproperlyConfigured(
                f"{name} has a key that {fault} (number {number}), with which anybody could sign in. Give whole keys "
                "of before, separated by commas, and none that can be guessed."
            )
    return keys


def _find_fault(key: str) -> str:
    """Returns why a key could be guessed, "" if it could not. The text never has the key itself."""
    if len(key) < MIN_LENGTH:
        return f"has fewer than {MIN_LENGTH} characters"
    if len(set(key)) < MIN_DISTINCT:
        return f"has fewer than {MIN_DISTINCT} different characters"
    folded = key.casefold()
    word = next((word for word in WORDS_OF_EXAMPLES if word in folded), None)
    return f"has “{word}” in it, as examples have" if word else ""


def _make_secret_key(path: Path) -> None:
    """Creates a file with a random key.

    Several processes may start at once: each writes a file of its own, and the first to link it wins.
    """
    if path.exists():
        return
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    os.close(open_private(temporary))
    temporary.write_text("".join(secrets.choice(ALPHABET) for _ in range(86)))
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
