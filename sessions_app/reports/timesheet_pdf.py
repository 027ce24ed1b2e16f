"""Renders a timesheet as PDF/A-2b. `typst/timesheet.typ` has the layout; all words are passed as data, never as markup.

The text is set in the fonts that come with the package `typst` (Latin, Greek, Cyrillic, Hebrew, Arabic, Devanagari), so
that every machine renders the same file. Only a timesheet in a script that they lack, such as Chinese, also uses the
fonts of the machine (on Debian those of fonts-noto-cjk). A character that no font has becomes a box.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from typst import TypstError

TEMPLATE = Path(__file__).parent / "typst" / "timesheet.typ"

BOX = "□"
# Control characters, which are invisible and in no font; line feeds and tabs stay.
_CONTROLS = dict.fromkeys({*range(0x20), *range(0x7F, 0xA0)} - {0x09, 0x0A})
# A compilation may report further characters after the first ones were replaced.
_ATTEMPTS = 5
# PDF/A forbids characters without a glyph: Typst fails and names every such text, escaped as a Rust string.
_NO_GLYPH = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_ESCAPED = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))")


class Labels(TypedDict):
    """The headings, in the language of the timesheet. `page` contains the placeholders {page} and {pages}."""

    # "from" is a keyword of Python.
    sender: str
    client: str
    period: str
    rounding: str
    name: str
    project: str
    start: str
    end: str
    duration: str
    amount: str
    page: str


class RowData(TypedDict):
    """A session; `start` and `end` are empty when its times are not known.

    A column that is empty in all rows (and days) is left out, except `name` and `duration`; the PDF has no notes.
    """

    name: str
    project: str
    start: str
    end: str
    duration: str
    amount: str
    note: NotRequired[str]


class DayData(TypedDict):
    """A day with its total, its amount if it has one, and its sessions, at least one."""

    date: str
    seconds_text: str
    amount: NotRequired[str]
    rows: list[RowData]


class TotalData(TypedDict):
    """A line below the days, such as the hours or an amount."""

    label: str
    value: str


class TimesheetData(TypedDict):
    """Everything that a timesheet shows, as it is shown: translated, with times and amounts formatted.

    `lang` is a code such as `en` or `pt-br`. `from_name`, `client` and `policy` are left out when empty. `created`
    is an ISO date, for the metadata of the file, and `created_text` is the sentence about it in the footer.
    """

    lang: str
    title: str
    labels: Labels
    from_name: str
    client: str
    period: str
    policy: str
    days: list[DayData]
    totals: list[TotalData]
    notes: list[str]
    created: str
    created_text: str


def render_pdf(timesheet: TimesheetData) -> bytes:
    """Returns the timesheet as PDF/A-2b, byte for byte the same for the same data.

    It never fails for what a user typed. If boxes cannot replace every character without a glyph, it is a plain
    PDF.
    """
    from typst import TypstError  # noqa: PLC0415  # 7 MB, which the server needs only now

    try:
        return _compile(timesheet, {}, bundled_fonts_only=True)
    except TypstError as error:
        if not _without_glyph(error):
            raise
    boxes: dict[str, str] = {}
    for _attempt in range(_ATTEMPTS):
        try:
            return _compile(timesheet, boxes, bundled_fonts_only=False)
        except TypstError as error:
            missing = _without_glyph(error)
        if not missing:
            break
        boxes |= {text: _box(text) for text in missing}
    return _compile(timesheet, boxes, bundled_fonts_only=True, archival=False)


def _compile(
    timesheet: TimesheetData, boxes: Mapping[str, str], *, bundled_fonts_only: bool, archival: bool = True
) -> bytes:
    """Returns the compiled PDF. `boxes` maps texts without glyphs to their replacements."""
    from typst import compile as compile_document  # noqa: PLC0415

    data = json.dumps(_printable(timesheet, boxes), ensure_ascii=False)
    return compile_document(
        str(TEMPLATE),
        # Half a surrogate pair, which JSON can express and Typst cannot read, becomes a question mark.
        sys_inputs={"data": data.encode(errors="replace").decode()},
        format="pdf",
        pdf_standards=["a-2b"] if archival else [],
        ignore_system_fonts=bundled_fonts_only,
    )


def _printable(value: object, boxes: Mapping[str, str]) -> object:
    match value:
        case str():
            text = value.translate(_CONTROLS)
            for missing in sorted(boxes, key=len, reverse=True):
                text = text.replace(missing, boxes[missing])
            return text
        case Mapping():
            return {key: _printable(inner, boxes) for key, inner in value.items()}
        case list():
            return [_printable(inner, boxes) for inner in value]
    return value


def _without_glyph(error: "TypstError") -> set[str]:
    """Returns the texts, mostly of one character, that no font has; none when the error has another cause."""
    texts = {
        _ESCAPED.sub(lambda code: chr(int(code[1], 16)) if code[1] else code[2], text)
        for text in _NO_GLYPH.findall(error.diagnostic)
    }
    return {text for text in texts if not text.isascii()}


def _box(text: str) -> str:
    """Returns a box for a visible character, and nothing for characters that only join or mark others."""
    return "" if all(unicodedata.category(letter) in {"Cf", "Mn", "Me"} for letter in text) else BOX
