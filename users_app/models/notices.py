"""Notices: mails to users."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from users_app.models.users import User


class Notice(models.Model):
    """A mail to a user, stored in the transaction that it is about, and sent once by `manage.py send_notices`.

    `about` makes a notice unique among those of its kind: the id of a session, or of the notice itself. `details` has
    values for the text. `email` is the user's address at the time of the event, to which the mail is sent, since
    someone who takes over an account changes the address.
    """

    class Kind(models.TextChoices):
        """The event that a notice is about."""

        FORGOTTEN = "forgotten", _("a session runs for long")
        SIGNED_IN = "signed_in", _("a browser signed in")
        PASSWORD_CHANGED = "password_changed", _("the password was changed")
        EMAIL_CHANGED = "email_changed", _("the e-mail was changed")
        SECOND_FACTOR_CHANGED = "second_factor_changed", _("a second factor or passkey was changed")

    user = models.ForeignKey(User, models.CASCADE, related_name="notices", db_index=False)
    kind = models.CharField(max_length=30, choices=Kind)
    about = models.UUIDField()
    email = models.EmailField(blank=True, default="", db_default="")
    """Empty in notices older than this field, which are sent to the user's present address."""
    details = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind", "about"], name="notice_once")]
        indexes = [
            models.Index(fields=["created_at"], condition=models.Q(sent_at__isnull=True), name="notice_to_send"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"
