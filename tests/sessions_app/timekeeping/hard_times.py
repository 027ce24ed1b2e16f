"""Where calendars and clocks did something odd: the zone, and the instant (UTC) at which they did."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import strategies as st

HARD_TIMES = [
    ("Europe/Berlin", "2026-03-29T01:00:00"),  # 2:00 to 3:00
    ("Europe/Berlin", "2026-10-25T01:00:00"),  # 3:00 to 2:00
    ("America/New_York", "2024-11-03T06:00:00"),
    ("Australia/Lord_Howe", "2024-10-05T15:30:00"),  # half an hour forward
    ("Australia/Lord_Howe", "2024-04-06T15:00:00"),  # half an hour back
    ("Antarctica/Troll", "2024-03-31T01:00:00"),  # two hours forward
    ("Africa/Cairo", "2024-04-25T22:00:00"),  # no midnight
    ("Africa/Cairo", "2024-10-31T21:00:00"),  # midnight to 23:00
    ("America/Santiago", "2024-09-08T04:00:00"),  # no midnight
    ("America/Santiago", "2024-04-07T03:00:00"),  # midnight to 23:00
    ("America/Sao_Paulo", "2018-11-04T03:00:00"),  # no midnight
    ("America/Sao_Paulo", "2018-02-18T02:00:00"),  # midnight to 23:00
    ("America/Havana", "2024-11-03T05:00:00"),  # 1:00 to 0:00: midnight twice
    ("Asia/Pyongyang", "2015-08-14T15:00:00"),  # midnight to 23:30
    ("Asia/Pyongyang", "2018-05-04T15:00:00"),  # 23:30 to midnight
    ("America/St_Johns", "2010-11-07T02:31:00"),  # 0:01 to 23:01: the evening before comes back
    ("America/St_Johns", "2010-03-14T03:31:00"),  # 0:01 to 1:01
    ("America/Goose_Bay", "1988-10-30T02:01:00"),  # 0:01 to 22:01
    ("Antarctica/Casey", "2010-03-04T15:00:00"),  # 2:00 to 23:00
    ("Antarctica/Vostok", "1994-11-01T00:00:00"),  # midnight to 7:00
    ("America/Toronto", "1919-03-31T04:30:00"),  # 23:30 to 0:30: the gap begins before midnight
    ("Africa/Monrovia", "1972-01-07T00:44:30"),  # midnight to 0:44:30
    ("Pacific/Apia", "2011-12-30T10:00:00"),  # 30 December left out
    ("Pacific/Kwajalein", "1993-08-21T12:00:00"),  # 21 August left out
    ("Pacific/Kwajalein", "1969-09-30T13:00:00"),  # 30 September twice
    ("Pacific/Kiritimati", "1994-12-31T10:00:00"),  # the last day of the year left out
]


def instant(text: str) -> datetime:
    """An instant written without its offset, which is UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _around(moment: datetime) -> st.SearchStrategy[datetime]:
    near = st.integers(-5, 5) | st.integers(-4000, 4000) | st.integers(-200_000, 200_000)
    return near.map(lambda seconds: moment + timedelta(seconds=seconds))


def zones_and_instants(count: int) -> st.SearchStrategy[tuple[ZoneInfo, list[datetime]]]:
    """A zone and `count` instants (UTC, whole seconds) within days of each other, half of the time at a hard time."""
    hard = st.sampled_from([(ZoneInfo(name), instant(text)) for name, text in HARD_TIMES])
    anywhere = st.tuples(
        st.sampled_from(sorted(available_timezones())).map(ZoneInfo),
        st.integers(0, 2_500_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    )
    return (hard | anywhere).flatmap(
        lambda found: st.tuples(st.just(found[0]), st.lists(_around(found[1]), min_size=count, max_size=count))
    )
