"""Builds the data of a timesheet, the same for its page and its PDF.

Its lines are the days of a report, so that hours and amounts are those of the report and add up to its total.
"""

import datetime as dt
from collections import defaultdict
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sessions_app.formatting import format_amounts, format_date, format_time
from sessions_app.models import TimeSession
from sessions_app.reports import Figures, Line, Report, ReportQuery, read_report
from sessions_app.reports.labels import (
    format_exact_duration,
    format_period,
    format_rounding,
    format_rounding_difference,
    hidden_seconds,
)
from sessions_app.reports.timesheet_pdf import DayData, Labels, RowData, TimesheetData, TotalData
from sessions_app.selectors.catalogue import Catalogue
from sessions_app.selectors.overview import read_overview
from sessions_app.selectors.totals import Totals
from sessions_app.timekeeping.durations import format_clock, format_decimal
from sessions_app.timekeeping.periods import day_of, start_of_day
from sessions_app.timekeeping.rounding import Rounding
from timetracker.db.snapshot import snapshot
from timetracker.errors import DomainError
from users_app.models import User

MAX_SESSIONS = 2_000
_DAY = dt.timedelta(days=1)


def read_timesheet(user: User, query: ReportQuery, *, now: datetime, catalogue: Catalogue) -> TimesheetData:
    """Returns the timesheet of a client or project for `query`, which is grouped by day. Six queries.

    Raises DomainError `too_many_sessions` for more than MAX_SESSIONS.
    """
    with snapshot():
        report = read_report(user, query, now=now)
        if report.total.session_count > MAX_SESSIONS:
            message = _("A timesheet has at most %(most)d sessions. Choose a shorter period, or download a table.")
            raise DomainError("too_many_sessions", message % {"most": MAX_SESSIONS})
        overview = read_overview(user, query.period, now=now, where=query.where)
    rows: defaultdict[dt.date, list[RowData]] = defaultdict(list)
    for listed in overview.sessions:
        for day, seconds in _seconds_by_day(listed.session, listed.seconds, overview.totals, query.rounding).items():
            rows[day].append(_row(listed.session, day, seconds, catalogue, user))
    today = day_of(now, user.zone)
    return {
        "lang": get_language() or "en",
        "title": _("Timesheet"),
        "labels": _labels(),
        "from_name": user.display_name,
        "client": _client(query, catalogue),
        "period": format_period(query.period, user),
        "policy": format_rounding(query.rounding),
        "days": [_day(line, rows, user) for line in report.lines],
        "totals": _totals(report),
        "notes": _notes(report, overview.totals, user),
        "created": today.isoformat(),
        "created_text": _("Made on %(date)s") % {"date": format_date(today, user, has_year=True)},
    }


def _labels() -> Labels:
    return {
        "sender": _("From"),
        "client": _("Client"),
        "period": _("Period"),
        "rounding": _("Rounding"),
        "name": _("Session"),
        "project": _("Project"),
        "start": _("Start"),
        "end": _("End"),
        "duration": _("Hours"),
        "amount": _("Amount"),
        "page": _("Page {page} of {pages}"),
    }


def _client(query: ReportQuery, catalogue: Catalogue) -> str:
    """Returns `Acme`, for one project `Acme, Website`, or without a client `Website`."""
    project = catalogue.projects.get(query.where.project) if query.where.project not in {None, "none"} else None  # type: ignore[arg-type]
    client = catalogue.clients.get(query.where.client) if query.where.client not in {None, "none"} else None  # type: ignore[arg-type]
    client = client or (project.client if project is not None else None)
    return ", ".join(each.name for each in (client, project) if each is not None)


def _seconds_by_day(session: TimeSession, seconds: int, totals: Totals, rounding: Rounding) -> dict[dt.date, int]:
    """Returns the seconds of a session on each day of the period, rounded if rounding is per session."""
    rounding = rounding if rounding.unit == "session" else Rounding()
    split = totals.split.get(session.id)
    if split is None:
        return {session.first_date: rounding.apply(seconds)}
    return {day: rounded for day, (_tracked, rounded) in rounded_seconds_by_day(split, rounding).items()}


def _row(session: TimeSession, day: dt.date, seconds: int, catalogue: Catalogue, user: User) -> RowData:
    """Returns the row of a session, or of its part on that day, which begins or ends at midnight."""
    start = max(session.start, start_of_day(day, session.zone))
    end = None if session.end is None else min(session.end, start_of_day(day + _DAY, session.zone))
    project = catalogue.project_of(session)
    return {
        "name": str(session),
        "project": "" if project is None else project.name,
        "start": format_time(start, session.zone, user),
        "end": _("running") if end is None else format_time(end, session.zone, user),
        "duration": format_clock(seconds),
        "amount": "",
    }


def _day(line: Line, rows: dict[dt.date, list[RowData]], user: User) -> DayData:
    (day,) = line.key
    assert isinstance(day, dt.date)  # noqa: S101 - what a report by day has
    return {
        "date": format_date(day, user, has_weekday=True, has_year=True),
        "seconds_text": format_clock(line.figures.rounded_seconds),
        "amount": format_amounts(line.figures.amounts),
        "rows": rows[day],
    }


def _totals(report: Report) -> list[TotalData]:
    total = report.total
    totals: list[TotalData] = []
    if total.rounding_difference_seconds:
        totals.append({"label": _("Tracked"), "value": format_clock(total.seconds)})
    totals.append({"label": _("Hours"), "value": _hours(total)})
    totals += [{"label": _("Amount"), "value": format_amounts({key: value})} for key, value in total.amounts.items()]
    return totals


def _hours(total: Figures) -> str:
    """Returns `37:30 (37.50 h)`, since invoices ask for either form."""
    return f"{format_clock(total.rounded_seconds)} ({format_decimal(total.rounded_seconds)} h)"


def _notes(report: Report, totals: Totals, user: User) -> list[str]:
    notes = []
    if report.query.rounding:
        notes.append(format_rounding_difference(report.total))
    unseen = hidden_seconds(report.total.rounded_seconds, [each.figures.rounded_seconds for each in report.lines])
    if unseen:
        message = _("Seconds count, but are not shown: so the days as shown make %(duration)s less than the total.")
        notes.append(message % {"duration": format_exact_duration(unseen)})
    if report.total.running_seconds and totals.running is not None:
        time = format_time(report.now, user.zone, user)
        notes.append(
            _("“%(name)s” is still running; it counts until %(time)s.") % {"name": totals.running, "time": time}
        )
    return notes
