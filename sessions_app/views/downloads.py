"""Reports and sessions as files: CSV, workbooks, JSON, with the query strings and numbers of the pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast, get_args

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sessions_app.pages.context import PageContext
from sessions_app.pages.reports import is_billable_only, read_form, read_key_and_query, read_previous_total
from sessions_app.reports import read_report
from sessions_app.reports.downloads import (
    SessionRows,
    report_columns,
    report_rows,
    report_totals,
    session_columns,
)
from sessions_app.reports.labels import format_period_slug
from sessions_app.reports.shapes import ReportDownload
from timetracker.db.snapshot import snapshot
from timetracker.errors import DomainError, FieldError, InvalidInputError
from timetracker.http.downloads import limit_downloads
from timetracker.shapes import encode_json
from timetracker.tables import Format, Separator, TooManyRowsError, table_response


@require_safe
@limit_downloads
def report(request: HttpRequest, format: str) -> HttpResponseBase:  # noqa: A002 - the word of the address
    """Sends the lines of a report; a workbook also has the total."""
    format_ = _read_format(format)
    page = PageContext.of(request)
    with snapshot():
        form = read_form(request, page)
        form.check()
        found = read_report(page.user, form.query, now=page.now)
        previous = read_previous_total(form, page) if format_ == "json" else None
    filename = f"timetracker-report-{format_period_slug(form.period)}"
    if format_ == "json":
        return HttpResponse(
            encode_json(ReportDownload.of_report(found, page.catalogue, previous=previous)),
            content_type="application/json",
            headers={
                "Content-Disposition": content_disposition_header(True, f"{filename}.json") or "attachment",
                "Cache-Control": "private, no-store",
            },
        )
    with _reject_when_too_long():
        return table_response(
            format_,
            report_columns(found),
            report_rows(found, page.catalogue),
            totals=lambda: report_totals(found),
            filename=filename,
            sheet=_("Report"),
            separator=_read_separator(request),
        )


@require_safe
@limit_downloads
def report_sessions(request: HttpRequest, format: str) -> HttpResponseBase:  # noqa: A002 - the word of the address
    """Sends the sessions behind a number of a report, with their shares of it."""
    format_ = _read_format(format)
    page = PageContext.of(request)
    form = read_form(request, page)
    form.check()
    key, query = read_key_and_query(request, form)
    rows = SessionRows(page.user, form.query, key, page.now, page.catalogue, billable_only=is_billable_only(request))
    with _reject_when_too_long():
        return table_response(
            format_,
            session_columns(),
            rows,
            totals=rows.totals,
            filename=f"timetracker-{format_period_slug(query.period)}",
            sheet=_("Sessions"),
            name="sessions",
            separator=_read_separator(request),
            head={
                "fromDate": query.period.first,
                "toDate": query.period.end,
                "serverTime": page.now.replace(microsecond=0),
            },
        )


def _read_separator(request: HttpRequest) -> Separator:
    """Returns the separator of a CSV. Raises InvalidInputError for an unknown one."""
    given = request.GET.get("separator", "comma")
    if given not in get_args(Separator):
        raise InvalidInputError(
            FieldError("separator", "invalid_choice", _("The separator is “comma” or “semicolon”."))
        )
    return cast("Separator", given)


def _read_format(format: str) -> Format:  # noqa: A002
    if format not in get_args(Format):
        raise Http404
    return cast("Format", format)


@contextmanager
def _reject_when_too_long() -> Iterator[None]:
    """Turns the error for too many rows into a DomainError, which becomes a page since no file has begun yet."""
    try:
        yield
    except TooManyRowsError as error:
        raise DomainError("too_many_rows", str(error)) from error
