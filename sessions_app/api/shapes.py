"""Sessions, the timer and the catalogue as the API answers them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from sessions_app import models
from sessions_app.models.catalogue import BudgetPeriod, CatalogueEntry
from sessions_app.reports.shapes import ReportDownload
from sessions_app.selectors import totals
from sessions_app.selectors.session_rows import SessionRow
from timetracker.api.problems import Problem
from timetracker.money import calculate_amount
from timetracker.shapes import (
    Count,
    Currency,
    Instant,
    Money,
    NextPage,
    Seconds,
    ServerTime,
    Shape,
    TimeZone,
    Version,
    money_text,
    one_of,
)
from users_app.api.shapes import Weekday
from users_app.models import User

Amount = Annotated[
    str,
    Meta(description="Seconds x rate, half up, in the minor unit; null when not billable.", examples=["120.00"]),
]


@dataclass(frozen=True, slots=True)
class SessionContext:
    """What the shape of a session needs beside it: up to when the running one has lasted, and the names of tags.

    `tag_names` has the key by which names are in order, then the name. It goes by `UUID.int`, since a UUID itself is
    hashed and compared in Python, which takes a list of sessions a third longer.
    """

    now: datetime
    tag_names: Mapping[int, tuple[str, str]]

    @classmethod
    def read(cls, user: User, sessions: Collection[models.TimeSession | SessionRow], now: datetime) -> Self:
        """Reads the names with a query when there are tags, and with another the tags of each session without them."""
        ids = {tag_id for session in sessions for tag_id in session.tag_ids}
        if not ids:
            return cls(now, {})
        rows = models.Tag.objects.for_user(user).filter(id__in=ids).values_list("id", "folded_name", "name")
        return cls(now, {tag_id.int: (key, name) for tag_id, key, name in rows})


class Deletable(Shape, kw_only=True):
    deleted_at: Annotated[Instant, Meta(description="Only there when it was deleted.")] | UnsetType = UNSET


class Session(Deletable):
    """A session as it is sent out."""

    id: UUID
    session_name: Annotated[str, Meta(max_length=models.TimeSession.NAME_LENGTH, examples=["API design"])]
    start: Instant
    end: Annotated[Instant, Meta(examples=["2026-03-02T09:30:00Z"])] | None
    running: Annotated[bool, Meta(examples=[False])]
    duration_seconds: Seconds
    timezone: TimeZone
    note: Annotated[str, Meta(max_length=models.TimeSession.NOTE_LENGTH, examples=["With Ada"])]
    project_id: UUID | None
    tags: list[Annotated[str, Meta(examples=["deep"])]]
    billable: bool
    hourly_rate: Annotated[Money, Meta(description="As it was when this was saved, or its own.")] | None
    currency: Currency | None
    amount: Amount | None
    times_known: Annotated[bool, Meta(description="false: only the length is meant.", examples=[True])]
    source: Annotated[str, Meta(examples=["api"])]
    version: Version
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of_session(cls, session: models.TimeSession | SessionRow, context: SessionContext, **more: Any) -> Self:
        """Returns a session as JSON shows it. `more` are attributes of a shape that has more of them."""
        names, seconds, rate = context.tag_names, session.duration_seconds, session.hourly_rate
        seconds = session.seconds_at(context.now) if seconds is None else seconds
        return cls(
            id=session.id,
            session_name=session.name,
            start=session.start,
            end=session.end,
            running=session.end is None,
            duration_seconds=seconds,
            timezone=session.timezone,
            note=session.note,
            project_id=session.project_id,
            tags=[name for _key, name in sorted([names[tag_id.int] for tag_id in session.tag_ids])],
            billable=session.billable,
            hourly_rate=None if rate is None else money_text(rate),
            currency=session.currency or None,
            amount=_amount(session, seconds),
            times_known=session.times_known,
            source=session.source,
            version=session.version,
            created_at=session.created_at,
            updated_at=session.updated_at,
            deleted_at=session.deleted_at or UNSET,
            **more,
        )


def _amount(session: models.TimeSession | SessionRow, seconds: int) -> str | None:
    if session.hourly_rate is None or not session.billable:
        return None
    return f"{calculate_amount([(seconds, session.hourly_rate)], session.currency):f}"


class ListedSession(Session):
    """A session in a list over a period."""

    seconds_in_period: Seconds


class Total(Shape, kw_only=True):
    """Totals of a day or a period; those of a running session are as of `serverTime`."""

    total_seconds: Seconds
    running_seconds: int
    billable_seconds: Seconds
    overlap_seconds: int
    session_count: Count

    @classmethod
    def of(cls, total: totals.Total, /, **more: Any) -> Self:
        return super().of(total, total_seconds=total.seconds, **more)


class Day(Total):
    """One day of the overview."""

    date: date


class Period(Total):
    """A period with its totals, days and sessions. `toDate` is not included."""

    user_id: UUID
    duration: Annotated[str, one_of("day", "week", "month")] | None
    timezone: TimeZone
    week_start: Weekday
    from_date: date
    to_date: Annotated[date, Meta(examples=["2026-03-03"])]
    from_: Annotated[Instant, Meta(examples=["2026-03-01T23:00:00Z"])]
    to: Annotated[Instant, Meta(examples=["2026-03-02T23:00:00Z"])]
    server_time: ServerTime


class Overview(Period, kw_only=True):
    """The sessions and totals of a period. `toDate` is not included."""

    days: Annotated[list[Day] | UnsetType, Meta(description="Not with `days=false`, nor after the first page.")] = UNSET
    sessions: list[ListedSession]
    next: NextPage | None


class FoundSessions(Shape):
    """A page of sessions without a period: of a search, or of the Trash."""

    user_id: UUID
    server_time: ServerTime
    sessions: list[Session]
    next: NextPage | None


class Timer(Shape):
    """The running session or null."""

    running: Session | None
    server_time: ServerTime


class Stopped(Shape):
    """The session that was stopped, with `discard` the one that went to the Trash; null when none was running."""

    stopped: Session | None
    server_time: ServerTime


class Switched(Stopped):
    """The session that was started, and the one that it ended."""

    started: Session


class Toggled(Stopped):
    """The session that was started, or the one that was stopped; the other is null."""

    started: Session | None


class Outcome(Shape):
    """What became of one operation: a `body` (null after a deletion) or a `problem`."""

    status: Annotated[int, Meta(examples=[201])]
    body: Session | UnsetType | None = UNSET
    problem: Problem | UnsetType = UNSET


class BatchAnswer(Shape):
    """What became of each operation, in their order."""

    results: list[Outcome]


class Report(ReportDownload):
    """Tracked time and its worth over a period. `toDate` is not included."""

    user_id: UUID
    timezone: TimeZone
    week_start: Weekday


class _Stored(Deletable, kw_only=True):
    archived: bool
    version: Version
    created_at: Instant
    updated_at: Instant


class Entry(_Stored):
    """What clients, projects and tags have in common."""

    id: UUID
    name: Annotated[str, Meta(max_length=CatalogueEntry.NAME_LENGTH, examples=["Relaunch"])]

    @classmethod
    def of(cls, entry: Any, /, **more: Any) -> Self:
        return super().of(entry, deleted_at=entry.deleted_at or UNSET, **more)


class Tag(Entry):
    """A word about sessions."""


class Client(Entry):
    """A client, for whom projects are done."""

    hourly_rate: Money | None
    currency: Currency | None

    @classmethod
    def of(cls, entry: models.Client, /, **more: Any) -> Self:
        return super().of(entry, **_price(entry), **more)


class Project(Entry):
    """What sessions are for. `billable` says what new sessions of it are."""

    client_id: UUID | None
    colour: Annotated[int, Meta(examples=[3])]
    billable: bool
    hourly_rate: Money | None
    currency: Currency | None
    budget_seconds: Annotated[int, Meta(description="A budget in time.", examples=[144000])] | None
    budget_amount: (
        Annotated[Money, Meta(description="A budget in money, in `currency` or, without one, that of its rate.")] | None
    )
    budget_period: Annotated[str, one_of(*BudgetPeriod.values), Meta(description="What the budget is for.")]

    @classmethod
    def of(cls, entry: models.Project, /, **more: Any) -> Self:
        amount = entry.budget_amount
        return super().of(
            entry,
            billable=entry.billable_by_default,
            budget_amount=None if amount is None else money_text(amount),
            **_price(entry),
            **more,
        )


def _price(entry: models.Client | models.Project) -> dict[str, str | None]:
    rate = entry.hourly_rate
    return {"hourly_rate": None if rate is None else money_text(rate), "currency": entry.currency or None}


class Clients(Shape):
    """A page of clients."""

    clients: list[Client]
    next: NextPage | None


class Projects(Shape):
    """A page of projects."""

    projects: list[Project]
    next: NextPage | None


class Tags(Shape):
    """A page of tags."""

    tags: list[Tag]
    next: NextPage | None
