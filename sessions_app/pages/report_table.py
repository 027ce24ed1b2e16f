"""The table of a report, and the address of each number's drill-down."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404

from sessions_app.formatting import format_amounts, list_amounts
from sessions_app.models import Project
from sessions_app.pages.charts import Ink
from sessions_app.reports import Dimension, Figures, GroupValue, LinePart, Report, percents_of
from sessions_app.reports.addresses import DIMENSIONS, ReportForm
from sessions_app.reports.labels import format_group_value

MAX_ROWS = 500
"""The most rows of a table on a page. Downloads have all rows."""

_NONE = "none"


@dataclass(frozen=True, slots=True)
class TableRow:
    """A line, a group of lines or the total. `sessions` and `billable_sessions` are the addresses of drill-downs.

    `mark` is the class of a project's colour, `p1` to `p8`, `p0` for none, or "" where the line is not one of projects.
    """

    name: str
    mark: str
    figures: Figures
    amounts: tuple[str, ...]
    percent: int
    sessions: str
    billable_sessions: str
    level: str


@dataclass(frozen=True, slots=True)
class AmountPart:
    """The part of an amount that comes from one project, or none, at one rate."""

    project: str
    part: LinePart
    amount: str


def rows_of(report: Report, form: ReportForm, *, limit: int = MAX_ROWS) -> list[TableRow]:
    """Returns the first `limit` rows: groups, with two dimensions each followed by its lines."""
    rows: list[TableRow] = []
    group_by = report.query.group_by
    percents = percents_of(report)
    for group in report.groups if group_by else ():
        level = "group" if group_by[1:] else "line"
        rows.append(_row(form, (group.key,), group.figures, percents[group.key,], level))
        if group_by[1:]:
            rows += [_row(form, each.key, each.figures, percents[each.key], "inner") for each in group.lines]
        if len(rows) > limit:
            break
    return rows[:limit]


def total_row(report: Report, form: ReportForm) -> TableRow:
    """Returns the row of the total."""
    return _row(form, (), report.total, percents_of(report)[()], "total")


def count_rows(report: Report) -> int:
    """Returns the number of rows without a limit."""
    lines = sum(len(group.lines) for group in report.groups)
    return lines + len(report.groups) if report.query.group_by[1:] else lines


def format_key(group_by: tuple[Dimension, ...], key: tuple[GroupValue, ...]) -> list[str]:
    """Returns a line's key as texts for a URL: dates in ISO 8601, ids, ids of tags with commas, names."""
    return [_format_value(dimension, value) for dimension, value in zip(group_by, key, strict=False)]


def read_key(group_by: tuple[Dimension, ...], texts: list[str]) -> tuple[GroupValue, ...]:
    """Returns the key that `format_key` formatted. Raises Http404 for an invalid one."""
    try:
        return tuple(_read_value(dimension, text) for dimension, text in zip(group_by, texts, strict=False))
    except ValueError:
        raise Http404 from None


def titles_of(form: ReportForm) -> list[str]:
    """Returns the labels of the report's dimensions."""
    titles = dict(DIMENSIONS)
    return [str(titles[each]) for each in form.query.group_by]


def name_of_key(key: tuple[GroupValue, ...], form: ReportForm) -> str:
    """Returns `Acme, November 2026`; "" for the total."""
    values = zip(form.query.group_by, key, strict=False)
    return ", ".join(format_group_value(dimension, value, form.catalogue, form.user) for dimension, value in values)


def parts_of(parts: tuple[LinePart, ...], form: ReportForm) -> list[AmountPart]:
    """Returns the parts of an amount by project and rate."""
    return [
        AmountPart(
            format_group_value("project", part.project_id, form.catalogue, form.user),
            part,
            format_amounts({part.currency: part.amount}),
        )
        for part in parts
        if part.amount is not None
    ]


def _row(form: ReportForm, key: tuple[GroupValue, ...], figures: Figures, percent: int, level: str) -> TableRow:
    group_by = form.query.group_by
    at = format_key(group_by, key)
    values = [*zip(group_by, key, strict=False)][1 if key[1:] else 0 :]  # the first is in the group row above
    return TableRow(
        ", ".join(format_group_value(each, its, form.catalogue, form.user) for each, its in values),
        _mark_of(values, form.catalogue.projects),
        figures,
        list_amounts(figures.amounts),
        percent,
        form.address(at=at),
        form.address(at=at, only="billable"),
        level,
    )


def _mark_of(values: Sequence[tuple[Dimension, GroupValue]], projects: Mapping[UUID, Project]) -> str:
    if [dimension for dimension, _value in values] != ["project"]:
        return ""
    project_id = values[0][1]
    project = projects.get(project_id) if isinstance(project_id, UUID) else None
    return Ink(project).css_class


def _format_value(dimension: Dimension, value: GroupValue) -> str:
    if isinstance(value, tuple):
        return ",".join(str(each) for each in value)
    return str(value) if value is not None else _NONE


def _read_value(dimension: Dimension, text: str) -> GroupValue:
    match dimension:
        case "day" | "week" | "month":
            return dt.date.fromisoformat(text)
        case "client" | "project":
            return None if text == _NONE else UUID(text)
        case "tag":
            return tuple(sorted(UUID(each) for each in text.split(","))) if text else ()
        case "name":
            if "\x00" in text:
                raise ValueError(text)
            return text
