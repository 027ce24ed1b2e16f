"""Responses with a table as a download."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

from django.http import FileResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from timetracker.tables.columns import Column, Row
from timetracker.tables.csv_text import Separator, csv_chunks
from timetracker.tables.json_text import json_chunks
from timetracker.tables.workbook import xlsx_file

Format = Literal["csv", "xlsx", "json"]

CONTENT_TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8; header=present",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}

# Characters that are invalid in file names on some operating systems.
_NOT_IN_FILENAMES = re.compile(r'[\x00-\x1f\x7f\ud800-\udfff"*/:<>?\\|]+')


def table_response(
    format: Format,  # noqa: A002 - the name of the parameter in requests
    columns: Sequence[Column],
    rows: Iterable[Row],
    *,
    filename: str,
    totals: Callable[[], Row] | None = None,
    sheet: str = "",
    name: str = "rows",
    head: Mapping[str, object] | None = None,
    separator: Separator = "comma",
) -> StreamingHttpResponse | FileResponse:
    """Returns the table as an attachment called `filename`, which is given without its extension.

    `totals` and `sheet` are passed to `xlsx_file`, `name` and `head` to `json_chunks`, and `separator` to `csv_chunks`.
    CSV and JSON are sent while `rows` are read. A workbook is complete before it is sent, so only that format can raise
    TooManyRowsError.
    """
    content_type = CONTENT_TYPES[format]
    filename = f"{_NOT_IN_FILENAMES.sub('-', filename).strip(' .') or name}.{format}"
    response: StreamingHttpResponse | FileResponse
    match format:
        case "csv":
            response = StreamingHttpResponse(csv_chunks(columns, rows, separator=separator), content_type=content_type)
        case "json":
            chunks = json_chunks(columns, rows, name=name, head=head)
            response = StreamingHttpResponse(chunks, content_type=content_type)
        case "xlsx":
            response = FileResponse(xlsx_file(columns, rows, totals=totals, sheet=sheet), content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=filename) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response
