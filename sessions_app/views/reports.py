"""Reports, and the sessions that make each of their numbers."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sessions_app.forms.reports import ReportForm
from sessions_app.models import TimeSession
from sessions_app.models.querysets import SessionFilter
from sessions_app.reports import (
    Figures,
    GroupValue,
    Report,
    ReportQuery,
    drill_down,
    read_report,
    rounded_seconds_by_day,
)
from sessions_app.reports.labels import (
    ALL_TIME,
    format_exact_duration,
    format_period,
    format_rounding,
    format_rounding_difference,
    hidden_seconds,
)
from sessions_app.selectors.overview import Overview, Position, read_overview
from sessions_app.timekeeping.durations import format_elapsed
from sessions_app.timekeeping.periods import Period, day_period, month_period, period_before, week_period
from sessions_app.timekeeping.rounding import Rounding
from sessions_app.views.page_context import PageContext, render_page
from sessions_app.views.report_table import (
    MAX_ROWS,
    count_rows,
    name_of_key,
    read_key,
    rows_of,
    titles_of,
    total_row,
    worths_of,
)
from timetracker.db.snapshot import snapshot
from users_app.models import User

PAGE_SIZE = 200
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Preset:
    """A period that is one press away; `address` keeps all else that the report is asked for."""

    label: str
    address: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Before:
    """The period before: what it had, in seconds, and how much more the report has than that, or less."""

    label: str
    address: str
    seconds: int
    more: int

    @property
    def less(self) -> int:
        """How much less, when it is."""
        return -self.more


@dataclass(frozen=True, slots=True)
class Blocking:
    """A filter without which there would be something, and the address without it."""

    label: str
    value: str
    address: str


@dataclass(frozen=True, slots=True)
class CountedSession:
    """A session with its seconds inside the period, and what they are rounded to where sessions are rounded."""

    session: TimeSession
    seconds: int
    rounded_seconds: int
    is_partly: bool


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """A report of what the address asks for; this month by project when it asks for nothing."""
    page = PageContext.of(request)
    with snapshot():
        form = read_form(request, page)
        overview = page.overview(day_period(page.today), limit=0)
        report = read_report(page.user, form.query, now=page.now)
        before = read_before(form, page)
        is_empty = not report.total.session_count
        blocking = _blocking(form, page.user) if is_empty and form.is_filtered else []
    rows = rows_of(report, form)
    context = {
        "tab": "reports",
        "form": form,
        "period": format_period(form.period, page.user),
        "presets": _presets(form, page),
        "address": form.address(),
        "here": request.get_full_path(),
        "grouped_by": titles_of(form),
        "report": report,
        "is_empty": is_empty,
        "rows": rows,
        "more_rows": count_rows(report) - len(rows),
        "most_rows": MAX_ROWS,
        "total_row": total_row(report, form),
        "rounding_notes": _rounding_notes(report),
        "unseen": _unseen(report, page.user),
        "before": _compared(form, report, before),
        "blocking": blocking,
        "without_filters": form.address(**dict.fromkeys(form.FILTERS.values())),
        "timesheet": _timesheet_address(form),
    }
    return render_page(request, "reports/reports.html", page, overview, context)


@require_safe
def report_sessions(request: HttpRequest) -> HttpResponse:
    """Explains a number of a report: the sessions that make it, with their seconds, what rounding did, the amount.

    The address is that of the report, with the key of the line: `at` for each of its dimensions, none for the total.
    """
    page = PageContext.of(request)
    with snapshot():
        form = read_form(request, page)
        key, query = read_drill_down(request, form)
        head = page.overview(day_period(page.today), limit=0)
        report = read_report(page.user, query, now=page.now)
        listed = read_overview(
            page.user,
            query.period,
            now=page.now,
            after=_read_position(request.GET.get("after", "")),
            limit=PAGE_SIZE,
            where=query.where,
        )
    drilled_down = {
        "at": request.GET.getlist("at")[: len(key)],
        "only": "billable" if is_billable_only(request) else None,
    }
    context = {
        "tab": "reports",
        "form": form,
        "is_billable_only": is_billable_only(request),
        "line": name_of_key(key, form),
        "period": format_period(form.period, page.user),
        "report": report,
        "sessions": _counted(listed, query.rounding),
        "is_rounded_each": query.rounding and query.rounding.unit == "session",
        "residue": _signed(report.total.rounding_difference_seconds),
        "is_rounded_after": query.rounding and query.rounding.unit != "session",
        "rounding_notes": _rounding_notes(report),
        "worths": worths_of(report.lines[:MAX_ROWS], form),
        "more_worths": max(0, len(report.lines) - MAX_ROWS),
        "unpriced_seconds": _unpriced_seconds(report),
        "here": request.get_full_path(),
        "is_first_page": "after" not in request.GET,
        "address": form.address(**drilled_down),
        "next_address": listed.next and form.address(**drilled_down, after=_write_position(listed.next)),
        "back_address": form.address(),
    }
    return render_page(request, "reports/report_sessions.html", page, head, context)


def read_form(request: HttpRequest, page: PageContext) -> ReportForm:
    """What the address asks for."""
    return ReportForm(request.GET, user=page.user, today=page.today, catalogue=page.catalogue)


def read_before(form: ReportForm, page: PageContext) -> Figures | None:
    """The total of the same report of the period before, if there is one. Two queries."""
    period = _period_before(form)
    if period is None:
        return None
    return read_report(page.user, replace(form.query, period=period), now=page.now).total


def read_drill_down(request: HttpRequest, form: ReportForm) -> tuple[tuple[GroupValue, ...], ReportQuery]:
    """The key of the line in the address, and the query of its sessions; `only=billable` are those that are billable.

    Raises Http404 for what is no line's.
    """
    key = read_key(form.query.group_by, request.GET.getlist("at"))
    try:
        query = drill_down(form.query, key)
    except (ValueError, OverflowError):  # a day outside the period
        raise Http404 from None
    if is_billable_only(request):
        query = replace(query, where=replace(query.where, billable=True))
    return key, query


def is_billable_only(request: HttpRequest) -> bool:
    """Whether a billable number is explained."""
    return request.GET.get("only") == "billable"


def _presets(form: ReportForm, page: PageContext) -> list[Preset]:
    today, week, month = day_period(page.today), page.this_week, month_period(page.today)
    year = Period(dt.date(page.today.year, 1, 1), dt.date(page.today.year + 1, 1, 1))
    periods = [
        (_("Today"), today),
        (_("This week"), week),
        (_("Last week"), week_period(week.first - _DAY, week_start=page.user.week_start)),
        (_("This month"), month),
        (_("Last month"), period_before(month)),
        (_("This year"), year),
        (_("Last year"), period_before(year)),
        (_("All time"), ALL_TIME),
    ]
    return [Preset(label, _address_of(form, period), period == form.period) for label, period in periods]


def _address_of(form: ReportForm, period: Period) -> str:
    """The same report of another period."""
    if period == ALL_TIME:
        return form.address(**{"from": "", "to": ""})
    return form.address(**{"from": period.first, "to": period.end - _DAY})


def _period_before(form: ReportForm) -> Period | None:
    """The period to compare with, unless the report's is without bounds."""
    period = form.period
    if period.first == ALL_TIME.first or period.end == ALL_TIME.end:
        return None
    try:
        before = period_before(period)
    except ValueError:  # off the calendar
        return None
    return before if before.first >= ALL_TIME.first else None


def _compared(form: ReportForm, report: Report, before: Figures | None) -> Before | None:
    period = _period_before(form)
    if before is None or period is None:
        return None
    more = report.total.rounded_seconds - before.rounded_seconds
    return Before(format_period(period, form.user), _address_of(form, period), before.rounded_seconds, more)


def _blocking(form: ReportForm, user: User) -> list[Blocking]:
    """The filters that leave nothing: without any one of them there is something."""
    blocking = []
    for meant, name in form.FILTERS.items():
        less = replace(form.where, **{meant: getattr(SessionFilter(), meant)})
        if less != form.where and _has_sessions(user, less, form.period):
            field = form[name]
            chosen = dict(_flat(getattr(field.field, "choices", ())))
            given = field.value() if isinstance(field.value(), list) else [field.value()]
            value = ", ".join(str(chosen.get(each, each)) for each in given)
            blocking.append(Blocking(str(field.label), value, form.address(**{name: None})))
    return blocking


def _flat(choices: Any) -> list[tuple[str, Any]]:
    """Choices, those of groups among them."""
    return [
        each for value, label in choices for each in (label if isinstance(label, list | tuple) else [(value, label)])
    ]


def _has_sessions(user: User, where: SessionFilter, period: Period) -> bool:
    sessions = TimeSession.objects.for_user(user).matching(where)
    return sessions.within_one_day(period).exists() or sessions.open_or_crossing(period).exists()


def _rounding_notes(report: Report) -> list[str]:
    if not report.query.rounding:
        return []
    return [format_rounding(report.query.rounding), format_rounding_difference(report.total)]


def _unseen(report: Report, user: User) -> str:
    """How much of the total the lines do not show, as each is cut; "" when they add up as shown."""
    parts = [line.figures.rounded_seconds for line in report.lines]
    seconds = hidden_seconds(report.total.rounded_seconds, parts, user.duration_format)
    return format_exact_duration(seconds) if seconds else ""


def _timesheet_address(form: ReportForm) -> str:
    """The timesheet of the client or project that the report is filtered by; "" for none."""
    chosen = {form.where.client, form.where.project} - {None, "none"}
    if not chosen or "none" in {form.where.client, form.where.project}:
        return ""
    per = {"per": "day"} if form.query.rounding.unit == "line" else {}
    return form.address(group=None, then=None, tag=None, q=None, billable=None, **per)


def _counted(listed: Overview, rounding: Rounding) -> list[CountedSession]:
    each_rounding = rounding if rounding.unit == "session" else Rounding()
    counted = []
    for each in listed.sessions:
        split = listed.totals.split.get(each.session.id)
        rounded = (
            each_rounding.apply(each.seconds)
            if split is None
            else sum(seconds for _tracked, seconds in rounded_seconds_by_day(split, each_rounding).values())
        )
        is_partly = each.seconds != each.session.seconds_at(listed.now)
        counted.append(CountedSession(each.session, each.seconds, rounded, is_partly))
    return counted


def _unpriced_seconds(report: Report) -> int:
    """How much is billable, but has no rate."""
    return sum(
        part.rounded_seconds
        for line in report.lines
        for part in line.parts
        if part.billable and part.hourly_rate is None
    )


def _signed(seconds: int) -> str:
    """`+0:42:00`, with a real minus below zero."""
    sign = "\N{MINUS SIGN}" if seconds < 0 else "+"
    return f"{sign}{format_elapsed(abs(seconds))}"


def _write_position(position: Position) -> str:
    return f"{int(position.start.timestamp())}.{position.id}"


def _read_position(text: str) -> Position | None:
    """Where a page of sessions begins; None, the first page, for what is no position."""
    seconds, _dot, session_id = text.partition(".")
    try:
        return Position(dt.datetime.fromtimestamp(int(seconds), dt.UTC), UUID(session_id))
    except (ValueError, OverflowError, OSError):
        return None
