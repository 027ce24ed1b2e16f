"""Cleans text that users typed, before it is stored."""

import unicodedata

from django.utils.translation import gettext as _

from timetracker.characters import clean_characters, is_noncharacter
from timetracker.errors import FieldError


def clean_text(text: str, field: str, length: int, errors: list[FieldError], *, allowed: str = "") -> str:
    """Returns `text` trimmed, in NFC and without invisible characters.

    Adds an error to `errors` if the text is longer than `length`, or has noncharacters or control characters that are
    not in `allowed`.
    """
    cleaned = unicodedata.normalize("NFC", clean_characters(text.replace("\r\n", "\n"))).strip()
    if any(_is_forbidden(letter) and letter not in allowed for letter in cleaned):
        errors.append(FieldError(field, "control_character", _("Control characters cannot be kept. Leave them out.")))
    elif len(cleaned) > length:
        message = _("This has %(present)d characters, at most %(length)d are kept. Shorten it.")
        errors.append(FieldError(field, "max_length", message % {"present": len(cleaned), "length": length}))
    return cleaned


def _is_forbidden(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Cs"} or is_noncharacter(letter)
