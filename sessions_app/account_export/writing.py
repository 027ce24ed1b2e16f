"""Builds the ZIP of an export."""

import json
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from sessions_app.account_export.contents import (
    ACCOUNT,
    FORMAT,
    IDENTITIES,
    LISTS,
    README,
    REPORTS,
    SESSIONS,
    TABLE,
    VERSION,
)
from sessions_app.models import BATCH_SIZE, ImportIdentity, TimeSession, VersionedModel, iterate_with_tags
from sessions_app.models.querysets import TimeSessionQuerySet
from sessions_app.selectors.catalogue import Catalogue, read_catalogue
from timetracker.db.snapshot import snapshot
from timetracker.tables import Column, Row, csv_chunks
from users_app.models import User
from users_app.services.preferences import PREFERENCES

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time stamp of every part, the earliest that a ZIP can have, so that equal accounts give equal bytes."""


def build_account_export(user: User) -> IO[bytes]:
    """Returns the export of a user as a temporary file, positioned at its beginning; closing the file deletes it.

    It shows one state of the database, and is read with a few hundred sessions in memory. Exporting an unchanged
    account again gives the same bytes: the file does not tell who exported it, or when.
    """
    target = TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        with ZipFile(target, "w", ZIP_DEFLATED) as archive, snapshot():
            sessions = TimeSession.objects.for_user(user)
            catalogue = read_catalogue(user)
            _add_part(archive, README, [_readme_text().encode()])
            _add_part(archive, ACCOUNT, [_account_json(user).encode()])
            _add_part(archive, SESSIONS, (_session_line(session) for session in _in_order(sessions)))
            if (identities := ImportIdentity.objects.filter(user=user.pk, is_freed=False)).exists():
                _add_part(archive, IDENTITIES, _identity_lines(identities))
            _add_part(archive, TABLE, csv_chunks(_table_columns(), _table_rows(sessions.not_deleted(), catalogue)))
    except BaseException:
        target.close()
        raise
    target.seek(0)
    return target


def _add_part(archive: ZipFile, name: str, chunks: Iterable[bytes]) -> None:
    info = ZipInfo(name, _LONG_AGO)
    info.compress_type = ZIP_DEFLATED
    info.create_system = 3  # Unix, as the mode in the next line requires
    info.external_attr = 0o600 << 16
    with archive.open(info, "w", force_zip64=True) as part:
        for chunk in chunks:
            part.write(chunk)


def _account_json(user: User) -> str:
    user = User.objects.filter(pk=user.pk).first() or user  # a user who has written nothing is not stored
    content = {
        "format": FORMAT,
        "version": VERSION,
        "settings": {name: getattr(user, name) for name in PREFERENCES},
        **{
            name: [_record(row) for row in model.objects.for_user(user).order_by("id")]
            for name, model in {**LISTS, **REPORTS}.items()
        },
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1, default=str) + "\n"


def _session_line(session: TimeSession) -> bytes:
    text = json.dumps(_record(session), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode() + b"\n"


def _identity_lines(identities: QuerySet[ImportIdentity]) -> Iterator[bytes]:
    rows = identities.order_by("identity").values_list("identity", "session_id")
    for identity, session_id in rows.iterator(chunk_size=BATCH_SIZE):
        yield json.dumps({"identity": identity, "session_id": str(session_id)}).encode() + b"\n"


def _record(row: VersionedModel) -> dict[str, object]:
    return {"id": str(row.id), **row.snapshot()}


def _in_order(sessions: TimeSessionQuerySet) -> Iterator[TimeSession]:
    """Yields sessions by start, then id, each with its tags."""
    return iterate_with_tags(sessions.order_by("start", "id").iterator(chunk_size=BATCH_SIZE))


def _table_columns() -> list[Column]:
    return [
        Column("id", _("Id")),
        Column("name", _("Name")),
        Column("project", _("Project")),
        Column("client", _("Client")),
        Column("tags", _("Tags")),
        Column("start", _("Start (UTC)"), "instant"),
        Column("end", _("End (UTC)"), "instant"),
        Column("timezone", _("Time zone")),
        Column("seconds", _("Seconds"), "integer"),
        Column("hours", _("Hours"), "hours"),
        Column("billable", _("Billable"), "boolean"),
        Column("hourly_rate", _("Hourly rate"), "rate"),
        Column("currency", _("Currency")),
        Column("note", _("Note")),
    ]


def _table_rows(sessions: TimeSessionQuerySet, catalogue: Catalogue) -> Iterator[Row]:
    """Yields whole sessions. The running one has no duration, which would reveal when the file was written."""
    for session in _in_order(sessions):
        project = catalogue.project_of(session)
        yield [
            str(session.id),
            session.name,
            "" if project is None else project.name,
            "" if project is None or project.client is None else project.client.name,
            " ".join(tag.name for tag in catalogue.tags_of(session)),
            session.start,
            session.end,
            session.timezone,
            session.duration_seconds,
            session.duration_seconds,
            session.billable,
            session.hourly_rate,
            session.currency,
            session.note,
        ]


def _readme_text() -> str:
    paragraphs = [
        _("This is everything you keep in Timetracker: your settings, clients, projects, tags, sessions and reports."),
        _("account.json has your settings, clients, projects and tags, also deleted ones that are still kept."),
        _("It has your saved reports and share links, too, but not the links themselves and their passwords."),
        _("sessions.jsonl has all sessions, one on each line, also those in the Trash."),
        _("identities.jsonl, if it is there, tells imported sessions again, so that none is imported twice."),
        _("sessions.csv has the sessions that are not in the Trash, for spreadsheets."),
        _("The history of changes, your e-mail address, passwords and access tokens are not in it."),
        _("To bring it all in again, here or on another server, open Settings, Data and choose the ZIP file."),
    ]
    return "\n\n".join(paragraphs) + "\n"
