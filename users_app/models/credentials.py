"""Credentials: access tokens of scripts, and calendar feeds."""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from users_app.models.secrets import TOKENS_BEGIN, hash_secret, is_well_formed, make_secret
from users_app.models.users import User


class Credential(models.Model):
    """A credential, which grants access to whoever has its secret.

    Only the SHA-256 of the secret is stored: with 214 random bits, it needs no slow hash.
    """

    SECRETS_BEGIN: ClassVar[str]
    """The prefix of this kind of secret, by which readers and secret scanners recognise it."""
    NAME_LENGTH = 100
    PREFIX_LENGTH = 9

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=NAME_LENGTH, blank=True)
    prefix = models.CharField(_("begins with"), max_length=PREFIX_LENGTH, editable=False)
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}".strip()

    @classmethod
    def find(cls, secret: str) -> Self | None:
        """Returns the credential with a secret, with its user, else None. One query; none for a malformed secret."""
        if not is_well_formed(secret, cls.SECRETS_BEGIN):
            return None
        return cls._default_manager.select_related("user").filter(secret_hash=hash_secret(secret)).first()


class Scope(models.TextChoices):
    """What a token may do (docs/api.md)."""

    READ = "read", _("see everything")
    TRACK = "track", _("start, stop, add and change sessions")
    WRITE = "write", _("add, change and delete everything you keep here")
    ACCOUNT = "account", _("change settings, make and revoke tokens, remove you and all your data")


class AccessTokenManager(models.Manager["AccessToken"]):
    """The manager of access tokens."""

    def issue(
        self,
        user: User,
        *,
        name: str = "",
        scopes: tuple[Scope, ...] = tuple(Scope),
        expires_at: datetime | None = None,
        token_id: uuid.UUID | None = None,
    ) -> tuple["AccessToken", str]:
        """Returns a new token and its secret, which is not stored and cannot be shown again."""
        secret = make_secret(AccessToken.SECRETS_BEGIN)
        token = self.create(
            id=token_id or uuid.uuid4(),
            expires_at=expires_at,
            user=user,
            name=name,
            prefix=secret[: AccessToken.PREFIX_LENGTH],
            secret_hash=hash_secret(secret),
            scopes=[scope.value for scope in scopes],
        )
        return token, secret


class AccessToken(Credential):
    """A token with which a script acts for a user."""

    SECRETS_BEGIN = TOKENS_BEGIN

    user = models.ForeignKey(User, models.CASCADE, related_name="access_tokens", db_index=False)
    scopes = models.JSONField(_("scopes"), default=list)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)

    objects: ClassVar[AccessTokenManager] = AccessTokenManager()

    class Meta:
        indexes = [models.Index(fields=["user", "created_at"], name="token_user_created")]

    def allows(self, scope: Scope) -> bool:
        """Returns whether the token has a scope: `write` includes `track`, and every scope includes `read`."""
        granted = set(self.scopes)
        match scope:
            case Scope.READ:
                return bool(granted)
            case Scope.TRACK:
                return bool(granted & {Scope.TRACK, Scope.WRITE})
            case _:
                return scope in granted

    def has_expired_at(self, instant: datetime) -> bool:
        """Returns whether the token has expired at an instant."""
        return self.expires_at is not None and self.expires_at <= instant


class CalendarFeed(Credential):
    """A feed with a user's sessions for calendar programs. The secret is a part of its URL."""

    SECRETS_BEGIN = "ttf_"

    user = models.ForeignKey(User, models.CASCADE, related_name="calendar_feeds", db_index=False)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        indexes = [models.Index(fields=["user", "created_at"], name="feed_user_created")]
