"""Sessions as plain rows, for long lists: faster than instances of the model."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from msgspec import Struct

from sessions_app.models import TimeSession
from sessions_app.timekeeping.periods import seconds_between


class SessionRow(Struct, gc=False):
    """A session in a list, with attributes that have the names and values of the model's.

    Making one takes a third of the time of an instance. `prefetch_tags` sets `tag_ids`.
    """

    id: UUID
    user_id: UUID
    version: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    name: str
    note: str
    start: datetime
    end: datetime | None
    times_known: bool
    timezone: str
    project_id: UUID | None
    billable: bool
    hourly_rate: Decimal | None
    currency: str
    source: str
    first_date: date
    last_date: date | None
    duration_seconds: int | None
    tag_ids: Iterable[UUID] = ()

    @classmethod
    def of(cls, session: TimeSession) -> Self:
        """Returns the row of an instance."""
        return cls(*(getattr(session, name) for name in COLUMNS))

    @classmethod
    def all_of(cls, rows: Iterable[tuple[Any, ...]]) -> list[Self]:
        """Returns the rows of tuples that have COLUMNS."""
        return [cls(*row) for row in rows]

    def seconds_at(self, now: datetime) -> int:
        """Returns the length in seconds, that of a running session up to `now`."""
        return seconds_between(self.start, self.end or max(now, self.start))


COLUMNS = SessionRow.__struct_fields__[:-1]
"""The columns for `values_list`."""
