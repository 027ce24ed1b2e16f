"""What can be undone: rows that tell what was chosen of them, and the record of each change."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar, Self, cast
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from timetracker.db.ids import uuid7


class Kind(models.TextChoices):
    """What a change is of."""

    SESSION = "session", _("session")
    PROJECT = "project", _("project")
    CLIENT = "client", _("client")
    TAG = "tag", _("tag")


class VersionedModel(models.Model):
    """A row of one person, each change of which is recorded. Deleted, it is kept for 30 days.

    Written by `sessions_app.services` only, which keeps derived columns and the record of changes in step.
    """

    KIND: ClassVar[Kind]
    TRACKED_FIELDS: ClassVar[tuple[str, ...]]
    """What a person decides, and what undo brings back; `deleted_at` is among them."""
    METADATA_FIELDS: ClassVar[tuple[str, ...]] = ("version", "created_at", "updated_at")
    """What the record keeps beside it, so that it could rebuild the table."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="%(class)ss", db_index=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("created"), editable=False)
    updated_at = models.DateTimeField(_("updated"), editable=False)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)

    changeset_id: UUID | None = None
    """The batch of the press that this instance was written in; None when it was only read. Not stored."""

    class Meta:
        abstract = True

    def set_derived_fields(self) -> None:
        """Sets the columns that follow from what was chosen; the only place that does."""

    def snapshot(self) -> dict[str, Any]:
        """All that was chosen (not derived), as JSON: what the record of changes keeps."""
        return {name: _to_json(getattr(self, name)) for name in (*self.TRACKED_FIELDS, *self.METADATA_FIELDS)}

    @classmethod
    def read_snapshot(cls, snapshot: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a snapshot as an instance has them; what an older version did not know has its default."""
        names = (*cls.TRACKED_FIELDS, *cls.METADATA_FIELDS)
        return {name: cls._read(name, snapshot) for name in names}

    @classmethod
    def read_tracked(cls, snapshot: Mapping[str, Any]) -> dict[str, Any]:
        """What undo compares and brings back: not the version, nor when it was written."""
        return {name: cls._read(name, snapshot) for name in cls.TRACKED_FIELDS}

    @classmethod
    def new(cls, **values: Any) -> Self:
        """An instance that is not stored yet, its id kept when one is given."""
        return cls(**{name: value for name, value in values.items() if name != "id" or value is not None})

    @classmethod
    def _read(cls, name: str, snapshot: Mapping[str, Any]) -> Any:
        field = cast("models.Field[Any, Any]", cls._meta.get_field(name))
        return field.to_python(snapshot[name]) if name in snapshot else field.get_default()


def _to_json(value: object) -> object:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case UUID() | Decimal():
            return str(value)
        case _:
            return value
