"""The dimensions that reports group by, and the group value of a session in each of them."""

from datetime import date, timedelta
from typing import Any, Literal, cast, get_args
from uuid import UUID

from django.db.models import F, Q
from django.db.models.expressions import Combinable
from django.db.models.lookups import LessThanOrEqual

from sessions_app.models import TimeSession
from sessions_app.models.catalogue import folded_name
from sessions_app.models.expressions import Month, first_day_number, tag_list, week_number
from sessions_app.timekeeping.periods import Period, day_period, month_period, week_period

Dimension = Literal["day", "week", "month", "client", "project", "tag", "name"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
MAX_DIMENSIONS = 3

GroupValue = date | UUID | tuple[UUID, ...] | str | None
"""The value of a line in a dimension: the first date of a day, week or month, the id of a client or project, the sorted
ids of all tags, or a name. None, () and "" are for sessions without one."""

_EPOCH = date(1970, 1, 1)


def group_expression(dimension: Dimension, *, week_start: int, of: str = "first_date") -> Combinable:
    """Returns the expression by which the database groups; for day, week and month, of the date column `of`."""
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
    """Returns the condition that all days of a finished session have the same group value.

    `<=` is equivalent to `=` here, since no last day is before the first. With `=`, PostgreSQL's planner would expect
    very few rows.
    """
    within_one_day = Q(last_date__lte=F("first_date"))
    match dimension:
        case "day":
            return within_one_day
        case "week" | "month":
            first, last = (
                group_expression(dimension, week_start=week_start, of=each) for each in ("first_date", "last_date")
            )
            return within_one_day | Q(LessThanOrEqual(last, first))  # cheaper, and true for most, so it comes first
        case _:
            return Q()


def group_value_of_column(dimension: Dimension, value: Any, *, week_start: int) -> GroupValue:
    """Returns the group value for a value of `group_expression`."""
    match dimension:
        case "week":
            return _EPOCH + timedelta(days=first_day_number(value, week_start=week_start))
        case "tag":
            return _tags(value)
        case _:
            found: GroupValue = value
            return found


def group_value_of_session(dimension: Dimension, session: TimeSession, day: date, *, week_start: int) -> GroupValue:
    """Returns the group value of a session on one of its days.

    The session must be read with its project for clients, and annotated with `tag_list` for tags.
    """
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


def tie_order(dimension: Dimension, value: GroupValue) -> Any:
    """Returns the sort key that breaks ties: dates, ids, or folded, then raw names.

    Values for no client, project, tag or name come first.
    """
    match dimension:
        case "day" | "week" | "month" | "tag":
            return value
        case "name":
            return folded_name(cast("str", value)), value
        case _:
            return "" if value is None else cast("UUID", value).hex


def period_of(dimension: Literal["day", "week", "month"], day: date, *, week_start: int) -> Period:
    """Returns the day, week or month around a date."""
    match dimension:
        case "day":
            return day_period(day)
        case "week":
            return week_period(day, week_start=week_start)
        case "month":
            return month_period(day)


def _tags(listed: str | None) -> tuple[UUID, ...]:
    return tuple(sorted(UUID(each) for each in listed.split(","))) if listed else ()
