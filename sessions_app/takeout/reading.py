"""Reading a take-out: all that a stranger may have written into it is judged, and told apart by file and line."""

import json
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO
from uuid import UUID

from django.utils.translation import gettext as _

from sessions_app.models import Client, Project, Tag
from sessions_app.models.organising import Named, name_key
from sessions_app.takeout.archive import Archive, refused
from sessions_app.takeout.judging import (
    Values,
    refuse_other_keys,
    values_of_item,
    values_of_session,
    values_of_settings,
)
from sessions_app.takeout.parts import ACCOUNT, FORMAT, LISTS, SESSIONS, VERSION
from timetracker.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class Takeout:
    """A take-out that is open. `settings` are those of `save_preferences`, `items` clients, projects and tags.

    Ids are those of the file, and whatever is referred to is in it.
    """

    archive: Archive
    settings: Values
    items: dict[type[Named], list[Values]]

    def sessions(self, *, now: datetime) -> Iterator[tuple[int, Values]]:
        """The values of each session and its line, in the order of the file; read anew each time.

        Raises InvalidInputError at the first that is wrong.
        """
        projects, tags = ({values["id"] for values in self.items[model]} for model in (Project, Tag))
        seen: set[int] = set()
        is_one_running = False
        place = _("%(file)s, line %(line)d: %(problem)s")
        for number, line in self.archive.lines(SESSIONS):
            with _at(place, file=SESSIONS, line=number):
                values = values_of_session(_parse(line), now=now)
                _refuse_twice(values["id"], seen)
                _refuse_strangers([values["project_id"]] if values["project_id"] else [], projects, "project_id")
                _refuse_strangers(values["tag_ids"], tags, "tag_ids")
                if values["end"] is None and is_one_running:
                    raise refused(_("A second session is running. Give this one an end."))
                is_one_running |= values["end"] is None
            yield number, values


def read_takeout(file: IO[bytes], *, now: datetime) -> Takeout:
    """Opens a take-out and judges all of it but its sessions. Raises InvalidInputError, at the field `file`."""
    archive = Archive(file)
    text = archive.read(ACCOUNT)
    with _at(_("%(file)s: %(problem)s"), file=ACCOUNT):
        account = _parse(text)
        # Before all else: what another version has is not wrong, only unknown here.
        if not isinstance(account, dict) or account.get("format") != FORMAT:
            raise refused(_("This is not a take-out of Timetracker."))
        if account.get("version") != VERSION or isinstance(account["version"], bool):
            message = _("This server reads version %(version)d of the format only. Update the server that is older.")
            raise refused(message % {"version": VERSION})
        refuse_other_keys(account, ("format", "version", "settings", *LISTS))
        settings = values_of_settings(account["settings"])
    items: dict[type[Named], list[Values]] = {LISTS[key]: list(_read_items(key, account[key], now)) for key in LISTS}
    clients = {values["id"] for values in items[Client]}
    for number, values in enumerate(items[Project], start=1):
        with _at_item("projects", number):
            _refuse_strangers([values["client_id"]] if values["client_id"] else [], clients, "client_id")
    return Takeout(archive, settings, items)


def _read_items(key: str, items: object, now: datetime) -> Iterator[Values]:
    model = LISTS[key]
    if not isinstance(items, list):
        with _at(_("%(file)s: %(problem)s"), file=ACCOUNT):
            raise refused(_("“%(field)s” must be a list.") % {"field": key})
    seen: set[int] = set()
    names: set[str] = set()
    for number, item in enumerate(items, start=1):
        with _at_item(key, number):
            values = values_of_item(model, item, now=now)
            _refuse_twice(values["id"], seen)
            if values["deleted_at"] is None:
                if name_key(values["name"]) in names:
                    raise refused(_("Another one has the name “%(name)s”, too.") % {"name": values["name"]})
                names.add(name_key(values["name"]))
        yield values


def _parse(text: bytes) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # not UTF-8, not JSON, or nested without an end
        raise refused(_("This is not JSON in UTF-8.")) from None


def _refuse_twice(row_id: UUID, seen: set[int]) -> None:
    if row_id.int in seen:
        raise refused(_("The id %(id)s was used before.") % {"id": row_id})
    seen.add(row_id.int)


def _refuse_strangers(ids: Collection[UUID], known: Collection[UUID], field: str) -> None:
    for each in ids:
        if each not in known:
            message = _("“%(field)s” names %(id)s, which is not in the file.")
            raise refused(message % {"field": field, "id": each})


@contextmanager
def _at(message: str, **place: object) -> Iterator[None]:
    """Whatever is refused inside is refused with its place in the file."""
    try:
        yield
    except InvalidInputError as error:
        raise refused(message % {**place, "problem": error.message}) from None


def _at_item(key: str, number: int) -> AbstractContextManager[None]:
    return _at(_("%(file)s, %(list)s, entry %(number)d: %(problem)s"), file=ACCOUNT, list=key, number=number)
