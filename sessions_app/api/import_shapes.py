"""What an import did, or would do, as the API answers it."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from timetracker.shapes import Count, Instant, Seconds, Shape


class RejectedRow(Shape):
    """A row that cannot be imported: its first line, its text, and the reason."""

    file: Annotated[str, Meta(examples=["export.csv"])]
    line: Count
    record: str
    code: Annotated[str, Meta(examples=["bad_date"])]
    detail: str


class ImportResult(Shape):
    """What an import did, or with `dryRun` would do. `created` and `totalSeconds` are of new, finished sessions.

    `unchanged` counts those that were here already; of them `editedHere` were changed and `deletedHere` deleted since,
    and stay so. `ignored` rows are breaks, totals, cancelled events and those of other users; `running` ones come once
    they are stopped.
    """

    source: Annotated[str, Meta(examples=["toggl"])]
    dry_run: bool
    created: Count
    unchanged: Count
    edited_here: Count
    deleted_here: Count
    rejected_count: Count
    rejected: Annotated[list[RejectedRow], Meta(description="The first 1,000.")]
    ignored: Count
    running: Count
    shortened: Annotated[Count, Meta(description="New sessions whose notes were cut at 10,000 characters.")]
    total_seconds: Seconds
    first_start: Instant | None
    last_end: Instant | None
    new_clients: Annotated[list[str], Meta(examples=[["Acme"]])]
    new_projects: Annotated[list[str], Meta(examples=[["Website"]])]
    new_tags: list[str]
    changeset_id: UUID | None
