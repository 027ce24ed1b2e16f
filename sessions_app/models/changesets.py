"""The record of what was written: changesets, their changes, and the epoch of the database they are numbered in."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sessions_app.models.constraints import SameUserForeignKey
from sessions_app.models.versioned import Kind
from timetracker.db.ids import uuid7
from users_app.models import AccessToken


class Source(models.TextChoices):
    """The door by which something came in."""

    WEB = "web", _("web")
    API = "api", _("API")
    IMPORT = "import", _("import")
    ADMIN = "admin", _("admin")
    SYSTEM = "system", _("system")


class Changeset(models.Model):
    """All that one click, request or command wrote for a user, undone as one. Rows are only added.

    `revision` is the user's revision from this transaction on, so changesets of a user are ordered by it. `at` is the
    instant (UTC) after the lock. `summary` names the first changes as they read on pages, `count` counts all of them.
    `undoes` is the changeset that this one took back. It can be undone before `undoable_until`; null means never.
    `request` identifies a request that carried an idempotency key ("" without one); one that had nothing to change
    may have a changeset of no changes.

    Long work is written in parts (`services.parts`), each with a revision of its own, which its changes carry, from
    `revision` on. Until the last part `unfinished` holds where it is; null for what is whole.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="changesets", db_index=False)
    revision = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    source = models.CharField(max_length=10, choices=Source)
    token = models.ForeignKey(AccessToken, models.SET_NULL, null=True, related_name="+", db_index=False)
    operator = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False)
    summary = models.TextField()
    count = models.PositiveIntegerField()
    undoes = models.ForeignKey(
        "self",
        models.DO_NOTHING,  # none is ever deleted without its user
        null=True,
        related_name="undone_by",
        db_constraint=False,  # SameUserForeignKey below is the stricter one
        db_index=False,
    )
    undoable_until = models.DateTimeField(null=True)
    request = models.CharField(max_length=64, blank=True, default="")
    unfinished = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "id"], name="changeset_of_user"),
            models.UniqueConstraint(fields=["user", "revision"], name="changeset_unique_revision"),
            SameUserForeignKey(field="undoes", name="changeset_undoes_same_user"),
        ]
        indexes = [
            models.Index(fields=["user", "at", "revision"], name="changeset_by_time"),
            models.Index(fields=["user", "undoes"], condition=Q(undoes__isnull=False), name="changeset_by_undone"),
            models.Index(fields=["user", "request"], condition=~Q(request=""), name="changeset_by_request"),
            models.Index(fields=["user"], condition=Q(unfinished__isnull=False), name="changeset_unfinished"),
        ]

    def __str__(self) -> str:
        return f"{self.summary} at {self.at:%Y-%m-%d %H:%M:%S}Z"


class Change(models.Model):
    """One change of one session, project, client or tag. Rows are only added.

    `before` is null when the object was made, `after` when it was removed for good. `object_id` is no foreign key, so
    that the change outlives the object. `revision` is that of the user after its transaction, in which `number` counts
    from 1: together they order all changes of a user as they were committed.
    """

    class Action(models.TextChoices):
        """What was done to the object."""

        START = "start", _("started")
        STOP = "stop", _("stopped")
        DISCARD = "discard", _("discarded")
        CREATE = "create", _("added")
        EDIT = "edit", _("changed")
        DELETE = "delete", _("deleted")
        RESTORE = "restore", _("restored")
        DUPLICATE = "duplicate", _("duplicated")
        SPLIT = "split", _("split")
        MERGE = "merge", _("merged")
        MOVE = "move", _("moved")
        INSERT = "insert", _("inserted")
        CONFIRM = "confirm", _("confirmed")
        REPRICE = "reprice", _("given a new rate")
        IMPORT = "import", _("imported")
        UNDO = "undo", _("undone")
        PURGE = "purge", _("removed for good")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="changes", db_index=False)
    changeset = models.ForeignKey(
        Changeset,
        models.DO_NOTHING,  # none is ever deleted without its user
        related_name="changes",
        db_constraint=False,  # SameUserForeignKey below is the stricter one
        db_index=False,  # change_by_changeset below has the user first
    )
    revision = models.PositiveBigIntegerField()
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.SESSION)
    object_id = models.UUIDField()
    action = models.CharField(max_length=10, choices=Action)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "revision", "number"], name="change_unique_number"),
            SameUserForeignKey(field="changeset", name="change_changeset_same_user"),
        ]
        indexes = [
            models.Index(fields=["user", "object_id", "revision", "number"], name="change_by_object"),
            # For the foreign key: without it, deleting each changeset would look at all changes of its user.
            models.Index(fields=["user", "changeset"], name="change_by_changeset"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.kind} {self.object_id}"


class Epoch(models.Model):
    """Identifies the history that revisions count in: one row, made with the database.

    After a restore from backup the same revisions are given out again for other changes. `manage.py restored` then
    renews the epoch, so that cursors of before are recognised instead of being read wrongly.
    """

    value = models.UUIDField(default=uuid4)

    def __str__(self) -> str:
        return str(self.value)
