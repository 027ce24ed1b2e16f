"""Reads of the record of changes: the history of one session, what a change changed, what an undo did."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from sessions_app.formatting import format_colour
from sessions_app.models import VERSIONED_MODELS, Change, Changeset, VersionedModel
from sessions_app.selectors.catalogue import Catalogue
from users_app.models import User

MAX_HISTORY = 200


def read_history(user: User, object_id: UUID, *, limit: int = MAX_HISTORY) -> list[Change]:
    """Reads the changes of a session, client, project or tag, latest first, with who made them. One query."""
    changes = Change.objects.filter(user=user, object_id=object_id)
    changes = changes.select_related("changeset__token", "changeset__operator")
    return list(changes.order_by("-revision", "-number")[:limit])


def count_changed_with(entry: VersionedModel) -> int:
    """Counts the other objects, those in the Trash left out, that the changeset which wrote this entry changed too."""
    if entry.changeset_id is None:
        return 0
    written_by = Changeset.objects.filter(user=entry.user_id, id=entry.changeset_id)
    changes = Change.objects.filter(user=entry.user_id, revision__in=written_by.values("revision"))
    return changes.filter(after__deleted_at=None).exclude(object_id=entry.id).count()


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that a change changed: its label, its value before and after; ids and colours as names."""

    label: str
    before: Any
    after: Any


def differences(change: Change, catalogue: Catalogue) -> Iterator[Difference]:
    """Yields what a change did, field by field; of what was made or removed, what it had."""
    model = VERSIONED_MODELS[change.kind]
    before, after = model.read_tracked(change.before or {}), model.read_tracked(change.after or {})
    for name in model.TRACKED_FIELDS:
        if before[name] != after[name]:
            old, new = (_shown_value(name, state[name], catalogue) for state in (before, after))
            yield Difference(_label(model, name), old, new)


def _shown_value(name: str, value: Any, catalogue: Catalogue) -> Any:
    if name == "tag_ids":
        return ", ".join(catalogue.name(each) for each in value)
    if name == "colour":
        return format_colour(value)
    return catalogue.name(value) if name.endswith("_id") and value is not None else value


def _label(model: type[Any], name: str) -> str:
    if name == "tag_ids":
        return str(_("tags"))
    return str(getattr(model._meta.get_field(name), "verbose_name", name))  # noqa: SLF001  # documented
