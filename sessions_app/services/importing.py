"""Bringing in a take-out, as one press that can be undone."""

from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import IO
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from sessions_app.models import RECORDED, Change, Client, Kind, Project, Recorded, Source, Tag, TimeSession
from sessions_app.models.organising import Named, name_key
from sessions_app.services.press import AT_ONCE, Actor, Press, press
from sessions_app.takeout import ACCOUNT, SESSIONS, Takeout, Values, read_takeout
from timetracker import clock
from timetracker.errors import ConflictError
from users_app.models import User
from users_app.preferences import save_preferences


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import did: how many of each kind it added, and how many were there already.

    `batch` is what it is undone by, None when nothing was added; the settings, if they were taken over, stay.
    """

    added: Counter[Kind] = field(default_factory=Counter)
    present: Counter[Kind] = field(default_factory=Counter)
    has_settings: bool = False
    batch: UUID | None = None


def import_takeout(user: User, actor: Actor, file: IO[bytes]) -> ImportSummary:
    """Adds what is in a take-out and not here, all of it or nothing. The same file again adds nothing.

    Rows keep their ids, versions and instants. An id that somebody else has is replaced by one that follows from it and
    the person; a client, project or tag whose name is here already is not added, that one is used. What is here stays
    as it is. Settings are taken over only where there is nothing else yet.

    Raises InvalidInputError, at the field `file`, with what is wrong where; ConflictError `timer_running` when a second
    session would run.
    """
    now = clock.now()
    takeout = read_takeout(file, now=now)
    deque(takeout.sessions(now=now), maxlen=0)  # all is judged before anybody has to wait for this press
    with press(user, replace(actor, source=Source.IMPORT)) as this:
        is_empty = not any(model._default_manager.filter(user=user).exists() for model in RECORDED.values())  # noqa: SLF001
        if is_empty:
            save_preferences(user, **takeout.settings)
        summary = _Import(this, takeout).run()
        return replace(summary, has_settings=is_empty, batch=this.batch if summary.added.total() else None)


@dataclass(frozen=True, slots=True)
class _Home:
    """Where a row of the file is, or will be, among those of the person."""

    id: UUID
    is_here: bool
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class _Import:
    this: Press
    takeout: Takeout
    summary: ImportSummary = field(default_factory=ImportSummary)
    ids: dict[type[Named], dict[UUID, UUID | None]] = field(default_factory=dict)
    """By the id in the file the id here; None for what was deleted here since, so that nothing gets it again."""

    def run(self) -> ImportSummary:
        # What others refer to comes first.
        for model in (Client, Tag, Project):
            self.ids[model] = {}
            self._add(model, self._new_items(model))
        self._add(TimeSession, self._new_sessions())
        return self.summary

    def _add(self, model: type[Recorded], rows: Iterable[Recorded]) -> None:
        self.summary.added[model.KIND] += self.this.add_all(rows, Change.Action.IMPORT)

    def _new_items(self, model: type[Named]) -> Iterator[Named]:
        names = dict(model.objects.for_user(self.this.user).kept().values_list("name_key", "id"))
        items = enumerate(self.takeout.items[model], start=1)
        for _number, values, home in _with_homes(self.this.user, model, items):
            is_kept = values["deleted_at"] is None
            is_given_up = home.is_deleted and is_kept
            namesake = names.get(name_key(values["name"])) if is_kept else None
            is_new = not home.is_here and namesake is None
            self.ids[model][values["id"]] = home.id if is_new or (home.is_here and not is_given_up) else namesake
            if is_new:
                if model is Project:
                    values["client_id"] = self.ids[Client].get(values["client_id"])
                yield model.new(**{**values, "id": home.id}, user=self.this.user)
            else:
                self.summary.present[model.KIND] += 1

    def _new_sessions(self) -> Iterator[TimeSession]:
        sessions = self.takeout.sessions(now=self.this.at)
        for line, values, home in _with_homes(self.this.user, TimeSession, sessions):
            if home.is_here:
                self.summary.present[Kind.SESSION] += 1
                continue
            if values["end"] is None:
                self._refuse_second_running(line)
            values["project_id"] = self.ids[Project].get(values["project_id"])
            values["tag_ids"] = {here for each in values["tag_ids"] if (here := self.ids[Tag][each]) is not None}
            yield TimeSession.new(**{**values, "id": home.id}, user=self.this.user)

    def _refuse_second_running(self, line: int) -> None:
        if TimeSession.objects.for_user(self.this.user).find_running() is not None:
            message = _("%(file)s, line %(line)d: This session is running, and so is another one here. Stop it first.")
            raise ConflictError("timer_running", message % {"file": SESSIONS, "line": line})


def _with_homes(
    user: User, model: type[Recorded], rows: Iterable[tuple[int, Values]]
) -> Iterator[tuple[int, Values, _Home]]:
    """Each row with its home. A query for hundreds of them."""
    rest = iter(rows)
    while part := list(islice(rest, AT_ONCE)):
        homes = _homes(user, model, [values["id"] for _number, values in part])
        for number, values in part:
            yield number, values, homes[values["id"]]


def _homes(user: User, model: type[Recorded], ids: Collection[UUID]) -> dict[UUID, _Home]:
    """The home of each id of the file: what is here under it, or under what replaced it, else the first that is free.

    Raises ConflictError `id_taken` when neither is, which nobody comes to by chance.
    """
    candidates = {each: (each, uuid5(user.id, str(each))) for each in ids}
    wanted = [each for pair in candidates.values() for each in pair]
    # The one look at ids of others: that they are in use is all that is read.
    rows = model._default_manager.filter(id__in=wanted)  # noqa: SLF001
    owners = {each: (owner == user.id, at) for each, owner, at in rows.values_list("id", "user_id", "deleted_at")}
    homes: dict[UUID, _Home] = {}
    for row_id, pair in candidates.items():
        here = next((each for each in pair if each in owners and owners[each][0]), None)
        free = next((each for each in pair if each not in owners), None)
        if here is not None:
            homes[row_id] = _Home(here, is_here=True, is_deleted=owners[here][1] is not None)
        elif free is not None:
            homes[row_id] = _Home(free, is_here=False)
        else:
            file = SESSIONS if model is TimeSession else ACCOUNT
            message = _("%(file)s: The id %(id)s cannot be used on this server. Replace it by another one.")
            raise ConflictError("id_taken", message % {"file": file, "id": row_id})
    return homes
