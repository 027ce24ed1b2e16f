"""INSERT … SELECT, which Django's ORM lacks: the database makes rows of others without sending them to Python.

Django compiles the SELECT from a queryset; this module adds the names of the columns.
"""

from collections.abc import Mapping
from typing import Any

from django.db import connection, models
from django.db.models.expressions import Combinable


def insert_selected(model: type[models.Model], rows: "models.QuerySet[Any]", columns: Mapping[str, Combinable]) -> int:
    """Inserts a row of `model` for each row of a queryset, in its order; returns their number. One statement.

    `columns` maps names of columns (`user_id`) to expressions. Other columns get the default of the database, null
    without one. Calls neither `save` nor signals.
    """
    meta: Any = model._meta  # noqa: SLF001  # documented
    quote = connection.ops.quote_name
    names = ", ".join(quote(meta.get_field(name).column) for name in columns)
    selected, params = rows.values_list(*columns.values()).query.get_compiler(connection=connection).as_sql()
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {quote(meta.db_table)} ({names}) {selected}", params)
        return int(cursor.rowcount)
