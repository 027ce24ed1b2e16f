"""The pages of reports, and of the sessions behind their numbers."""

import datetime as dt
from dataclasses import dataclass, replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_safe

from sessions_app.formatting import format_amounts, format_rounding_note
from sessions_app.forms.saved_reports import NewSavedReportForm
from sessions_app.models import SavedReport, TimeSession
from sessions_app.models.querysets import SessionFilter
from sessions_app.pages.context import PageContext
from sessions_app.pages.report_chips import chips_of, selected_label
from sessions_app.pages.report_table import (
    MAX_ROWS,
    count_rows,
    name_of_key,
    parts_of,
    rows_of,
    titles_of,
    total_row,
)
from sessions_app.pages.reports import (
    is_billable_only,
    previous_period,
    read_form,
    read_key_and_query,
    read_previous_total,
)
from sessions_app.reports import DrillDown, Figures, Part, Report, read_drill_down, read_report
from sessions_app.reports.addresses import ReportForm
from sessions_app.reports.labels import ALL_TIME, format_period, format_rounding, format_rounding_difference
from sessions_app.selectors.overview import Overview, Position, read_overview
from sessions_app.selectors.saved_reports import saved_reports_of
from sessions_app.selectors.sessions import has_sessions_in
from sessions_app.timekeeping.periods import Period
from sessions_app.timekeeping.rounding import Rounding
from timetracker.pages import respond
from users_app.models import User

PAGE_SIZE = 200
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PreviousPeriod:
    """The seconds of the previous period, and by how many the report has more (less if negative)."""

    label: str
    address: str
    seconds: int
    more: int

    @property
    def less(self) -> int:
        """The seconds by which the report has less."""
        return -self.more


@dataclass(frozen=True, slots=True)
class BlockingFilter:
    """A filter without which the report would not be empty, and the URL without it."""

    label: str
    value: str
    address: str


@dataclass(frozen=True, slots=True)
class CountedSession:
    """A session with its part of the number, and whether only a part of the session counts."""

    session: TimeSession
    part: Part
    is_partly: bool

    @property
    def amount(self) -> str:
        """The amount of its part; "" without one."""
        amount = self.part.amount(self.session.currency)
        return "" if amount is None else format_amounts({self.session.currency: amount})


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """Shows the report of the query string; without one the default report, or this month by project."""
    page = PageContext.of(request)
    with page.snapshot():
        saved = [] if page.is_anonymous else saved_reports_of(page.user)
        form = ReportForm(_asked(request, saved), user=page.user, today=page.today, catalogue=page.catalogue)
        report = read_report(page.user, form.query, now=page.now)
        previous = read_previous_total(form, page)
        is_empty = not report.total.session_count
        blocking = _blocking(form, page.user) if is_empty and form.is_filtered else []
    rows = rows_of(report, form)
    context = {
        "tab": "reports",
        "form": form,
        "period": format_period(form.period, page.user),
        "chips": chips_of(form),
        "saved": saved,
        "save_form": NewSavedReportForm(initial={"query": form.address()}),
        "address": form.address(),
        "here": request.get_full_path(),
        "grouped_by": titles_of(form),
        "report": report,
        "is_empty": is_empty,
        "rows": rows,
        "more_rows": count_rows(report) - len(rows),
        "total_row": total_row(report, form),
        "rounding_notes": _rounding_notes(report.query.rounding, report.total),
        "rounding_note": format_rounding_note(
            [(report.total.rounded_seconds, [line.figures.rounded_seconds for line in report.lines])],
            page.user.duration_format,
        ),
        "before": _compare(form, report, previous),
        "blocking": blocking,
        "without_filters": form.address(**dict.fromkeys(form.FILTERS.values())),
        "timesheet": _timesheet_address(form),
    }
    return respond(request, "reports/reports.html", context)


@require_safe
def report_sessions(request: HttpRequest) -> HttpResponse:
    """Shows the drill-down of a number of a report: its sessions, their seconds, the rounding difference, the amount.

    The query string is the report's, with the key of the line: an `at` for each dimension, none for the total.
    """
    page = PageContext.of(request)
    with page.snapshot():
        form = read_form(request, page)
        key, query = read_key_and_query(request, form)
        found = read_drill_down(page.user, form.query, key, now=page.now, billable_only=is_billable_only(request))
        listed = read_overview(
            page.user,
            query.period,
            now=page.now,
            after=_read_position(request.GET.get("after", "")),
            limit=PAGE_SIZE,
            where=query.where,
        )
    drill_down = {
        "at": request.GET.getlist("at")[: len(key)],
        "only": "billable" if is_billable_only(request) else None,
    }
    context = {
        "tab": "reports",
        "form": form,
        "is_billable_only": is_billable_only(request),
        "line": name_of_key(key, form),
        "period": format_period(form.period, page.user),
        "figures": found.figures,
        "sessions": _counted(listed, found),
        "is_rounded": bool(query.rounding),
        "has_amounts": bool(found.figures.amounts),
        "rounding_notes": _rounding_notes(query.rounding, found.figures),
        "parts": parts_of(found.parts[:MAX_ROWS], form),
        "more_parts": max(0, len(found.parts) - MAX_ROWS),
        "unpriced_seconds": _unpriced_seconds(found),
        "here": request.get_full_path(),
        "is_first_page": "after" not in request.GET,
        "address": form.address(**drill_down),
        "next_address": listed.next and form.address(**drill_down, after=_format_position(listed.next)),
        "back_address": form.address(),
    }
    return respond(request, "reports/report_sessions.html", context)


def _asked(request: HttpRequest, saved: list[SavedReport]) -> QueryDict:
    """Returns the query of the request; if that is empty, the query of the default report."""
    default = next((each for each in saved if each.is_default), None)
    return request.GET if request.GET or default is None else QueryDict(default.query)


def _address_of(form: ReportForm, period: Period) -> str:
    """Returns the URL of the same report for another period."""
    if period == ALL_TIME:
        return form.address(**{"from": "", "to": ""})
    return form.address(**{"from": period.first, "to": period.end - _DAY})


def _compare(form: ReportForm, report: Report, before: Figures | None) -> PreviousPeriod | None:
    period = previous_period(form)
    if before is None or period is None:
        return None
    more = report.total.rounded_seconds - before.rounded_seconds
    return PreviousPeriod(format_period(period, form.user), _address_of(form, period), before.rounded_seconds, more)


def _blocking(form: ReportForm, user: User) -> list[BlockingFilter]:
    """Returns the filters that make the report empty: without any one of them it has sessions."""
    blocking = []
    for meant, name in form.FILTERS.items():
        less = replace(form.where, **{meant: getattr(SessionFilter(), meant)})
        if less != form.where and has_sessions_in(user, form.period, less):
            field = form[name]
            value = selected_label(field)
            blocking.append(BlockingFilter(str(field.label), value, form.address(**{name: None})))
    return blocking


def _rounding_notes(rounding: Rounding, figures: Figures) -> list[str]:
    return [format_rounding(rounding), format_rounding_difference(figures)] if rounding else []


def _timesheet_address(form: ReportForm) -> str:
    """Returns the URL of the timesheet of the client or project by which the report is filtered, "" if by none."""
    without = dict.fromkeys(("group", "then", "third", "tag", "q", "billable"))
    without |= dict.fromkeys(name for name in ("client", "project") if getattr(form.where, name) == "none")
    return form.address(**without)


def _counted(listed: Overview[TimeSession], found: DrillDown) -> list[CountedSession]:
    return [
        CountedSession(
            each.session,
            found.part(each.session.id),
            is_partly=each.seconds != each.session.seconds_at(listed.now),
        )
        for each in listed.sessions
    ]


def _unpriced_seconds(found: DrillDown) -> int:
    """Returns the billable seconds without a rate."""
    return sum(part.rounded_seconds for part in found.parts if part.billable and part.hourly_rate is None)


def _format_position(position: Position) -> str:
    return f"{int(position.start.timestamp())}.{position.id}"


def _read_position(text: str) -> Position | None:
    """Returns the position at which a page of sessions begins; None, for the first page, if it is invalid."""
    seconds, _dot, session_id = text.partition(".")
    try:
        return Position(dt.datetime.fromtimestamp(int(seconds), dt.UTC), UUID(session_id))
    except (ValueError, OverflowError, OSError):
        return None
