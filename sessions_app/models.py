"""The rows: sessions and the record of their changes."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sessions_app.constraints import LastDateOrNever, UnixSeconds, is_within_a_day_of_utc
from sessions_app.querysets import IS_OPEN_OR_CROSSING, IS_WITHIN_ONE_DAY, TimeSessionQuerySet
from sessions_app.timekeeping.periods import day_of, last_day_of, seconds_between
from timetracker.ids import uuid7
from users_app.models import AccessToken
from users_app.zones import validate_zone, zone_or_utc


class Source(models.TextChoices):
    """By which door something came in."""

    WEB = "web", _("web")
    API = "api", _("API")
    IMPORT = "import", _("import")
    ADMIN = "admin", _("admin")
    SYSTEM = "system", _("system")


class TimeSession(models.Model):
    """A stretch of time of one person, `[start, end)` in whole seconds; running while `end` is null.

    Written by `sessions_app.services` only, which keeps the derived columns and the record of changes in step.
    """

    NAME_LENGTH = 200
    NOTE_LENGTH = 10_000

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="time_sessions", db_index=False)
    name = models.CharField(_("name"), max_length=NAME_LENGTH, blank=True)
    note = models.TextField(_("note"), blank=True)
    start = models.DateTimeField(_("start"))
    end = models.DateTimeField(_("end"), null=True, blank=True)
    timezone = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    billable = models.BooleanField(_("billable"), default=False)
    source = models.CharField(_("source"), max_length=10, choices=Source, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    confirmed_at = models.DateTimeField(_("said to go on"), null=True, blank=True, editable=False)
    needs_end_check = models.BooleanField(_("check end time"), default=False, editable=False)
    created_at = models.DateTimeField(_("created"), editable=False)
    updated_at = models.DateTimeField(_("updated"), editable=False)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)

    # Derived from start, end and timezone by derive().
    first_date = models.DateField(_("first day"), editable=False)
    last_date = models.DateField(_("last day"), null=True, editable=False)
    duration_seconds = models.PositiveBigIntegerField(_("duration"), null=True, editable=False)

    written_in: UUID | None = None
    """The batch of the press that this instance was written in; None when it was only read. Not stored."""

    objects: ClassVar[TimeSessionQuerySet] = TimeSessionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(end__isnull=True), name="session_one_running_per_user"
            ),
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gte=F("start")), name="session_end_not_before_start"
            ),
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=True) | Q(end__isnull=False), name="session_deleted_is_finished"
            ),
            models.CheckConstraint(
                condition=Q(end__isnull=True, last_date__isnull=True, duration_seconds__isnull=True)
                | Q(
                    end__isnull=False,
                    last_date__isnull=False,
                    duration_seconds__isnull=False,  # a comparison with null would pass
                    duration_seconds=UnixSeconds(F("end")) - UnixSeconds(F("start")),
                ),
                name="session_duration_is_end_minus_start",
            ),
            models.CheckConstraint(
                condition=is_within_a_day_of_utc("first_date", "start"), name="session_first_date_fits_start"
            ),
            models.CheckConstraint(
                condition=Q(last_date__isnull=True)
                | (Q(last_date__gte=F("first_date")) & is_within_a_day_of_utc("last_date", "end")),
                name="session_last_date_fits_end",
            ),
        ]
        indexes = [
            # What a sum over days takes whole: all it needs stands in the index, and nothing else is tempted to use it.
            # SQLite asks for the columns of the condition, too.
            models.Index(
                fields=["user", "first_date", "last_date", "billable", "duration_seconds", "deleted_at"],
                condition=Q(deleted_at__isnull=True) & IS_WITHIN_ONE_DAY,
                name="session_by_date",
            ),
            # The few others.
            models.Index(
                "user",
                LastDateOrNever("last_date"),
                "first_date",
                condition=Q(deleted_at__isnull=True) & IS_OPEN_OR_CROSSING,
                name="session_open_or_crossing",
            ),
            # Lists, in their order. Holds the Trash too: who is deleted takes all of it along.
            models.Index(fields=["user", "start", "id"], name="session_by_start"),
            models.Index(fields=["user", "deleted_at"], condition=Q(deleted_at__isnull=False), name="session_in_trash"),
        ]

    def __str__(self) -> str:
        return self.name or str(_("(no name)"))

    @property
    def is_running(self) -> bool:
        """Whether the clock is ticking."""
        return self.end is None

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which this session's days are judged, wherever its person is now."""
        return zone_or_utc(self.timezone)

    def seconds_at(self, now: datetime) -> int:
        """Its length in seconds; of the running session, up to `now`."""
        return seconds_between(self.start, self.end or max(now, self.start))

    def derive(self) -> None:
        """Sets the derived columns from start, end and timezone; the only place that does."""
        self.first_date = day_of(self.start, self.zone)
        self.last_date = None if self.end is None else last_day_of(self.start, self.end, self.zone)
        self.duration_seconds = None if self.end is None else seconds_between(self.start, self.end)

    def snapshot(self) -> dict[str, Any]:
        """All that was chosen (not derived), as JSON: what the record of changes keeps."""
        return {name: _to_json(getattr(self, name)) for name in SNAPSHOT_FIELDS}


CHOSEN_FIELDS = (
    "name",
    "note",
    "start",
    "end",
    "timezone",
    "billable",
    "confirmed_at",
    "needs_end_check",
    "deleted_at",
)
"""What a person decides, and what undo brings back."""

SNAPSHOT_FIELDS = (*CHOSEN_FIELDS, "source", "version", "created_at", "updated_at")
_INSTANTS = {"start", "end", "confirmed_at", "created_at", "updated_at", "deleted_at"}


def read_snapshot(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a snapshot as the fields of a session have them."""
    return {
        name: datetime.fromisoformat(value) if name in _INSTANTS and value is not None else value
        for name, value in snapshot.items()
    }


def _to_json(value: object) -> object:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


class Change(models.Model):
    """One change of one session: who, when, before, after. Rows are only added, in the change's own transaction.

    `before` is null when the session was made, `after` when it was removed for good. `session_id` is no foreign key, so
    that the record outlives the session. All that one press did shares a `batch`; `undoes` is the batch it took back.
    """

    class Action(models.TextChoices):
        """What the person did."""

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
        UNDO = "undo", _("undone")
        PURGE = "purge", _("removed for good")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="changes", db_index=False)
    session_id = models.UUIDField()
    batch = models.UUIDField(default=uuid7)
    undoes = models.UUIDField(null=True)
    action = models.CharField(max_length=10, choices=Action)
    source = models.CharField(max_length=10, choices=Source)
    token = models.ForeignKey(AccessToken, models.SET_NULL, null=True, related_name="+", db_index=False)
    operator = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "id"], name="change_by_user"),
            models.Index(fields=["user", "session_id", "id"], name="change_by_session"),
            models.Index(fields=["user", "at"], name="change_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.session_id} at {self.at:%Y-%m-%d %H:%M:%S}Z"
