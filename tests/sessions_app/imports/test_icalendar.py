"""iCalendar: zones by any name, lengths over a change of the clock, and what is no tracked time"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar as oracle
import pytest

from sessions_app.imports.candidates import Candidate, read_candidates
from tests.sessions_app.imports.reading import NOW, open_file

CUSTOM = """\
BEGIN:VTIMEZONE
TZID:Custom
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""
LOCATED = "BEGIN:VTIMEZONE\nTZID:Home\nX-LIC-LOCATION:Asia/Tokyo\nEND:VTIMEZONE\n"
FIXED = """\
BEGIN:VTIMEZONE
TZID:Half
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0000
TZOFFSETTO:+0545
END:STANDARD
END:VTIMEZONE
"""
MONTHLY = CUSTOM.replace("FREQ=YEARLY", "FREQ=SECONDLY")


def calendar(*properties, head=""):
    event = "\n".join(("BEGIN:VEVENT", "SUMMARY:x", *properties, "END:VEVENT"))
    return f"BEGIN:VCALENDAR\n{head}{event}\nEND:VCALENDAR\n"


def only(*properties, head=""):
    """The one row as it would come into an account of Tokyo."""
    (found,) = read_candidates(open_file(calendar(*properties, head=head), "x.ics"), "Asia/Tokyo", NOW)
    return found


def span(found):
    assert isinstance(found, Candidate), found
    return f"{found.start:%dT%H%M}/{found.end:%dT%H%M}"


@pytest.mark.parametrize(
    ("zone", "head", "expected"),
    [
        ("Eastern Standard Time", "", "05T1300/05T1400"),
        ("W. Europe Standard Time", "", "05T0700/05T0800"),
        ("/mozilla.org/20050126_1/America/New_York", "", "05T1300/05T1400"),
        ("/freeassociation.sourceforge.net/Tzfile/Europe/Berlin", "", "05T0700/05T0800"),
        ("europe/berlin", "", "05T0700/05T0800"),
        ("America/New York", "", "05T1300/05T1400"),
        ("UTC+2", "", "05T0700/05T0800"),
        ("GMT-0300", "", "05T1200/05T1300"),
        ("Custom", CUSTOM, "05T0700/05T0800"),
        ("Half", FIXED, "05T0315/05T0415"),
        ("Home", LOCATED, "05T0000/05T0100"),
    ],
)
def test_a_zone_has_many_names(zone, head, expected):
    found = only(f"DTSTART;TZID={zone}:20260505T090000", f"DTEND;TZID={zone}:20260505T100000", head=head)

    assert span(found) == expected


@pytest.mark.parametrize(
    ("zone", "head"),
    [("Nowhere/X", ""), ("Custom", ""), ("Custom", MONTHLY), ("PST", ""), ("/a/b", ""), ("UTC+99", "")],
)
def test_an_event_of_an_unknown_zone_is_rejected(zone, head):
    found = only(f"DTSTART;TZID={zone}:20260505T090000", f"DTEND;TZID={zone}:20260505T100000", head=head)

    assert (found.code, zone in str(found.reason)) == ("bad_time", True)


def test_a_zone_of_a_table_that_is_unknown_is_rejected():
    text = "Start,End,Timezone\n2026-05-05 09:00,2026-05-05 10:00,{}\n"
    (unknown,), (windows,) = (
        read_candidates(open_file(text.format(zone)), "Asia/Tokyo", NOW)
        for zone in ("Nowhere/X", "Tokyo Standard Time")
    )

    assert (unknown.code, windows.timezone) == ("bad_time", "Asia/Tokyo")


def test_start_and_end_may_be_of_two_zones():
    found = only("DTSTART;TZID=Europe/Berlin:20260505T090000", "DTEND;TZID=America/New_York:20260505T110000")

    assert (span(found), found.timezone) == ("05T0700/05T1500", "Europe/Berlin")
    assert span(only("DTSTART:20260505T070000Z", "DTEND;TZID=Europe/Berlin:20260505T100000")) == "05T0700/05T0800"


def test_the_zone_of_all_may_be_one_of_windows():
    assert open_file(calendar(head="X-WR-TIMEZONE:Eastern Standard Time\n"), "x.ics").timezone == "America/New_York"


@pytest.mark.parametrize(
    ("duration", "end"),
    [("PT2H", "25T0130"), ("PT30M", "25T0000"), ("P1D", "26T0030"), ("PT24H", "25T2330"), ("P1W", "01T0030")],
)
def test_hours_are_exact_and_days_end_at_the_same_time(duration, end):
    found = only("DTSTART;TZID=Europe/Berlin:20261025T013000", f"DURATION:{duration}")

    assert span(found) == f"24T2330/{end}"


TIMES = ("DTSTART:20260505T090000Z", "DTEND:20260505T100000Z")


def test_what_was_cancelled_is_ignored():
    assert (only(*TIMES, "STATUS:CANCELLED").kind, span(only(*TIMES, "STATUS:CONFIRMED"))) == (
        "cancelled", "05T0900/05T1000",
    )  # fmt: skip


@pytest.mark.parametrize("rule", ["RRULE:FREQ=DAILY;COUNT=3", "RDATE:20260506T090000Z,20260507T090000Z"])
def test_what_repeats_is_rejected_with_the_reason(rule):
    found = only(*TIMES, rule)

    assert (found.code, found.record, "repeats" in str(found.reason)) == ("recurring", "x", True)


def test_a_time_that_cannot_be_read_is_shown():
    found = only("DTSTART:20260505T090000Z", "DTEND:tomorrow")

    assert (found.code, found.record) == ("bad_time", "20260505T090000Z tomorrow x")


def test_an_occurrence_that_was_changed_is_an_event():
    assert span(only(*TIMES, "UID:1", "RECURRENCE-ID:20260504T090000Z")) == "05T0900/05T1000"


def test_all_categories_are_tags():
    found = only(*TIMES, "CATEGORIES:a,b\\, c", "CATEGORIES;LANGUAGE=en:d,a")

    assert found.row.tags == ("a", "b, c", "d")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_lines_may_be_folded_amid_a_character(mark):
    text = (
        mark
        + calendar("DTSTART:20240706T100000Z", "DTEND:20240706T110000Z").replace("SUMMARY:x", "SUMMARY:Café").encode()
    )
    folded = text.replace("é".encode(), b"\xc3\r\n \xa9")

    (found,) = open_file(folded, "x.ics").rows()
    assert (found.name, found.line) == ("Café", 2)
    assert next(open_file(text.replace("é".encode(), b"\xe9")).rows()).name == "Café"


def test_an_event_that_was_cut_is_rejected():
    text = calendar("DTSTART:20240706T100000Z", "DTEND:20240706T110000Z")

    (row,) = open_file(text[: text.index("END:VEVENT")], "x.ics").rows()

    assert (row.code, row.record) == ("malformed_row", "20240706T100000Z x")
    assert "it was cut" in str(row.reason)


def test_a_described_zone_is_that_of_its_rules():
    zone = open_zone(CUSTOM)
    theirs = oracle.Timezone.from_ical(CUSTOM.replace("\n", "\r\n")).to_tz(lookup_tzid=False)
    for hours in range(0, 24 * 365, 7):
        local = datetime(2026, 1, 1, 1, 30) + timedelta(hours=hours)
        assert zone.instant(local) == local.replace(tzinfo=theirs).astimezone(UTC), local
        assert zone.instant(local) == local.replace(tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC), local


def open_zone(text):
    from sessions_app.imports.readers.icalendar import calendar_zones

    return calendar_zones(enumerate(text.splitlines(), start=1)).described["Custom"]
