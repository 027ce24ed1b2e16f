"""Recognises a row of a table of no known tool after its columns, or the precision of its times, have changed."""

from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import blake2b

from sessions_app.imports.rows import ImportedSession

_NOT_DIGITS = str.maketrans("", "", "-T:")
_SECONDS = 2
_NO_SECONDS = "--"
_DIGEST = 3
"""The number of characters of the digest of a text, 18 bits. Rows whose texts are compared have equal times already."""


def minutes_of(row: ImportedSession) -> str:
    """Returns the digits of start and end to the minute, as the file has them; "" if the row has no texts, or no end.

    At most 26 characters. Local times are never placed in a zone, and those in UTC differ from all local ones.
    """
    if not row.texts or row.start is None:
        return ""
    end = row.end
    if end is None:
        if not row.duration_seconds or row.duration_seconds < 0:
            return ""
        try:
            end = row.start + timedelta(seconds=row.duration_seconds)
        except OverflowError:
            return ""
    utc = "Z" if row.start.tzinfo else "/"
    return f"{_digits(row.start)}{utc}{_digits(end)}"


def _digits(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(timespec="minutes").translate(_NOT_DIGITS)


def traits_of(row: ImportedSession) -> str:
    """Returns the seconds of start and end, and a digest of each text: 4 characters, and 3 for each."""
    first = _NO_SECONDS if row.start is None else f"{row.start.second:02}"
    last = _NO_SECONDS if row.end is None else f"{row.end.second:02}"
    if first == "00" and last in {"00", _NO_SECONDS}:  # as where a spreadsheet shows no seconds
        first = last = _NO_SECONDS
    return f"{first}{last}{''.join(sorted(map(_digest, row.texts)))}"


def _digest(text: str) -> str:
    digest = blake2b(" ".join(text.split()).encode("utf-8", "replace"), digest_size=_DIGEST).digest()
    return urlsafe_b64encode(digest)[:_DIGEST].decode()


def are_similar(one: str, other: str) -> bool:
    """Tells whether the traits of two rows with equal minutes are those of the same entry.

    They are if one has all texts of the other, and if their seconds are equal, where both have some.
    """
    parts = range(0, 2 * _SECONDS, _SECONDS)
    seconds = ((one[begin : begin + _SECONDS], other[begin : begin + _SECONDS]) for begin in parts)
    if any(first != second and _NO_SECONDS not in {first, second} for first, second in seconds):
        return False
    texts, others = _digests(one), _digests(other)
    return bool(texts and others) and (texts <= others or others <= texts)


def _digests(traits: str) -> set[str]:
    return {traits[begin : begin + _DIGEST] for begin in range(2 * _SECONDS, len(traits), _DIGEST)}
