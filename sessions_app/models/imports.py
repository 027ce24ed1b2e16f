"""Imports: the uploaded files, which wait for the user's answers, and the identities of imported sessions."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from sessions_app.models.constraints import SameUserForeignKey
from timetracker.db.ids import uuid7

PIECE_SIZE = 256 * 1024
"""The number of bytes of a file in one row."""


class ImportIdentity(models.Model):
    """The identity of an entry of another tool, and the id of the session made of it, which may be gone by now.

    A second import skips an entry whose identity is here. Undoing the import sets `is_freed`, so that the entry can be
    imported again. Identities that are not freed are unique for each user.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    identity = models.CharField(max_length=48)
    session_id = models.UUIDField()
    is_freed = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "identity"], condition=Q(is_freed=False), name="import_identity_once"
            ),
        ]
        indexes = [models.Index(fields=["user", "session_id"], name="import_identity_by_session")]

    def __str__(self) -> str:
        return self.identity


class Import(models.Model):
    """An import of files that were uploaded together. Their pieces are removed after 24 hours; this row stays.

    `files` has the names and sizes of the files, in order; `answers` what the user decided, and `plan` what the import
    would do, both in the form that the page uses. `progress` is the progress of the background work as written by
    `imports.background`, null if there is none. `changeset_id` is null until the import has written something.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="imports", db_index=False)
    created_at = models.DateTimeField()
    files = models.JSONField(default=list)
    answers = models.JSONField(default=dict)
    plan = models.JSONField(default=dict)
    progress = models.JSONField(null=True)
    result = models.JSONField(null=True)
    changeset_id = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "id"], name="import_of_user")]
        indexes = [models.Index(fields=["user", "created_at"], name="import_by_time")]

    def __str__(self) -> str:
        return ", ".join(each["name"] for each in self.files)


class ImportPiece(models.Model):
    """A piece of one of the files of an import: PIECE_SIZE bytes, the last piece fewer. Both numbers count from 0.

    The rejected rows are stored likewise, as one more file after the uploaded ones.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    of_import = models.ForeignKey(
        Import,
        models.DO_NOTHING,  # pieces are removed first
        related_name="pieces",
        db_constraint=False,  # SameUserForeignKey below is stricter
        db_index=False,
    )
    file_number = models.PositiveIntegerField()
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "of_import", "file_number", "number"], name="import_piece_once"),
            SameUserForeignKey(field="of_import", name="import_piece_import_same_user"),
        ]

    def __str__(self) -> str:
        return f"{self.of_import_id} {self.file_number} {self.number}"
