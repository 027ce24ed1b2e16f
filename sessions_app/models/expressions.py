"""Expressions by which the database groups sessions, the same on both engines."""

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
    template = "date_trunc('month', %(expressions)s::timestamp)::date"  # of a date alone it would look up a time zone

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="substr(%(expressions)s, 1, 7) || '-01'", **context)


class Joined(Aggregate):
    """Ids with commas between them, in no order."""

    output_field = TextField()
    template = "string_agg(%(expressions)s::text, ',')"

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="group_concat(%(expressions)s)", **context)


def week_number(date_field: str, *, week_start: int) -> Combinable:
    """Which week a date is in, counted from the one before that of 1 January 1970; `week_start` as `date.weekday`."""
    return (DayNumber(F(date_field)) + Value(7 + _EPOCH_WEEKDAY - week_start)) / Value(7)


def first_day_number(week: int, *, week_start: int) -> int:
    """The number of the first day, from 1 January 1970, of a week that `week_number` counted."""
    return 7 * week - 7 - _EPOCH_WEEKDAY + week_start


def tag_list() -> Subquery:
    """The ids of a session's tags with commas between them, in no order; null for none."""
    tags = SessionTag.objects.filter(user=OuterRef("user"), session=OuterRef("id")).order_by().values("session")
    return Subquery(tags.annotate(ids=Joined("tag")).values("ids"))


def rounded(seconds_field: str, rounding: Rounding) -> Combinable:
    """As `Rounding.apply`, in whole numbers, which both engines divide without a remainder."""
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
