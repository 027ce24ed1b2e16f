"""Hamster: XML in one line, and its table separated by tabs."""

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from sessions_app.imports.bytes_to_text import Source
from sessions_app.imports.checks import checked, rejected
from sessions_app.imports.dates import parse_stamp
from sessions_app.imports.layouts import Layout
from sessions_app.imports.rows import ImportedSession, Row, UnreadableFileError
from sessions_app.imports.texts import name_and_note, one_line, split_tags
from sessions_app.timekeeping.messages import Message, gettext_noop

_DAMAGED = gettext_noop("This XML is damaged, or has parts that are not safe to read. Export it again.")
_NO_ACTIVITY = gettext_noop("This XML holds no activities of Hamster.")
_BAD_TIME = gettext_noop("“%(cell)s” is no time.")
_WITHOUT_CATEGORY = frozenset({"unsorted", "unsortiert", "non trie", "sin ordenar"})

LAYOUTS = (
    Layout(
        tool="hamster",
        label="Hamster, table",
        needs=({"start"}, {"end"}, {"minutes"}),
        must=("activity", "category"),
        titles={"activity": "description", "category": "project", "description": "note"},
    ),
)


def xml_rows(source: Source, after: int) -> Iterator[Row]:
    """Yields the activities; the file has one line, so their lines are their numbers, from 1.

    Raises UnreadableFileError.
    """
    number = 0
    try:
        with source.open() as file:
            for _event, element in iterparse(file, events=("end",)):
                if element.tag == "activity":
                    number += 1
                    if number > after:
                        yield _session(number, element.attrib)
                element.clear()
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise UnreadableFileError("malformed_file", Message(_DAMAGED)) from error
    if not number:
        raise UnreadableFileError("unknown_format", Message(_NO_ACTIVITY))


def _session(line: int, values: Mapping[str, str]) -> Row:
    start_text, end_text = (values.get(key, "").strip() for key in ("start_time", "end_time"))
    is_running = end_text in {"", "None"}
    start = parse_stamp(start_text, "ymd").instant
    end = None if is_running else parse_stamp(end_text, "ymd").instant
    if start is None or (end is None and not is_running):
        return rejected(line, "bad_time", _BAD_TIME, start_text if start is None else end_text, str(dict(values)))
    name, note = name_and_note(values.get("name", ""), values.get("description", ""))
    project = one_line(values.get("category", ""))
    tags = split_tags(values.get("tags", ""))
    return checked(
        ImportedSession(
            line=line,
            record="\x1f".join((f"{start}/{end}", project, *sorted(tags), name, note)),
            start=start,
            end=end,
            name=name,
            note=note,
            project="" if project.lower() in _WITHOUT_CATEGORY else project,
            tags=tags,
            is_running=is_running,
        )
    )
