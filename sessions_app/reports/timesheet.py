"""The data of a timesheet, for its page and its PDF.

Its lines are the days of a report, so that its hours and amounts are those of the report and add up to the total.
"""

import datetime as dt
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sessions_app.formatting import format_amounts, format_date, format_time
from sessions_app.models import TimeSession
from sessions_app.reports import DrillDown, Line, Part, ReportQuery, read_drill_down
from sessions_app.reports.labels import format_period, format_rounding, format_rounding_difference
from sessions_app.reports.timesheet_pdf import DayData, Labels, RowData, TimesheetData, TotalData
from sessions_app.selectors.catalogue import Catalogue
from sessions_app.selectors.overview import Overview, read_overview
from sessions_app.timekeeping.durations import format_clock, format_decimal, format_elapsed
from sessions_app.timekeeping.periods import day_of
from timetracker.db.snapshot import snapshot
from timetracker.errors import DomainError
from users_app.models import User

MAX_SESSIONS = 2_000


class TooManySessionsError(DomainError):
    """Raised for a timesheet with more than MAX_SESSIONS sessions."""

    def __init__(self, message: str) -> None:
        super().__init__("too_many_sessions", message)


def read_timesheet(
    user: User, query: ReportQuery, *, now: datetime, catalogue: Catalogue, has_notes: bool = False
) -> TimesheetData:
    """Returns the timesheet of a client or project for `query`, which is grouped by day. Six queries.

    With `has_notes`, its rows have the notes of sessions. Raises TooManySessionsError.
    """
    with snapshot():
        found = read_drill_down(user, query, (), now=now)
        if found.figures.session_count > MAX_SESSIONS:
            message = _("A timesheet has at most %(most)d sessions. Choose a shorter period, or download a table.")
            raise TooManySessionsError(message % {"most": MAX_SESSIONS})
        overview = read_overview(user, query.period, now=now, where=query.where)
    sheet = _Sheet(user, query, found, overview, catalogue, has_notes=has_notes)
    today = day_of(now, user.zone)
    return {
        "lang": get_language() or "en",
        "title": _("Timesheet"),
        "labels": _labels(),
        "from_name": user.display_name,
        "client": describe_client(query, catalogue),
        "period": format_period(query.period, user),
        "policy": format_rounding(query.rounding),
        "days": [sheet.day(line) for line in found.lines],
        "totals": sheet.totals(),
        "notes": sheet.notes(),
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


def describe_client(query: ReportQuery, catalogue: Catalogue) -> str:
    """Returns the client and project of a timesheet: `Acme`, `Acme, Website`, or without a client `Website`."""
    project = catalogue.projects.get(query.where.project) if query.where.project not in {None, "none"} else None  # type: ignore[arg-type]
    client = catalogue.clients.get(query.where.client) if query.where.client not in {None, "none"} else None  # type: ignore[arg-type]
    client = client or (project.client if project is not None else None)
    return ", ".join(each.name for each in (client, project) if each is not None)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Formats the days, totals and notes of a timesheet.

    Durations are shown to the second, unless each session is rounded to minutes, so that a reader can add them up.
    """

    user: User
    query: ReportQuery
    found: DrillDown
    overview: Overview[TimeSession]
    catalogue: Catalogue
    has_notes: bool

    def day(self, line: Line) -> DayData:
        """Returns a day with its sessions and their parts of it."""
        (day,) = line.key
        assert isinstance(day, dt.date)  # noqa: S101 - what a report by day has
        rows = [
            self._row(listed.session, day, part)
            for listed in self.overview.sessions
            if (part := self.found.sessions[line.key].get(listed.session.id)) is not None
        ]
        return {
            "date": format_date(day, self.user, has_weekday=True, has_year=True),
            "seconds_text": self._duration(line.figures.rounded_seconds),
            "amount": format_amounts(line.figures.amounts),
            "rows": rows,
        }

    def totals(self) -> list[TotalData]:
        """Returns hours and amounts, and the tracked time if rounding changed it."""
        figures = self.found.figures
        totals: list[TotalData] = []
        if figures.rounding_difference_seconds:
            totals.append({"label": _("Tracked"), "value": format_elapsed(figures.seconds)})
        # Some invoices need the one form, some the other.
        hours = f"{self._duration(figures.rounded_seconds)} ({format_decimal(figures.rounded_seconds)} h)"
        totals.append({"label": _("Hours"), "value": hours})
        return totals + [
            {"label": _("Amount"), "value": format_amounts({currency: amount})}
            for currency, amount in figures.amounts.items()
        ]

    def notes(self) -> list[str]:
        """Returns notes about the rounding, rows that are parts of what was rounded together, and a running session."""
        figures, rounding = self.found.figures, self.query.rounding
        notes = [format_rounding_difference(figures)] if rounding else []
        if rounding and rounding.unit != "session":
            notes.append(_("Each session is shown with its share of what was rounded together."))
        running = self.overview.totals.running
        if figures.running_seconds and running is not None:
            time = format_time(self.overview.now, self.user.zone, self.user)
            notes.append(_("“%(name)s” is still running; it counts until %(time)s.") % {"name": running, "time": time})
        return notes

    def _row(self, session: TimeSession, day: dt.date, part: Part) -> RowData:
        """Returns the row of a session, or of its part on that day, which begins or ends at midnight."""
        start_text, end_text = self._times(session, day)
        project = self.catalogue.project_of(session)
        row: RowData = {
            "name": str(session),
            "project": "" if project is None else project.name,
            "start": start_text,
            "end": end_text,
            "duration": self._duration(part.rounded_seconds),
            "amount": "",
        }
        if self.has_notes:
            row["note"] = session.note
        return row

    def _times(self, session: TimeSession, day: dt.date) -> tuple[str, str]:
        times = session.clock_times(day)
        if times is None:
            return "", ""
        start, end = times
        start_text = format_time(start, session.zone, self.user)
        return start_text, _("running") if end is None else format_time(end, session.zone, self.user)

    def _duration(self, seconds: int) -> str:
        rounding = self.query.rounding
        return format_clock(seconds) if rounding and rounding.unit == "session" else format_elapsed(seconds)
