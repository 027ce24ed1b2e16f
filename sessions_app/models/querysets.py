"""QuerySets of a user's rows. Every query begins with `TimeSession.objects.for_user(user)`; a test checks this."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Any, Literal, Self
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.lookups import Exact, GreaterThanOrEqual, LessThan

from sessions_app.models.constraints import LONG_DAYS, NEVER, LastDateUnlessLong
from sessions_app.timekeeping.periods import Period
from timetracker.characters import fold
from users_app.models import User

IS_WITHIN_ONE_DAY = Q(last_date=F("first_date"))
"""The condition of the index `session_by_date`. A query that has it is answered from that index alone."""

IS_OPEN_OR_CROSSING = Q(last_date__isnull=True) | Q(last_date__gt=F("first_date"))
"""The condition of the small index `session_open_or_crossing`. A query that has it is answered from that index."""


MAX_AFTER = timedelta(days=LONG_DAYS + 2)
"""How far beyond a period a session may end that began in it and is not long, with room for a day skipped by a zone."""


@dataclass(frozen=True, slots=True)
class SessionFilter:
    """A filter of sessions: a session must meet all conditions. A field that is None or empty sets no condition.

    "none" as `project` or `client`, or in `projects` or `clients`, selects sessions without one. `projects` and
    `clients` select the sessions of any of them. A session must have all of `tag_ids`, and no tag beside
    `only_tag_ids` but each of them. `name` is the whole name; `text` is a part of the name or note, whatever its case
    and accents.
    """

    project: UUID | Literal["none"] | None = None
    client: UUID | Literal["none"] | None = None
    projects: frozenset[UUID | Literal["none"]] = frozenset()
    clients: frozenset[UUID | Literal["none"]] = frozenset()
    tag_ids: frozenset[UUID] = frozenset()
    only_tag_ids: frozenset[UUID] | None = None
    name: str | None = None
    billable: bool | None = None
    running: bool | None = None
    text: str = ""

    def __bool__(self) -> bool:
        return self != SessionFilter()


class UserScopedQuerySet(models.QuerySet[Any]):
    """A queryset of a model whose rows belong to users."""

    def for_user(self, user: User | UUID | OuterRef) -> Self:
        """Returns all rows of a user, given as instance or id, deleted rows included."""
        return self.filter(user=user)

    def not_deleted(self) -> Self:
        """Returns the rows that are not deleted."""
        return self.filter(deleted_at__isnull=True)


class TimeSessionQuerySet(UserScopedQuerySet):
    """A queryset of sessions."""

    def in_trash(self) -> Self:
        """Returns the sessions in the Trash: deleted, but not yet removed for good."""
        return self.filter(deleted_at__isnull=False)

    def matching(self, where: SessionFilter) -> Self:
        """Returns the sessions that meet a filter."""
        conditions = list(_conditions(where))
        return self.filter(*conditions) if conditions else self

    def running(self) -> Self:
        """Returns the running session, at most one for a user."""
        return self.not_deleted().filter(end__isnull=True)

    def within_one_day(self, period: Period) -> Self:
        """Returns the finished sessions that lie within one local day of the period."""
        return self.not_deleted().filter(IS_WITHIN_ONE_DAY, first_date__gte=period.first, first_date__lt=period.end)

    def finished_within(self, period: Period) -> Self:
        """Returns the finished sessions all of whose local days are in the period."""
        return self.not_deleted().filter(
            last_date__gte=period.first, last_date__lt=period.end, first_date__gte=period.first
        )

    def starting_in(self, period: Period) -> Self:
        """Returns the sessions whose first local day is in the period."""
        return self.not_deleted().filter(first_date__gte=period.first, first_date__lt=period.end)

    def crossing(self, period: Period) -> Self:
        """Returns finished sessions, except long ones, that cross a local midnight and cover a day of the period."""
        return self.not_deleted().filter(
            IS_OPEN_OR_CROSSING,
            GreaterThanOrEqual(LastDateUnlessLong(), period.first),
            LessThan(LastDateUnlessLong(), period.end + MAX_AFTER),
            first_date__lt=period.end,
        )

    def open_or_long(self, *periods: Period) -> Self:
        """Returns the running session and the sessions longer than LONG_DAYS that cover a day of one of the periods."""
        return self.not_deleted().filter(
            IS_OPEN_OR_CROSSING,
            Exact(LastDateUnlessLong(), NEVER),
            _any_of(
                Q(first_date__lt=period.end) & (Q(last_date__isnull=True) | Q(last_date__gte=period.first))
                for period in periods
            ),
        )


def _conditions(where: SessionFilter) -> Iterable[Any]:
    yield from _conditions_of_project(where)
    tags = apps.get_model("sessions_app", "SessionTag").objects.filter(user=OuterRef("user"), session=OuterRef("id"))
    for tag_id in where.tag_ids | (where.only_tag_ids or frozenset()):
        yield Exists(tags.filter(tag=tag_id))
    if where.only_tag_ids is not None:
        yield ~Exists(tags.exclude(tag__in=where.only_tag_ids))
    if where.name is not None:
        yield Q(name=where.name)
    if where.billable is not None:
        yield Q(billable=where.billable)
    if where.running is not None:
        yield Q(end__isnull=where.running)
    if where.text:
        yield Q(search_text__contains=fold(where.text))


def _conditions_of_project(where: SessionFilter) -> Iterable[Q]:
    if where.project is not None:
        yield _is_any_of("project", [where.project])
    if where.projects:
        yield _is_any_of("project", where.projects)
    if where.client is not None:
        yield _is_any_of("project__client", [where.client])
    if where.clients:
        yield _is_any_of("project__client", where.clients)


def _is_any_of(name: str, ids: Collection[UUID | Literal["none"]]) -> Q:
    """Returns the condition that a foreign key is one of these ids, or null if "none" is among them."""
    wanted = sorted(each for each in ids if isinstance(each, UUID))
    is_null = Q(**{f"{name}__isnull": True}) if "none" in ids else Q()
    if not wanted:
        return is_null
    return is_null | Q(**({name: wanted[0]} if len(wanted) == 1 else {f"{name}__in": wanted}))


def _any_of(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions)
