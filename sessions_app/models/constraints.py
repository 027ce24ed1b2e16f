"""Expressions with which the database itself judges and finds a session, the same on both engines."""

from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BaseConstraint, BigIntegerField, DateField, F, ForeignKey, Func, Model, Q
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


class SameUserForeignKey(BaseConstraint):
    """Refuses a row whose foreign key `field` points to an object of another person, on insert and on every update.

    A foreign key of two columns, `(user, field)` to `(user, id)`, which Django cannot express. The table it points to
    has a unique constraint on those two. Like Django's own, it is judged at the end of the transaction.
    """

    def __init__(self, *, field: str, name: str) -> None:
        super().__init__(name=name)
        self.field = field

    def constraint_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        """The clause within CREATE TABLE."""
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
        """The statement that adds it. SQLite's schema editor makes the table anew instead."""
        assert model is not None and schema_editor is not None  # noqa: S101, PT018
        table = schema_editor.quote_name(model._meta.db_table)  # noqa: SLF001
        return f"ALTER TABLE {table} ADD {self.constraint_sql(model, schema_editor)}"

    def remove_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        """The statement that takes it away."""
        assert model is not None and schema_editor is not None  # noqa: S101, PT018
        table = schema_editor.quote_name(model._meta.db_table)  # noqa: SLF001
        return f"ALTER TABLE {table} DROP CONSTRAINT {schema_editor.quote_name(self.name)}"

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = DEFAULT_DB_ALIAS) -> None:
        """Nothing to say beforehand: services refuse what is not there with a better message."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SameUserForeignKey) and (self.name, self.field) == (other.name, other.field)

    def __hash__(self) -> int:
        return hash((self.name, self.field))

    def deconstruct(self) -> Any:
        """For migrations."""
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "field": self.field}
