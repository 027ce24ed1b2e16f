"""Users, their browsers, the access tokens of their scripts and the addresses of their calendar feeds."""

import hashlib
import secrets
import string
import uuid
import zlib
from datetime import datetime
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F
from django.db.models.functions import Lower
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from timetracker.money_fields import currency_field, rate_field
from users_app.zones import validate_zone, zone_or_utc


class WeekStart(models.IntegerChoices):
    """The weekday on which a user's weeks begin, numbered as in `date.weekday`."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class UserManager(BaseUserManager["User"]):
    """Creates guests, accounts and operators."""

    def create_guest(self, **fields: Any) -> "User":
        """Returns a new user without e-mail and password, who is known by a cookie or a token only."""
        user = self.model(**fields)
        user.set_unusable_password()
        user.full_clean()
        user.save(force_insert=True)
        return user

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Returns a new account. The e-mail is stored in lower case."""
        if not email:
            raise ValueError("An account needs an e-mail address.")
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.save(force_insert=True)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Returns a new operator: an account that may use the admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Returns the account with that e-mail, in upper or lower case."""
        return self.get(email=(username or "").lower())


class Clock(models.TextChoices):
    """How times of day are shown."""

    HOURS_24 = "24", _("15:30")
    HOURS_12 = "12", _("3:30 pm")


class DateFormat(models.TextChoices):
    """How dates are shown, and in which order typed ones are read."""

    DAY_FIRST = "day", _("18 Nov 2025, 18.11.")
    MONTH_FIRST = "month", _("Nov 18, 2025, 11/18")
    ISO = "iso", _("2025-11-18")


class DurationFormat(models.TextChoices):
    """How lengths of time are shown in tables."""

    CLOCK = "clock", _("1:30")
    WORDS = "words", _("1 h 30 min")
    DECIMAL = "decimal", _("1.50")


class User(AbstractBaseUser, PermissionsMixin):
    """A person who tracks time: a guest until there is an e-mail. The id is an address, never a credential."""

    NAME_LENGTH = 100

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True)
    display_name = models.CharField(_("name"), max_length=NAME_LENGTH, blank=True)
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_zone])
    week_start = models.PositiveSmallIntegerField(_("week start"), choices=WeekStart, default=WeekStart.MONDAY)
    clock = models.CharField(_("clock"), max_length=2, choices=Clock, default=Clock.HOURS_24)
    date_format = models.CharField(_("dates"), max_length=5, choices=DateFormat, default=DateFormat.DAY_FIRST)
    duration_format = models.CharField(
        _("durations"), max_length=7, choices=DurationFormat, default=DurationFormat.CLOCK
    )
    long_session_hours = models.PositiveSmallIntegerField(
        _("long session, hours"),
        default=8,
        validators=[MinValueValidator(1), MaxValueValidator(24)],
        help_text=_("A session that runs for longer is asked about."),
    )
    notes_last_seen = models.BooleanField(
        _("remember when I was last here"),
        default=True,
        help_text=_("One time stamp, so that a forgotten session can be ended when you really left."),
    )
    hourly_rate = rate_field(help_text=_("For billable sessions whose project and client have none."))
    currency = currency_field(default="EUR")
    revision = models.PositiveBigIntegerField(default=0, editable=False)
    """Grows in every transaction that changes what pages or API show of this user, settings included."""
    last_seen_at = models.DateTimeField(_("last seen"), null=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("operator"), default=False, help_text=_("May sign in to the admin."))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lower_case"),
            models.CheckConstraint(condition=models.Q(week_start__range=(0, 6)), name="user_week_start_is_a_weekday"),
        ]
        indexes = [models.Index(fields=["created_at", "id"], name="user_by_created")]

    def __str__(self) -> str:
        return self.email or self.display_name or f"Guest {str(self.id)[:8]}"

    def clean(self) -> None:
        """Stores an empty e-mail as null: the unique key would allow one guest with an empty one."""
        self.email = self.email.lower() if self.email else None

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves the user. A copy read before others wrote lets the revision grow as well; it never sets it back."""
        if self._state.adding or kwargs.get("update_fields") is not None:
            super().save(*args, **kwargs)
            return
        self.revision = F("revision") + 1
        super().save(*args, **kwargs)
        self.refresh_from_db(fields=["revision"])

    @property
    def is_guest(self) -> bool:
        """Whether this user has no e-mail, and so cannot sign in."""
        return self.email is None

    def get_week_start_name(self) -> str:
        """Returns the first weekday as the API has it: `monday` to `sunday`."""
        return WeekStart(self.week_start).name.lower()

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which this user's days are shown and new sessions are made."""
        return zone_or_utc(self.timezone)


class BrowserSession(AbstractBaseSession):
    """What a browser's cookie leads to. `session_key` is its SHA-256, `agent` the header User-Agent of the sign-in."""

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
    """Opens a user's data in another browser, once. Only the SHA-256 is stored: a code has 130 random bits."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="recovery_code")
    code_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Recovery code of {self.user_id}"


class AttemptCount(models.Model):
    """How often something was tried in an hour: `key` says what and by whom, hashed."""

    key = models.CharField(max_length=64)
    hour = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "hour"], name="attempt_count_once_an_hour")]

    def __str__(self) -> str:
        return f"{self.count} since {self.hour}"


class Credential(models.Model):
    """Grants access to whoever has its secret, of which only the SHA-256 is stored.

    The secret is random enough (214 bits) that a slow hash is not needed.
    """

    SECRETS_BEGIN: ClassVar[str]
    """The prefix that tells the secrets of one kind from those of another, for readers and for secret scanners."""
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
        """Returns the credential with that secret, and its `user`. At most one query; none for a malformed secret."""
        if not is_well_formed(secret, cls.SECRETS_BEGIN):
            return None
        return cls._default_manager.select_related("user").filter(secret_hash=hash_secret(secret)).first()


class Scope(models.TextChoices):
    """What a token may do, as docs/api.md says."""

    READ = "read", _("see everything")
    TRACK = "track", _("start, stop, add and change sessions")
    WRITE = "write", _("add, change and delete everything you keep here")
    ACCOUNT = "account", _("change settings, make and revoke tokens, remove you and all your data")


class AccessTokenManager(models.Manager["AccessToken"]):
    """Issues access tokens."""

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
    """Lets a script act for a user."""

    SECRETS_BEGIN = "tt_"

    user = models.ForeignKey(User, models.CASCADE, related_name="access_tokens", db_index=False)
    scopes = models.JSONField(_("scopes"), default=list)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)

    objects: ClassVar[AccessTokenManager] = AccessTokenManager()

    class Meta:
        indexes = [models.Index(fields=["user", "created_at"], name="token_user_created")]

    def allows(self, scope: Scope) -> bool:
        """Tells whether the token may do this: `write` includes `track`, and every scope includes `read`."""
        granted = set(self.scopes)
        match scope:
            case Scope.READ:
                return bool(granted)
            case Scope.TRACK:
                return bool(granted & {Scope.TRACK, Scope.WRITE})
            case _:
                return scope in granted

    def has_expired_at(self, instant: datetime) -> bool:
        """Tells whether the token grants no access any more at that instant."""
        return self.expires_at is not None and self.expires_at <= instant


class CalendarFeed(Credential):
    """Lets a calendar program read a user's sessions: the secret is a part of the address that it requests."""

    SECRETS_BEGIN = "ttf_"

    user = models.ForeignKey(User, models.CASCADE, related_name="calendar_feeds", db_index=False)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        indexes = [models.Index(fields=["user", "created_at"], name="feed_user_created")]


_ALPHABET = string.digits + string.ascii_letters
_RANDOM_LENGTH = 36  # of 62 letters: 214 bits
_CHECKSUM_LENGTH = 6


def make_secret(begin: str = AccessToken.SECRETS_BEGIN) -> str:
    """Returns `begin`, random letters and digits, and a checksum by which scanners recognise a leaked secret."""
    random = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_LENGTH))
    return begin + random + _checksum(random)


def is_well_formed(secret: str, begin: str = AccessToken.SECRETS_BEGIN) -> bool:
    """Tells whether `make_secret` could have made the secret; not whether it did."""
    random, checksum = secret[len(begin) : -_CHECKSUM_LENGTH], secret[-_CHECKSUM_LENGTH:]
    return secret.startswith(begin) and len(random) == _RANDOM_LENGTH and checksum == _checksum(random)


def hash_secret(secret: str) -> str:
    """Returns the hexadecimal SHA-256 that is stored for a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _checksum(text: str) -> str:
    """Returns the CRC-32 of `text` in base 62, as six digits."""
    number = zlib.crc32(text.encode())
    digits = ""
    for _digit in range(_CHECKSUM_LENGTH):
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits
