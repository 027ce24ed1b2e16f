"""Database expressions that group sessions, the same on both engines."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Aggregate, BigIntegerField, DateField, F, Func, OuterRef, Subquery, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.sql.compiler import SQLCompiler

from sessions_app.models import SessionTag
from sessions_app.models.constraints import DayNumber
from sessions_app.timekeeping.rounding import Rounding

_EPOCH_WEEKDAY = 3  # 1 January 1970 was a Thursday


class Month(Func):
    """The first day of the month of a date."""

    output_field = DateField()
    arity = 1
    template = "date_trunc('month', %(expressions)s::timestamp)::date"  # the cast avoids a time zone

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="substr(%(expressions)s, 1, 7) || '-01'", **context)


class Joined(Aggregate):
    """The values of a group as text, separated by commas, in no particular order."""

    output_field = TextField()
    template = "string_agg(%(expressions)s::text, ',')"

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="group_concat(%(expressions)s)", **context)


def week_number(date_field: str, *, week_start: int) -> Combinable:
    """Returns an expression for the number of a date's week, counted from about 1 January 1970.

    `week_start` is the first weekday as in `date.weekday`. `first_day_number` is the inverse. An offset of a week keeps
    the dividend positive, for which integer division rounds down on both engines.
    """
    return (DayNumber(F(date_field)) + Value(7 + _EPOCH_WEEKDAY - week_start)) / Value(7)


def first_day_number(week: int, *, week_start: int) -> int:
    """Returns the number of days from 1 January 1970 to the first day of a week, given by its `week_number`."""
    return 7 * week - 7 - _EPOCH_WEEKDAY + week_start


def tag_list() -> Subquery:
    """Returns a subquery for the ids of a session's tags, separated by commas, in no particular order; null if none."""
    tags = SessionTag.objects.filter(user=OuterRef("user"), session=OuterRef("id")).order_by().values("session")
    return Subquery(tags.annotate(ids=Joined("tag")).values("ids"))


def rounded(seconds_field: str, rounding: Rounding) -> Combinable:
    """Returns the expression for `Rounding.apply`, in integers only: both engines divide those without a fraction."""
    seconds, step = F(seconds_field), 60 * rounding.minutes
    if not rounding:
        return seconds
    match rounding.direction:
        case "up":
            return (seconds + Value(step - 1)) / Value(step) * Value(step)
        case "nearest":
            return (seconds * Value(2) + Value(step)) / Value(2 * step) * Value(step)
        case "down":
            return seconds / Value(step) * Value(step)


WHOLE_NUMBER = BigIntegerField()
