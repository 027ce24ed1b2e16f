"""Reports and sessions as rows of tables, with the numbers of the pages."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from heapq import merge
from typing import Any, cast
from uuid import UUID

from django.utils.translation import gettext as _

from sessions_app.models import BATCH_SIZE, TimeSession, iterate_with_tags
from sessions_app.models.querysets import TimeSessionQuerySet
from sessions_app.reports import (
    Dimension,
    Figures,
    GroupValue,
    Part,
    Report,
    ReportQuery,
    drill_down,
    read_drill_down,
)
from sessions_app.selectors.catalogue import Catalogue
from sessions_app.selectors.totals import SplitSession, split_over_days
from sessions_app.timekeeping.periods import Period
from timetracker.db.snapshot import snapshot
from timetracker.money import CURRENCIES
from timetracker.tables import Column, Row
from users_app.models import User


def group_value_name(dimension: Dimension, value: GroupValue, catalogue: Catalogue) -> str:
    """Returns the name of a group value; "" for lines without a client, project, tag or name. Dates are ISO 8601."""
    match dimension:
        case "day" | "week":
            return cast("date", value).isoformat()
        case "month":
            return f"{cast('date', value):%Y-%m}"
        case "tag":
            return " ".join(tag.name for tag in catalogue.tags_with(cast("tuple[UUID, ...]", value)))
        case "name":
            return cast("str", value)
        case _:
            return "" if value is None else catalogue.name(cast("UUID", value))


def report_columns(report: Report) -> list[Column]:
    """Returns the columns of a report's table: dimensions, figures, and one amount for each currency."""
    titles = {
        "day": _("Day"),
        "week": _("Week from"),
        "month": _("Month"),
        "client": _("Client"),
        "project": _("Project"),
        "tag": _("Tags"),
        "name": _("Name"),
    }
    return [
        *(Column(each, titles[each], "date" if each in {"day", "week"} else "text") for each in report.query.group_by),
        Column("seconds", _("Seconds"), "integer"),
        Column("hours", _("Hours"), "hours"),
        Column("rounded_seconds", _("Rounded seconds"), "integer"),
        Column("rounded_hours", _("Rounded hours"), "hours"),
        Column("billable_seconds", _("Billable seconds"), "integer"),
        Column("sessions", _("Sessions"), "integer"),
        *(
            Column(f"amount_{each.lower()}", _("Amount, %(currency)s") % {"currency": each}, "money", CURRENCIES[each])
            for each in report.currencies
        ),
    ]


def report_rows(report: Report, catalogue: Catalogue) -> Iterator[Row]:
    """Yields the lines of a report as rows, in order."""
    for line in report.lines:
        values = (
            value if dimension in {"day", "week"} else group_value_name(dimension, value, catalogue)
            for dimension, value in zip(report.query.group_by, line.key, strict=True)
        )
        yield cast("Row", [*values, *_figures_row(line.figures, report)])


def report_totals(report: Report) -> Row:
    """Returns the total, the last row of a report's workbook."""
    blank = [""] * len(report.query.group_by)
    return [*([_("Total"), *blank][: len(blank)]), *_figures_row(report.total, report)]


def _figures_row(figures: Figures, report: Report) -> list[Any]:
    return [
        figures.seconds,
        figures.seconds,
        figures.rounded_seconds,
        figures.rounded_seconds,
        figures.billable_seconds,
        figures.session_count,
        *(figures.amounts.get(currency) for currency in report.currencies),
    ]


def session_columns() -> list[Column]:
    """Returns the columns of a table of sessions."""
    return [
        Column("id", _("Id")),
        Column("date", _("Day"), "date"),
        Column("name", _("Name")),
        Column("client", _("Client")),
        Column("project", _("Project")),
        Column("tags", _("Tags")),
        Column("start_local", _("Start"), "local_time"),
        Column("end_local", _("End"), "local_time"),
        Column("timezone", _("Time zone")),
        Column("start", _("Start (UTC)"), "instant"),
        Column("end", _("End (UTC)"), "instant"),
        Column("seconds", _("Seconds in the period"), "integer"),
        Column("hours", _("Hours in the period"), "hours"),
        Column("rounded_seconds", _("Rounded seconds"), "integer"),
        Column("rounded_hours", _("Rounded hours"), "hours"),
        Column("billable", _("Billable"), "boolean"),
        Column("hourly_rate", _("Hourly rate"), "rate"),
        Column("currency", _("Currency")),
        Column("amount", _("Amount"), "money"),
        Column("note", _("Note")),
        Column("source", _("Source")),
    ]


@dataclass(slots=True)
class SessionRows:
    """The sessions of a drill-down as rows, by start, then id, read in batches from one state of the database.

    Each row has its part of the number, so that the rows add up to it; only these parts are in memory for all sessions.
    `figures` are those of the number, set when the first row is read.
    """

    user: User
    query: ReportQuery
    key: tuple[GroupValue, ...]
    now: datetime
    catalogue: Catalogue
    billable_only: bool = False
    figures: Figures = field(default_factory=Figures)

    def __iter__(self) -> Iterator[Row]:
        narrowed = drill_down(self.query, self.key)
        where = replace(narrowed.where, billable=True) if self.billable_only else narrowed.where
        with snapshot():
            found = read_drill_down(self.user, self.query, self.key, now=self.now, billable_only=self.billable_only)
            self.figures = found.figures
            sessions = TimeSession.objects.for_user(self.user).matching(where)
            split = split_over_days(sessions, (narrowed.period,), now=self.now)
            for session in _in_list_order(sessions.within_one_day(narrowed.period), split, narrowed.period):
                yield self._row(session, found.part(session.id))

    def totals(self) -> Row:
        """Returns the total, after all rows were read. It has an amount only if there is a single currency."""
        figures = self.figures
        (currency, amount), *more = [*figures.amounts.items(), ("", None)]
        one = (currency, amount) if len(more) < 2 else ("", None)  # noqa: PLR2004  # the last is the empty one
        given = {"date": _("Total"), "seconds": figures.seconds, "hours": figures.seconds}
        given |= {"rounded_seconds": figures.rounded_seconds, "rounded_hours": figures.rounded_seconds}
        given |= {"currency": one[0], "amount": one[1]}
        return [given.get(column.key) for column in session_columns()]  # type: ignore[misc]

    def _row(self, session: TimeSession, part: Part) -> Row:
        seconds = part.seconds
        start_local, end_local = session.clock_times() or (None, None)
        project = self.catalogue.project_of(session)
        return [
            str(session.id),
            session.first_date,
            session.name,
            "" if project is None or project.client is None else project.client.name,
            "" if project is None else project.name,
            " ".join(tag.name for tag in self.catalogue.tags_of(session)),
            start_local and start_local.replace(tzinfo=None),
            end_local and end_local.replace(tzinfo=None),
            session.timezone,
            session.start,
            session.end,
            seconds,
            seconds,
            part.rounded_seconds,
            part.rounded_seconds,
            session.billable,
            session.hourly_rate,
            session.currency,
            part.amount(session.currency),
            session.note,
            session.source,
        ]


def _in_list_order(
    whole: TimeSessionQuerySet, split: dict[UUID, SplitSession], period: Period
) -> Iterator[TimeSession]:
    """Yields sessions within one day, read in batches, and split ones together, by start, then id."""
    # The bounds in UTC exclude nothing, but allow the use of the index by start.
    start_from, start_to = period.bounds_in_any_zone()
    ordered = whole.filter(start__gte=start_from, start__lt=start_to).order_by("start", "id")
    crossing = (each.session for each in split.values() if each.covers(period))
    return iterate_with_tags(
        merge(ordered.iterator(chunk_size=BATCH_SIZE), crossing, key=lambda session: (session.start, session.id))
    )
