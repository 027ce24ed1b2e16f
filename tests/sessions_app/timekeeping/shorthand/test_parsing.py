"""The one-line input. Unless said otherwise it is Tuesday 18 November 2025, 10:30 and some seconds in Berlin."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sessions_app.timekeeping.shorthand import format_line, parse_line, stray_projects
from tests.examples import examples
from tests.sessions_app.timekeeping.hard_times import instant
from tests.sessions_app.timekeeping.shorthand.typed_lines import BERLIN, LINES, MINUTE, NOW, NOWS, at
from timetracker.characters import clean_characters

TODAY = date(2025, 11, 18)
DAY = timedelta(days=1)


def read(text, *, now=NOW, zone=BERLIN, day_first=True, **options):
    return parse_line(text, now=now, zone=zone, day_first=day_first, **options)


READINGS = [
    # A name is all that is needed.
    ("Logo sketches", "Start “Logo sketches” now."),
    ("  Logo   sketches\t", "Start “Logo   sketches” now."),
    ("", "Start now, without a name."),
    ("   ", "Start now, without a name."),
    ("Ticket 45", "Start “Ticket 45” now."),
    ("45", "Start “45” now."),
    ("915", "Start “915” now."),
    ("ISO 9001", "Start “ISO 9001” now."),
    ("Fix #123", "Start “Fix #123” now."),
    ("Review PR-12", "Start “Review PR-12” now."),
    ("Release v1.5", "Start “Release v1.5” now."),
    ("Release 1.5", "Start “Release 1.5” now."),
    ("Raise by 50%", "Start “Raise by 50%” now."),
    ("100 %(name)s", "Start “100 %(name)s” now."),
    ("Mail bob@example.com", "Start “Mail bob@example.com” now."),
    ("Write to @bob@example.social", "Start “Write to @bob@example.social” now."),
    ("Learn C#", "Start “Learn C#” now."),
    ("Meet @", "Start “Meet @” now."),
    ("Meet #", "Start “Meet #” now."),
    ("@ #", "Start “@ #” now."),
    ("Meet @ 9", "Start “Meet @ 9” now."),
    ("-", "Start “-” now."),
    ("–", "Start “–” now."),
    ("\\", "Start “\\” now."),
    ("Call 10:10", "Start “Call 10:10” now."),
    ("Call 9pm", "Start “Call 9pm” now."),
    ("Room 9:5-10", "Start “Room 9:5-10” now."),
    ("Prepare monday", "Start “Prepare monday” now."),
    ("Plans for 18.11.", "Start “Plans for 18.11.” now."),
    ("Bound 1/2", "Start “Bound 1/2” now."),
    ("Version 2025-11-17", "Start “Version 2025-11-17” now."),
    ("Invoice 2025-11", "Start “Invoice 2025-11” now."),
    ("Season 2024-2025", "Start “Season 2024-2025” now."),
    ("Seats 25-26", "Start “Seats 25-26” now."),
    ("Call 123-4567", "Start “Call 123-4567” now."),
    ("Price 3.75-4.99", "Start “Price 3.75-4.99” now."),
    ("Chapter 9 - 10", "Start “Chapter 9 - 10” now."),
    ("COVID-19", "Start “COVID-19” now."),
    ("1-2-3", "Start “1-2-3” now."),
    ("Ratio 3:4", "Start “Ratio 3:4” now."),
    ("Call 45m with Mira", "Start “Call 45m with Mira” now."),
    ("9-10 was long", "Start “9-10 was long” now."),
    ("Add +5", "Start “Add +5” now."),
    ("Post code -12345", "Start “Post code -12345” now."),
    ("Walk 5 m", "Start “Walk 5 m” now."),
    ("Balance -1.5", "Start “Balance -1.5” now."),
    ("café ☕️ 🚀", "Start “café ☕️ 🚀” now."),
    ("ミーティング", "Start “ミーティング” now."),
    # Started in the past, running on.
    ("Logo -20", "Start “Logo” at 10:10 today, 20 min ago."),
    ("-20", "Start at 10:10 today, 20 min ago, without a name."),
    ("Logo −20", "Start “Logo” at 10:10 today, 20 min ago."),
    ("Logo –20", "Start “Logo” at 10:10 today, 20 min ago."),
    ("Logo -0", "Start “Logo” at 10:30 today, 41 s ago."),
    ("Logo -90", "Start “Logo” at 9:00 today, 1 h 30 min ago."),
    ("Logo -1:30", "Start “Logo” at 9:00 today, 1 h 30 min ago."),
    ("Logo -1h30", "Start “Logo” at 9:00 today, 1 h 30 min ago."),
    ("Logo -45m", "Start “Logo” at 9:45 today, 45 min ago."),
    ("Logo -720", "Start “Logo” at 22:30 yesterday, 12 h ago."),
    ("Logo today -20", "Start “Logo” at 10:10 today, 20 min ago."),
    ("Logo 10:10-", "Start “Logo” at 10:10 today, 20 min ago."),
    ("Logo 10.10-", "Start “Logo” at 10:10 today, 20 min ago."),
    ("Logo 10h10-", "Start “Logo” at 10:10 today, 20 min ago."),
    ("Logo 1010-", "Start “Logo” at 10:10 today, 20 min ago."),
    ("Logo 10:10–", "Start “Logo” at 10:10 today, 20 min ago."),
    ("Logo 9-", "Start “Logo” at 9:00 today, 1 h 30 min ago."),
    ("Logo 9am-", "Start “Logo” at 9:00 today, 1 h 30 min ago."),
    ("Logo 12am-", "Start “Logo” at 0:00 today, 10 h 30 min ago."),
    ("Logo 10:10 -20", "Start “Logo 10:10” at 10:10 today, 20 min ago."),
    ("Logo -10 -20", "Start “Logo -10” at 10:10 today, 20 min ago."),
    ("Logo yesterday 14-", "Start “Logo” at 14:00 yesterday, 20 h 30 min ago."),
    ("Logo 9:00- 14.11.", "Start “Logo” at 9:00 on Fri 14 Nov 2025, 97 h 30 min ago."),
    # Finished, from and to.
    ("Call 9-10:25", "Add “Call”, 9:00–10:25 today, 1 h 25 min."),
    ("Call 0900-1025", "Add “Call”, 9:00–10:25 today, 1 h 25 min."),
    ("Call 900-1025", "Add “Call”, 9:00–10:25 today, 1 h 25 min."),
    ("Call 9:00-10:25", "Add “Call”, 9:00–10:25 today, 1 h 25 min."),
    ("Call 9:00–10:25", "Add “Call”, 9:00–10:25 today, 1 h 25 min."),
    ("Call 9:00 - 10:25", "Add “Call”, 9:00–10:25 today, 1 h 25 min."),
    ("Call 9:00 – 10:25", "Add “Call”, 9:00–10:25 today, 1 h 25 min."),
    ("Call 9.00-10.25", "Add “Call”, 9:00–10:25 today, 1 h 25 min."),
    ("Call 9h-10h25", "Add “Call”, 9:00–10:25 today, 1 h 25 min."),
    ("Call ９：００－１０：２５", "Add “Call”, 9:00–10:25 today, 1 h 25 min."),
    ("Call ٩-١٠", "Add “Call”, 9:00–10:00 today, 1 h."),
    ("Call 9-10", "Add “Call”, 9:00–10:00 today, 1 h."),
    ("9-10", "Add 9:00–10:00 today, 1 h, without a name."),
    ("Call 10:30-10:30", "10:30 on Wed 19 Nov 2025 hasn't come yet. Did you mean yesterday?"),
    ("Call 9:00-9:01", "Add “Call”, 9:00–9:01 today, 1 min."),
    ("Call 10-10:30", "Add “Call”, 10:00–10:30 today, 30 min."),
    ("Room 9-10", "Add “Room”, 9:00–10:00 today, 1 h."),
    ("Call 0-0:20", "Add “Call”, 0:00–0:20 today, 20 min."),
    ("Call 45m 9-10", "Add “Call 45m”, 9:00–10:00 today, 1 h."),
    ("Call 9am-10am", "Add “Call”, 9:00–10:00 today, 1 h."),
    ("Call 9AM-10:25AM", "Add “Call”, 9:00–10:25 today, 1 h 25 min."),
    ("Call 9:00 am - 10:25 am", "Add “Call”, 9:00–10:25 today, 1 h 25 min."),
    ("Call 9-10am", "Add “Call”, 9:00–10:00 today, 1 h."),
    ("Call 9am-10", "Add “Call”, 9:00–10:00 today, 1 h."),
    ("Call 12am-1am", "Add “Call”, 0:00–1:00 today, 1 h."),
    ("Call 12-1am", "Add “Call”, 0:00–1:00 today, 1 h."),
    ("Call yesterday 9-5pm", "Add “Call”, 9:00–17:00 yesterday, 8 h."),
    ("Call yesterday 9-10pm", "Add “Call”, 21:00–22:00 yesterday, 1 h."),
    ("Call yesterday 11-1pm", "Add “Call”, 11:00–13:00 yesterday, 2 h."),
    ("Call yesterday 11am-1", "Add “Call”, 11:00–13:00 yesterday, 2 h."),
    ("Call yesterday 12pm-1pm", "Add “Call”, 12:00–13:00 yesterday, 1 h."),
    ("Call yesterday 09:00-10pm", "Add “Call”, 9:00–22:00 yesterday, 13 h."),
    ("Call yesterday 14-3pm", "Add “Call”, 14:00–15:00 yesterday, 1 h."),
    ("Call 9:30am to 10:00am", "Add “Call”, 9:30–10:00 today, 30 min."),
    ("Call 9:30 to 10:00", "Add “Call”, 9:30–10:00 today, 30 min."),
    ("Call 9:30 until 10:00", "Add “Call”, 9:30–10:00 today, 30 min."),
    ("Call 9:30 Till 10:00", "Add “Call”, 9:30–10:00 today, 30 min."),
    ("Call from 9:30 to 10:00", "Add “Call”, 9:30–10:00 today, 30 min."),
    ("Call from 9:30 am to 10:00 a.m.", "Add “Call”, 9:30–10:00 today, 30 min."),
    ("Call 9:30..10:00", "Add “Call”, 9:30–10:00 today, 30 min."),
    ("Call 9:30 .. 10:00", "Add “Call”, 9:30–10:00 today, 30 min."),
    ("Call 9:30…10:00", "Add “Call”, 9:30–10:00 today, 30 min."),
    ("Call 9:30~10:00", "Add “Call”, 9:30–10:00 today, 30 min."),
    ("Call 9:30 → 10:00", "Add “Call”, 9:30–10:00 today, 30 min."),
    ("Call 9:30->10:00", "Add “Call”, 9:30–10:00 today, 30 min."),
    ("Call 9:30 -- 10:00", "Add “Call”, 9:30–10:00 today, 30 min."),
    ("Call 9:30 through 10:00", "Add “Call”, 9:30–10:00 today, 30 min."),
    ("Call 9am..10am", "Add “Call”, 9:00–10:00 today, 1 h."),
    ("Call 9:30 10:00", "Add “Call”, 9:30–10:00 today, 30 min."),
    ("Call 9 am 10 am", "Add “Call”, 9:00–10:00 today, 1 h."),
    ("Call 9:30:00-10:00:00", "Add “Call”, 9:30–10:00 today, 30 min."),
    ("Call 9:30:00 to 10:00:00", "Add “Call”, 9:30–10:00 today, 30 min."),
    ("Call yesterday 9a-5p", "Add “Call”, 9:00–17:00 yesterday, 8 h."),
    ("Call yesterday 9:30a - 5p", "Add “Call”, 9:30–17:00 yesterday, 7 h 30 min."),
    ("Call yesterday 9 a.m. - 5 p.m.", "Add “Call”, 9:00–17:00 yesterday, 8 h."),
    ("Call yesterday 9 a.m.-5 p.m.", "Add “Call”, 9:00–17:00 yesterday, 8 h."),
    ("Call yesterday 9 to 5pm", "Add “Call”, 9:00–17:00 yesterday, 8 h."),
    ("Call yesterday 9 - 5pm", "Add “Call”, 9:00–17:00 yesterday, 8 h."),
    ("Call 9 to 10am @acme", "Add “Call”, 9:00–10:00 today, 1 h."),
    ("Logo 9:30a.m.-", "Start “Logo” at 9:30 today, 1 h ago."),
    ("Call 9:30 to 10", "Add “Call”, 9:30–10:00 today, 30 min."),
    ("Call 9 - 9:30", "Add “Call”, 9:00–9:30 today, 30 min."),
    ("Offer 9:30 to 99", "Start “Offer 9:30 to 99” now."),
    ("Chapter 9 to 10", "Start “Chapter 9 to 10” now."),
    ("Pages 9..10", "Start “Pages 9..10” now."),
    ("Range v1..2", "Start “Range v1..2” now."),
    ("Count from 1 to 12", "Start “Count from 1 to 12” now."),
    ("Seats 9 10", "Start “Seats 9 10” now."),
    ("Level 900 1025", "Start “Level 900 1025” now."),
    ("Room 9a", "Start “Room 9a” now."),
    ("Moved to 10:00", "Start “Moved to 10:00” now."),
    ("Clip 1:30:00", "Start “Clip 1:30:00” now."),
    ("Call \\9:30 to 10:00", "Start “Call 9:30 to 10:00” now."),
    ("Call 9:15 10:15 15m", "Add “Call 9:15”, 10:15–10:30 today, 15 min."),
    # Finished, by its length.
    ("Call 45m", "Add “Call”, 9:45–10:30 today, 45 min."),
    ("Call 45M", "Add “Call”, 9:45–10:30 today, 45 min."),
    ("Call 45min", "Add “Call”, 9:45–10:30 today, 45 min."),
    ("Call 45 min", "Add “Call”, 9:45–10:30 today, 45 min."),
    ("Call 90m", "Add “Call”, 9:00–10:30 today, 1 h 30 min."),
    ("Call 1h30", "Add “Call”, 9:00–10:30 today, 1 h 30 min."),
    ("Call 1h30m", "Add “Call”, 9:00–10:30 today, 1 h 30 min."),
    ("Call 1h 30m", "Add “Call”, 9:00–10:30 today, 1 h 30 min."),
    ("Call 1 h 30 min", "Add “Call”, 9:00–10:30 today, 1 h 30 min."),
    ("Call 1 h 30", "Add “Call”, 9:00–10:30 today, 1 h 30 min."),
    ("Call 1:30h", "Add “Call”, 9:00–10:30 today, 1 h 30 min."),
    ("Call 1.5h", "Add “Call”, 9:00–10:30 today, 1 h 30 min."),
    ("Call 1,5h", "Add “Call”, 9:00–10:30 today, 1 h 30 min."),
    ("Call ,5h", "Add “Call”, 10:00–10:30 today, 30 min."),
    ("Call 0,33h", "Add “Call”, 10:10–10:30 today, 20 min."),
    ("Call 2h", "Add “Call”, 8:30–10:30 today, 2 h."),
    ("Call 2 hours", "Add “Call”, 8:30–10:30 today, 2 h."),
    ("1h30", "Add 9:00–10:30 today, 1 h 30 min, without a name."),
    ("Ticket 45 45m", "Add “Ticket 45”, 9:45–10:30 today, 45 min."),
    ("Call 11h", "Add “Call”, 23:30–10:30 (+1 day) yesterday, 11 h."),
    ("Call 49h", "Add “Call”, 9:30–10:30 (+2 days) on Sun 16 Nov 2025, 49 h."),
    ("Call today 45m", "Add “Call”, 9:45–10:30 today, 45 min."),
    ("Call 9-10 45m", "Add “Call 9-10”, 9:45–10:30 today, 45 min."),
    # Finished, by its start and length.
    ("Call 9:15 45m", "Add “Call”, 9:15–10:00 today, 45 min."),
    ("Call 45m 9:15", "Add “Call”, 9:15–10:00 today, 45 min."),
    ("Call 9- 45m", "Add “Call”, 9:00–9:45 today, 45 min."),
    ("Call -60 45m", "Add “Call”, 9:30–10:15 today, 45 min."),
    ("Call 2pm 1h yesterday", "Add “Call”, 14:00–15:00 yesterday, 1 h."),
    ("Call yesterday 23:00 2h", "Add “Call”, 23:00–1:00 (+1 day) yesterday, 2 h."),
    # On another day.
    ("Call yesterday 14-15:30", "Add “Call”, 14:00–15:30 yesterday, 1 h 30 min."),
    ("Call 14-15:30 yesterday", "Add “Call”, 14:00–15:30 yesterday, 1 h 30 min."),
    ("Call YESTERDAY 14-15:30", "Add “Call”, 14:00–15:30 yesterday, 1 h 30 min."),
    ("Call today 9-10", "Add “Call”, 9:00–10:00 today, 1 h."),
    ("Call mon 14-15:30", "Add “Call”, 14:00–15:30 yesterday, 1 h 30 min."),
    ("Call tue 8-9", "Add “Call”, 8:00–9:00 on Tue 11 Nov 2025, 1 h."),
    ("Call Tuesday 8-9", "Add “Call”, 8:00–9:00 on Tue 11 Nov 2025, 1 h."),
    ("Call wed 8-9", "Add “Call”, 8:00–9:00 on Wed 12 Nov 2025, 1 h."),
    ("Call thurs 8-9", "Add “Call”, 8:00–9:00 on Thu 13 Nov 2025, 1 h."),
    ("Call fri 8-9", "Add “Call”, 8:00–9:00 on Fri 14 Nov 2025, 1 h."),
    ("Call Sat 8-9", "Add “Call”, 8:00–9:00 on Sat 15 Nov 2025, 1 h."),
    ("Call sunday 8-9", "Add “Call”, 8:00–9:00 on Sun 16 Nov 2025, 1 h."),
    ("Call 18.11. 9-10", "Add “Call”, 9:00–10:00 today, 1 h."),
    ("Call 17.11. 14-15", "Add “Call”, 14:00–15:00 yesterday, 1 h."),
    ("Call 3.1. 14-15", "Add “Call”, 14:00–15:00 on Fri 3 Jan 2025, 1 h."),
    ("Call 19.11. 14-15", "Add “Call”, 14:00–15:00 on Tue 19 Nov 2024, 1 h."),
    ("Call 29.2. 14-15", "Add “Call”, 14:00–15:00 on Thu 29 Feb 2024, 1 h."),
    ("Call 17.11.2025 14-15", "Add “Call”, 14:00–15:00 yesterday, 1 h."),
    ("Call 17.11.25 14-15", "Add “Call”, 14:00–15:00 yesterday, 1 h."),
    ("Call 2025-11-17 14-15", "Add “Call”, 14:00–15:00 yesterday, 1 h."),
    ("Call 2025/11/17 14-15", "Add “Call”, 14:00–15:00 yesterday, 1 h."),
    ("Call 17/11 14-15", "Add “Call”, 14:00–15:00 yesterday, 1 h."),
    ("Call 17/11/2025 14-15", "Add “Call”, 14:00–15:00 yesterday, 1 h."),
    ("Call 17/11/25 14-15", "Add “Call”, 14:00–15:00 yesterday, 1 h."),
    ("Call 5/6 14-15", "Add “Call”, 14:00–15:00 on Thu 5 Jun 2025, 1 h."),
    ("Call mon tue 8-9", "Add “Call mon”, 8:00–9:00 on Tue 11 Nov 2025, 1 h."),
    ("Call 1 Mar 2025 14-15:30", "Add “Call”, 14:00–15:30 on Sat 1 Mar 2025, 1 h 30 min."),
    ("Call 14-15:30 1 Mar 2025", "Add “Call”, 14:00–15:30 on Sat 1 Mar 2025, 1 h 30 min."),
    ("Call 19 Aug 14-15", "Add “Call”, 14:00–15:00 on Tue 19 Aug 2025, 1 h."),
    ("Call Mar 1 14-15", "Add “Call”, 14:00–15:00 on Sat 1 Mar 2025, 1 h."),
    ("Call 14-15 March 1, 2024", "Add “Call”, 14:00–15:00 on Fri 1 Mar 2024, 1 h."),
    ("Call 14-15 Mar 1 2024", "Add “Call”, 14:00–15:00 on Fri 1 Mar 2024, 1 h."),
    ("Call 14-15 2nd SEPTEMBER", "Add “Call”, 14:00–15:00 on Tue 2 Sep 2025, 1 h."),
    ("Call 14-15 Sept. 2", "Add “Call”, 14:00–15:00 on Tue 2 Sep 2025, 1 h."),
    ("Call 14-15 17-Nov-2025", "Add “Call”, 14:00–15:00 yesterday, 1 h."),
    ("Call 14-15 Mon 17 Nov 2025", "Add “Call”, 14:00–15:00 yesterday, 1 h."),
    ("Call 14-15 Mon, Nov 17, 2025", "Add “Call”, 14:00–15:00 yesterday, 1 h."),
    ("Call 24 Dec 14-15", "Add “Call”, 14:00–15:00 on Tue 24 Dec 2024, 1 h."),
    ("Plans for 19 Aug", "Start “Plans for 19 Aug” now."),
    ("Plans for Mar 1 2026", "Start “Plans for Mar 1 2026” now."),
    ("Mark 1 9-10", "Add “Mark 1”, 9:00–10:00 today, 1 h."),
    ("Read \\19 Aug 9-10", "Add “Read 19 Aug”, 9:00–10:00 today, 1 h."),
    # Over midnight.
    ("Show yesterday 22:15-0:40", "Add “Show”, 22:15–0:40 (+1 day) yesterday, 2 h 25 min."),
    ("Show yesterday 22-24:00", "Add “Show”, 22:00–0:00 (+1 day) yesterday, 2 h."),
    ("Show yesterday 22-24", "Add “Show”, 22:00–0:00 (+1 day) yesterday, 2 h."),
    ("Show yesterday 2200-2400", "Add “Show”, 22:00–0:00 (+1 day) yesterday, 2 h."),
    ("Show yesterday 22-0", "Add “Show”, 22:00–0:00 (+1 day) yesterday, 2 h."),
    ("Show yesterday 11pm-1am", "Add “Show”, 23:00–1:00 (+1 day) yesterday, 2 h."),
    ("Show yesterday 12-04", "Add “Show”, 12:00–4:00 (+1 day) yesterday, 16 h."),
    ("Call yesterday at 9 for 1h", "Add “Call”, 9:00–10:00 yesterday, 1 h."),
    ("Call at 9:30 for 45 min", "Add “Call”, 9:30–10:15 today, 45 min."),
    ("Call at 9-10", "Add “Call”, 9:00–10:00 today, 1 h."),
    ("Waited for 1h", "Add “Waited”, 9:30–10:30 today, 1 h."),
    ("Call between 9:15 and 10:20", "Add “Call”, 9:15–10:20 today, 1 h 5 min."),
    ("Call 9h30 à 10h15", "Add “Call”, 9:30–10:15 today, 45 min."),
    ("Anruf 9:30 bis 10", "Add “Anruf”, 9:30–10:00 today, 30 min."),
    ("Meet Bob at 9", "Start “Meet Bob at 9” now."),
    ("Meet Bob at 9:30", "Start “Meet Bob at 9:30” now."),
    ("Table for 2", "Start “Table for 2” now."),
    ("Ham and 9:30", "Start “Ham and 9:30” now."),
    ("Mail between 9 and 10", "Start “Mail between 9 and 10” now."),
    ("Call \\for 45m", "Start “Call for 45m” now."),
    ("Show mon 0-24", "Add “Show”, 0:00–0:00 (+1 day) yesterday, 24 h."),
    # Kept as text.
    ("Ticket \\-20", "Start “Ticket -20” now."),
    ("Room \\9-10", "Start “Room 9-10” now."),
    ("\\9:00 am - 10:25 am", "Start “9:00 am - 10:25 am” now."),
    ("Read \\1 h 25 min", "Start “Read 1 h 25 min” now."),
    ("Meet \\@acme", "Start “Meet @acme” now."),
    ("Meet \\#talk", "Start “Meet #talk” now."),
    ("Prepare \\monday 9-10", "Add “Prepare monday”, 9:00–10:00 today, 1 h."),
    ("Call 9-10 \\45m", "Add “Call 45m”, 9:00–10:00 today, 1 h."),
    ("Call \\9-10 45m", "Add “Call 9-10”, 9:45–10:30 today, 45 min."),
    ("Say \\-20 out loud", "Start “Say -20 out loud” now."),
    ("Clean C:\\Users\\me", "Start “Clean C:\\Users\\me” now."),
    ("Mount \\\\server\\share", "Start “Mount \\\\server\\share” now."),
    ("Fix \\d+ again", "Start “Fix \\d+ again” now."),
    ("a \\\\-20", "Start “a \\\\-20” now."),
]

PROBLEMS = [
    ("Call 9:75-10", "not_a_time", "“9:75” is not a time. Try 9:45, 945 or -15."),
    ("Call 9-10:75", "not_a_time", "“10:75” is not a time. Try 9:45, 945 or -15."),
    ("Call 9:75-", "not_a_time", "“9:75” is not a time. Try 9:45, 945 or -15."),
    ("Call 9:75 45m", "not_a_time", "“9:75” is not a time. Try 9:45, 945 or -15."),
    ("Call 9:30:15-10:00:30", "not_a_time", "“9:30:15” is not a time. Try 9:45, 945 or -15."),
    ("Call 9:30 to 10:75", "not_a_time", "“10:75” is not a time. Try 9:45, 945 or -15."),
    ("Call 25:00-26:00", "not_a_time", "“25:00” is not a time. Try 9:45, 945 or -15."),
    ("Call 13pm-14", "not_a_time", "“13pm” is not a time. Try 9:45, 945 or -15."),
    ("Call 24:00-1:00", "not_a_time", "“24:00” is not a time. Try 9:45, 945 or -15."),
    ("Call 24:01-1:00", "not_a_time", "“24:01” is not a time. Try 9:45, 945 or -15."),
    ("Call 1h75", "not_a_length", "“1h75” is not a length of time. Try 45m, 1h30 or 1.5h."),
    ("Call 0m", "not_a_length", "“0m” is not a length of time. Try 45m, 1h30 or 1.5h."),
    ("Call 0,001h", "not_a_length", "“0,001h” is not a length of time. Try 45m, 1h30 or 1.5h."),
    ("Call -1h75", "not_a_length", "“-1h75” is not a length of time. Try 45m, 1h30 or 1.5h."),
    ("Call 745h", "too_long", "“745h” is longer than 31 days. Give a shorter time."),
    ("Call 999999999h", "too_long", "“999999999h” is longer than 31 days. Give a shorter time."),
    ("Call -999999999h", "too_long", "“-999999999h” is longer than 31 days. Give a shorter time."),
    (
        "Call 9- 1.10.",
        "too_long",
        "Wed 1 Oct 2025 is more than 31 days ago. To add a finished session, type its end too.",
    ),
    ("Call 31.2. 9-10", "not_a_date", "“31.2.” is not a date. Try 17/11, 2025-11-17 or yesterday."),
    ("Call 31 Feb 9-10", "not_a_date", "“31 Feb” is not a date. Try 17/11, 2025-11-17 or yesterday."),
    ("Call Tue 17 Nov 2025 9-10", "not_a_date", "“Tue 17 Nov 2025” is not a date. Try 17/11, 2025-11-17 or yesterday."),
    ("Call 11/17 9-10", "not_a_date", "“11/17” is not a date. Try 17/11, 2025-11-17 or yesterday."),
    ("Call 2025-13-01 9-10", "not_a_date", "“2025-13-01” is not a date. Try 17/11, 2025-11-17 or yesterday."),
    ("Call 0000-01-01 9-10", "not_a_date", "“0000-01-01” is not a date. Try 17/11, 2025-11-17 or yesterday."),
    ("Call yesterday 45m", "time_missing", "When on Mon 17 Nov 2025? Type the time too, like 14-15:30."),
    ("Call yesterday -20", "time_missing", "When on Mon 17 Nov 2025? Type the time too, like 14-15:30."),
    ("Call 1969-12-31 9-10", "out_of_range", "The start is before 1970. Give a later one."),
    ("Call 1970-01-01 0:30-2", "out_of_range", "The start is before 1970. Give a later one."),
    ("Call 0001-01-01 9-10", "out_of_range", "The start is before 1970. Give a later one."),
    ("Call 9999-12-31 9-10", "in_future", "9:00 on Fri 31 Dec 9999 hasn't come yet."),
    ("Call tomorrow 9-10", "in_future", "9:00 on Wed 19 Nov 2025 hasn't come yet."),
    ("Call 24.12.2025 9-10", "in_future", "9:00 on Wed 24 Dec 2025 hasn't come yet."),
    ("Call 16:30-", "in_future", "16:30 hasn't come yet. Did you mean yesterday?"),
    ("Call 16:30-17", "in_future", "16:30 hasn't come yet. Did you mean yesterday?"),
    ("Call 9-11", "in_future", "11:00 hasn't come yet. Did you mean yesterday?"),
    ("Call 10:15 45m", "in_future", "11:00 hasn't come yet. Did you mean yesterday?"),
    ("Call 9-9", "in_future", "9:00 on Wed 19 Nov 2025 hasn't come yet. Did you mean yesterday?"),
    ("Call yesterday 22-23 today", "in_future", "22:00 hasn't come yet. Did you mean yesterday?"),
    ("Call 22-11 yesterday", "in_future", "11:00 hasn't come yet."),
    ("Call yesterday 9-5", "over_midnight_long", "From 9:00 to 5:00 on the next day is 20 h. Do you mean that?"),
    ("Call yesterday 10-10", "over_midnight_long", "From 10:00 to 10:00 on the next day is 24 h. Do you mean that?"),
    (
        "Call yesterday 12-4:01",
        "over_midnight_long",
        "From 12:00 to 4:01 on the next day is 16 h 1 min. Do you mean that?",
    ),
]


def test_the_table_is_long_enough():
    assert len(READINGS) + len(PROBLEMS) >= 150
    assert len({row[0] for row in READINGS + PROBLEMS}) == len(READINGS) + len(PROBLEMS)


@pytest.mark.parametrize(("text", "sentence"), READINGS)
def test_a_line_reads(text, sentence):
    reading = read(text)

    assert str(reading.sentence) == sentence
    if reading.problem is None:
        check_that_sentence_and_button_tell_the_reading(reading, NOW, BERLIN)


@pytest.mark.parametrize(("text", "code", "message"), PROBLEMS)
def test_a_problem_is_told_and_stops_everything(text, code, message):
    reading = read(text)

    assert (reading.problem.code, str(reading.sentence)) == (code, message)
    assert reading.sentence == reading.problem.message
    assert (reading.start, reading.end) == (None, None)
    assert str(reading.button) in {"Start", "Add"}
    assert reading.chips


@pytest.mark.parametrize(
    ("text", "kind", "start", "end", "button"),
    [
        ("Logo", "start_now", None, None, "Start"),
        ("Logo -20", "start_at", "2025-11-18T09:10", None, "Start at 10:10"),
        ("Logo 20 min ago", "start_at", "2025-11-18T09:10", None, "Start at 10:10"),
        ("Logo 1 h 30 min ago", "start_at", "2025-11-18T08:00", None, "Start at 9:00"),
        ("Logo 30m 1h ago", "add", "2025-11-18T08:30", "2025-11-18T09:00", "Add 30 min"),
        ("Logo 20 ago", "start_now", None, None, "Start"),
        ("Long ago", "start_now", None, None, "Start"),
        ("Logo -720", "start_at", "2025-11-17T21:30", None, "Start yesterday at 22:30"),
        ("Logo 9:00- 14.11.", "start_at", "2025-11-14T08:00", None, "Start on Fri 14 Nov 2025 at 9:00"),
        ("Call 9-10:25", "add", "2025-11-18T08:00", "2025-11-18T09:25", "Add 1 h 25 min"),
        ("Call 45m", "add", "2025-11-18T08:45", "2025-11-18T09:30", "Add 45 min"),
        ("Call yesterday 22-24", "add", "2025-11-17T21:00", "2025-11-17T23:00", "Add 2 h, yesterday"),
    ],
)
def test_instants_are_utc_and_the_button_says_what_it_does(text, kind, start, end, button):
    reading = read(text)

    assert reading.kind == kind
    assert reading.start == (start and instant(start))
    assert reading.end == (end and instant(end))
    assert all(moment.tzinfo is UTC for moment in (reading.start, reading.end) if moment)
    assert str(reading.button) == button


@pytest.mark.parametrize(
    ("text", "name", "project", "tags"),
    [
        ("Logo @acme", "Logo", "acme", ()),
        ('Draft @"Book covers"', "Draft", "Book covers", ()),
        ('Draft @"Book  covers" 9-10', "Draft", "Book covers", ()),
        ("Draft @“Book covers” #cover", "Draft", "Book covers", ("cover",)),
        ('Draft @"one two three four five six seven" -20', "Draft", "one two three four five six seven", ()),
        ('Draft \\@"Book covers"', 'Draft @"Book covers"', None, ()),
        ('Draft @"Book covers', 'Draft @"Book covers', None, ()),
        ('Draft @"..."', 'Draft @"..."', None, ()),
        ("Logo ＠acme", "Logo", "acme", ()),
        ("@acme", "", "acme", ()),
        ("Logo @3m", "Logo", "3m", ()),
        ("Logo @Müller&Söhne", "Logo", "Müller&Söhne", ()),
        ("Logo @acme.com", "Logo", "acme.com", ()),
        ("Logo @a @b", "Logo @a", "b", ()),
        ("Meeting @acme with Mira", "Meeting @acme with Mira", None, ()),
        ("Meeting @9:30", "Meeting @9:30", None, ()),
        ("Logo #web", "Logo", None, ("web",)),
        ("Logo #web #Print #web", "Logo", None, ("web", "Print")),
        ("Logo #2fa", "Logo", None, ("2fa",)),
        ("Fix #123 @acme", "Fix #123", "acme", ()),
        ("Logo @acme #web -20", "Logo", "acme", ("web",)),
        ("Logo -20 #web @acme", "Logo", "acme", ("web",)),
        ("Proposal @acme yesterday 14-15:30", "Proposal", "acme", ()),
        ("Proposal yesterday @acme 14-15:30 #x", "Proposal", "acme", ("x",)),
        ("Prepare monday @acme", "Prepare monday", "acme", ()),
        ("Prepare @acme monday", "Prepare @acme monday", None, ()),
        ("Call 9-10 \\#urgent", "Call #urgent", None, ()),
        ("Call \\@me 9-10 #urgent", "Call @me", None, ("urgent",)),
    ],
)
def test_project_and_tags_are_handed_on(text, name, project, tags):
    reading = read(text)

    assert (reading.name, reading.project, reading.tags) == (name, project, tags)


def test_chips_are_the_words_in_order():
    text = "Call  Mira 9:00 - 10:00 \t@acme #talk yesterday "
    chips = read(text).chips

    assert [(chip.word, chip.kind) for chip in chips] == [
        ("9:00 - 10:00", "range"),
        ("@acme", "project"),
        ("#talk", "tag"),
        ("yesterday", "day"),
    ]
    assert all(text[chip.start : chip.end] == chip.word for chip in chips)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Call 11/17 14-15", "Add “Call”, 14:00–15:00 yesterday, 1 h."),
        ("Call 11/17/2025 14-15", "Add “Call”, 14:00–15:00 yesterday, 1 h."),
        ("Call 5/6 14-15", "Add “Call”, 14:00–15:00 on Tue 6 May 2025, 1 h."),
        ("Call 17.11. 14-15", "Add “Call”, 14:00–15:00 yesterday, 1 h."),
        ("Call 2025-11-17 14-15", "Add “Call”, 14:00–15:00 yesterday, 1 h."),
        ("Call 17/11 14-15", "“17/11” is not a date. Try 11/17, 2025-11-17 or yesterday."),
    ],
)
def test_month_first_is_a_setting(text, sentence):
    assert str(read(text, day_first=False).sentence) == sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Call 0-1", "Add “Call”, 12:00 am–1:00 am today, 1 h."),
        ("Call yesterday 12-13:05", "Add “Call”, 12:00 pm–1:05 pm yesterday, 1 h 5 min."),
        ("Call yesterday 12-1", "Add “Call”, 12:00 pm–1:00 pm yesterday, 1 h."),
        ("Call yesterday 12:00-1:00", "Add “Call”, 12:00 pm–1:00 pm yesterday, 1 h."),
        ("Call yesterday 12-4", "Add “Call”, 12:00 pm–4:00 pm yesterday, 4 h."),
        ("Call yesterday 9-5", "Add “Call”, 9:00 am–5:00 pm yesterday, 8 h."),
        ("Call yesterday 11-1:30", "Add “Call”, 11:00 am–1:30 pm yesterday, 2 h 30 min."),
        ("Call yesterday 10-10", "Add “Call”, 10:00 am–10:00 pm yesterday, 12 h."),
        ("Call yesterday 13-5", "Add “Call”, 1:00 pm–5:00 pm yesterday, 4 h."),
        ("Call yesterday 22-6", "Add “Call”, 10:00 pm–6:00 am (+1 day) yesterday, 8 h."),
        ("Call yesterday 12pm-1", "Add “Call”, 12:00 pm–1:00 pm yesterday, 1 h."),
        ("Call yesterday 12pm-1am", "Add “Call”, 12:00 pm–1:00 am (+1 day) yesterday, 13 h."),
        ("Call yesterday 12-01:00", "Add “Call”, 12:00 pm–1:00 am (+1 day) yesterday, 13 h."),
        ("Call yesterday 13-12", "Add “Call”, 1:00 pm–12:00 am (+1 day) yesterday, 11 h."),
        ("Call 1-2", "Add “Call”, 1:00 am–2:00 am today, 1 h."),
        ("Logo -20", "Start “Logo” at 10:10 am today, 20 min ago."),
        ("Logo 16:30-", "4:30 pm hasn't come yet. Did you mean yesterday?"),
    ],
)
def test_a_clock_of_twelve_hours_is_spelled_out(text, sentence):
    assert str(read(text, clock_24=False).sentence) == sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Call 14-15", "Add “Call”, 14:00–15:00 on Mon 10 Nov 2025, 1 h."),
        ("Call 14:00 1h", "Add “Call”, 14:00–15:00 on Mon 10 Nov 2025, 1 h."),
        ("Call yesterday 14-15", "Add “Call”, 14:00–15:00 yesterday, 1 h."),
        ("Call 45m", "Add “Call”, 9:45–10:30 today, 45 min."),
        ("Call 10:10-", "Start “Call” at 10:10 today, 20 min ago."),
        ("Call -20", "Start “Call” at 10:10 today, 20 min ago."),
    ],
)
def test_a_finished_session_goes_to_the_day_that_is_shown(text, sentence):
    assert str(read(text, day=date(2025, 11, 10)).sentence) == sentence


@pytest.mark.parametrize("day", [date.min, date(1900, 1, 1), date(1969, 12, 31), date(9000, 1, 1), date.max])
def test_a_day_far_away_is_a_problem(day):
    assert read("Call 14-15", day=day).problem.code in {"out_of_range", "in_future"}


@pytest.mark.parametrize(
    ("now", "text", "sentence"),
    [
        ("2025-11-18T00:10", "Logo -20", "Start “Logo” at 23:50 yesterday, 20 min ago."),
        ("2025-11-18T00:10", "Logo 45m", "Add “Logo”, 23:25–0:10 (+1 day) yesterday, 45 min."),
        ("2026-01-05T10:30", "Logo 30.12. 9-10", "Add “Logo”, 9:00–10:00 on Tue 30 Dec 2025, 1 h."),
        ("2025-11-18T23:59", "Logo 24:00-", "“24:00” is not a time. Try 9:45, 945 or -15."),
    ],
)
def test_other_times_of_day_and_year(now, text, sentence):
    assert str(read(text, now=at("Europe/Berlin", now)).sentence) == sentence


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("UTC", "2025-11-17T08:00"),
        ("America/Los_Angeles", "2025-11-17T16:00"),
        ("Asia/Kathmandu", "2025-11-17T02:15"),
        ("Pacific/Kiritimati", "2025-11-16T18:00"),
    ],
)
def test_times_are_those_of_the_zone(zone, start):
    assert read("Call 17.11. 8-9", zone=ZoneInfo(zone)).start == instant(start)


class TestClockChanges:
    def test_a_time_that_was_skipped_is_rejected(self):
        for text in ("Call 2:30-4", "Call 1-2:30", "Call 2:30-", "Call 2:30 1h"):
            reading = read(text, now=at("Europe/Berlin", "2026-03-29T12:00"))

            assert reading.problem.code == "nonexistent_time"
            assert str(reading.sentence) == (
                "2:30 did not exist on Sun 29 Mar 2026: the clock was put forward. It went on at 3:00."
            )

    @pytest.mark.parametrize(
        ("zone", "text", "end"),
        [
            ("Africa/Cairo", "Shift 22-24 23.4.2026", "2026-04-23T22:00"),
            ("Africa/Cairo", "Shift 22-0 23.4.2026", "2026-04-23T22:00"),
            ("Africa/Cairo", "Shift 10pm-12am 23.4.2026", "2026-04-23T22:00"),
            ("America/Santiago", "Shift 22-24:00 7.9.2024", "2024-09-08T04:00"),
            ("America/Havana", "Shift 22-24 7.3.2026", "2026-03-08T05:00"),
            ("America/Havana", "Shift 22-24 2.11.2024", "2024-11-03T04:00"),
            ("Africa/Cairo", "Shift 22-24 31.10.2024", "2024-10-31T22:00"),
            ("Asia/Beirut", "Shift 22-24 28.3.2026", "2026-03-28T22:00"),
        ],
    )
    def test_a_day_ends_when_the_next_one_begins(self, zone, text, end):
        reading = read(text, now=instant("2026-11-18T09:00"), zone=ZoneInfo(zone))

        assert reading.problem is None
        assert reading.end == instant(end)

    def test_a_time_after_a_skipped_midnight_is_rejected(self):
        reading = read("Shift 22-0:30 23.4.2026", now=instant("2026-11-18T09:00"), zone=ZoneInfo("Africa/Cairo"))

        assert reading.problem.code == "nonexistent_time"

    def test_the_skipped_hour_is_not_counted(self):
        reading = read("Call 1-4", now=at("Europe/Berlin", "2026-03-29T12:00"))

        assert str(reading.sentence) == "Add “Call”, 1:00–4:00 today, 2 h."

    def test_a_time_that_came_twice_is_asked_about(self):
        now = at("Europe/Berlin", "2025-10-26T12:00")
        problem = read("Call 2:30-4", now=now).problem

        assert (problem.code, problem.bound) == ("ambiguous_time", "start")
        assert str(problem.message) == (
            "2:30 came twice on Sun 26 Oct 2025: the clock was put back. Which one do you mean?"
        )
        assert [(choice.code, str(choice.label), choice.instant) for choice in problem.choices] == [
            ("first", "The first time, at UTC+02:00", instant("2025-10-26T00:30")),
            ("second", "The second time, at UTC+01:00", instant("2025-10-26T01:30")),
        ]
        first = read("Call 2:30-4", now=now, start_occurrence=1)
        assert str(first.sentence) == "Add “Call”, 2:30 (UTC+02:00)–4:00 today, 2 h 30 min."
        second = read("Call 2:30-4", now=now, start_occurrence=2)
        assert str(second.sentence) == "Add “Call”, 2:30 (UTC+01:00)–4:00 today, 1 h 30 min."

    def test_start_and_end_are_asked_about_one_after_the_other(self):
        now = at("Europe/Berlin", "2025-10-26T12:00")

        assert read("2:10-2:40", now=now).problem.bound == "start"
        assert read("2:10-2:40", now=now, start_occurrence=1).problem.bound == "end"
        assert read("2:10-2:40", now=now, start_occurrence=2).end == instant("2025-10-26T01:40")
        longest = read("2:10-2:40", now=now, start_occurrence=1, end_occurrence=2)
        assert longest.end - longest.start == 90 * MINUTE
        assert read("2:10-2:40", now=now, start_occurrence=2, end_occurrence=1).problem.code == "end_not_after_start"

    def test_what_has_not_come_yet_is_not_asked_about(self):
        between = instant("2025-10-26T00:45")  # 2:45 for the first time

        assert read("2:30-", now=between).start == instant("2025-10-26T00:30")
        assert read("1-2:30", now=between).end == instant("2025-10-26T00:30")

    def test_an_end_that_reads_earlier_may_be_the_second(self):
        reading = read("2:40-2:10", now=at("Europe/Berlin", "2025-10-26T12:00"), start_occurrence=1)

        assert reading.end - reading.start == 30 * MINUTE

    def test_a_time_to_itself_is_from_the_first_to_the_second(self):
        reading = read("2:30-2:30", now=at("Europe/Berlin", "2025-10-26T12:00"), start_occurrence=1)

        assert reading.end - reading.start == 60 * MINUTE

    def test_a_length_counts_real_minutes(self):
        reading = read("90m", now=instant("2025-10-26T01:15"))

        assert str(reading.sentence) == ("Add 1:45–2:15 (UTC+01:00) today, 1 h 30 min, without a name.")

    def test_a_date_that_came_back_is_told(self):
        reading = read("45m", now=instant("2010-03-04T15:00"), zone=ZoneInfo("Antarctica/Casey"))  # 2:00 to 23:00

        assert str(reading.sentence) == (
            "Add 1:15 (UTC+11:00)–23:00 (UTC+08:00) (-1 days) on Fri 5 Mar 2010, 45 min, without a name."
        )


class TestAnswers:
    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("Call 16:30-17", "Call 16:30-17 yesterday"),
            ("Call 16:30-17 @acme ", "Call 16:30-17 @acme yesterday"),
            ("Call today 16:30-17 #x", "Call yesterday 16:30-17 #x"),
            ("Call 18.11. 16:30-", "Call yesterday 16:30-"),
        ],
    )
    def test_yesterday_is_a_line_to_read_instead(self, text, line):
        (choice,) = read(text).problem.choices

        assert (choice.code, choice.line) == ("yesterday", line)
        answered = read(choice.line)
        assert answered.problem is None
        assert answered.start == instant("2025-11-17T15:30")

    def test_yesterday_is_offered_only_where_it_helps(self):
        assert read("Call 22-11 yesterday").problem.choices == ()
        assert read("Call 16-17", day=date(2026, 1, 1)).problem.choices == ()

    def test_a_long_night_is_kept_when_meant(self):
        keep, afternoon = read("Call yesterday 9-5").problem.choices

        assert (keep.code, str(keep.label)) == ("keep", "Yes, 20 h")
        stored = read("Call yesterday 9-5", long_is_meant=True)
        assert str(stored.sentence) == "Add “Call”, 9:00–5:00 (+1 day) yesterday, 20 h."
        assert (afternoon.code, str(afternoon.label), afternoon.line) == (
            "afternoon",
            "9:00 to 17:00",
            "Call yesterday 09:00-17:00",
        )
        assert str(read(afternoon.line).sentence) == "Add “Call”, 9:00–17:00 yesterday, 8 h."

    @pytest.mark.parametrize(
        ("text", "keep", "afternoon"),
        [
            ("Lunch 12-1", "Yes, 13 h", "12:00 to 13:00"),
            ("Lunch 12:15 to 1:15", "Yes, 13 h", "12:15 to 13:15"),
            ("Show 10-2", "Yes, 16 h", "10:00 to 14:00"),
            ("Show 12-4", "Yes, 16 h", "12:00 to 16:00"),
            ("Show 9-1", "Yes, 16 h", "9:00 to 13:00"),
        ],
    )
    def test_a_range_that_reads_in_two_ways_is_asked_about(self, text, keep, afternoon):
        problem = read(f"{text} yesterday").problem

        assert problem.code == "over_midnight_long"
        assert [str(choice.label) for choice in problem.choices] == [keep, afternoon]

    @pytest.mark.parametrize("text", ["22-6", "12-01", "13-1", "20:30-2", "0-1", "23-0:30", "12-12:30", "12:00-01:00"])
    def test_a_night_that_reads_in_one_way_is_not_asked_about(self, text):
        assert read(f"Show {text} yesterday").problem is None

    def test_only_an_end_that_has_two_halves_may_be_in_the_afternoon(self):
        assert [choice.code for choice in read("Call 16.11. 20-13").problem.choices] == ["keep"]

    def test_the_afternoon_is_that_of_the_wall(self):
        _, afternoon = read("Call 9-6", day=date(2025, 10, 25), now=NOW).problem.choices

        assert afternoon.line == "Call 09:00-18:00"

    def test_a_night_that_is_not_over_asks_for_the_afternoon(self):
        reading = read("Call 9-5", now=at("Europe/Berlin", "2025-11-18T18:00"))

        assert reading.problem.code == "over_midnight_long"
        assert [choice.code for choice in reading.problem.choices] == ["afternoon"]


# The sentence, read back by other means than those that wrote it.

_TIME = r"(\d+:\d\d)(?: \(UTC([+-]\d\d:\d\d)\))?"
_DAY = r"(today|yesterday|on \w{3} \d+ \w{3} \d{4})"
_ADD = re.compile(
    rf"Add (?:“(?P<name>.*)”, )?{_TIME}–{_TIME}(?: \(([+-]\d+) days?\))? {_DAY}, ([^,]*?)(?P<bare>, without a name)?\.",
    re.DOTALL,
)
_START = re.compile(
    rf"Start (?:“(?P<name>.*)” )?at {_TIME} {_DAY}, ([^,]*?) ago(?P<bare>, without a name)?\.", re.DOTALL
)


def day_of(words, now, zone):
    today = now.astimezone(zone).date()
    if words in {"today", "yesterday"}:
        return today - DAY * (words == "yesterday")
    found = datetime.strptime(words[3:], "%a %d %b %Y").date()
    assert found not in {today, today - DAY}
    return found


def moment(day, clock, offset, zone):
    local = datetime.fromisoformat(f"{day}T{clock:0>5}")
    if offset:
        return datetime.fromisoformat(f"{local.isoformat()}{offset}")
    (only,) = {local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return only


def minutes_of(words):
    found = re.fullmatch(r"(?:(\d+) h)? ?(?:(\d+) min)?", words)
    return int(found[1] or 0) * 60 + int(found[2] or 0)


def check_that_sentence_and_button_tell_the_reading(reading, now, zone):
    sentence = str(reading.sentence).replace("\u2068", "").replace("\u2069", "")  # around names from right to left
    if reading.kind == "start_now":
        assert (reading.start, reading.end) == (None, None)
        assert sentence == (f"Start “{reading.name}” now." if reading.name else "Start now, without a name.")
        assert str(reading.button) == "Start"
        return
    found = (_ADD if reading.kind == "add" else _START).fullmatch(sentence)
    assert (found["name"] or "", bool(found["bare"])) == (reading.name, not reading.name)
    assert reading.start.second == reading.start.microsecond == 0
    if reading.kind == "start_at":
        _, clock, offset, day, _, _ = found.groups()
        assert moment(day_of(day, now, zone), clock, offset, zone) == reading.start <= now
        assert reading.end is None
        assert clock in str(reading.button)
        return
    _, first, first_offset, last, last_offset, days, day, length, _ = found.groups()
    start_day = day_of(day, now, zone)
    assert moment(start_day, first, first_offset, zone) == reading.start
    assert moment(start_day + int(days or 0) * DAY, last, last_offset, zone) == reading.end <= now
    assert minutes_of(length) * MINUTE == reading.end - reading.start
    assert timedelta(0) < reading.end - reading.start <= 31 * DAY
    day_said = {"today": "", "yesterday": ", yesterday"}.get(day, f", {day.removeprefix('on ')}")
    assert str(reading.button) == f"Add {length}{day_said}"


OPTIONS = st.fixed_dictionaries(
    {"day_first": st.booleans()},
    optional={
        "start_occurrence": st.sampled_from([1, 2]),
        "end_occurrence": st.sampled_from([1, 2]),
        "long_is_meant": st.booleans(),
        "day": st.dates() | st.dates(date(2025, 10, 25), date(2025, 11, 19)),
    },
)


@examples(1500)
@example("שלום", (ZoneInfo("Europe/Berlin"), datetime(2025, 11, 18, 9, 30, tzinfo=UTC)), {"day_first": False})
@given(LINES, NOWS, OPTIONS)
def test_no_line_raises_and_no_session_differs_from_its_sentence(text, moment_and_zone, options):
    zone, now = moment_and_zone
    reading = read(text, now=now, zone=zone, **options)

    assert all(text[chip.start : chip.end] == chip.word for chip in reading.chips)
    assert [chip.start for chip in reading.chips] == sorted(chip.start for chip in reading.chips)
    assert str(read(text, now=now, zone=zone, **options, clock_24=False).sentence)
    if reading.problem is None:
        check_that_sentence_and_button_tell_the_reading(reading, now, zone)
    else:
        assert (reading.start, reading.end) == (None, None)
        assert str(reading.sentence) == str(reading.problem.message)
        for choice in reading.problem.choices:
            assert str(choice.label)
            if choice.line is not None:
                other = read(choice.line, now=now, zone=zone, **options)
                assert (other.name, other.project, other.tags) == (reading.name, reading.project, reading.tags)


@examples(600)
@given(LINES)
def test_a_line_without_time_words_starts_now_under_its_whole_text(text):
    reading = read(text)

    if not reading.chips:
        assert reading.kind == "start_now"
        assert reading.problem is None
        visible = clean_characters(text).strip()
        assert reading.name.replace("\\", "") == visible.replace("\\", "")
        if "\\" not in text:
            assert reading.name == visible


@pytest.mark.parametrize("mark", ["\u200b", "\u200e", "\u2060", "\ufeff", "\u00ad", "\u202a", "\u2066"])
def test_invisible_characters_hide_nothing(mark):
    text = f"{mark}Ca{mark}ll 9-{mark}10:25{mark} {mark} @ac{mark}me{mark}"
    reading = read(text)

    assert (reading.name, reading.project) == ("Call", "acme")
    assert str(reading.sentence) == "Add “Call”, 9:00–10:25 today, 1 h 25 min."
    assert [chip.word for chip in reading.chips] == [text[chip.start : chip.end] for chip in reading.chips]
    assert text[: reading.chips[0].start] == f"{mark}Ca{mark}ll "


def test_joiners_stay_and_separators_of_lines_become_blanks():
    assert read("👩\u200d💻 می\u200cروم\u2028now\u2029then").name == "👩\u200d💻 می\u200cروم now then"


@pytest.mark.parametrize("blank", ["\u202f", "\u00a0", "\u2009", "\u3000"])
def test_any_blank_may_stand_in_a_time(blank):
    assert str(read(f"Call 9:00{blank}AM{blank}-{blank}10:25{blank}AM").sentence) == (
        "Add “Call”, 9:00–10:25 today, 1 h 25 min."
    )


@examples(300)
@given(LINES)
def test_a_backslash_before_a_chip_keeps_it_as_text(text):
    chips = read(text).chips

    for chip in chips:
        stored = read(text[: chip.start] + "\\" + text[chip.start :])
        assert chip.start not in {other.start - 1 for other in stored.chips}
        assert " ".join(chip.word.split()) in " ".join(stored.name.split())


FORMS = [
    lambda moment: f"{moment:%H:%M}",
    lambda moment: f"{moment.hour}:{moment.minute:02}",
    lambda moment: f"{moment:%H%M}",
    lambda moment: f"{moment.hour}.{moment.minute:02}",
    lambda moment: f"{moment.hour}h{moment.minute:02}",
    lambda moment: f"{(moment.hour - 1) % 12 + 1}:{moment.minute:02}{'am' if moment.hour < 12 else 'pm'}",
    lambda moment: f"{(moment.hour - 1) % 12 + 1}:{moment.minute:02} {'AM' if moment.hour < 12 else 'PM'}",
]
DATE_FORMS = [
    lambda day: f"{day.day}.{day.month}.{day.year}",
    lambda day: f"{day:%d.%m.%y}",
    lambda day: f"{day:%d.%m.}",
    lambda day: f"{day.day}/{day.month}/{day.year}",
    lambda day: f"{day.day}/{day.month}",
    date.isoformat,
    lambda day: f"{day.day} {day:%b %Y}",
    lambda day: f"{day:%B} {day.day}, {day.year}",
    lambda day: f"{day:%a} {day.day} {day:%b}",
]


@examples(500)
@given(
    st.datetimes(datetime(2024, 12, 1), datetime(2025, 10, 25)).map(
        lambda local: local.replace(second=0, microsecond=0)
    ),
    st.integers(1, 16 * 60),
    st.sampled_from(FORMS),
    st.sampled_from(DATE_FORMS),
    st.sampled_from(["Call", "", "Ticket 45", "Chapter 3 of 7"]),
    st.sampled_from(
        ["{day} {start}-{end}", "{start}-{end} {day}", "{start}- {day} {minutes}m", "{day} {hours}h{rest:02} {start}-"]
    ),
)
def test_every_form_of_a_session_reads_as_that_session(local, minutes, form, date_form, name, order):
    zone = ZoneInfo("Asia/Kathmandu")  # no clock change
    end = local + minutes * MINUTE
    text = order.format(
        day=date_form(local.date()),
        start=form(local),
        end=form(end),
        minutes=minutes,
        hours=minutes // 60,
        rest=minutes % 60,
    )
    assume(not looks_like_years(text))
    reading = read(f"{name} {text}", zone=zone, long_is_meant=True)

    assert reading.problem is None
    assert reading.name == name
    assert (reading.start, reading.end) == (
        local.replace(tzinfo=zone).astimezone(UTC),
        end.replace(tzinfo=zone).astimezone(UTC),
    )


def looks_like_years(text):
    found = re.search(r"\b(20\d\d|19\d\d)-(20\d\d|19\d\d)\b", text)
    return found is not None and int(found[2]) == int(found[1]) + 1


def test_sentences_can_be_translated():
    reading = read("Call mon 8-9 tue")
    german = {reading.sentence.text: "„%(name)s“ eintragen, %(date)s, %(start)s–%(end)s, %(duration)s."}

    shown = reading.sentence.render(lambda text: german.get(text, text), lambda day: f"{day:%d.%m.}")

    assert shown == "„Call mon“ eintragen, 11.11., 8:00–9:00, 1 h."


@pytest.mark.parametrize(
    "text", ["9" * 20_000, "-" * 20_000, "9-" * 10_000, "\\" * 20_000, "#a " * 2000, "1 h 2 " * 1000]
)
def test_a_long_line_takes_no_long_time(text):
    started = datetime.now(UTC)

    read(text)

    assert datetime.now(UTC) - started < timedelta(seconds=2)


def test_names_of_several_words_that_are_known_need_no_quotes():
    known = frozenset({"book covers", "book covers two"})

    for text, project in [
        ("Draft @Book covers", "Book covers"),
        ("Draft @BOOK COVERS 9-10", "BOOK COVERS"),
        ("Draft @book covers two", "book covers two"),
        ("Draft @book cover", None),
    ]:
        reading = read(text, projects=known)
        assert (reading.project, reading.project_is_exact) == (project, False), text
    assert read('Draft @"book covers"', projects=known).project_is_exact


def test_an_at_sign_inside_a_name_is_found():
    assert stray_projects("Draft @Book covers") == ["Book covers", "Book"]
    assert stray_projects("Draft @Book") == ["Book"]
    for name in ("Write to @bob@example.social", "bob@example.com", "Meet @ 9", "Mail"):
        assert stray_projects(name) == []


NAMES = [
    "Logo",
    "Ticket 45",
    "Call 45m",
    "Talk 9-10:25",
    "Mail @bob",
    "Fix #web 9:15",
    "Plan yesterday 9:00",
    "-20",
    "",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("project", [None, "acme", "Book covers"])
def test_a_line_for_a_name_is_read_as_that_name(name, project):
    line = format_line(name, project, ["draft"])
    for end in ("", " 45m"):
        reading = read(line + end, projects=frozenset())
        assert (reading.name, reading.project, reading.tags) == (name, project, ("draft",)), line


@examples(500)
@given(LINES)
@example("\\at \\9:00")
@example("\\at 45m \\9:00")
def test_any_name_can_be_typed(text):
    name = read(text).name
    assert " ".join(read(format_line(name)).name.split()) == " ".join(name.split())
