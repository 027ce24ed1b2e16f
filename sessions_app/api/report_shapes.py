"""Saved reports as the API answers them."""

from typing import Annotated, Any, Self
from uuid import UUID

from msgspec import UNSET, Meta

from sessions_app import models
from sessions_app.api.shapes import Deletable
from timetracker.shapes import Instant, NextPage, Shape, Version


class SavedReport(Deletable, kw_only=True):
    """A name for what the page of reports is asked for. `query` is what stands after the `?` of its address."""

    id: UUID
    name: Annotated[str, Meta(max_length=models.SavedReport.NAME_LENGTH, examples=["Clients, last month"])]
    query: Annotated[str, Meta(examples=["period=last_month&group=client"])]
    default: Annotated[bool, Meta(description="Reports opens with it.", examples=[False])]
    version: Version
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, report: models.SavedReport, /, **more: Any) -> Self:
        return super().of(report, default=report.is_default, deleted_at=report.deleted_at or UNSET, **more)


class SavedReports(Shape):
    """All saved reports; there is never a next page."""

    reports: list[SavedReport]
    next: NextPage | None
