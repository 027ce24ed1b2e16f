"""The base class of models whose changes are recorded and can be undone."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, ClassVar, Self, cast
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions_app.models.querysets import UserScopedQuerySet
from timetracker.db.ids import uuid7


class Kind(models.TextChoices):
    """The kind of object that was changed."""

    SESSION = "session", _("session")
    PROJECT = "project", _("project")
    CLIENT = "client", _("client")
    TAG = "tag", _("tag")
    REPORT = "report", _("saved report")
    SHARE = "share", _("share link")


class VersionedModel(models.Model):
    """A row of one user, whose every change is recorded. A deleted row stays in the table for 30 days.

    Only `sessions_app.services` writes these rows: it sets the derived columns and records the changes.
    """

    KIND: ClassVar[Kind]
    TRACKED_FIELDS: ClassVar[tuple[str, ...]]
    """The fields that a user decides and that undo restores; `deleted_at` is among them."""
    METADATA_FIELDS: ClassVar[tuple[str, ...]] = ("version", "created_at", "updated_at")
    """Further fields in snapshots, so that the table could be rebuilt from the changes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="%(class)ss", db_index=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("created"), editable=False)
    updated_at = models.DateTimeField(_("updated"), editable=False)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)

    objects = UserScopedQuerySet.as_manager()

    changeset_id: UUID | None = None
    """The id of the changeset that wrote this instance; None if it was only read. Not stored."""

    class Meta:
        abstract = True

    def set_derived_fields(self) -> None:
        """Sets the columns that are computed from tracked fields; nothing else does."""

    def snapshot(self) -> dict[str, Any]:
        """Returns the tracked fields and the metadata in types of JSON, for a change."""
        names = (*self.TRACKED_FIELDS, *self.METADATA_FIELDS)
        return {
            name: _AS_JSON[kind](value) if (kind := type(value)) in _AS_JSON else value
            for name, value in zip(names, attrgetter(*names)(self), strict=True)
        }

    @classmethod
    def read_snapshot(cls, snapshot: Mapping[str, Any]) -> dict[str, Any]:
        """Returns the values of a snapshot in the types of an instance; a missing field gets its default."""
        names = (*cls.TRACKED_FIELDS, *cls.METADATA_FIELDS)
        return {name: cls._read(name, snapshot) for name in names}

    @classmethod
    def read_tracked(cls, snapshot: Mapping[str, Any]) -> dict[str, Any]:
        """Returns the tracked fields of a snapshot, which undo compares and restores."""
        return {name: cls._read(name, snapshot) for name in cls.TRACKED_FIELDS}

    @classmethod
    def new(cls, **values: Any) -> Self:
        """Returns an unsaved instance. An `id` of None is replaced by a new one."""
        return cls(**{name: value for name, value in values.items() if name != "id" or value is not None})

    @classmethod
    def _read(cls, name: str, snapshot: Mapping[str, Any]) -> Any:
        field = cast("models.Field[Any, Any]", cls._meta.get_field(name))
        return field.to_python(snapshot[name]) if name in snapshot else field.get_default()


def _instant_as_json(value: datetime) -> str:
    """Returns the instant as `isoformat` does in UTC, in a third of the time."""
    written: str = _as_text(value if value.tzinfo is UTC else value.astimezone(UTC))
    return f"{written[:-1]}+00:00"


_as_text = msgspec.to_builtins
_AS_JSON: dict[type, Callable[[Any], Any]] = {
    datetime: _instant_as_json,
    Decimal: str,
    UUID: _as_text,
    tuple: lambda ids: [*map(_as_text, ids)],
}
"""How values are written that JSON has no type for; every tuple is one of ids."""
