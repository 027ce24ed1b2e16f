"""Sessions and their tags."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any, ClassVar, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sessions_app.models.catalogue import Project, Tag
from sessions_app.models.changesets import Source
from sessions_app.models.constraints import LastDateUnlessLong, SameUserForeignKey, UnixSeconds, is_within_a_day_of_utc
from sessions_app.models.querysets import IS_OPEN_OR_CROSSING, IS_WITHIN_ONE_DAY, TimeSessionQuerySet
from sessions_app.models.versioned import Kind, VersionedModel
from sessions_app.timekeeping.periods import day_of, last_day_of, seconds_between, start_of_day
from timetracker.characters import fold
from timetracker.db.compiled import CompiledRead
from timetracker.money_fields import currency_field, rate_field
from users_app.zones import MAX_ZONE_LENGTH, validate_zone, zone_or_utc

BATCH_SIZE = 512
_STEP = 64
_DAY = timedelta(days=1)


class TimeSession(VersionedModel):
    """A stretch of time of one user, `[start, end)` in UTC and whole seconds. It is running while `end` is null.

    `hourly_rate` and `currency` are copied when the session is saved, so that old work keeps its price: from the
    project, its client or the user, unless the user gave this session a rate (`rate_is_override`).
    """

    KIND = Kind.SESSION
    TRACKED_FIELDS = (
        "name",
        "note",
        "start",
        "end",
        "times_known",
        "timezone",
        "project_id",
        "tag_ids",
        "billable",
        "hourly_rate",
        "currency",
        "rate_is_override",
        "confirmed_at",
        "needs_end_check",
        "deleted_at",
    )
    METADATA_FIELDS = ("source", *VersionedModel.METADATA_FIELDS)

    NAME_LENGTH = 200
    NOTE_LENGTH = 10_000

    name = models.CharField(_("name"), max_length=NAME_LENGTH, blank=True)
    note = models.TextField(_("note"), blank=True)
    start = models.DateTimeField(_("start"))
    end = models.DateTimeField(_("end"), null=True, blank=True)
    times_known = models.BooleanField(_("times known"), default=True, editable=False)
    """Whether start and end are real; else only the length is, and the session was put where the day had room."""
    timezone = models.CharField(_("time zone"), max_length=MAX_ZONE_LENGTH, validators=[validate_zone])
    project = models.ForeignKey(
        Project,
        models.DO_NOTHING,  # the database rejects deleting a project in use; services move its sessions first
        null=True,
        blank=True,
        related_name="sessions",
        db_constraint=False,  # SameUserForeignKey below is stricter
        db_index=False,
        verbose_name=_("project"),
    )
    billable = models.BooleanField(_("billable"), default=False)
    hourly_rate = rate_field()
    currency = currency_field(blank=True)
    rate_is_override = models.BooleanField(_("own rate"), default=False, editable=False)
    source = models.CharField(_("source"), max_length=10, choices=Source, editable=False)
    confirmed_at = models.DateTimeField(_("said to go on"), null=True, blank=True, editable=False)
    needs_end_check = models.BooleanField(_("check end time"), default=False, editable=False)

    # Derived by set_derived_fields(): dates and duration from start, end and timezone.
    first_date = models.DateField(_("first day"), editable=False)
    last_date = models.DateField(_("last day"), null=True, editable=False)
    duration_seconds = models.PositiveBigIntegerField(_("duration"), null=True, editable=False)
    search_text = models.TextField(editable=False)
    """Name and note, folded, for searches: SQLite ignores the case of the letters a to z only."""

    _tag_ids: tuple[UUID, ...] | None = None

    objects: ClassVar[TimeSessionQuerySet] = TimeSessionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        constraints = [
            models.UniqueConstraint(fields=["user", "id"], name="session_of_user"),
            SameUserForeignKey(field="project", name="session_project_same_user"),
            models.CheckConstraint(
                condition=Q(hourly_rate__isnull=True, currency="")
                # A comparison with null is null, which a check constraint accepts.
                | (Q(hourly_rate__isnull=False, hourly_rate__gte=0) & ~Q(currency="")),
                name="session_rate_has_currency",
            ),
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
                    duration_seconds__isnull=False,  # a comparison with null is null, which a check constraint accepts
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
            # Sums over days read this index alone: it has all of their columns. SQLite needs the columns of the
            # condition among them, too. No other query can use it, so that no planner picks it by mistake.
            models.Index(
                fields=["user", "first_date", "last_date", "billable", "duration_seconds", "deleted_at"],
                condition=Q(deleted_at__isnull=True) & IS_WITHIN_ONE_DAY,
                name="session_by_date",
            ),
            # Reports read this index alone. They group by price, and sum sessions that cross a midnight as well.
            models.Index(
                fields=[
                    "user",
                    "last_date",
                    "first_date",
                    "project",
                    "billable",
                    "hourly_rate",
                    "currency",
                    "duration_seconds",
                    "deleted_at",
                ],
                condition=Q(deleted_at__isnull=True, last_date__isnull=False),
                name="session_in_reports",
            ),
            # The few sessions that are split over their days: the running session, and those that cross a midnight.
            models.Index(
                "user",
                LastDateUnlessLong(),
                "first_date",
                condition=Q(deleted_at__isnull=True) & IS_OPEN_OR_CROSSING,
                name="session_open_or_crossing",
            ),
            # Lists, in their order. The index includes the Trash, so that it also serves the deletion of a user.
            models.Index(fields=["user", "start", "id"], name="session_by_start"),
            # The sessions of a project. The sums for budgets of whole projects read this index alone.
            models.Index(
                fields=[
                    "user",
                    "project",
                    "first_date",
                    "billable",
                    "hourly_rate",
                    "currency",
                    "duration_seconds",
                    "deleted_at",
                ],
                condition=Q(project__isnull=False),
                name="session_of_project",
            ),
            models.Index(fields=["user", "deleted_at"], condition=Q(deleted_at__isnull=False), name="session_in_trash"),
        ]

    def __str__(self) -> str:
        return self.name or str(_("(no name)"))

    @property
    def is_running(self) -> bool:
        """Whether the session has no end yet."""
        return self.end is None

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which the days of this session are counted, whatever the user's zone is now."""
        return zone_or_utc(self.timezone)

    def clock_times(self, day: date | None = None) -> tuple[datetime, datetime | None] | None:
        """Returns start and end in the session's zone; None when only its length is known.

        With `day`, a local day that the session covers, returns the bounds of its part on that day. The end is None
        while the session runs. All output takes times of day from here, so that invented times are never shown.
        """
        if not self.times_known:
            return None
        start, end = self.start, self.end
        if day is not None:
            start = max(start, start_of_day(day, self.zone))
            end = end and min(end, start_of_day(day + _DAY, self.zone))
        return start.astimezone(self.zone), end and end.astimezone(self.zone)

    def seconds_at(self, now: datetime) -> int:
        """Returns the length in seconds, that of a running session up to `now`."""
        return seconds_between(self.start, self.end or max(now, self.start))

    def set_derived_fields(self) -> None:
        """Sets the derived columns; nothing else does."""
        self.first_date = day_of(self.start, self.zone)
        self.last_date = None if self.end is None else last_day_of(self.start, self.end, self.zone)
        self.duration_seconds = None if self.end is None else seconds_between(self.start, self.end)
        self.search_text = fold(f"{self.name}\n{self.note}" if self.note else self.name)

    @property
    def tag_ids(self) -> tuple[UUID, ...]:
        """The ids of the tags, sorted. The first access takes a query unless `prefetch_tags` has read them."""
        if self._tag_ids is None:
            prefetch_tags([self])
        return self._tag_ids or ()

    @tag_ids.setter
    def tag_ids(self, ids: Iterable[UUID]) -> None:
        self._tag_ids = tuple(sorted(ids))

    @classmethod
    def _read(cls, name: str, snapshot: Mapping[str, Any]) -> Any:
        if name == "tag_ids":
            return tuple(UUID(tag_id) for tag_id in snapshot.get("tag_ids", ()))
        return super()._read(name, snapshot)


class SessionTag(models.Model):
    """The many-to-many table of sessions and tags; both belong to the same user."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    session = models.ForeignKey(TimeSession, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    tag = models.ForeignKey(Tag, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "session", "tag"], name="session_tag_once"),
            SameUserForeignKey(field="session", name="session_tag_session_same_user"),
            SameUserForeignKey(field="tag", name="session_tag_tag_same_user"),
        ]
        indexes = [models.Index(fields=["user", "tag", "session"], name="session_tag_by_tag")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.tag_id}"


def iterate_with_tags(sessions: Iterable[TimeSession]) -> Iterator[TimeSession]:
    """Yields sessions of one user with their tags prefetched. One more query for each BATCH_SIZE sessions."""
    rest = iter(sessions)
    while part := list(islice(rest, BATCH_SIZE)):
        prefetch_tags(part)
        yield from part


class Tagged(Protocol):
    """A session, as an instance or a plain row, whose tags can be prefetched."""

    id: UUID
    user_id: UUID

    @property
    def tag_ids(self) -> Iterable[UUID]:
        """The ids of the tags, sorted."""

    @tag_ids.setter
    def tag_ids(self, ids: Iterable[UUID]) -> None: ...


@cache
def _read_tags(count: int) -> CompiledRead[tuple[UUID, UUID]]:
    """Returns the compiled query for the tags of `count` sessions."""
    return CompiledRead(
        lambda user_id, **ids: SessionTag.objects.filter(user_id=user_id, session__in=list(ids.values())).values_list(
            "session_id", "tag_id"
        ),
        user_id=UUID(int=1),
        **{f"id_{number}": UUID(int=2 + number) for number in range(count)},
    )


def prefetch_tags(sessions: Collection[Tagged]) -> None:
    """Sets `tag_ids` of sessions. One query; none if there are no sessions."""
    if not sessions:
        return
    # By `UUID.int`, since a UUID itself is hashed in Python, several times for each session.
    found: dict[int, list[UUID]] = {session.id.int: [] for session in sessions}
    users = list({session.user_id.int: session.user_id for session in sessions}.values())
    ids = [session.id for session in sessions]
    # SQL is compiled for 1, 2, 4 and so on up to 64 ids, then for multiples of 64 up to BATCH_SIZE. The last id is
    # repeated to fill the parameters.
    size = min(1 << (len(ids) - 1).bit_length(), -(-len(ids) // _STEP) * _STEP)
    if len(users) == 1 and size <= BATCH_SIZE:
        filled = ids + ids[-1:] * (size - len(ids))
        rows = _read_tags(size)(user_id=users[0], **{f"id_{number}": each for number, each in enumerate(filled)})
    else:
        tags = SessionTag.objects.filter(user__in=users, session__in=ids)
        rows = list(tags.values_list("session_id", "tag_id"))
    for session_id, tag_id in rows:
        found[session_id.int].append(tag_id)
    for session in sessions:
        session.tag_ids = tuple(sorted(found[session.id.int]))
