"""Reads and validates an export, which is not trusted. Each error names the part and the line."""

import json
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO
from uuid import UUID

from django.utils.translation import gettext as _

from sessions_app.account_export.archive import Archive, invalid_file
from sessions_app.account_export.contents import ACCOUNT, FORMAT, IDENTITIES, LISTS, REPORTS, SESSIONS, VERSION
from sessions_app.account_export.validation import (
    FieldValues,
    check_keys,
    validate_entry,
    validate_identity,
    validate_report,
    validate_session,
    validate_settings,
)
from sessions_app.models import AddressedReport, Client, Project, SavedReport, Tag
from sessions_app.models.catalogue import CatalogueEntry, folded_name
from timetracker.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class AccountExport:
    """An open export. `settings` are those of `save_preferences`; `entries` are clients, projects and tags, `reports`
    saved reports and share links.

    Ids are those of the file, and every id that is referred to is in the file.
    """

    archive: Archive
    settings: FieldValues
    entries: dict[type[CatalogueEntry], list[FieldValues]]
    reports: dict[type[AddressedReport], list[FieldValues]]

    def sessions(self, *, now: datetime, after: int = 0) -> Iterator[tuple[int, FieldValues]]:
        """Yields the line number and field values of each session, in the order of the file; each call reads the file.

        Lines up to `after` are skipped, since they were validated before. Raises InvalidInputError at the first invalid
        session.
        """
        projects, tags = ({values["id"] for values in self.entries[model]} for model in (Project, Tag))
        seen: set[int] = set()
        is_one_running = False
        location = _("%(file)s, line %(line)d: %(problem)s")
        for number, line in self.archive.lines(SESSIONS):
            if number <= after:
                continue
            with _located(location, file=SESSIONS, line=number):
                values = validate_session(_parse(line), now=now)
                _check_id_unique(values["id"], seen)
                _check_ids_known([values["project_id"]] if values["project_id"] else [], projects, "project_id")
                _check_ids_known(values["tag_ids"], tags, "tag_ids")
                if values["end"] is None and is_one_running:
                    raise invalid_file(_("A second session is running. Give this one an end."))
                is_one_running |= values["end"] is None
            yield number, values

    def identities(self) -> Iterator[tuple[int, tuple[str, UUID]]]:
        """Yields the line number of each identity of an imported session, the identity, and the session's id.

        Raises InvalidInputError at the first invalid one.
        """
        location = _("%(file)s, line %(line)d: %(problem)s")
        for number, line in self.archive.lines(IDENTITIES) if self.archive.has(IDENTITIES) else ():
            with _located(location, file=IDENTITIES, line=number):
                yield number, validate_identity(_parse(line))


def read_account_export(file: IO[bytes], *, now: datetime) -> AccountExport:
    """Opens an export and validates all of it except the sessions. Raises InvalidInputError, at the field `file`."""
    archive = Archive(file)
    text = archive.read(ACCOUNT)
    with _located(_("%(file)s: %(problem)s"), file=ACCOUNT):
        account = _parse(text)
        # Checked first, since a file of a later version may have unknown fields.
        if not isinstance(account, dict) or account.get("format") != FORMAT:
            raise invalid_file(_("This is not an export of Timetracker."))
        if account.get("version") != VERSION or isinstance(account["version"], bool):
            message = _("This server reads version %(version)d of the format only. Update the server that is older.")
            raise invalid_file(message % {"version": VERSION})
        check_keys(account, ("format", "version", "settings", *LISTS, *(REPORTS.keys() & account.keys())))
        settings = validate_settings(account["settings"])
    entries: dict[type[CatalogueEntry], list[FieldValues]] = {
        LISTS[key]: list(_read_entries(key, account[key], now)) for key in LISTS
    }
    clients = {values["id"] for values in entries[Client]}
    for number, values in enumerate(entries[Project], start=1):
        with _located_entry("projects", number):
            _check_ids_known([values["client_id"]] if values["client_id"] else [], clients, "client_id")
    reports = {model: list(_read_reports(key, account.get(key, []), now)) for key, model in REPORTS.items()}
    return AccountExport(archive, settings, entries, reports)


def _read_entries(key: str, entries: object, now: datetime) -> Iterator[FieldValues]:
    model = LISTS[key]
    seen: set[int] = set()
    names: set[str] = set()
    for number, entry in enumerate(_check_list(key, entries), start=1):
        with _located_entry(key, number):
            values = validate_entry(model, entry, now=now)
            _check_id_unique(values["id"], seen)
            if values["deleted_at"] is None:
                if folded_name(values["name"]) in names:
                    raise invalid_file(_("Another one has the name “%(name)s”, too.") % {"name": values["name"]})
                names.add(folded_name(values["name"]))
        yield values


def _read_reports(key: str, reports: object, now: datetime) -> Iterator[FieldValues]:
    model = REPORTS[key]
    seen: set[int] = set()
    has_default = False
    for number, report in enumerate(_check_list(key, reports), start=1):
        with _located_entry(key, number):
            values = validate_report(model, report, now=now)
            _check_id_unique(values["id"], seen)
            if model is SavedReport and values["is_default"] and values["deleted_at"] is None:
                if has_default:
                    raise invalid_file(_("A second report is the default. Make “is_default” false."))
                has_default = True
        yield values


def _check_list(key: str, rows: object) -> list[object]:
    if not isinstance(rows, list):
        with _located(_("%(file)s: %(problem)s"), file=ACCOUNT):
            raise invalid_file(_("“%(field)s” must be a list.") % {"field": key})
    return rows


def _parse(text: bytes) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # invalid UTF-8 or JSON, or nested too deeply
        raise invalid_file(_("This is not JSON in UTF-8.")) from None


def _check_id_unique(row_id: UUID, seen: set[int]) -> None:
    if row_id.int in seen:
        raise invalid_file(_("The id %(id)s was used before.") % {"id": row_id})
    seen.add(row_id.int)


def _check_ids_known(ids: Collection[UUID], known: Collection[UUID], field: str) -> None:
    for each in ids:
        if each not in known:
            message = _("“%(field)s” names %(id)s, which is not in the file.")
            raise invalid_file(message % {"field": field, "id": each})


@contextmanager
def _located(message: str, **location: object) -> Iterator[None]:
    """Adds the position in the file to the message of an InvalidInputError raised in the block."""
    try:
        yield
    except InvalidInputError as error:
        raise invalid_file(message % {**location, "problem": error.message}) from None


def _located_entry(key: str, number: int) -> AbstractContextManager[None]:
    return _located(_("%(file)s, %(list)s, entry %(number)d: %(problem)s"), file=ACCOUNT, list=key, number=number)
