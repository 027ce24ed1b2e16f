"""A timesheet as PDF/A-2b. `typst/timesheet.typ` has the look; all words come from here, as data and never as markup.

It is set in the fonts that come with the package `typst` (Latin, Greek, Cyrillic, Hebrew, Arabic, Devanagari), so every
machine makes the same file. Only a timesheet with writing they lack, such as Chinese, also uses the machine's own fonts
(on Debian those of fonts-noto-cjk); a character that none has is a box.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import NotRequired, TypedDict

import typst

TEMPLATE = Path(__file__).parent / "typst" / "timesheet.typ"

BOX = "□"
# Nothing is seen of them, and no font has them. Lines and tabs are left.
_CONTROLS = dict.fromkeys({*range(0x20), *range(0x7F, 0xA0)} - {0x09, 0x0A})
# What stands where others were replaced may be named in turn.
_ATTEMPTS = 5
# PDF/A must not show what its font lacks, so Typst refuses it and names every such text, as Rust writes strings.
_NO_GLYPH = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_ESCAPED = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))")


class Labels(TypedDict):
    """Headings, in the language of the timesheet. `page` has the places {page} and {pages}."""

    # "from" is a word of Python's.
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
    """A session. A column that is empty in all rows (and days) is left out, but for `name` and `duration`."""

    name: str
    project: str
    start: str
    end: str
    duration: str
    amount: str


class DayData(TypedDict):
    """A day with its total, what that is worth if anything, and its sessions, at least one."""

    date: str
    seconds_text: str
    amount: NotRequired[str]
    rows: list[RowData]


class TotalData(TypedDict):
    label: str
    value: str


class TimesheetData(TypedDict):
    """All that a timesheet shows, as it is shown: translated, times and amounts written.

    `lang` is a code as `en` or `pt-br`. `from_name`, `client` and `policy` are left out when empty. `created` is an ISO
    date, for the file's own date, and `created_text` what the foot of each page says of it.
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
    """The timesheet as PDF/A-2b, byte for byte the same for the same data.

    Never fails for what somebody typed. Only should a character without a glyph not give way to a box is the file plain
    PDF.
    """
    try:
        return _compile(timesheet, {}, own_fonts=True)
    except typst.TypstError as error:
        if not _without_glyph(error):
            raise
    boxes: dict[str, str] = {}
    for _attempt in range(_ATTEMPTS):
        try:
            return _compile(timesheet, boxes, own_fonts=False)
        except typst.TypstError as error:
            missing = _without_glyph(error)
        if not missing:
            break
        boxes |= {text: _box(text) for text in missing}
    return _compile(timesheet, boxes, own_fonts=True, archival=False)


def _compile(timesheet: TimesheetData, boxes: Mapping[str, str], *, own_fonts: bool, archival: bool = True) -> bytes:
    """`boxes` has what is written for texts without glyphs."""
    data = json.dumps(_printable(timesheet, boxes), ensure_ascii=False)
    return typst.compile(
        str(TEMPLATE),
        # Half a surrogate pair, which JSON can express and Typst cannot read, becomes a question mark.
        sys_inputs={"data": data.encode(errors="replace").decode()},
        format="pdf",
        pdf_standards=["a-2b"] if archival else [],
        ignore_system_fonts=own_fonts,
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


def _without_glyph(error: typst.TypstError) -> set[str]:
    """The texts, mostly of one character, that no font has; none when it fails for something else."""
    texts = {
        _ESCAPED.sub(lambda code: chr(int(code[1], 16)) if code[1] else code[2], text)
        for text in _NO_GLYPH.findall(error.diagnostic)
    }
    return {text for text in texts if not text.isascii()}


def _box(text: str) -> str:
    """A box for what is seen, nothing for what only joins or marks others."""
    return "" if all(unicodedata.category(letter) in {"Cf", "Mn", "Me"} for letter in text) else BOX
