"""Five weeks of believable work, the same for the same seed, day and zone: what was done when, and nothing written."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

WEEKS = 5
RUNNING_FOR = timedelta(minutes=47)
SHORTEST = timedelta(minutes=15)

CLIENTS: dict[str, tuple[Decimal | None, str]] = {
    "Acme Studios": (Decimal(95), "EUR"),
    "Northwind Travel": (Decimal(110), "USD"),
    "Greta Lindqvist": (None, ""),
}
"""The rate and its currency; without one projects have the rate of the user."""


class SampleProject(NamedTuple):
    """A project of one of the clients, or of none."""

    client: str
    is_billable: bool
    hourly_rate: Decimal | None = None


PROJECTS = {
    "Website relaunch": SampleProject("Acme Studios", is_billable=True),
    "Design system": SampleProject("Acme Studios", is_billable=True, hourly_rate=Decimal(105)),
    "Booking app": SampleProject("Northwind Travel", is_billable=True),
    "Portfolio": SampleProject("Greta Lindqvist", is_billable=True),
    "Office": SampleProject("", is_billable=False),
}
ARCHIVED_PROJECT = "Office"


class Activity(NamedTuple):
    """Something that is done again and again. `hours` is how long it takes in general."""

    name: str
    project: str
    tags: tuple[str, ...]
    hours: float


ACTIVITIES = (
    Activity("Landing page", "Website relaunch", ("design",), 2),
    Activity("Checkout form", "Website relaunch", ("code",), 2.5),
    Activity("Weekly call", "Website relaunch", ("call",), 0.5),
    Activity("Colour tokens", "Design system", ("design",), 1.5),
    Activity("Button component", "Design system", ("design", "code"), 2),
    Activity("Seat map", "Booking app", ("code",), 3),
    Activity("Payment errors", "Booking app", ("code", "urgent"), 1),
    Activity("Sprint review", "Booking app", ("call",), 1),
    Activity("Photo gallery", "Portfolio", ("code",), 1.5),
    Activity("Invoices", "Office", ("admin",), 0.75),
    Activity("E-mail", "", (), 0.5),
    Activity("", "", (), 0.75),
)
RELEASE = Activity("Release", "Booking app", ("code", "urgent"), 2.5)
PHONE_CALL = Activity("Phone call", "Website relaunch", ("call",), 0.5)


@dataclass(frozen=True, slots=True)
class SampleSession:
    """A finished session, in UTC and whole seconds."""

    activity: Activity
    start: datetime
    end: datetime


def sample_sessions(now: datetime, zone: ZoneInfo, *, seed: int) -> list[SampleSession]:
    """Returns what was done in the weeks before `now`, by start. All of it ended before the running session began.

    A release goes over a midnight, and a call lies inside another session. A day does not depend on those around it.
    """
    today = now.astimezone(zone).date()
    planned = [
        session
        for days_ago in range(WEEKS * 7, -1, -1)
        for session in _sessions_of_day(today - timedelta(days=days_ago), zone, seed=seed)
    ]
    planned += _unusual_sessions(planned, today, zone)
    return sorted((each for each in planned if each.end <= now - RUNNING_FOR), key=lambda each: each.start)


def _sessions_of_day(day: date, zone: ZoneInfo, *, seed: int) -> Iterator[SampleSession]:
    random = Random(f"{seed} {day}")  # noqa: S311  # made up, not secret
    is_weekend = day.weekday() >= 5  # noqa: PLR2004
    if is_weekend and random.random() < 0.7:  # noqa: PLR2004
        return
    at = _instant(day, time(8, 30), zone) + timedelta(seconds=random.randrange(60 * 60))
    finish = at + timedelta(hours=2 if is_weekend else 8.5)
    while at < finish:
        activity = random.choice(ACTIVITIES)
        length = max(SHORTEST, timedelta(seconds=round(activity.hours * 3600 * random.uniform(0.6, 1.4))))
        yield SampleSession(activity, at, at + length)
        at += length + timedelta(seconds=random.choice((0, 0, 5 * 60, 45 * 60)) + random.randrange(60))


def _unusual_sessions(planned: list[SampleSession], today: date, zone: ZoneInfo) -> Iterator[SampleSession]:
    evening = _instant(today - timedelta(days=9), time(22, 40), zone)
    yield SampleSession(RELEASE, evening, evening + timedelta(hours=RELEASE.hours))
    longest = max(planned, key=lambda each: each.end - each.start)
    middle = longest.start + timedelta(minutes=30)
    yield SampleSession(PHONE_CALL, middle, middle + timedelta(hours=PHONE_CALL.hours))


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
