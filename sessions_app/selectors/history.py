"""Reads recorded changes: the history of a session, the latest changesets, and the differences that a change made."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from sessions_app.formatting import format_colour
from sessions_app.models import VERSIONED_MODELS, Change, Changeset, Kind, TimeSession, VersionedModel
from sessions_app.selectors.catalogue import Catalogue
from sessions_app.timekeeping.durations import format_words
from sessions_app.timekeeping.periods import day_of, seconds_between
from users_app.models import User

MAX_HISTORY = 200


def read_history(user: User, object_id: UUID, *, limit: int = MAX_HISTORY) -> list[Change]:
    """Returns the changes of an object, latest first, with the token or operator who made them. One query."""
    changes = Change.objects.filter(user=user, object_id=object_id)
    changes = changes.select_related("changeset__token", "changeset__operator")
    return list(changes.order_by("-revision", "-number")[:limit])


def read_latest_changesets(user: User, *, limit: int) -> list[Changeset]:
    """Returns changesets that have changes, latest first, with the token or operator. One query."""
    changesets = Changeset.objects.filter(user=user, count__gt=0).select_related("token", "operator")
    return list(changesets.order_by("-revision")[:limit])


@dataclass(frozen=True, slots=True)
class ListedChangeset:
    """A changeset, and the id of the changeset by which it is undone now; None if it is not undone."""

    changeset: Changeset
    undone_by: UUID | None


def read_changesets(user: User, *, before: int | None, limit: int) -> list[ListedChangeset]:
    """Returns changesets that have changes, latest first, with a lower revision than `before`.

    Two queries, and one more for each level of undo and redo.
    """
    changesets = Changeset.objects.filter(user=user, count__gt=0)
    if before is not None:
        changesets = changesets.filter(revision__lt=before)
    page = list(changesets.order_by("-revision")[:limit])
    undone_by = _find_undone(user, {each.id for each in page})
    return [ListedChangeset(each, undone_by.get(each.id)) for each in page]


def _find_undone(user: User, ids: set[UUID]) -> dict[UUID, UUID]:
    """Returns those of the changesets that are undone, with the id of the undo, which is not undone itself."""
    undos: list[tuple[int, UUID, UUID]] = []
    while ids:
        rows = Changeset.objects.filter(user=user, undoes__in=ids).values_list("revision", "id", "undoes")
        level = [(revision, by, undone) for revision, by, undone in rows if undone is not None]
        undos += level
        ids = {by for _revision, by, _undone in level}
    found: dict[UUID, UUID] = {}
    for _revision, by, undone in sorted(undos, reverse=True):  # an undo has a higher revision than what it undid
        if by not in found:
            found.setdefault(undone, by)
    return found


@dataclass(frozen=True, slots=True)
class SessionTimes:
    """The start and end (UTC) and the time zone of a session; `end` is None while it was running.

    Only the day is meaningful unless the times are `known`.
    """

    start: datetime
    end: datetime | None
    zone: ZoneInfo
    known: bool

    @property
    def first_date(self) -> date:
        """The local day of the start."""
        return day_of(self.start, self.zone)


def read_session_times(user: User, changesets: Iterable[Changeset]) -> dict[UUID, SessionTimes]:
    """Returns the times of the session of each changeset that has a single change, of a session, by changeset id.

    Pages show them to tell changes of sessions with the same name apart. They are those after the change, or before it
    if the session was removed for good. One query.
    """
    alone = [each.id for each in changesets if each.count == 1]
    times = {}
    for change in Change.objects.filter(user=user, changeset__in=alone, kind=Kind.SESSION):
        state = TimeSession.read_tracked(change.after or change.before or {})
        times[change.changeset_id] = SessionTimes(
            state["start"], state["end"], ZoneInfo(state["timezone"]), state["times_known"]
        )
    return times


def count_changed_with(entry: VersionedModel) -> int:
    """Returns how many other objects, except in the Trash, were changed by the changeset that wrote this entry last."""
    if entry.changeset_id is None:
        return 0
    changes = Change.objects.filter(user=entry.user_id, changeset=entry.changeset_id)
    return changes.filter(after__deleted_at=None).exclude(object_id=entry.id).count()


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of a change: its label, and its value before and after, with names in place of ids and colours."""

    label: str
    before: Any
    after: Any


def differences(change: Change, catalogue: Catalogue) -> Iterator[Difference]:
    """Yields the fields that a change changed; for a created or removed object the fields that it had."""
    model = VERSIONED_MODELS[change.kind]
    before, after = model.read_tracked(change.before or {}), model.read_tracked(change.after or {})
    for name in model.TRACKED_FIELDS:
        if before[name] != after[name]:
            old, new = (_shown_value(name, state, catalogue) for state in (before, after))
            yield Difference(_label(model, name), old, new)


def _shown_value(name: str, state: dict[str, Any], catalogue: Catalogue) -> Any:
    value = state[name]
    if name in {"start", "end"} and value is not None and not state["times_known"]:
        # Only the day and the length are meaningful, so they are shown in place of the times.
        zone = ZoneInfo(state["timezone"])
        return day_of(value, zone) if name == "start" else format_words(seconds_between(state["start"], value))
    if name == "tag_ids":
        return ", ".join(catalogue.name(each) for each in value)
    if name == "colour":
        return format_colour(value)
    return catalogue.name(value) if name.endswith("_id") and value is not None else value


def _label(model: type[Any], name: str) -> str:
    if name == "tag_ids":
        return str(_("tags"))
    return str(getattr(model._meta.get_field(name), "verbose_name", name))  # noqa: SLF001  # documented
