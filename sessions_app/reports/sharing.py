"""The content of share links: a report or timesheet as formatted texts, with only the chosen columns.

The content is plain data, so that a frozen link can store it, and a live link shows the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, NotRequired, TypedDict

from django.http import QueryDict
from django.utils.translation import gettext as _

from sessions_app.formatting import format_amounts, format_date, format_length, format_time
from sessions_app.models import Share
from sessions_app.reports import Figures, ReportQuery, read_report
from sessions_app.reports.addresses import ReportForm, TimesheetForm
from sessions_app.reports.labels import format_group_value, format_period, format_rounding
from sessions_app.reports.timesheet import describe_client, read_timesheet
from sessions_app.reports.timesheet_pdf import DayData, TimesheetData
from sessions_app.selectors.catalogue import Catalogue, read_catalogue
from sessions_app.timekeeping.periods import day_of
from timetracker.db.snapshot import snapshot
from timetracker.errors import DomainError, FieldError, InvalidInputError
from users_app.models import User

MAX_LINES = 2_000


class TooManyLinesError(DomainError):
    """Raised for a report with more than MAX_LINES lines."""

    def __init__(self) -> None:
        message = _("A share link shows at most %(most)d lines. Choose a shorter period, or group by something else.")
        super().__init__("too_many_lines", message % {"most": MAX_LINES})


@dataclass(frozen=True, slots=True)
class Shown:
    """The parts that the user chose to show."""

    hours: bool = True
    amounts: bool = False
    notes: bool = False
    running: bool = False


class Fact(TypedDict):
    """A labelled value above or below the table, such as `Client` and `Acme`."""

    label: str
    value: str


class SharedRow(TypedDict):
    """A row of the table. `detail` and `note` are shown below its name; `cells` are those of the columns."""

    level: Literal["group", "line", "inner", "total"]
    name: str
    detail: NotRequired[str]
    note: NotRequired[str]
    cells: list[str]


class SharedContent(TypedDict):
    """The content of a link. `columns` are the headings, the first that of the names."""

    title: str
    facts: list[Fact]
    columns: list[str]
    rows: list[SharedRow]
    totals: list[Fact]
    notes: list[str]
    as_of: str


def read_shared(user: User, page: str, query: str, shown: Shown, *, now: datetime) -> SharedContent:
    """Returns the content for a link to a page with a query string.

    Raises InvalidInputError at `query` if any parameter is invalid: without one of its filters, such as that of a
    project deleted since, a link would show data that was never shared. Raises DomainError for too much data.
    """
    is_timesheet = page == Share.Page.TIMESHEET
    with snapshot():
        catalogue = read_catalogue(user)
        kind = TimesheetForm if is_timesheet else ReportForm
        form = kind(QueryDict(query), user=user, today=day_of(now, user.zone), catalogue=catalogue)
        if not form.is_valid():
            first = next(iter(form.errors.values()))[0]
            raise InvalidInputError(FieldError("query", "invalid", str(first)))
        if isinstance(form, TimesheetForm) and not form.has_client_or_project:
            message = _("A timesheet is for a client or a project. Choose one.")
            raise InvalidInputError(FieldError("query", "required", message))
        read = read_shared_timesheet if is_timesheet else read_shared_report
        return read(user, form.query, shown, now=now, catalogue=catalogue)


def shown_by(found: Share) -> Shown:
    """Returns the parts that a link shows."""
    return Shown(found.shows_hours, found.shows_amounts, found.shows_notes, found.shows_running)


def read_shared_report(
    user: User, query: ReportQuery, shown: Shown, *, now: datetime, catalogue: Catalogue
) -> SharedContent:
    """Returns a report as a link shows it, as of `now`. Two queries. Raises TooManyLinesError."""
    report = read_report(user, _without_hidden(query, shown), now=now)
    if sum(1 + len(group.lines) for group in report.groups) > MAX_LINES:
        raise TooManyLinesError
    group_by = query.group_by
    rows: list[SharedRow] = []
    for group in report.groups if group_by else ():
        name = format_group_value(group_by[0], group.key, catalogue, user)
        is_group = len(group_by) > 1
        rows.append(
            {"level": "group" if is_group else "line", "name": name, "cells": _cells(group.figures, shown, user)}
        )
        for line in group.lines if is_group else ():
            names = [
                format_group_value(dimension, value, catalogue, user)
                for dimension, value in zip(group_by[1:], line.key[1:], strict=True)
            ]
            rows.append({"level": "inner", "name": ", ".join(names), "cells": _cells(line.figures, shown, user)})
    rows.append({"level": "total", "name": _("Total"), "cells": _cells(report.total, shown, user)})
    return {
        "title": _("Report"),
        "facts": _facts(
            (_("From"), user.display_name),
            (_("Client"), describe_client(query, catalogue)),
            (_("Period"), format_period(query.period, user)),
            (_("Rounding"), format_rounding(query.rounding) if query.rounding and shown.hours else ""),
        ),
        "columns": ["", *_headings(shown)],
        "rows": rows,
        "totals": [],
        "notes": [_("A running session is counted until now.")] if report.total.running_seconds else [],
        "as_of": _as_of(now, user),
    }


def read_shared_timesheet(
    user: User, query: ReportQuery, shown: Shown, *, now: datetime, catalogue: Catalogue
) -> SharedContent:
    """Returns a timesheet as a link shows it, as of `now`. Six queries. Raises TooManySessionsError."""
    with snapshot():
        hidden = _without_hidden(query, shown)
        sheet = read_timesheet(user, hidden, now=now, catalogue=catalogue, has_notes=shown.notes)
    amount = sheet["labels"]["amount"]
    return {
        "title": sheet["title"],
        "facts": _facts(
            (sheet["labels"]["sender"], sheet["from_name"]),
            (sheet["labels"]["client"], sheet["client"]),
            (sheet["labels"]["period"], sheet["period"]),
            (sheet["labels"]["rounding"], sheet["policy"] if shown.hours else ""),
        ),
        "columns": [sheet["labels"]["name"], *_headings(shown)],
        "rows": [row for day in sheet["days"] for row in _rows_of_day(day, shown)],
        "totals": _totals(sheet, amount, shown),
        "notes": sheet["notes"] if shown.hours else [],
        "as_of": _as_of(now, user),
    }


def _without_hidden(query: ReportQuery, shown: Shown) -> ReportQuery:
    """Returns a query without the running session unless that is shown."""
    return query if shown.running else replace(query, where=replace(query.where, running=False))


def _headings(shown: Shown) -> list[str]:
    return [*([_("Hours")] if shown.hours else []), *([_("Amount")] if shown.amounts else [])]


def _cells(figures: Figures, shown: Shown, user: User) -> list[str]:
    hours = [format_length(figures.rounded_seconds, user)] if shown.hours else []
    return [*hours, *([format_amounts(figures.amounts) or "–"] if shown.amounts else [])]


def _rows_of_day(day: DayData, shown: Shown) -> Iterable[SharedRow]:
    hours = [day["seconds_text"]] if shown.hours else []
    amounts = [day.get("amount", "")] if shown.amounts else []
    yield {"level": "group", "name": day["date"], "cells": [*hours, *amounts]}
    for row in day["rows"]:
        has_times = shown.hours and row["start"]  # times would reveal the hours
        times = [f"{row['start']}–{row['end']}"] if has_times else []
        yield {
            "level": "inner",
            "name": row["name"],
            "detail": ", ".join([*([row["project"]] if row["project"] else []), *times]),
            "note": row.get("note", ""),
            "cells": [*([row["duration"]] if shown.hours else []), *([row["amount"]] if shown.amounts else [])],
        }


def _totals(sheet: TimesheetData, amount: str, shown: Shown) -> list[Fact]:
    return [
        {"label": each["label"], "value": each["value"]}
        for each in sheet["totals"]
        if (shown.amounts if each["label"] == amount else shown.hours)
    ]


def _facts(*facts: tuple[str, str]) -> list[Fact]:
    return [{"label": label, "value": value} for label, value in facts if value]


def _as_of(now: datetime, user: User) -> str:
    date = format_date(day_of(now, user.zone), user, has_weekday=True, has_year=True)
    return _("As of %(date)s, %(time)s") % {"date": date, "time": format_time(now, user.zone, user)}
