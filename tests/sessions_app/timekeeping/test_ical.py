"""Calendars as other programs read them: RFC 5545, read back here by hand and by the package icalendar."""

import re
from datetime import UTC, datetime, timedelta, timezone

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.timekeeping.ical import Event, calendar_lines, escape, fold

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
UPDATED = datetime(2026, 11, 23, 10, 5, tzinfo=UTC)

# What RFC 5545 calls control characters, but for the tab and ends of lines, has no place in text.
CONTROL = "".join(map(chr, {*range(32), 127} - {*b"\t\r\n"}))
texts = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('\\;,:"\r\n\t👩‍🚀é')).map(
    lambda text: text * 3
)


def make_event(**fields):
    values = {
        "uid": "1@timetracker",
        "sequence": 2,
        "updated": UPDATED,
        "start": START,
        "end": START + timedelta(minutes=88),
        "summary": "Logo",
        **fields,
    }
    return Event(**values)


def write(*events):
    return "".join(calendar_lines(events, name="Timetracker", refresh=timedelta(minutes=30)))


def unfold(text):
    """The content lines, by section 3.1."""
    assert text.endswith("\r\n")
    return re.sub("\r\n[ \t]", "", text).removesuffix("\r\n").split("\r\n")


def unescape(value):
    """A value of type TEXT, by section 3.3.11."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value, flags=re.DOTALL)


def value_of(name, text):
    (line,) = (line for line in unfold(text) if re.match(rf"{name}[;:]", line))
    return line.partition(":")[2]


def stored(text):
    """What of a text a calendar can tell."""
    return re.sub(f"[{re.escape(CONTROL)}]", "", re.sub("\r\n?", "\n", text))


def test_a_whole_calendar():
    event = make_event(description="Two drafts;\nsee mail", categories=("deep", "a,b"))

    assert write(event).split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Timetracker//Sessions//EN",
        "NAME:Timetracker",
        "X-WR-CALNAME:Timetracker",
        "REFRESH-INTERVAL;VALUE=DURATION:PT30M",
        "X-PUBLISHED-TTL:PT30M",
        "BEGIN:VEVENT",
        "UID:1@timetracker",
        "DTSTAMP:20261123T100500Z",
        "LAST-MODIFIED:20261123T100500Z",
        "SEQUENCE:2",
        "DTSTART:20261123T090000Z",
        "DTEND:20261123T102800Z",
        "SUMMARY:Logo",
        r"DESCRIPTION:Two drafts\;\nsee mail",
        r"CATEGORIES:deep,a\,b",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_times_are_written_in_utc():
    berlin = timezone(timedelta(hours=1))

    assert "DTSTART:20261123T090000Z\r\n" in write(make_event(start=START.astimezone(berlin)))


def test_an_event_without_length_has_no_end():
    """DTEND must be later than DTSTART; without it an event ends when it starts."""
    text = write(make_event(end=START))

    assert "DTEND" not in text
    (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert (event.start, event.end) == (START, START)


def test_a_calendar_without_events_has_something_in_it():
    """By section 3.6 it must."""
    calendar = icalendar.Calendar.from_ical(write())

    assert [part.name for part in calendar.walk()] == ["VCALENDAR", "VTIMEZONE", "STANDARD"]
    assert "VTIMEZONE" not in write(make_event())


def test_lines_are_written_while_events_are_read():
    read = []

    def events():
        for number in range(3):
            read.append(number)
            yield make_event(uid=str(number))

    for line in calendar_lines(events(), name="Timetracker", refresh=timedelta(minutes=30)):
        if line == "UID:1\r\n":
            break

    assert read == [0, 1]


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("", ""),
        ("a: b = \"c\" 'd'", "a: b = \"c\" 'd'"),
        ("a;b,c\\d", r"a\;b\,c\\d"),
        ("a\nb\r\nc\rd", r"a\nb\nc\nd"),
        (r"not \n a line", r"not \\n a line"),
        ("a\tb", "a\tb"),
        ("a\x00\x07\x0b\x1b\x7fb", "ab"),
        ("half \ud83d of a pair", "half  of a pair"),
        ("next\x85line\u2028s", "next\x85line\u2028s"),  # only CR LF ends a line
    ],
)
def test_text_is_escaped(text, escaped):
    assert escape(text) == escaped


@pytest.mark.parametrize("before", range(68, 77))
@pytest.mark.parametrize("letter", ["a", "é", "€", "😀"])
def test_no_letter_is_cut_at_the_fold(before, letter):
    line = "x" * before + letter * 80

    pieces = fold(line).removesuffix("\r\n").split("\r\n ")

    assert "".join(pieces) == line
    octets = [len(piece.encode()) + (number > 0) for number, piece in enumerate(pieces)]
    assert max(octets) <= 75
    assert min(octets[:-1]) > 75 - len(letter.encode())  # and none is shorter than it must be


@pytest.mark.parametrize(("length", "lines"), [(0, 1), (74, 1), (75, 1), (76, 2), (75 + 74, 2), (75 + 75, 3)])
def test_lines_hold_75_octets(length, lines):
    assert fold("x" * length).count("\r\n") == lines


@given(texts, texts, st.lists(texts.filter(stored), max_size=3))
def test_any_text_is_read_back_as_it_was(summary, description, categories):
    text = write(make_event(summary=summary, description=description, categories=categories))

    assert all(len(line) <= 75 for line in text.encode().split(b"\r\n"))
    assert not re.search(r"[^\r]\n|\r[^\n]", text)
    assert not set(CONTROL) & set(text)
    assert unescape(value_of("SUMMARY", text)) == stored(summary)
    if stored(description):
        assert unescape(value_of("DESCRIPTION", text)) == stored(description)
    if categories:
        written = re.findall(r"((?:[^\\,]|\\.)+)", value_of("CATEGORIES", text), flags=re.DOTALL)
        assert [unescape(each) for each in written] == [stored(each) for each in categories]


words = st.text(st.characters(categories=["L", "N", "P", "S"]) | st.sampled_from(" \n\\;,👩"), min_size=1)


@given(words, words, st.lists(words, min_size=1, max_size=3))
def test_another_reader_reads_the_same(summary, description, categories):
    text = write(make_event(summary=summary, description=description, categories=categories))

    (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")

    assert (event["SUMMARY"], event["DESCRIPTION"]) == (summary, description)
    assert list(event["CATEGORIES"].cats) == categories
    assert (event["UID"], event["SEQUENCE"], event["TRANSP"]) == ("1@timetracker", 2, "TRANSPARENT")
    assert (event.start, event.end, event.DTSTAMP, event.LAST_MODIFIED) == (
        START,
        START + timedelta(minutes=88),
        UPDATED,
        UPDATED,
    )
    assert not event.errors
