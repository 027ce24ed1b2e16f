"""Detects from its content which tool made a file, and reads it."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import IO
from zipfile import ZipFile, ZipInfo

from sessions_app.imports.archives import TOO_LARGE, open_zip, part_names
from sessions_app.imports.bytes_to_text import Source, encoding_of, read_text, text_lines
from sessions_app.imports.json_text import Element, is_objects_with, json_elements
from sessions_app.imports.readers import (
    clockify,
    generic,
    hamster,
    harvest,
    icalendar,
    kimai,
    mapped,
    solidtime,
    timetagger,
    timewarrior,
    toggl,
    toggl_catalogue,
    tyme,
    watson,
)
from sessions_app.imports.readers.tables import best_layout, read_table
from sessions_app.imports.rows import Answers, ImportedSession, Question, ReadFile, Row, SkippedRow, UnreadableFileError
from sessions_app.imports.sections import with_one_header
from sessions_app.imports.tables import Table, csv_table, object_table, workbook_table
from sessions_app.imports.texts import clean
from sessions_app.imports.titles import fold_title
from sessions_app.timekeeping.messages import Message, gettext_noop

ACCOUNT_EXPORT = "account_export"
"""The tool name for an account export, which is read by `account_export`."""

_LAYOUTS = (
    *toggl.LAYOUTS, *clockify.LAYOUTS, *harvest.LAYOUTS, *kimai.LAYOUTS, *timetagger.LAYOUTS, *watson.LAYOUTS,
    *solidtime.LAYOUTS, *generic.LAYOUTS, *tyme.LAYOUTS, *hamster.LAYOUTS,
)  # fmt: skip
_SAMPLE = 20
_MAX_UNPACKED = 200_000_000
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_OTHER_SPREADSHEETS = frozenset({"mimetype", "content.xml", "xl/workbook.bin", "Index/Document.iwa"})
"""Parts of workbooks of LibreOffice, of Excel in binary, and of Numbers."""
_TABLE_OF_XML = re.compile("<table[ >]|urn:schemas-microsoft-com:office", re.IGNORECASE)
"""What programs write that call a page, or a workbook in XML, XLS."""
_READABLE = (".csv", ".tsv", ".json", ".xlsx", ".xml", ".ics", ".data", "/frames")
_UNREADABLE = ("/tags.data", "/undo.data", "/backlog.data")
"""What Timewarrior has beside the months in its folder."""
_MAYBE_READABLE = (".txt",)
"""Extensions of files that are an export only if a ZIP has no other; otherwise they are instructions."""

_SPREADSHEET = gettext_noop("This kind of spreadsheet cannot be read. Save it as XLSX or CSV.")
_UNKNOWN = gettext_noop("This file is of no tool that is known here. Choose the detailed export of the tool.")
_UNKNOWN_ZIP = gettext_noop("This ZIP is of no tool that is known here. Unpack it, and choose the files in it.")
_TOTALS_ONLY = gettext_noop("This file holds sums only, and no sessions: tick “show records” before saving the report.")
_AGGREGATED = gettext_noop("These are sums of Watson, and no sessions. Import its file “frames” instead.")
_NO_DATES = gettext_noop(
    "This report has no column of dates. Add “Start date” and “Stop date” to it, and export again."
)
_OF_SOLIDTIME = gettext_noop(
    "This is one table of an export of solidtime. Choose its ZIP, which has the names as well."
)
_ACTIVITY = gettext_noop("This is computer activity of RescueTime, which is no tracked time.")


def read(name: str, data: bytes | Path | IO[bytes], answers: Answers, now: datetime) -> ReadFile:
    """Returns the file as neutral rows. `name` is a hint only; a file object must be seekable, and stays open.

    `now` is an aware datetime. Raises UnreadableFileError.
    """
    source = Source(data)
    head = source.head()
    if head.startswith(b"PK"):
        return _read_zip(name, source, answers, now)
    if head.startswith(_OLD_WORKBOOK):
        raise UnreadableFileError("spreadsheet", Message(_SPREADSHEET))
    encoding = encoding_of(head)
    beginning = head.decode(encoding, "replace").lstrip("\ufeff\0 \t\r\n")
    if beginning[:1] in {"[", "{"}:
        return _read_json(name, read_text(source, encoding), answers, now)
    if beginning.startswith("<"):
        if "<activit" not in beginning:
            if _TABLE_OF_XML.search(beginning):
                raise UnreadableFileError("spreadsheet", Message(_SPREADSHEET))
            raise UnreadableFileError("unknown_format", Message(_UNKNOWN))
        return _read_xml(source, answers)
    if beginning[:15].upper() == "BEGIN:VCALENDAR":
        return _read_calendar(source, encoding, answers)
    if timewarrior.DATA_LINE.fullmatch(beginning.splitlines()[0]):
        return ReadFile(
            tool="timewarrior",
            label="Timewarrior, data file",
            read_rows=lambda after: timewarrior.data_rows(text_lines(source, encoding), after),
            answers=answers,
        )
    return _read_table(name, csv_table(source), answers, now)


def _read_table(name: str, table: Table, answers: Answers, now: datetime) -> ReadFile:
    """Reads a table, and those below it. Final answers say if there are any."""
    table = hamster.with_titles(table)
    joined = table if answers.is_final and not answers.layout.get("tables") else with_one_header(table)
    found = _read_joined(name, joined, answers, now)
    if joined is table or answers.is_final:
        return found
    return replace(found, answers=replace(found.answers, layout={**found.answers.layout, "tables": "several"}))


def _read_joined(name: str, table: Table, answers: Answers, now: datetime) -> ReadFile:
    titles = {fold_title(title) for title in table.header}
    if titles == {"from", "to", "project", "tag", "time"}:
        raise UnreadableFileError("unknown_format", Message(_AGGREGATED))
    if {"time spent seconds", "productivity"} <= titles or "rescuetime" in name.lower():
        raise UnreadableFileError("unknown_format", Message(_ACTIVITY))
    if {"organization id", "member id", "billable rate"} <= titles:
        raise UnreadableFileError("unknown_format", Message(_OF_SOLIDTIME))
    layout = best_layout(_LAYOUTS, table, name)
    if answers.is_final:
        layout = next((each for each in _LAYOUTS if each.label == answers.layout.get("label")), None)
    if layout is None:
        if toggl.lacks_dates(table):
            raise UnreadableFileError("unknown_format", Message(_NO_DATES))
        return mapped.read_mapped(table, name, answers, now)
    if layout.is_download and not table.delimiter:  # only CSV escapes formulas
        layout = replace(layout, clean=clean)
    remarks = (*table.remarks, *((watson.CSV_REMARK,) if layout.tool == "watson" else ()))
    found = read_table(table, layout, name, answers, now, remarks=remarks)
    if layout.tool == "timetagger" and not any(not isinstance(row, SkippedRow) for row in found.rows()):
        raise UnreadableFileError("unknown_format", Message(_TOTALS_ONLY))
    return found


def _read_json(name: str, text: str, answers: Answers, now: datetime) -> ReadFile:
    elements = json_elements(text)
    if not elements or elements == [(1, {})]:  # of a day without work, or the `state` of Watson at rest
        return _rows_file("generic", "JSON", [], lambda _elements: iter(()), answers)
    first = elements[0][1]
    if any(watson.is_frame(element) for _line, element in elements[:_SAMPLE]):
        return _rows_file("watson", "Watson, frames", elements, watson.frame_rows, answers)
    if is_objects_with(elements, "t1", "t2"):
        return _rows_file("timetagger", "TimeTagger, records", elements, timetagger.record_rows, answers)
    if is_objects_with(elements, "start", "stop", "project", "id") or watson.is_state(first):
        return _rows_file("watson", "Watson, log as JSON", elements, watson.log_rows, answers)
    if any(timewarrior.is_interval(element) for _line, element in elements[:_SAMPLE]):
        return _rows_file("timewarrior", "Timewarrior, export", elements, timewarrior.export_rows, answers)
    if isinstance(first, Mapping):
        return _read_table(name, object_table(elements), answers, now)
    raise UnreadableFileError("unknown_format", Message(_UNKNOWN))


def _rows_file(
    tool: str, label: str, elements: list[Element], rows: Callable[[list[Element]], Iterator[Row]], answers: Answers
) -> ReadFile:
    def read_rows(after: int) -> Iterator[Row]:
        return (row for row in rows(elements) if row.line > after)

    return ReadFile(tool=tool, label=label, read_rows=read_rows, answers=replace(answers, is_final=True))


def _read_xml(source: Source, answers: Answers) -> ReadFile:
    found = ReadFile(
        tool="hamster",
        label="Hamster, XML",
        read_rows=lambda after: hamster.xml_rows(source, after),
        questions=() if answers.timezone else (Question("timezone", is_needed=True),),
        answers=answers,
    )
    for _row in found.rows():  # reads to the end, since an error there makes the whole file invalid
        pass
    return found


def _read_calendar(source: Source, encoding: str, answers: Answers) -> ReadFile:
    zones = icalendar.calendar_zones(icalendar.content_lines(source, encoding))
    found = ReadFile(
        tool="icalendar",
        label="iCalendar",
        read_rows=lambda after: icalendar.event_rows(icalendar.content_lines(source, encoding), zones, after),
        answers=answers,
        timezone=zones.of_all,
    )
    sessions = (row for row in found.rows() if isinstance(row, ImportedSession) and not row.timezone)
    is_local = any(session.start is not None and session.start.tzinfo is None for session in sessions)
    if is_local and not answers.timezone:
        return replace(found, questions=(Question("timezone", default=zones.of_all, is_needed=not zones.of_all),))
    return found


def is_of_a_tool(archive: ZipFile) -> bool:
    """Returns whether a ZIP as a whole is the file of a tool, a workbook, or an account export."""
    names = part_names(archive)
    bare = {part.rsplit("/", maxsplit=1)[-1] for part in names}
    return (
        not {"xl/workbook.xml", *_OTHER_SPREADSHEETS}.isdisjoint(names)
        or "account.json" in bare
        or solidtime.is_solidtime(bare)
        or toggl_catalogue.is_toggl(bare)
    )


def is_toggl_catalogue(archive: ZipFile) -> bool:
    """Tells whether a ZIP is what Toggl Track exports beside its time entries."""
    return toggl_catalogue.is_toggl({part.rsplit("/", maxsplit=1)[-1] for part in part_names(archive)})


def readable_parts(archive: ZipFile) -> list[ZipInfo]:
    """Returns the files in a ZIP whose names are possible for exports; empty files only if all are empty."""
    parts = [(f"/{name}".lower(), archive.getinfo(name)) for name in part_names(archive)]
    for endings in (_READABLE, _MAYBE_READABLE):
        if found := [part for name, part in parts if name.endswith(endings) and not name.endswith(_UNREADABLE)]:
            return [part for part in found if part.file_size] or found
    return []


def _read_zip(name: str, source: Source, answers: Answers, now: datetime) -> ReadFile:
    with source.open() as file, open_zip(file, solidtime.MAX_UNPACKED) as archive:
        names = part_names(archive)
        bare = {part.rsplit("/", maxsplit=1)[-1] for part in names}
        readable = [] if is_of_a_tool(archive) else readable_parts(archive)
        inner = _part(archive, readable[0]) if len(readable) == 1 else b""
    if "xl/workbook.xml" in names:
        return _read_table(name, workbook_table(source), answers, now)
    if "account.json" in bare:
        return ReadFile(tool=ACCOUNT_EXPORT, label="Timetracker, export", read_rows=lambda _after: iter(()))
    if solidtime.is_solidtime(bare):
        return solidtime.read_zip(source, answers)
    if toggl_catalogue.is_toggl(bare):
        return toggl_catalogue.read_zip(source)
    if inner and not inner.startswith(b"PK"):
        return read(readable[0].filename, inner, answers, now)
    if not _OTHER_SPREADSHEETS.isdisjoint(names):
        raise UnreadableFileError("spreadsheet", Message(_SPREADSHEET))
    raise UnreadableFileError("unknown_format", Message(_UNKNOWN_ZIP))


def _part(archive: ZipFile, part: ZipInfo) -> bytes:
    if part.file_size > _MAX_UNPACKED:
        raise UnreadableFileError("malformed_file", Message(TOO_LARGE))
    return archive.read(part)
