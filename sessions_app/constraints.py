"""Expressions with which the database itself judges and finds a session, the same on both engines."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, DateField, F, Func, Q
from django.db.models.lookups import LessThanOrEqual
from django.db.models.sql.compiler import SQLCompiler


class UnixSeconds(Func):
    """The whole seconds from 1970 to an instant."""

    output_field = BigIntegerField()
    arity = 1
    template = "EXTRACT(EPOCH FROM %(expressions)s)::bigint"

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        # The doubled percent signs are undone twice: by the template and by the parameters.
        return self.as_sql(
            compiler, connection, template="CAST(strftime('%%%%s', %(expressions)s) AS INTEGER)", **context
        )


class DayNumber(Func):
    """The days from 1 January 1970 to a date."""

    output_field = BigIntegerField()
    arity = 1
    template = "(%(expressions)s - DATE '1970-01-01')::bigint"

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="CAST(julianday(%(expressions)s) - 2440587.5 AS INTEGER)", **context
        )


class LastDateOrNever(Func):
    """A last day, or for what has none yet one that never comes, so that an index finds both in one range.

    That day is no parameter, for SQLite would not know the index by an expression with a parameter.
    """

    output_field = DateField()
    arity = 1
    template = "COALESCE(%(expressions)s, '9999-12-31')"


def is_within_a_day_of_utc(date_field: str, instant_field: str) -> Q:
    """Whether a local date can be that of the instant anywhere on Earth: zones are less than a day away from UTC."""
    days_apart = DayNumber(F(date_field)) - UnixSeconds(F(instant_field)) / 86400
    return Q(LessThanOrEqual(days_apart, 1)) & Q(LessThanOrEqual(-1, days_apart))
