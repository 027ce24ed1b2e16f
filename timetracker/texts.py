"""Cleans text that users typed, before it is stored."""

import unicodedata

from django.utils.translation import gettext as _

from timetracker.errors import FieldError


def clean_text(text: str, field: str, length: int, errors: list[FieldError], *, allowed: str = "") -> str:
    """Returns `text` trimmed and in NFC. Adds to `errors` if it is too long or has control characters not `allowed`."""
    cleaned = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    if any(unicodedata.category(letter) in {"Cc", "Cs"} and letter not in allowed for letter in cleaned):
        errors.append(FieldError(field, "control_character", _("Control characters cannot be kept. Leave them out.")))
    elif len(cleaned) > length:
        message = _("This has %(present)d characters, at most %(length)d are kept. Shorten it.")
        errors.append(FieldError(field, "max_length", message % {"present": len(cleaned), "length": length}))
    return cleaned
