"""INSERT … SELECT, which Django's ORM lacks: rows that the database makes of others, without their way through Python.

Half of the statement is Django's own, made of a queryset; the other half is the names of the columns.
"""

from collections.abc import Mapping
from typing import Any

from django.db import connection, models
from django.db.models.expressions import Combinable


def insert_selected(model: type[models.Model], rows: "models.QuerySet[Any]", columns: Mapping[str, Combinable]) -> int:
    """Adds a row of `model` for each of a queryset, in its order; returns how many. One statement.

    `columns` has what is written by the names of the columns (`user_id`); those that are not named have the default of
    the database, which is null where there is none. Calls neither `save` nor signals.
    """
    meta: Any = model._meta  # noqa: SLF001  # documented
    quote = connection.ops.quote_name
    names = ", ".join(quote(meta.get_field(name).column) for name in columns)
    selected, params = rows.values_list(*columns.values()).query.get_compiler(connection=connection).as_sql()
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {quote(meta.db_table)} ({names}) {selected}", params)
        return int(cursor.rowcount)
