"""What reports group by, and where a session stands in each."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Literal, get_args
from uuid import UUID

from django.db.models import Q
from django.db.models.lookups import Exact

from sessions_app.expressions import Month, first_day_number, tag_list, week_number
from sessions_app.models import TimeSession
from sessions_app.querysets import IS_WITHIN_ONE_DAY
from sessions_app.timekeeping.periods import Period, day_period, month_period, week_period

Dimension = Literal["day", "week", "month", "client", "project", "tag", "name"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
MOST_DIMENSIONS = 2

Value = date | UUID | tuple[UUID, ...] | str | None
"""Where a line stands in a dimension: the first date of a day, week or month, the id of a client or project, the ids of
all its tags in order, a name. None, () and "" are those without."""

_EPOCH = date(1970, 1, 1)


_COLUMNS: dict[Dimension, str] = {
    "day": "first_date",
    "week": "week",
    "month": "month",
    "client": "project__client_id",
    "project": "project_id",
    "tag": "tag_list",
    "name": "name",
}


def column_of(dimension: Dimension) -> str:
    """The column that the database groups by."""
    return _COLUMNS[dimension]


def expressions_of(dimension: Dimension, *, week_start: int, of: str = "first_date") -> dict[str, Any]:
    """What that column stands for, on the date in the column `of`, when it is not one of the table."""
    match dimension:
        case "week":
            return {"week": week_number(of, week_start=week_start)}
        case "month":
            return {"month": Month(of)}
        case "tag":
            return {"tag_list": tag_list()}
        case _:
            return {}


def is_undivided(dimension: Dimension, *, week_start: int) -> Q:
    """Whether the days of a finished session, however many, all stand in one place."""
    match dimension:
        case "day":
            return IS_WITHIN_ONE_DAY
        case "week" | "month":
            dates = ("first_date", "last_date")
            first, last = (expressions_of(dimension, week_start=week_start, of=each)[dimension] for each in dates)
            return Q(Exact(first, last))
        case _:
            return Q()


def value_of_row(dimension: Dimension, row: Mapping[str, Any], *, week_start: int) -> Value:
    """Where the sessions of a row that was grouped by `column_of` stand."""
    value: Any = row[column_of(dimension)]
    match dimension:
        case "week":
            return _EPOCH + timedelta(days=first_day_number(value, week_start=week_start))
        case "month":
            return date.fromisoformat(f"{value}-01")
        case "tag":
            return _tags(value)
        case _:
            found: Value = value
            return found


def value_of_session(dimension: Dimension, session: TimeSession, day: date, *, week_start: int) -> Value:
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
