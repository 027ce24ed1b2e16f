"""What reports group by, and where a session stands in each."""

from datetime import date, timedelta
from typing import Any, Literal, get_args
from uuid import UUID

from django.db.models import F, Q
from django.db.models.expressions import Combinable
from django.db.models.lookups import LessThanOrEqual

from sessions_app.models import TimeSession
from sessions_app.models.expressions import Month, first_day_number, tag_list, week_number
from sessions_app.timekeeping.periods import Period, day_period, month_period, week_period

Dimension = Literal["day", "week", "month", "client", "project", "tag", "name"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
MAX_DIMENSIONS = 2

GroupValue = date | UUID | tuple[UUID, ...] | str | None
"""Where a line stands in a dimension: the first date of a day, week or month, the id of a client or project, the ids of
all its tags in order, a name. None, () and "" are those without."""

_EPOCH = date(1970, 1, 1)


def group_expression(dimension: Dimension, *, week_start: int, of: str = "first_date") -> Combinable:
    """What the database groups by; for days, weeks and months of the date in the column `of`."""
    columns: dict[Dimension, Combinable] = {
        "day": F(of),
        "week": week_number(of, week_start=week_start),
        "month": Month(of),
        "client": F("project__client_id"),
        "project": F("project_id"),
        "tag": tag_list(),
        "name": F("name"),
    }
    return columns[dimension]


def is_undivided(dimension: Dimension, *, week_start: int) -> Q:
    """Whether the days of a finished session, however many, all stand in one place.

    No last day is before the first, so “not later” is “the same”; but of equal ones PostgreSQL would expect very few.
    """
    within_one_day = Q(last_date__lte=F("first_date"))
    match dimension:
        case "day":
            return within_one_day
        case "week" | "month":
            first, last = (
                group_expression(dimension, week_start=week_start, of=each) for each in ("first_date", "last_date")
            )
            return within_one_day | Q(LessThanOrEqual(last, first))  # the quick answer to most stands first
        case _:
            return Q()


def group_value_of_column(dimension: Dimension, value: Any, *, week_start: int) -> GroupValue:
    """Where sessions stand that have this in `group_expression`."""
    match dimension:
        case "week":
            return _EPOCH + timedelta(days=first_day_number(value, week_start=week_start))
        case "tag":
            return _tags(value)
        case _:
            found: GroupValue = value
            return found


def group_value_of_session(dimension: Dimension, session: TimeSession, day: date, *, week_start: int) -> GroupValue:
    """Where a session stands on one of its days; read with its project for clients, with `tag_list` for tags."""
    match dimension:
        case "day" | "week" | "month":
            return period_of(dimension, day, week_start=week_start).first
        case "client":
            return None if session.project is None else session.project.client_id
        case "project":
            return session.project_id
        case "tag":
            return _tags(getattr(session, "tag_list", None))
        case "name":
            return session.name


def period_of(dimension: Literal["day", "week", "month"], day: date, *, week_start: int) -> Period:
    """The day, week or month around a date."""
    match dimension:
        case "day":
            return day_period(day)
        case "week":
            return week_period(day, week_start=week_start)
        case "month":
            return month_period(day)


def _tags(listed: str | None) -> tuple[UUID, ...]:
    return tuple(sorted(UUID(each) for each in listed.split(","))) if listed else ()
