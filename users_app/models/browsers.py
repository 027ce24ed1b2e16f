"""Log-in sessions of browsers, recovery codes, and counts of attempts to sign in."""

from typing import Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.module_loading import import_string

from users_app.models.users import User


class BrowserSession(AbstractBaseSession):
    """The log-in session of a browser. `session_key` is the cookie's SHA-256, `agent` the User-Agent at sign-in."""

    AGENT_LENGTH = 300

    session_key = models.CharField(primary_key=True, max_length=64, editable=False)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="browser_sessions", db_index=False)
    agent = models.CharField(max_length=AGENT_LENGTH, blank=True)
    last_seen_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "last_seen_at"], name="browser_user_last_seen")]

    @classmethod
    def get_session_store_class(cls) -> Any:
        """Returns the store that reads and writes these rows."""
        return import_string(f"{settings.SESSION_ENGINE}.SessionStore")


class RecoveryCode(models.Model):
    """A code that signs another browser in, once. Only its SHA-256 is stored, since a code has 130 random bits."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="recovery_code")
    code_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Recovery code of {self.user_id}"


class AttemptCount(models.Model):
    """The number of attempts in a clock hour. `key` is a hash of the kind of attempt and of who makes it."""

    key = models.CharField(max_length=64)
    hour = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "hour"], name="attempt_count_once_an_hour")]

    def __str__(self) -> str:
        return f"{self.count} since {self.hour}"
