"""Random sessions, written in each tool's format, come back equal"""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.imports.detection import read
from sessions_app.imports.instants import instants_of
from sessions_app.imports.rows import Answers, ImportedSession
from tests.sessions_app.imports import formats
from tests.sessions_app.imports.formats import ZONE, Entry

NOW = datetime(2026, 11, 27, tzinfo=UTC)
LETTERS = st.characters(
    exclude_categories=("C", "Z", "M"), exclude_characters="#", include_characters=" ", max_codepoint=0x2FFF
)
WORDS = st.text("abcdefghiäöüßxyzéñł", min_size=1, max_size=8)


def texts(size):
    return st.text(LETTERS, max_size=size).map(lambda text: " ".join(text.split())).filter(lambda text: text != "%")


@st.composite
def entries(draw):
    start = draw(st.datetimes(datetime(2001, 1, 1), datetime(2026, 11, 1))).replace(microsecond=0, tzinfo=UTC)
    length = timedelta(seconds=draw(st.integers(1, 80_000)))
    name = draw(texts(60).filter(lambda text: not text.startswith(("HIDDEN", "'"))))
    names = st.text("ABCabc äé&-", max_size=10).map(lambda text: " ".join(text.split()))
    tags = tuple(dict.fromkeys(draw(st.lists(WORDS.map(str.lower), max_size=3))))
    return Entry(start, start + length, name, draw(names), draw(names), "", tags, draw(st.booleans()))


def sessions_of(data, name="file", **answers):
    file = read(name, data, Answers(timezone=ZONE.key, **answers), NOW)
    rows = list(file.rows())
    found = [row for row in rows if isinstance(row, ImportedSession)]
    return file, found, [row for row in rows if not isinstance(row, ImportedSession)]


FULL = {"name", "client", "project", "tags", "billable"}
CASES = {
    "toggl_detailed": FULL, "toggl_year": FULL, "toggl_new": FULL, "clockify": FULL, "clockify_european": FULL,
    "clockify_spanish": FULL, "kimai": FULL, "kimai_german": FULL, "kimai_french": FULL, "kimai_1": FULL,
    "timetagger_report": {"name", "tags"}, "timetagger_table": {"name", "tags"}, "timetagger_records": {"tags"},
    "timewarrior_export": {"name", "tags"}, "timewarrior_data": {"name", "tags"}, "watson_frames": {"tags"},
    "watson_log": {"tags"}, "watson_csv": {"tags"}, "solidtime_report": FULL, "solidtime_zip": FULL, "neutral": FULL,
    "hamster_xml": {"name", "tags"}, "hamster_table": {"name", "tags"}, "tyme_3": {"name", "client", "project"},
    "icalendar": {"name", "tags"},
}  # fmt: skip
BY_THE_MINUTE = {"kimai", "kimai_german", "kimai_french", "kimai_1", "timetagger_report"}


def described(session, fields):
    values = {"name": session.name, "client": session.client, "project": session.project, "billable": session.billable}
    values["tags"] = frozenset(session.tags)
    return tuple(values[each] for each in sorted(fields))


@pytest.mark.parametrize("tool", CASES)
@given(given_entries=st.lists(entries(), min_size=1, max_size=8), data=st.data())
def test_sessions_come_back_equal(tool, given_entries, data):
    fields = CASES[tool]
    if tool in BY_THE_MINUTE:
        given_entries = formats.to_minutes(given_entries)
    if tool.startswith("clockify") and tool != "clockify_european":
        # A day after the 12th shows the order of all others.
        shown = datetime(2020, 1, 31, 9, tzinfo=UTC)
        given_entries = [*given_entries, Entry(shown, shown + timedelta(hours=1), "x", project="p")]

    _file, found, others = sessions_of(getattr(formats, tool)(given_entries))

    assert [each for each in others if getattr(each, "kind", "") != "total"] == []
    expected = Counter((each.start, each.end, *described(each, fields)) for each in given_entries)
    assert Counter((*instants_of(each, ZONE), *described(each, fields)) for each in found) == expected


KIMAI_DURATIONS = {
    "2.27": (lambda seconds: f"{seconds / 3600:.2f}", 18),
    "2.31": (lambda seconds: f"{seconds // 3600}:{seconds // 60 % 60:02}", 59),
    "2.33": (formats.clock, 0),
    "1.x": (str, 0),
}


@pytest.mark.parametrize("version", KIMAI_DURATIONS)
@given(given_entries=st.lists(entries(), min_size=2, max_size=8))
def test_kimai_of_any_version_adds_up_to_its_durations(version, given_entries):
    duration, error = KIMAI_DURATIONS[version]
    # A decimal among the durations shows what the whole numbers are.
    given_entries = [*given_entries, Entry(given_entries[0].start, given_entries[0].start + timedelta(minutes=75), "x")]
    given_entries = [each for each in given_entries if duration(each.seconds) not in {"0.00", "0:00", "0.01"}]

    _file, found, others = sessions_of(formats.kimai(given_entries, duration=duration))

    assert others == []
    lengths = [instants_of(each, ZONE) for each in found]
    assert [start.replace(second=0) for start, _end in lengths] == [
        each.start.replace(second=0) for each in given_entries
    ]
    for (start, end), each in zip(lengths, given_entries, strict=True):
        assert abs((end - start).total_seconds() - each.seconds) <= (error if version != "2.27" else 78)


@given(given_entries=st.lists(entries(), min_size=1, max_size=8))
@pytest.mark.parametrize("decimal", [".", ","])
def test_hours_of_harvest_come_back_equal(decimal, given_entries):
    _file, found, others = sessions_of(formats.harvest(given_entries, decimal=decimal, rounded=decimal == ","))

    def hours(seconds):
        return round(float(f"{seconds / 3600:.2f}") * 3600)

    expected = Counter(
        (each.start.astimezone(ZONE).date(), hours(each.seconds), *described(each, FULL - {"tags"}))
        for each in given_entries
        if hours(each.seconds)
    )
    assert {each.code for each in others} <= {"zero_length"}
    assert Counter((each.date, each.duration_seconds, *described(each, FULL - {"tags"})) for each in found) == expected
    assert all(each.start is None for each in found)
