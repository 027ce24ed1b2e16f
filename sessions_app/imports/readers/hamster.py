"""Hamster: XML in one line, and its table separated by tabs."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from sessions_app.imports.bytes_to_text import Source
from sessions_app.imports.checks import checked, rejected
from sessions_app.imports.dates import parse_stamp
from sessions_app.imports.layouts import Cells, Layout
from sessions_app.imports.numbers import parse_decimal, parse_duration
from sessions_app.imports.rows import ImportedSession, Row, UnreadableFileError
from sessions_app.imports.table_rows import to_the_minute
from sessions_app.imports.tables import Table
from sessions_app.imports.texts import as_json, name_and_note, one_line, split_tags
from sessions_app.timekeeping.messages import Message, gettext_noop

_DAMAGED = gettext_noop("This XML is damaged, or has parts that are not safe to read. Export it again.")
_NO_ACTIVITY = gettext_noop("This XML holds no activities of Hamster.")
_BAD_TIME = gettext_noop("“%(cell)s” is no time.")
_WITHOUT_CATEGORY = frozenset({"unsorted", "unsortiert", "non trie", "sin ordenar"})


def _adjust(session: ImportedSession, cell: Cells) -> Row:
    session = replace(session, project=_category(session.project))
    if session.start is not None and session.end is None and not cell("end"):  # its minutes are those until the export
        return replace(session, is_running=True, duration_seconds=None)
    return session


def _category(name: str) -> str:
    """Returns the category of an activity, "" for Hamster's own word for none."""
    return "" if name.lower() in _WITHOUT_CATEGORY else name


LAYOUTS = (
    Layout(
        tool="hamster",
        label="Hamster, table",
        needs=({"start"}, {"end"}, {"minutes"}),
        must=("activity", "category"),
        titles={"activity": "description", "category": "project", "description": "note"},
        contents=("description", "project"),
        has_seconds=True,
        adjust=_adjust,
    ),
)

_TITLES = ("activity", "start time", "end time", "duration minutes", "category", "description", "tags")
_SAMPLE = 20
_MINUTE = 60


def with_titles(table: Table) -> Table:
    """Returns a table with the titles of Hamster, which are translated, where its cells are those of Hamster's."""
    if table.delimiter != "\t" or len(table.header) != len(_TITLES):
        return table
    sample = [cells for _line, cells in islice(table.records(), _SAMPLE)]
    return replace(table, header=_TITLES) if sample and all(map(_has_minutes, sample)) else table


def _has_minutes(cells: list[str]) -> bool:
    """Tells whether the fourth cell is the minutes between the second and the third; what runs has no third.

    They are whole in old versions, and `150.0` since its third.
    """
    minutes = parse_decimal(cells[3].strip(), comma=False) if len(cells) > 3 else None  # noqa: PLR2004
    if minutes is None:
        return False
    start, end = (parse_stamp(cells[number].strip(), "ymd").instant for number in (1, 2))
    if start is None or end is None:
        return start is not None and not cells[2].strip()
    if start.tzinfo or end.tzinfo:
        return False  # Hamster writes what the clock showed
    return abs((end - start).total_seconds() / 60 - float(minutes)) <= 1


def xml_rows(source: Source, after: int) -> Iterator[Row]:
    """Yields the activities; the file has one line, so their lines are their numbers, from 1.

    Raises UnreadableFileError.
    """
    number, root = 0, ""
    try:
        with source.open() as file:
            for _event, element in iterparse(file, events=("end",)):
                root = element.tag  # after the loop that of the last element that ended, which is around all others
                if element.tag == "activity":
                    number += 1
                    if number > after:
                        yield _session(number, element.attrib)
                element.clear()
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise UnreadableFileError("malformed_file", Message(_DAMAGED)) from error
    if not number and root != "activities":
        raise UnreadableFileError("unknown_format", Message(_NO_ACTIVITY))


def _session(line: int, values: Mapping[str, str]) -> Row:
    start_text, end_text = (values.get(key, "").strip() for key in ("start_time", "end_time"))
    is_running = end_text in {"", "None"}
    start = parse_stamp(start_text, "ymd").instant
    end = None if is_running else parse_stamp(end_text, "ymd").instant
    if start is None or (end is None and not is_running):
        return rejected(line, "bad_time", _BAD_TIME, start_text if start is None else end_text, as_json(dict(values)))
    text = values.get("name", "").strip()
    name, note = name_and_note(text, values.get("description", ""))
    project = one_line(values.get("category", ""))
    tags = split_tags(values.get("tags", ""))
    times = f"{start.isoformat()}/{'' if end is None else end.isoformat()}"
    return checked(
        ImportedSession(
            line=line,
            record="\x1f".join((times, "", project, "", ",".join(sorted(tags)), text, note)),  # as in the table
            start=start,
            end=end,
            duration_seconds=None if is_running else parse_duration(values.get("duration_minutes", ""), "minutes"),
            duration_error=_MINUTE,
            name=name,
            note=note,
            project=_category(project),
            tags=tags,
            is_running=is_running,
            brief=f"{to_the_minute(start)}/{'' if end is None else to_the_minute(end)}",
            is_brief=start_text.count(":") == 1,
        )
    )
