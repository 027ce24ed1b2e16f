"""Lines that people and monkeys type, and when. NOW is Tuesday 18 November 2025, 10:30 and some seconds in Berlin."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.sessions_app.timekeeping.hard_times import HARD_TIMES, instant

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2025, 11, 18, 9, 30, 41, 5, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def at(zone, text):
    """The instant at which a wall in `zone` shows what is written, the first time."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


WORDS = r"""
9-10 9-10:25 0900-1025 22:15-0:40 9-5pm 11pm-1am 0-24 22-24:00 2-3 1:30-2:30 2:10-2:40 23-7 9:00 – 10:00 9-5 17-18
-20 −0 -1:30 -45m -9999 10:10- 9- 2:30- 0:00- 24:00- 9:75- 9:15 2:30 2pm 12am 23:59 45m 1h30 1.5h 1,5h 99h 744h 745h
0m 1h75 yesterday today tomorrow mon TUE sunday 18.11. 26.10. 29.3. 29.2. 31.2. 17/11 11/17 2025-11-17 2025-10-26
2026-03-29 1970-01-01 1969-12-31 9000-01-01 9999-12-31 0001-01-01 @acme @ #tag # #12 45 9 h min am pm - – : Call Logo
\ \-20 \9-10 \mon \@acme \\ ７：００－８：００ ٩-١٠ 🚀
"""
GRAMMAR = WORDS.split()
SPACES = st.sampled_from([" ", " ", " ", "  ", "\t", "\u00a0", "\n", "\u2003", ""])
GRAMMAR_LINES = st.lists(st.tuples(st.sampled_from(GRAMMAR), SPACES), max_size=7).map(
    lambda words: "".join(word + space for word, space in words)
)
LETTERS = st.text("0123456789:-.,hm ap@#\\/–日x", max_size=25)
CLOCKS = st.tuples(
    st.integers(0, 4) | st.integers(0, 24), st.sampled_from(["", ":00", ":15", ":30", ":45", ":59"])
).map(lambda parts: f"{parts[0]}{parts[1]}")
TIMED_LINES = st.tuples(
    st.sampled_from(["", "Call ", "Say “hi”, 9:00–10:00 today, 1 h. "]),
    CLOCKS,
    CLOCKS | st.just(""),
    st.sampled_from(["", " 45m", " 3h", " yesterday", " yesterday 2h", " @acme"]),
).map(lambda parts: "{}{}-{}{}".format(*parts))
LINES = TIMED_LINES | GRAMMAR_LINES | LETTERS | st.text(max_size=60)
CHANGES = st.sampled_from([(ZoneInfo(name), instant(text)) for name, text in HARD_TIMES if text > "1973"])
MINUTES_AWAY = st.integers(-30, 300) | st.integers(-3000, 3000)
NOWS = st.just((BERLIN, NOW)) | st.tuples(CHANGES, MINUTES_AWAY).map(
    lambda pair: (pair[0][0], pair[0][1] + pair[1] * MINUTE)
)
