"""What somebody who watches the calendar on the wall would write down.

Knows nothing of midnights, gaps and offsets, and shares no code with the product: it looks at the date that is shown
at each minute, and at each second of a minute in which the date changes. A day begins the first time the calendar
shows its date or a later one; a clock that is set back into the evening before does not bring the old day back.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
LEAD = timedelta(days=2)  # long enough to have seen the newest date, whatever was set back


def watch(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime, date]]:
    """Stretches `[from, to)` and the day they belong to, from some time before `start` until `end` is reached."""
    newest = date.min
    now = (start - LEAD).replace(second=0)
    shown = now.astimezone(zone).date()
    while now < end:
        then = now + MINUTE
        shown_then = then.astimezone(zone).date()
        if shown == shown_then:
            newest = max(newest, shown)
            yield now, then, newest
        else:
            for _second in range(60):
                newest = max(newest, now.astimezone(zone).date())
                yield now, now + SECOND, newest
                now += SECOND
        now, shown = then, shown_then


def watched_seconds(start: datetime, end: datetime, zone: ZoneInfo) -> dict[date, int]:
    """The seconds of `[start, end)` on each day."""
    seconds: Counter[date] = Counter()
    for since, until, day in watch(start, end, zone):
        seconds[day] += max((min(until, end) - max(since, start)) // SECOND, 0)
    return dict(+seconds)


def watched_day(instant: datetime, zone: ZoneInfo) -> date:
    """The day to which the second at `instant` belongs."""
    (day,) = watched_seconds(instant, instant + SECOND, zone)
    return day


def watched_start(day: date, zone: ZoneInfo, *, about: datetime) -> datetime:
    """When `day` began, which must be within two days of `about`."""
    return next(since for since, _until, newest in watch(about - LEAD, about + LEAD, zone) if newest >= day)
