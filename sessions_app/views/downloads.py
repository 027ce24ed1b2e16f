"""Reports and sessions as files: CSV, workbooks, JSON. The addresses are those of the pages, so are the numbers."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast, get_args

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sessions_app.forms.reports import PeriodForm
from sessions_app.reports import read_report
from sessions_app.reports.downloads import (
    SessionRows,
    report_columns,
    report_rows,
    report_totals,
    session_columns,
)
from sessions_app.reports.labels import ALL_TIME
from sessions_app.reports.shapes import ReportDownload
from sessions_app.timekeeping.periods import Period
from sessions_app.views.page_context import PageContext
from sessions_app.views.reports import read_before, read_drill_down, read_form
from timetracker.db.snapshot import snapshot
from timetracker.errors import DomainError, FieldError, InvalidInputError
from timetracker.shapes import encode_json
from timetracker.tables import Format, TooManyRowsError, table_response

_DAY = dt.timedelta(days=1)


@require_safe
def report(request: HttpRequest, format: str) -> HttpResponseBase:  # noqa: A002 - the word of the address
    """The lines of a report, and in a workbook its total."""
    format_ = _known(format)
    page = PageContext.of(request)
    with snapshot():
        form = read_form(request, page)
        check_form(form)
        found = read_report(page.user, form.query, now=page.now)
        before = read_before(form, page) if format_ == "json" else None
    filename = f"timetracker-report-{name_period(form.period)}"
    if format_ == "json":
        return HttpResponse(
            encode_json(ReportDownload.of_report(found, page.catalogue, previous=before)),
            content_type="application/json",
            headers={
                "Content-Disposition": content_disposition_header(True, f"{filename}.json") or "attachment",
                "Cache-Control": "private, no-store",
            },
        )
    with _said_when_too_long():
        return table_response(
            format_,
            report_columns(found),
            report_rows(found, page.catalogue),
            totals=lambda: report_totals(found),
            filename=filename,
            sheet=_("Report"),
        )


@require_safe
def report_sessions(request: HttpRequest, format: str) -> HttpResponseBase:  # noqa: A002 - the word of the address
    """The sessions that make a number of a report, with their seconds inside the period. Nothing is rounded."""
    format_ = _known(format)
    page = PageContext.of(request)
    form = read_form(request, page)
    check_form(form)
    _key, query = read_drill_down(request, form)
    rows = SessionRows(page.user, query.period, query.where, page.now, page.catalogue)
    with _said_when_too_long():
        return table_response(
            format_,
            session_columns(),
            rows,
            totals=rows.totals,
            filename=f"timetracker-{name_period(query.period)}",
            sheet=_("Sessions"),
            name="sessions",
            head={
                "fromDate": query.period.first,
                "toDate": query.period.end,
                "serverTime": page.now.replace(microsecond=0),
            },
        )


def check_form(form: PeriodForm) -> None:
    """A file is about what was asked for, or there is none. Raises InvalidInputError that names what is wrong."""
    if not form.is_valid():
        errors = [
            FieldError(name, "invalid", f"{form[name].label}: {message}")
            for name, messages in form.errors.items()
            for message in cast("list[str]", messages)
        ]
        raise InvalidInputError(*errors)


def name_period(period: Period) -> str:
    """A period in the name of a file, its last day included: `2026-11-01-2026-11-30`."""
    first, last = period.first, period.end - _DAY
    if period == ALL_TIME:
        return "all"
    if period.first == ALL_TIME.first:
        return f"until-{last}"
    if period.end == ALL_TIME.end:
        return f"from-{first}"
    return f"{first}-{last}" if first < last else f"{first}"


def _known(format: str) -> Format:  # noqa: A002
    if format not in get_args(Format):
        raise Http404
    return cast("Format", format)


@contextmanager
def _said_when_too_long() -> Iterator[None]:
    """On a page of its own, as no file has begun yet."""
    try:
        yield
    except TooManyRowsError as error:
        raise DomainError("too_many_rows", str(error)) from error
