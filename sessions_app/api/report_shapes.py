"""Saved reports and share links as the API answers them."""

from typing import Annotated, Any, Self
from uuid import UUID

from msgspec import UNSET, Meta

from sessions_app import models
from sessions_app.api.shapes import Deletable
from timetracker.shapes import Count, Instant, NextPage, Shape, Version, one_of


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


class Share(Shape):
    """A share link without the link itself. `query` is what stands after the `?` of the address of its page."""

    id: UUID
    name: Annotated[str, Meta(max_length=models.Share.NAME_LENGTH, examples=["For Acme"])]
    page: Annotated[str, one_of(*models.Share.Page.values)]
    query: Annotated[str, Meta(examples=["period=month&group=project"])]
    hours: bool
    amounts: bool
    notes: bool
    running: Annotated[bool, Meta(description="Whether it shows the running session.", examples=[False])]
    frozen: Annotated[bool, Meta(description="It shows what was there when it was made.", examples=[False])]
    expires_at: Annotated[Instant, Meta(description="null: until it is revoked.")] | None
    has_password: Annotated[bool, Meta(examples=[False])]
    access_count: Annotated[Count, Meta(description="How often it was opened.")]
    last_used_at: Instant | None
    version: Version
    created_at: Instant

    @classmethod
    def of(cls, share: models.Share, /, **more: Any) -> Self:
        shown = {name: getattr(share, f"shows_{name}") for name in ("hours", "amounts", "notes", "running")}
        return super().of(share, **shown, frozen=share.is_frozen, has_password=bool(share.password), **more)


class MadeShare(Share):
    """A share link with the link, which is shown this once."""

    url: Annotated[str, Meta(examples=["https://time.example/shared/tts_…/"])]


class Shares(Shape):
    """All share links; there is never a next page."""

    shares: list[Share]
    next: NextPage | None
