"""Finds the code page of a text that is not UTF-8, by how likely its letters stand beside each other."""

import re
from itertools import pairwise
from unicodedata import category, name

_WESTERN = "cp1252"
_OTHERS = ("cp1250", "cp1251")
_OF_OLD_MACS = "mac_roman"
_MULTIBYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")
_MIN_ODD = 2
"""The fewest odd pairs of characters that show another code page than Windows-1252."""


def code_page_of(head: bytes) -> str:
    """Returns the code page of a text from its first bytes; "" for Windows-1252, and where some of it is UTF-8.

    Spreadsheets write Windows-1250 in Central Europe, 1251 where Cyrillic is written, and Mac Roman, with bare carriage
    returns, as “CSV (Macintosh)”.
    """
    if head.isascii() or any(_is_utf8(found[0]) for found in _MULTIBYTE.finditer(head)):
        return ""
    most = _count_odd(head, _WESTERN)
    if b"\r" in head and b"\n" not in head:
        return _OF_OLD_MACS if _count_odd(head, _OF_OLD_MACS) <= most else ""
    odd = {page: _count_odd(head, page) for page in _OTHERS}
    best = min(odd, key=lambda page: odd[page])
    return best if most >= _MIN_ODD and 2 * odd[best] < most else ""


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _count_odd(head: bytes, page: str) -> int:
    """Returns how many pairs of characters are odd in words: see `_is_odd`."""
    text = head.decode(page, "replace")
    counts: dict[tuple[str, str], int] = {}
    for pair in pairwise(text):
        if not (pair[0] < "\x80" and pair[1] < "\x80"):
            counts[pair] = counts.get(pair, 0) + 1
    return sum(count for pair, count in counts.items() if _is_odd(*pair))


def _is_odd(first: str, second: str) -> bool:
    """Tells whether two characters, not both ASCII, hardly follow each other in a word.

    These are a symbol beside a letter, a capital after a small letter, letters of two scripts, and two Latin letters
    with accents.
    """
    if not (first.isalpha() and second.isalpha()):
        return (first.isalpha() and _is_symbol(second)) or (second.isalpha() and _is_symbol(first) and first != "¿")
    if (first.islower() and second.isupper()) or _is_cyrillic(first) != _is_cyrillic(second):
        return True
    return not _is_cyrillic(first) and not first.isascii() and not second.isascii() and "ß" not in {first, second}


def _is_symbol(character: str) -> bool:
    return not character.isascii() and (
        category(character) in {"Sc", "Sk", "Sm", "So", "No"} or character in "¿¡\ufffd"
    )


def _is_cyrillic(letter: str) -> bool:
    return name(letter, "").startswith("CYRILLIC")
