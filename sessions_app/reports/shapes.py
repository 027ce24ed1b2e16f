"""Reports as JSON, from the API and as a download of the pages."""

from datetime import date
from typing import Annotated, Any, Self, cast
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType, field

from sessions_app.reports import report as numbers
from sessions_app.reports.dimensions import DIMENSIONS
from sessions_app.reports.downloads import group_value_name
from sessions_app.selectors.catalogue import Catalogue
from sessions_app.timekeeping.rounding import ROUNDING_DIRECTIONS, ROUNDING_MINUTES, ROUNDING_UNITS
from timetracker.shapes import Count, Currency, Seconds, ServerTime, Shape, one_of, whole_second


class Amount(Shape):
    """Money in one currency."""

    currency: Currency
    amount: Annotated[str, Meta(examples=["120.00"])]


class Figures(Shape, kw_only=True):
    """The figures of a line or of a whole report."""

    total_seconds: Seconds
    rounded_seconds: Seconds
    rounding_difference_seconds: int = field(name="residueSeconds")
    billable_seconds: Seconds
    running_seconds: int
    session_count: Count
    amounts: list[Amount]

    @classmethod
    def of(cls, figures: numbers.Figures, /, **more: Any) -> Self:
        return super().of(
            figures,
            total_seconds=figures.seconds,
            amounts=[Amount(currency, f"{amount:f}") for currency, amount in figures.amounts.items()],
            **more,
        )


class EntryReference(Shape):
    """A client or project."""

    id: UUID
    name: Annotated[str, Meta(examples=["Relaunch"])]


class Line(Figures):
    """A line of a report: where it stands, its figures, and its part of the whole's rounded time."""

    share: Annotated[float, Meta(extra_json_schema={"format": "double"}, examples=[1.0])]
    client: EntryReference | UnsetType | None = UNSET
    project: EntryReference | UnsetType | None = UNSET
    tags: list[Annotated[str, Meta(examples=["deep"])]] | UnsetType = UNSET
    session_name: Annotated[str, Meta(examples=["API design"])] | UnsetType = UNSET
    day: date | UnsetType = UNSET
    week: date | UnsetType = UNSET
    month: Annotated[str, Meta(examples=["2026-03"])] | UnsetType = UNSET


class Rounding(Shape):
    """How the report rounds."""

    minutes: Annotated[int, one_of(*ROUNDING_MINUTES)]
    direction: Annotated[str, one_of(*ROUNDING_DIRECTIONS)]
    per: Annotated[str, one_of(*ROUNDING_UNITS)]


class ReportHead(Figures):
    """What a report is about, and its total. `toDate` is not included."""

    from_date: date
    to_date: Annotated[date, Meta(examples=["2026-03-03"])]
    server_time: ServerTime
    group_by: list[Annotated[str, one_of(*DIMENSIONS)]]
    rounding: Rounding


class ReportDownload(ReportHead, kw_only=True):
    """Tracked time and its worth over a period."""

    lines: list[Line]
    previous: Figures | None

    @classmethod
    def of_report(
        cls, report: numbers.Report, catalogue: Catalogue, *, previous: numbers.Figures | None = None, **more: Any
    ) -> Self:
        """Returns a report as JSON shows it; seconds are whole. `previous` are the figures to compare with."""
        query = report.query
        return cls.of(
            report.total,
            from_date=query.period.first,
            to_date=query.period.end,
            server_time=whole_second(report.now),
            group_by=list(query.group_by),
            rounding=Rounding(query.rounding.minutes, query.rounding.direction, query.rounding.unit),
            lines=[
                Line.of(
                    line.figures,
                    share=round(line.figures.share_of(report.total), 6),
                    **_group_values(report, line, catalogue),
                )
                for line in report.lines
            ],
            previous=None if previous is None else Figures.of(previous),
            **more,
        )


def _group_values(report: numbers.Report, line: numbers.Line, catalogue: Catalogue) -> dict[str, Any]:
    """Returns the group values of a line, by the attributes of `Line`; UNSET in dimensions that its report lacks."""
    values: dict[str, Any] = dict.fromkeys(("client", "project", "tags", "session_name", "day", "week", "month"), UNSET)
    for dimension, value in zip(report.query.group_by, line.key, strict=True):
        match dimension:
            case "client" | "project":
                name = group_value_name(dimension, value, catalogue)
                values[dimension] = None if value is None else EntryReference(cast("UUID", value), name)
            case "tag":
                values["tags"] = group_value_name(dimension, value, catalogue).split()
            case "name":
                values["session_name"] = value
            case "month":
                values["month"] = group_value_name(dimension, value, catalogue)
            case _:
                values[dimension] = value
    return values
