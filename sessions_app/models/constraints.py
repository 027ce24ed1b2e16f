"""Database functions and constraints that let the database check sessions itself, the same on both engines."""

from datetime import date
from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BaseConstraint, BigIntegerField, DateField, F, ForeignKey, Func, Model, Q
from django.db.models.lookups import LessThanOrEqual
from django.db.models.sql.compiler import SQLCompiler


class UnixSeconds(Func):
    """The whole seconds from 1970 (UTC) to an instant."""

    output_field = BigIntegerField()
    arity = 1
    template = "EXTRACT(EPOCH FROM %(expressions)s)::bigint"

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        # Percent signs are doubled twice, since both the template and the parameters interpolate them.
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


NEVER = date(9999, 12, 31)
"""What stands in an index for the last day of a session that has none yet, or that took long to come."""

LONG_DAYS = 32
"""Beyond this number of days a session is long: more than may be entered, so only a forgotten timer is."""


class LastDateUnlessLong(Func):
    """The last day of a session, or NEVER for one that runs or is longer than LONG_DAYS, by its duration.

    All others that cover a day end within LONG_DAYS of it, so that a range of an index finds them; without such a
    bound, those of an old day could not be told from all that came later.

    The constants are part of the SQL and not parameters: SQLite does not match an index on an expression with
    parameters.
    """

    output_field = DateField()
    arity = 2
    arg_joiner = f" <= {LONG_DAYS * 24 * 60 * 60} THEN "
    template = f"CASE WHEN %(expressions)s ELSE '{NEVER}' END"

    def __init__(self) -> None:
        super().__init__(F("duration_seconds"), F("last_date"))

    def deconstruct(self) -> Any:
        """Returns what migrations store."""
        path, _args, _kwargs = super().deconstruct()
        return path, (), {}


def is_within_a_day_of_utc(date_field: str, instant_field: str) -> Q:
    """Returns the condition that a local date fits an instant in some zone: no zone is a day or more away from UTC."""
    days_apart = DayNumber(F(date_field)) - UnixSeconds(F(instant_field)) / 86400
    return Q(LessThanOrEqual(days_apart, 1)) & Q(LessThanOrEqual(-1, days_apart))


class SameUserForeignKey(BaseConstraint):
    """A foreign key that refuses a row whose `field` points to a row of another user, on insert and on every update.

    It is a foreign key of two columns, `(user, field)` to `(user, id)`, which Django cannot express; the table it
    points to has a unique constraint on these two. Like Django's own foreign keys it is checked at the end of the
    transaction.
    """

    def __init__(self, *, field: str, name: str) -> None:
        super().__init__(name=name)
        self.field = field

    def constraint_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        """Returns the clause within CREATE TABLE."""
        assert model is not None and schema_editor is not None  # noqa: S101, PT018  # Django always gives both
        quote = schema_editor.quote_name
        key = cast("ForeignKey[Any, Any]", model._meta.get_field(self.field))  # noqa: SLF001  # documented
        target = key.remote_field.model._meta  # noqa: SLF001
        return (
            f"CONSTRAINT {quote(self.name)} FOREIGN KEY ({quote('user_id')}, {quote(key.attname)}) "
            f"REFERENCES {quote(target.db_table)} ({quote('user_id')}, {quote(target.pk.attname)}) "
            "DEFERRABLE INITIALLY DEFERRED"
        )

    def create_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        """Returns the statement that adds the constraint. SQLite's schema editor recreates the table instead."""
        assert model is not None and schema_editor is not None  # noqa: S101, PT018
        table = schema_editor.quote_name(model._meta.db_table)  # noqa: SLF001
        return f"ALTER TABLE {table} ADD {self.constraint_sql(model, schema_editor)}"

    def remove_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        """Returns the statement that removes the constraint."""
        assert model is not None and schema_editor is not None  # noqa: S101, PT018
        table = schema_editor.quote_name(model._meta.db_table)  # noqa: SLF001
        return f"ALTER TABLE {table} DROP CONSTRAINT {schema_editor.quote_name(self.name)}"

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = DEFAULT_DB_ALIAS) -> None:
        """Does nothing: services report a missing row beforehand, with a better message."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SameUserForeignKey) and (self.name, self.field) == (other.name, other.field)

    def __hash__(self) -> int:
        return hash((self.name, self.field))

    def deconstruct(self) -> Any:
        """Returns what migrations store."""
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "field": self.field}
