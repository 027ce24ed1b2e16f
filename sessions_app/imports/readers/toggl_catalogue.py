"""Toggl Track's ZIP of everything except time entries: clients, projects with their rates, tags, and a time zone."""

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from zipfile import ZipFile
from zoneinfo import ZoneInfo

from sessions_app.imports.archives import find_part, open_zip
from sessions_app.imports.bytes_to_text import Source
from sessions_app.imports.numbers import currency_in, parse_rate
from sessions_app.imports.rows import ImportedCatalogue, ImportedProject, ReadFile
from sessions_app.imports.texts import one_line
from sessions_app.timekeeping.messages import Message, gettext_noop

_MAX_UNPACKED = 100_000_000
_Entry = Mapping[str, object]
_NO_ENTRIES = Message(
    gettext_noop("This ZIP holds clients, projects and tags, and no time entries: import those from their CSV as well.")
)


def is_toggl(names: set[str]) -> bool:
    """Tells whether a ZIP with these parts is one of Toggl Track."""
    return "projects.json" in names and bool({"clients.json", "tags.json", "workspace_users.json"} & names)


def read_zip(source: Source) -> ReadFile:
    """Returns the catalogue of a ZIP, without rows. Raises UnreadableFileError."""
    with source.open() as file, open_zip(file, _MAX_UNPACKED) as archive:
        clients = list(_entries(archive, "clients.json"))
        names = {str(entry.get("id")): _text(entry, "name") for entry in clients}
        projects = tuple(_project(entry, names) for entry in _entries(archive, "projects.json"))
        tags = tuple(_text(entry, "name") for entry in _entries(archive, "tags.json"))
        zones = [_text(entry, "timezone") for entry in _entries(archive, "workspace_users.json")]
    return ReadFile(
        tool="toggl",
        label="Toggl Track, data export",
        read_rows=lambda _after: iter(()),
        timezone=known[0] if len(known := sorted({zone for zone in zones if _is_zone(zone)})) == 1 else "",
        catalogue=ImportedCatalogue(
            _names(clients),
            tuple(each for each in projects if each.name),
            tuple(filter(None, tags)),
            _names(entry for entry in clients if entry.get("archived") is True),
        ),
        remarks=(_NO_ENTRIES,),
    )


def _entries(archive: ZipFile, name: str) -> Iterator[_Entry]:
    path = find_part(archive, name)
    if path is None:
        return
    try:
        found = json.loads(archive.read(path))
    except RecursionError as error:
        raise ValueError from error
    for entry in found if isinstance(found, list) else ():
        if isinstance(entry, dict):
            yield entry


def _names(entries: Iterable[_Entry]) -> tuple[str, ...]:
    return tuple(name for entry in entries if (name := _text(entry, "name")))


def _project(entry: _Entry, clients: Mapping[str, str]) -> ImportedProject:
    client = entry.get("client_id", entry.get("cid"))
    billable = entry.get("billable")
    rate = entry.get("rate")
    return ImportedProject(
        name=_text(entry, "name"),
        client=clients.get(str(client), ""),
        billable=billable if isinstance(billable, bool) else None,
        rate=_rate(rate),
        currency=currency_in(_text(entry, "currency")),
        is_archived=entry.get("active") is False,
    )


def _rate(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    return parse_rate(str(value), comma=False)


def _text(entry: _Entry, key: str) -> str:
    value = entry.get(key)
    return one_line(value) if isinstance(value, str) else ""


def _is_zone(name: str) -> bool:
    try:
        return bool(name) and ZoneInfo(name).key == name
    except (ValueError, OSError, LookupError):
        return False
