"""What imports keep: files that wait for an answer, and by what the sessions they brought in are known again."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from sessions_app.models.constraints import SameUserForeignKey
from timetracker.db.ids import uuid7

PIECE_SIZE = 256 * 1024
"""How many bytes of a file one row has."""


class ImportIdentity(models.Model):
    """What a session of another tool is known by, and the session that was made of it, which may be gone by now.

    `is_freed` when the import was undone: the same entry may come in again. Those that are not are unique.
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
    """Files that were chosen together. They wait for 24 hours in pieces; then only what was done with them is left.

    `files` are their names and sizes, in order, as JSON; `answers` what the user decided, and `plan` what would be
    done, both as the page has them; `progress` is that of work in the background, as `imports.background` writes it,
    null when there is none. `changeset_id` is null until Import was pressed and anything was written.
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
    """PIECE_SIZE bytes of one of the files of an import, or what is left of it; both numbers count from 0.

    Behind the files, with the number that a further one would have, are the rows that were rejected.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    of_import = models.ForeignKey(
        Import,
        models.DO_NOTHING,  # pieces are removed first
        related_name="pieces",
        db_constraint=False,  # SameUserForeignKey below is the stricter one
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
