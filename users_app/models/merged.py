"""The record of guests that were merged into an account."""

from django.db import models

from users_app.models.users import User


class MergedGuest(models.Model):
    """The merge of a guest into `user`, at an instant (UTC) and by a changeset; undone if `undone_at` is set.

    `guest_id` is not a foreign key: it stays an alias of the account for scripts after the guest is removed. `tokens`
    and `feeds` are the ids of those moved to the account; `entries` are the ids of the guest's catalogue entries that
    entries of the account with the same name replace.
    """

    guest_id = models.UUIDField(editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="merged_guests", db_index=False)
    changeset_id = models.UUIDField(editable=False)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    session_count = models.PositiveIntegerField()
    tokens = models.JSONField(default=list)
    feeds = models.JSONField(default=list)
    entries = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["guest_id"], condition=models.Q(undone_at__isnull=True), name="merged_guest_once"
            ),
        ]
        indexes = [models.Index(fields=["user", "at"], name="merged_guest_user_at")]

    def __str__(self) -> str:
        return f"{self.guest_id} in {self.user_id}"
