"""The admin action that downloads the selected rows of a list as CSV, with the columns of the list."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.utils import lookup_field
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy

from timetracker.admin_lists import MAX_LISTED
from timetracker.tables import CellValue, Column, Row, table_response

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:  # not generic at run time
    ModelAdmin = admin.ModelAdmin

BATCH_SIZE = 500


@admin.action(description=gettext_lazy("Download as CSV"), permissions=["view"])
def download_csv(model_admin: ModelAdmin, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponseBase:
    """Returns the selected rows as CSV: the id, then the columns of the list. At most as many rows as a list shows."""
    names = [str(name) for name in model_admin.get_list_display(request)]
    columns = [Column("id", "id")]
    columns += [Column(name, name) for name in names]
    filename = str(model_admin.opts.verbose_name_plural)
    return table_response("csv", columns, _rows(model_admin, queryset, names), filename=filename)


def _rows(model_admin: ModelAdmin, queryset: QuerySet[Any], names: list[str]) -> Iterator[Row]:
    for row in queryset[:MAX_LISTED].iterator(chunk_size=BATCH_SIZE):
        yield [str(row.pk), *(_cell(lookup_field(name, row, model_admin)[2]) for name in names)]


def _cell(value: object) -> CellValue:
    """Returns booleans, dates and instants unchanged, and any other value as the text that the list shows."""
    return value if value is None or isinstance(value, bool | int | date) else str(value)
