"""Database functions and constraints by which the database itself validates rows, on SQLite and PostgreSQL alike."""

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
"""The last day that the index has for a session that is running, or longer than LONG_DAYS."""

LONG_DAYS = 32
"""A session of more days is long. Nobody may enter that many, so only a forgotten timer becomes long."""


class LastDateUnlessLong(Func):
    """The last day of a session; NEVER while it runs, or when its duration is more than LONG_DAYS.

    A session that covers a day and is not long ends within LONG_DAYS after that day, so a range of the index finds it.
    Without that bound, a query for an old day would have to read every later session.

    The constants are literals in the SQL because SQLite does not match an index on an expression with parameters.
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
    """Returns the condition that a local date is possible for an instant: every zone is less than a day from UTC."""
    days_apart = DayNumber(F(date_field)) - UnixSeconds(F(instant_field)) / 86400
    return Q(LessThanOrEqual(days_apart, 1)) & Q(LessThanOrEqual(-1, days_apart))


class SameUserForeignKey(BaseConstraint):
    """A foreign key that rejects references to rows of another user.

    The key has two columns, `(user, field)` to `(user, id)`, which Django cannot express. The table referred to needs
    a unique constraint on `(user, id)`. Like Django's foreign keys, this one is checked at the end of the transaction.
    """

    def __init__(self, *, field: str, name: str) -> None:
        super().__init__(name=name)
        self.field = field

    def constraint_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        """Returns the clause for CREATE TABLE."""
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
        """Returns the ALTER TABLE that adds the constraint. SQLite's schema editor recreates the table instead."""
        assert model is not None and schema_editor is not None  # noqa: S101, PT018
        table = schema_editor.quote_name(model._meta.db_table)  # noqa: SLF001
        return f"ALTER TABLE {table} ADD {self.constraint_sql(model, schema_editor)}"

    def remove_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        """Returns the ALTER TABLE that removes the constraint."""
        assert model is not None and schema_editor is not None  # noqa: S101, PT018
        table = schema_editor.quote_name(model._meta.db_table)  # noqa: SLF001
        return f"ALTER TABLE {table} DROP CONSTRAINT {schema_editor.quote_name(self.name)}"

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = DEFAULT_DB_ALIAS) -> None:
        """Does nothing: services report a missing row earlier, with a better message."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SameUserForeignKey) and (self.name, self.field) == (other.name, other.field)

    def __hash__(self) -> int:
        return hash((self.name, self.field))

    def deconstruct(self) -> Any:
        """Returns what migrations store."""
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "field": self.field}
