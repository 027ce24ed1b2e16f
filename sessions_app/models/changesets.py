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
    """The interface through which a changeset was written."""

    WEB = "web", _("web")
    API = "api", _("API")
    IMPORT = "import", _("import")
    ADMIN = "admin", _("admin")
    SYSTEM = "system", _("system")


class Changeset(models.Model):
    """Everything that one click, request or command wrote for a user, undone together.

    `revision` is the user's revision after the transaction; it orders the changesets of a user. `at` is the instant
    (UTC) at which the user was locked. `summary` describes the first changes for pages, and `count` is the number of
    all changes. `undoes` is the changeset that this one undid. The changeset can be undone until `undoable_until`
    (null: never). `request` identifies a request that had an idempotency key ("" for others); such a request may have
    a changeset without changes.

    Long work is written in parts (`services.parts`). `revision` is then that of the first part; each part has a
    revision, which its changes have, too. `unfinished` is the state to go on from, null after the last part.
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
        models.DO_NOTHING,  # changesets are deleted only together with their user
        null=True,
        related_name="undone_by",
        db_constraint=False,  # SameUserForeignKey below is stricter
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
    """A change of one object: a session, client, project, tag, saved report or share link. Rows are only added.

    `before` is null when the object was created, `after` is null when it was removed for good. `object_id` is not a
    foreign key, so that the change outlives the object. `revision` is the user's revision after the transaction, and
    `number` counts the changes of that revision from 1: together they order all changes of a user as committed.
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
        models.DO_NOTHING,  # changesets are deleted only together with their user
        related_name="changes",
        db_constraint=False,  # SameUserForeignKey below is stricter
        db_index=False,  # change_by_changeset below begins with the user
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
            # For the foreign key: without this index, deleting a changeset would read all changes of its user.
            models.Index(fields=["user", "changeset"], name="change_by_changeset"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.kind} {self.object_id}"


class Epoch(models.Model):
    """The identity of this database's history, in one row that the first migration makes.

    After a restore from a backup the same revisions are given to other changes. `manage.py restored` then renews the
    epoch, so that cursors from before the restore are recognised as expired.
    """

    value = models.UUIDField(default=uuid4)

    def __str__(self) -> str:
        return str(self.value)
