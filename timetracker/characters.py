"""The characters that typed text should not keep, and what texts have in common that are written alike."""

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

_LINE_ENDS = {0x2028: " ", 0x2029: " "}
_CLEANED: dict[int, str | None] = {**dict.fromkeys(map(ord, INVISIBLE)), **_LINE_ENDS}


def clean_characters(text: str) -> str:
    """Returns `text` without invisible characters, and with blanks for the separators of lines and paragraphs."""
    return text if text.isascii() else text.translate(_CLEANED)


def isolate(text: str) -> str:
    """Returns `text` so that Hebrew or Arabic in it leaves the order of what a sentence has after it, such as times."""
    if text.isascii() or not any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in text):
        return text
    return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"


_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_ACCENTS = dict.fromkeys(range(0x0300, 0x0370))
"""The marks that Latin, Greek and Cyrillic letters are written with. Those of other scripts make other letters."""


def fold(text: str) -> str:
    """Returns what texts have in common that differ only in case, in accents, or in how their letters are composed.

    What is searched and sorted is folded by this alone: `muller` finds MÜLLER, `strasse` Straße, and Äpfel stands
    before Zoo. Folding what is folded changes nothing.
    """
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_ACCENTS)
    return unicodedata.normalize("NFC", apart)


def is_noncharacter(letter: str) -> bool:
    """Tells whether Unicode promises that `letter` will never be a character (U+FFFE, U+FDD0)."""
    code = ord(letter)
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF  # noqa: PLR2004
