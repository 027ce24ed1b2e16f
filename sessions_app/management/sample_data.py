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
SHORTEST = timedelta(minutes=20)

CLIENTS: dict[str, tuple[Decimal | None, str]] = {
    "Hartmann": (Decimal(75), "EUR"),
    "Studio Linde": (Decimal(85), "EUR"),
    "Cedar Press": (Decimal(90), "USD"),
}
"""The rate and its currency; without one projects have the rate of the user."""


class SampleProject(NamedTuple):
    """A project of one of the clients, or of none. `hours_a_month` are its budget."""

    client: str
    colour: int
    is_billable: bool = True
    hourly_rate: Decimal | None = None
    hours_a_month: int | None = None


PROJECTS = {
    "Brand guide": SampleProject("Studio Linde", colour=1, hours_a_month=60),
    "Website relaunch": SampleProject("Hartmann", colour=3),
    "Support retainer": SampleProject("Hartmann", colour=2, hourly_rate=Decimal(65), hours_a_month=20),
    "Book covers": SampleProject("Cedar Press", colour=8),
    "Own business": SampleProject("", colour=5, is_billable=False),
    "Conference talk": SampleProject("", colour=6, is_billable=False),
}
ARCHIVED_PROJECT = "Conference talk"


class Activity(NamedTuple):
    """Something that is done again and again. `hours` is how long it takes in general, `weight` how often it comes."""

    name: str
    project: str
    tags: tuple[str, ...]
    hours: float
    weight: int = 2


ACTIVITIES = (
    Activity("Logo sketches", "Brand guide", ("design",), 1.5, weight=5),
    Activity("Type and colour", "Brand guide", ("design",), 1.75, weight=3),
    Activity("Review with Mira", "Brand guide", ("call",), 0.75),
    Activity("Navigation", "Website relaunch", ("code",), 1.75, weight=5),
    Activity("Contact form", "Website relaunch", ("code",), 1.5, weight=3),
    Activity("Weekly call", "Website relaunch", ("call",), 0.5),
    Activity("Tickets", "Support retainer", ("urgent",), 0.75, weight=3),
    Activity("Backups", "Support retainer", (), 0.5, weight=1),
    Activity("Cover drafts", "Book covers", ("design",), 1.25),
    Activity("Mail", "Own business", (), 0.4, weight=3),
    Activity("Invoices", "Own business", ("admin",), 0.75, weight=1),
    Activity("", "", (), 0.4, weight=1),
)
RELEASE = Activity("Release", "Website relaunch", ("code", "urgent"), 2.5)
PHONE_CALL = Activity("Phone call", "Support retainer", ("call",), 0.5)
TALK = Activity("Slides", "Conference talk", (), 1.5)
RUNNING = ACTIVITIES[0]


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
    """Yields sessions one after the other, with pauses: seldom any at a weekend, else until the late afternoon.

    They last whole minutes.
    """
    random = Random(f"{seed} {day}")  # noqa: S311  # made up, not secret
    is_weekend = day.weekday() >= 5  # noqa: PLR2004
    if is_weekend and random.random() < 0.8:  # noqa: PLR2004
        return
    at = _instant(day, time(8, 10), zone) + timedelta(minutes=random.randrange(40))
    lunch = at + timedelta(hours=random.uniform(3, 4))
    finish = at + timedelta(hours=2 if is_weekend else 7.5)
    last = None
    while at < finish:
        offered = [each for each in ACTIVITIES if each is not last]
        (last,) = random.choices(offered, weights=[each.weight for each in offered])
        length = max(SHORTEST, timedelta(minutes=round(last.hours * 60 * random.uniform(0.7, 1.3))))
        yield SampleSession(last, at, at + length)
        pause = random.choice((0, 0, 0, 24))
        if at < lunch <= at + length:
            pause = 48
        at += length + timedelta(minutes=pause)


def _unusual_sessions(planned: list[SampleSession], today: date, zone: ZoneInfo) -> Iterator[SampleSession]:
    first_evening = _instant(today - timedelta(weeks=WEEKS), time(20, 30), zone)
    yield SampleSession(TALK, first_evening, first_evening + timedelta(hours=TALK.hours))
    evening = _instant(today - timedelta(days=9), time(22, 40), zone)
    yield SampleSession(RELEASE, evening, evening + timedelta(hours=RELEASE.hours))
    longest = max(planned, key=lambda each: each.end - each.start)
    middle = longest.start + timedelta(minutes=30)
    yield SampleSession(PHONE_CALL, middle, middle + timedelta(hours=PHONE_CALL.hours))


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
