"""Users: guests, accounts and operators, and their preferences."""

import unicodedata
import uuid
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F
from django.db.models.functions import Lower
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
        """Creates a guest: a user without e-mail and password, identified only by a cookie or a token."""
        user = self.model(**fields)
        user.set_unusable_password()
        # Validating the constraints would take a query each, and finds no more errors than the fields.
        user.full_clean(validate_constraints=False)
        user.save(force_insert=True)
        return user

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Creates an account."""
        if not email:
            raise ValueError("An account needs an e-mail address.")
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(force_insert=True)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Creates an operator: an account that may use the admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """Returns an address as it is stored and looked up: in lower case and NFKC.

        The domain is in Unicode, not in Punycode: `xn--mller-kva.de` becomes `müller.de`.
        """
        name, at, domain = unicodedata.normalize("NFKC", email or "").strip().lower().rpartition("@")
        return name + at + (_decode_domain(domain) if at else domain)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Returns the account with an e-mail address, which is normalized first."""
        return self.get(email=self.normalize_email(username))


class Clock(models.TextChoices):
    """The format of times of day."""

    HOURS_24 = "24", _("15:30")
    HOURS_12 = "12", _("3:30 pm")


class DateFormat(models.TextChoices):
    """The format of dates, and the order of day and month in typed dates."""

    DAY_FIRST = "day", _("18 Nov 2025, 18.11.")
    MONTH_FIRST = "month", _("Nov 18, 2025, 11/18")
    ISO = "iso", _("2025-11-18")


class DurationFormat(models.TextChoices):
    """The format of durations in tables."""

    CLOCK = "clock", _("1:30")
    WORDS = "words", _("1 h 30 min")
    DECIMAL = "decimal", _("1.50")


class Theme(models.TextChoices):
    """The colour scheme of pages."""

    SYSTEM = "system", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


LONG_SESSION_RANGE = _("Give a whole number from 1 to 24.")
MIN_GOAL_SECONDS = 60
MAX_DAY_GOAL_SECONDS = 24 * 60 * 60
MAX_WEEK_GOAL_SECONDS = 7 * MAX_DAY_GOAL_SECONDS


def _goal_field(name: Any, most: int, too_much: Any) -> "models.PositiveIntegerField[Any, Any]":
    """Returns a model field for a goal: the seconds to track in a period; null for none."""
    return models.PositiveIntegerField(
        name,
        null=True,
        blank=True,
        validators=[
            MinValueValidator(MIN_GOAL_SECONDS, _("Give a goal of a minute or more, or none.")),
            MaxValueValidator(most, too_much),
        ],
    )


class User(AbstractBaseUser, PermissionsMixin):
    """A user, who is a guest without an e-mail address, else an account. The id is no secret: it is part of URLs."""

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
        validators=[MinValueValidator(1, LONG_SESSION_RANGE), MaxValueValidator(24, LONG_SESSION_RANGE)],
        help_text=_("A session that runs for longer is asked about."),
    )
    notes_last_seen = models.BooleanField(
        _("remember when I was last here"),
        default=True,
        help_text=_("One time stamp, so that a forgotten session can be ended when you really left."),
    )
    wants_notices = models.BooleanField(
        _("tell me by e-mail"),
        default=True,
        db_default=True,
        help_text=_("Of a session left running, a new sign-in, a changed password or passkey."),
    )
    theme = models.CharField(_("colours"), max_length=6, choices=Theme, default=Theme.SYSTEM, db_default=Theme.SYSTEM)
    day_goal_seconds = _goal_field(
        _("goal of a day"), MAX_DAY_GOAL_SECONDS, _("A day has 24 hours. Give a goal of no more, or none.")
    )
    week_goal_seconds = _goal_field(
        _("goal of a week"), MAX_WEEK_GOAL_SECONDS, _("A week has 168 hours. Give a goal of no more, or none.")
    )
    hourly_rate = rate_field(help_text=_("For billable sessions whose project and client have none."))
    currency = currency_field(default="EUR")
    revision = models.PositiveBigIntegerField(default=0, editable=False)
    """Incremented in every transaction that changes what pages or API show of this user, settings included."""
    last_seen_at = models.DateTimeField(_("last seen"), null=True, editable=False)
    deletion_began_at = models.DateTimeField(null=True, editable=False)
    """When the deletion of the user began. Nobody can sign in since then; housekeeping removes the remaining rows."""
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("operator"), default=False, help_text=_("May sign in to the admin."))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lower_case"),
            models.CheckConstraint(condition=models.Q(week_start__range=(0, 6)), name="user_week_start_is_a_weekday"),
            models.CheckConstraint(
                condition=models.Q(day_goal_seconds=None)
                | models.Q(day_goal_seconds__range=(MIN_GOAL_SECONDS, MAX_DAY_GOAL_SECONDS)),
                name="user_day_goal_within_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(week_goal_seconds=None)
                | models.Q(week_goal_seconds__range=(MIN_GOAL_SECONDS, MAX_WEEK_GOAL_SECONDS)),
                name="user_week_goal_within_a_week",
            ),
        ]
        indexes = [models.Index(fields=["created_at", "id"], name="user_by_created")]

    def __str__(self) -> str:
        return self.email or self.display_name or f"Guest {str(self.id)[:8]}"

    def clean(self) -> None:
        """Makes an empty e-mail null, since the unique constraint would allow only one guest with an empty one."""
        self.email = User.objects.normalize_email(self.email) or None

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves the user and increments the revision in the database, so that an old copy never sets it back."""
        if self._state.adding or kwargs.get("update_fields") is not None:
            super().save(*args, **kwargs)
            return
        self.revision = F("revision") + 1
        super().save(*args, **kwargs)
        self.refresh_from_db(fields=["revision"])

    def set_password(self, raw_password: str | None) -> None:
        """Hashes the normalized password: some keyboards send `ü` as one character, some as two."""
        super().set_password(_in_one_spelling(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        """Returns whether this is the password, in any Unicode normalization."""
        return super().check_password(_in_one_spelling(raw_password))

    @property
    def is_guest(self) -> bool:
        """Whether the user has no e-mail address."""
        return self.email is None

    def get_week_start_name(self) -> str:
        """Returns the first weekday in the API's words, `monday` to `sunday`."""
        return WeekStart(self.week_start).name.lower()

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the user's days and new sessions."""
        return zone_or_utc(self.timezone)


def _decode_domain(domain: str) -> str:
    """Returns a domain decoded from Punycode, which Django encodes again for mail; as it is if that is impossible."""
    try:
        return domain.encode("idna").decode("idna")
    except UnicodeError:
        return domain


def _in_one_spelling(password: str | None) -> str | None:
    return None if password is None else unicodedata.normalize("NFKC", password)
