"""Compiled queries: Django compiles their SQL once in each process.

Django compiles a queryset to SQL at every call, which takes up to twenty times as long as SQLite takes to answer. The
SQL of frequent queries is therefore kept, and executed again with other parameters. It is still the queryset that
defines the query; `tests/sessions_app/test_compiled.py` compares the results of both.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from threading import Lock
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, models
from django.db.models.base import ModelState
from django.db.models.sql import InsertQuery
from django.db.models.sql.compiler import SQLCompiler

from timetracker.db.columns import Column

Row = TypeVar("Row", bound=tuple[Any, ...])
Model = TypeVar("Model", bound=models.Model)


class CompiledRead(Generic[Row]):
    """A compiled query that returns rows as tuples, called with the values of its parameters.

    `build` takes the values as keyword arguments and returns a queryset with `values_list`. It is called once, with
    `examples`, which mark the parameters in the SQL: they must differ from each other and from every constant of the
    query. The SQL must not depend on the values in any other way.
    """

    def __init__(self, build: Callable[..., "models.QuerySet[Any, Row]"], **examples: Any) -> None:
        self._build = build
        self._examples = examples
        self._lock = Lock()
        self._compiled: _Compiled | None = None

    def __call__(self, **values: Any) -> list[Row]:
        """Returns the rows for these values. One query."""
        with self._lock:
            if self._compiled is None:
                self._compiled = _compile(self._build(**self._examples), self._examples)
        return self._compiled.rows(values)


class CompiledGet(Generic[Model]):
    """A compiled query that returns instances of a model. It is made like `CompiledRead`, without `select_related`."""

    def __init__(self, build: Callable[..., "models.QuerySet[Model]"], **examples: Any) -> None:
        self._read: CompiledRead[Any] = CompiledRead(lambda **values: self._columns(build(**values)), **examples)
        self._model: type[Model] | None = None
        self._names: list[str] = []

    def _columns(self, queryset: "models.QuerySet[Model]") -> "models.QuerySet[Any, Any]":
        self._model = queryset.model
        self._names = [field.attname for field in queryset.model._meta.concrete_fields]  # noqa: SLF001  # documented
        return queryset.values_list(*self._names)

    def __call__(self, **values: Any) -> list[Model]:
        """Returns the instances for these values. One query."""
        rows = self._read(**values)
        return [make_instance(self._model, self._names, row) for row in rows] if self._model else []


def make_instance(model: type[Model], names: list[str], row: tuple[Any, ...]) -> Model:
    """Returns an instance for a row with all columns of the model, whose attributes are `names`, as querysets do.

    It bypasses `Model.__init__`, which takes five times as long for its many features.
    """
    instance = model.__new__(model)
    state = ModelState()
    state.adding, state.db = False, DEFAULT_DB_ALIAS
    instance.__dict__.update(zip(names, row, strict=True), _state=state)
    return instance


def new_instance(model: type[Model], **values: Any) -> Model:
    """Returns an unsaved instance. `values` are by attribute of the column (`user_id`); missing ones are defaults.

    It bypasses `Model.__init__`, as `make_instance` does.
    """
    instance = model.__new__(model)
    constants, makers = _defaults(model)
    for name, make in makers:
        if name not in values:
            values[name] = make()
    instance.__dict__.update(constants, _state=ModelState())
    instance.__dict__.update(values)
    return instance


@cache
def _defaults(model: type[models.Model]) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    """Returns the constant defaults of a model's columns, and pairs of name and function for callable defaults."""
    fields = model._meta.concrete_fields  # noqa: SLF001  # documented
    makers = [
        (field.attname, field.get_default)
        for field in fields
        if callable(field.default) and field.default is not models.NOT_PROVIDED
    ]
    made = {name for name, _make in makers}
    return {field.attname: field.get_default() for field in fields if field.attname not in made}, makers


class CompiledInsert(Generic[Model]):
    """A compiled INSERT of all columns of a model, except a key that the database generates.

    It calls neither `save` nor signals. With `ignores_conflicts`, rows that violate a unique constraint are left out.
    """

    def __init__(self, model: type[Model], *, ignores_conflicts: bool = False) -> None:
        self._model = model
        self._ignores_conflicts = ignores_conflicts
        fields = model._meta.concrete_fields  # noqa: SLF001  # documented
        self._fields = [field for field in fields if not isinstance(field, models.AutoField)]
        self._columns = [Column(field) for field in self._fields]
        self._sql = ""

    def __call__(self, row: Model) -> None:
        """Inserts a row. One statement."""
        params = [column.param(row, is_new=True) for column in self._columns]
        with connection.cursor() as cursor:
            cursor.execute(self._statement(row), params)
        row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001  # as save() does

    def many(self, rows: Sequence[Model]) -> None:
        """Inserts rows with `executemany`."""
        if not rows:
            return
        columns = [column.prepare_all(column.read_all(rows)) for column in self._columns]
        with connection.cursor() as cursor:
            cursor.executemany(self._statement(rows[0]), list(zip(*columns, strict=True)))
        for row in rows:
            row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001  # as bulk_create() does

    def columns(self, count: int, columns: Mapping[str, Any]) -> None:
        """Inserts `count` rows without instances. `columns` has a list of values for a column, or one value for all.

        Columns that are not in `columns` get their defaults.
        """
        constants, makers = _defaults(self._model)
        made = {name: [make() for _number in range(count)] for name, make in makers if name not in columns}
        values = {**constants, **made, **columns}
        lists = {name: value if isinstance(value, list) else [value] * count for name, value in values.items()}
        rows = list(zip(*(column.prepare_all(lists[column.name]) for column in self._columns), strict=True))
        example = {name: each[0] for name, each in lists.items()}
        sql = self._sql or self._statement(new_instance(self._model, **example))
        with connection.cursor() as cursor:
            if count == 1:
                cursor.execute(sql, rows[0])
            else:
                cursor.executemany(sql, rows)

    def _statement(self, row: Model) -> str:
        if not self._sql:
            query = InsertQuery(self._model)
            query.insert_values(self._fields, [row])
            ((sql, _params),) = query.get_compiler(connection=connection).as_sql()
            self._sql = f"{sql} ON CONFLICT DO NOTHING" if self._ignores_conflicts else sql
        return self._sql


class CompiledUpdate(Generic[Model]):
    """A compiled UPDATE of a row by its primary key: of all columns, or of those with the given names."""

    def __init__(self, model: type[Model], names: tuple[str, ...] = ()) -> None:
        meta: Any = model._meta  # noqa: SLF001  # documented
        self._fields = [
            field for field in meta.concrete_fields if not field.primary_key and (not names or field.name in names)
        ]
        self._key = meta.pk
        quote = connection.ops.quote_name
        self._columns = [Column(field) for field in self._fields]
        names_set = ", ".join(f"{quote(field.column)} = %s" for field in self._fields)
        self._sql = f"UPDATE {quote(meta.db_table)} SET {names_set} WHERE {quote(self._key.column)} = %s"  # noqa: S608  # names of the model

    def __call__(self, row: Model) -> None:
        """Updates the row. One statement. Raises DatabaseError if the row does not exist."""
        params = [column.param(row, is_new=False) for column in self._columns]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, [*params, self._key.get_db_prep_save(row.pk, connection)])
            if cursor.rowcount != 1:
                raise DatabaseError(f"There is no such row to write: {row!r}")


class _Compiled:
    """The SQL of a query, its parameters, some of which are slots for values, and the converters of its columns."""

    def __init__(self, compiler: SQLCompiler, sql: str, params: Iterable[Any], slots: dict[Any, Any]) -> None:
        self._sql = sql
        found = (slots.get(param, (None, None)) if param.__hash__ else (None, None) for param in params)
        self._params = [(*slot, param) for slot, param in zip(found, params, strict=True)]
        columns = [column for column, _sql, _alias in compiler.select]
        self._converters = [
            (number, _converter(converters, expression))
            for number, (converters, expression) in compiler.get_converters(columns).items()
        ]

    def rows(self, values: dict[str, Any]) -> list[Any]:
        params = [param if slot is None else adapt(values[slot]) for slot, adapt, param in self._params]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, params)
            rows: list[Any] = cursor.fetchall()
        if not self._converters or not rows:
            return rows
        # Converting column by column takes half of the time of row by row.
        columns: list[Any] = list(zip(*rows, strict=True))
        for number, convert in self._converters:
            columns[number] = _convert(columns[number], convert)
        return list(zip(*columns, strict=True))


def _convert(column: tuple[Any, ...], convert: Callable[[tuple[Any, ...]], Iterable[Any]]) -> Iterable[Any]:
    """Converts a column. A value that many rows share, such as a user, project or day, is converted once."""
    different = tuple(set(column))
    if len(different) * 2 > len(column):
        return convert(column)
    return map(dict(zip(different, convert(different), strict=True)).__getitem__, column)


def _compile(queryset: "models.QuerySet[Any, Any]", examples: dict[str, Any]) -> _Compiled:
    slots = {_adapter(value)(value): (name, _adapter(value)) for name, value in examples.items()}
    compiler = queryset.query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    assert slots.keys() <= {param for param in params if param.__hash__}  # noqa: S101  # else a value would be ignored
    return _Compiled(compiler, sql, params, slots)


def _converter(converters: list[Any], expression: Any) -> Callable[[tuple[Any, ...]], Iterable[Any]]:
    """Returns a function that applies Django's converters to a column; for SQLite's converters, a fast equivalent."""
    kind = expression.output_field.get_internal_type()
    if connection.vendor == "sqlite" and len(converters) == 1 and kind in _QUICK:
        return _QUICK[kind]

    def convert(value: Any) -> Any:
        for each in converters:
            value = each(value, expression, connection)
        return value

    return lambda column: map(convert, column)


def _read_instants(column: tuple[str | None, ...]) -> list[datetime | None]:
    """Converts SQLite's text of instants, which is in UTC without an offset."""
    read = datetime.fromisoformat
    return [None if text is None else read(f"{text}Z") for text in column]


def _read_dates(column: tuple[str | None, ...]) -> list[date | None]:
    read = date.fromisoformat
    return [None if text is None else read(text) for text in column]


def _read_uuids(column: tuple[str | None, ...]) -> list[UUID | None]:
    # A seventh of the time of calling UUID() for each text.
    return msgspec.convert(column, list[UUID | None])


def _read_booleans(column: tuple[int | None, ...]) -> list[bool | None]:
    return [None if number is None else number != 0 for number in column]


_QUICK: dict[str, Callable[[tuple[Any, ...]], Iterable[Any]]] = {
    "BooleanField": _read_booleans,
    "DateTimeField": _read_instants,
    "DateField": _read_dates,
    "UUIDField": _read_uuids,
}


def _adapter(example: Any) -> Callable[[Any], Any]:
    """Returns a function that converts a value of this type to the parameter that Django would give to the driver."""
    match example:
        case UUID() if not connection.features.has_native_uuid_field:
            return _to_hex
        case datetime():
            return connection.ops.adapt_datetimefield_value
        case date():
            return connection.ops.adapt_datefield_value
        case _:
            return _as_it_is


def _to_hex(value: UUID | str) -> str:
    return value.hex if isinstance(value, UUID) else UUID(value).hex


def _as_it_is(value: Any) -> Any:
    return value
