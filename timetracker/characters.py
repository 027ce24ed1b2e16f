"""Invisible characters, which are removed from typed text, and case folding."""

import unicodedata

_INVISIBLE_RANGES = (
    (0x00AD, 0x00AD),  # soft hyphen
    (0x034F, 0x034F),  # grapheme joiner
    (0x061C, 0x061C),  # Arabic letter mark
    (0x115F, 0x1160),  # Hangul fillers
    (0x180E, 0x180E),  # Mongolian vowel separator
    (0x200B, 0x200B),  # zero width space; U+200C and U+200D after it change how letters and emoji look
    (0x200E, 0x200F),  # marks of direction
    (0x202A, 0x202E),  # embedded directions
    (0x2060, 0x206F),  # word joiner, invisible operators, isolated directions
    (0x3164, 0x3164),  # Hangul filler
    (0xFEFF, 0xFEFF),  # byte order mark
    (0xFFA0, 0xFFA0),  # Hangul filler
    (0xFFF9, 0xFFFB),  # annotations
)
INVISIBLE = frozenset(chr(code) for first, last in _INVISIBLE_RANGES for code in range(first, last + 1))

_MODIFIER_RANGES = (
    (0x200C, 0x200D),  # joiners
    (0xFE00, 0xFE0F),  # variation selectors
    (0xE0020, 0xE007F),  # tags, as in the flag of Scotland
    (0xE0100, 0xE01EF),  # variation selectors
)
_MODIFIERS = frozenset(chr(code) for first, last in _MODIFIER_RANGES for code in range(first, last + 1))
"""Characters that change the look of those beside them, and are invisible alone."""

_LINE_ENDS = {0x2028: " ", 0x2029: " "}
_CLEANED: dict[int, str | None] = {**dict.fromkeys(map(ord, INVISIBLE)), **_LINE_ENDS}


def clean_characters(text: str) -> str:
    """Returns `text` without invisible characters, and with spaces for Unicode's line and paragraph separators.

    A text in which nothing is visible is returned as an empty one.
    """
    if text.isascii():
        return text
    cleaned = text.translate(_CLEANED)
    return "" if all(letter in _MODIFIERS or letter.isspace() for letter in cleaned) else cleaned


def isolate(text: str) -> str:
    """Returns `text` in directional isolates, so that Hebrew or Arabic in it does not reorder a sentence around it."""
    if text.isascii() or not any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in text):
        return text
    return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"


_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_ACCENTS = dict.fromkeys(range(0x0300, 0x0370))
"""The combining marks of Latin, Greek and Cyrillic. Marks of other scripts are left, since they make other letters."""


def fold(text: str) -> str:
    """Returns a key that is equal for texts that differ only in case, in accents, or in how letters are composed.

    All searching and sorting uses this key: `muller` finds MÜLLER, `strasse` finds Straße, and Äpfel comes before Zoo.
    Folding a key again changes nothing.
    """
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_ACCENTS)
    return unicodedata.normalize("NFC", apart)


def is_noncharacter(letter: str) -> bool:
    """Returns whether `letter` is a noncharacter of Unicode, such as U+FFFE and U+FDD0."""
    code = ord(letter)
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF  # noqa: PLR2004
