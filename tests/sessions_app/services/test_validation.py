from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sessions_app.models import TimeSession
from sessions_app.services.validation import clean_fields
from tests.factories import instant
from timetracker.errors import InvalidInputError

NOW = instant("2026-11-23T09:00Z")
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


def rejected(fields, before=None):
    """(field, code, message) of every error."""
    with pytest.raises(InvalidInputError) as error:
        clean_fields(fields, now=NOW, before=before)
    assert error.value.code == "invalid"
    assert error.value.message == " ".join(each.message for each in error.value.errors)
    return [(each.field, each.code, each.message) for each in error.value.errors]


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("", ""),
        ("   ", ""),
        ("\n\t ", ""),
        ("  Draft  ", "Draft"),
        ("Draft\n", "Draft"),
        ("a  b", "a  b"),
        ("Cafe\u0301", "Café"),
        ("\u212b", "Å"),  # the sign for ångström
        ("👩‍🔬 lab", "👩‍🔬 lab"),
        ("مرحبا", "مرحبا"),
        ("<b>&amp;", "<b>&amp;"),
        ("x" * 200, "x" * 200),
        (" " + "x" * 200 + " ", "x" * 200),
        ("e\u0301" * 200, "é" * 200),  # two hundred once they are composed
        ("😀" * 200, "😀" * 200),
    ],
)
def test_a_name_is_trimmed_and_composed(name, stored):
    assert clean_fields({"name": name}, now=NOW) == {"name": stored}


@pytest.mark.parametrize(
    "name", ["a\x00b", "a\nb", "a\tb", "a\r\nb", "a\x1bb", "a\x7fb", "a\x85b", "a\ud800b", "\udfff"]
)
def test_a_name_with_control_characters_or_half_characters_is_rejected(name):
    assert rejected({"name": name}) == [
        ("name", "control_character", "Control characters cannot be kept. Leave them out.")
    ]


@pytest.mark.parametrize(
    ("field", "length", "message"),
    [
        ("name", 201, "This has 201 characters, at most 200 are kept. Shorten it."),
        ("note", 10_001, "This has 10001 characters, at most 10000 are kept. Shorten it."),
        ("project_name", 101, "This has 101 characters, at most 100 are kept. Shorten it."),
    ],
)
def test_a_text_that_is_too_long_is_rejected_and_never_cut(field, length, message):
    assert rejected({field: "x" * length}) == [(field, "max_length", message)]
    assert clean_fields({field: "x" * (length - 1)}, now=NOW) == {field: "x" * (length - 1)}


@pytest.mark.parametrize(
    ("note", "stored"),
    [("a\nb\tc", "a\nb\tc"), ("a\r\nb\r\n", "a\nb"), ("\n\na\n", "a"), ("x" * 9999 + "\r\n", "x" * 9999)],
)
def test_a_note_keeps_its_lines_and_tabs(note, stored):
    assert clean_fields({"note": note}, now=NOW) == {"note": stored}


@pytest.mark.parametrize("note", ["a\x00b", "a\rb", "a\x1bb", "a\ud800b"])
def test_a_note_with_other_control_characters_is_rejected(note):
    assert rejected({"note": note}) == [
        ("note", "control_character", "Control characters cannot be kept. Leave them out.")
    ]


@pytest.mark.parametrize("name", ["", "Mars/Olympus_Mons", "europe/berlin", "+02:00", "../UTC", "localtime", "Factory"])
def test_a_zone_that_is_none_is_rejected(name):
    message = f"“{name}” is not a time zone. Use an IANA name such as Europe/Berlin."

    assert rejected({"timezone": name}) == [("timezone", "invalid_timezone", message)]


def test_instants_are_kept_in_utc_and_whole_seconds():
    stored = clean_fields(
        {
            "start": datetime(2026, 11, 23, 9, 0, 0, 999_999, tzinfo=ZoneInfo("Europe/Berlin")),
            "end": datetime(2026, 11, 23, 9, 0, 1, 1, tzinfo=ZoneInfo("Europe/Berlin")),
        },
        now=NOW,
    )

    assert stored == {"start": instant("2026-11-23T08:00:00Z"), "end": instant("2026-11-23T08:00:01Z")}
    assert (stored["start"].tzinfo, stored["end"].tzinfo) == (UTC, UTC)


BEFORE_1970 = ("start", "out_of_range", "The start is before 1970. Give a later one.")
DAY_AHEAD = ("start", "out_of_range", "The start is more than a day ahead. Give an earlier one.")
NOT_YET = ("start", "in_future", "This start hasn't come yet. A running session begins now or earlier.")
NOT_AFTER = ("end", "end_not_after_start", "The end is not after the start. Give a later end.")
TOO_LONG = ("end", "too_long", "This is longer than 31 days. Give an earlier end.")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (EPOCH, EPOCH + SECOND),
        (NOW - 31 * DAY, NOW),
        (NOW, NOW + 31 * DAY),
        (NOW + DAY, NOW + DAY + HOUR),
        (NOW - SECOND, NOW),
        (EPOCH, None),
        (NOW, None),
    ],
)
def test_times_at_the_edge_are_taken(start, end):
    assert clean_fields({"start": start, "end": end}, now=NOW) == {"start": start, "end": end}


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (EPOCH - SECOND, EPOCH + HOUR, [BEFORE_1970]),
        (EPOCH - SECOND, None, [BEFORE_1970]),
        (NOW + DAY + SECOND, NOW + 2 * DAY, [DAY_AHEAD]),
        (NOW + SECOND, None, [NOT_YET]),
        (NOW, NOW, [NOT_AFTER]),
        (NOW, NOW - SECOND, [NOT_AFTER]),
        (NOW, NOW + timedelta(milliseconds=999), [NOT_AFTER]),
        (NOW - 31 * DAY - SECOND, NOW, [TOO_LONG]),
        (datetime.min.replace(tzinfo=UTC), NOW, [BEFORE_1970, TOO_LONG]),
        (datetime.max.replace(tzinfo=UTC), NOW, [DAY_AHEAD, NOT_AFTER]),
        (EPOCH - DAY, EPOCH - 2 * DAY, [BEFORE_1970, NOT_AFTER]),
    ],
)
def test_times_beyond_the_edge_are_rejected(start, end, expected):
    assert rejected({"start": start, "end": end}) == expected


def test_everything_that_is_wrong_is_reported_at_once():
    found = rejected({"name": "x" * 201, "note": "\0x", "timezone": "?", "start": NOW, "end": NOW})

    assert [(field, code) for field, code, _message in found] == [
        ("name", "max_length"),
        ("note", "control_character"),
        ("timezone", "invalid_timezone"),
        ("end", "end_not_after_start"),
    ]


class TestChange:
    """What is absent stays as it is in the session that is changed."""

    finished = TimeSession(start=NOW - 5 * HOUR, end=NOW - 4 * HOUR)
    running = TimeSession(start=NOW - 5 * HOUR, end=None)
    forgotten = TimeSession(start=NOW - 50 * DAY, end=NOW)
    sent_twice = TimeSession(start=NOW, end=NOW)

    def test_a_new_start_is_validated_with_the_old_end(self):
        assert rejected({"start": NOW - 4 * HOUR}, self.finished) == [NOT_AFTER]
        assert rejected({"start": NOW - 50 * DAY}, self.finished) == [TOO_LONG]

    def test_a_new_end_is_validated_with_the_old_start(self):
        assert rejected({"end": NOW - 5 * HOUR}, self.finished) == [NOT_AFTER]
        assert rejected({"end": NOW - 6 * HOUR}, self.running) == [NOT_AFTER]

    def test_the_start_of_a_running_session_has_come(self):
        assert rejected({"start": NOW + SECOND}, self.running) == [NOT_YET]
        assert clean_fields({"start": NOW}, now=NOW, before=self.running) == {"start": NOW}

    def test_a_session_ahead_cannot_be_made_to_run(self):
        ahead = TimeSession(start=NOW + HOUR, end=NOW + 2 * HOUR)

        assert rejected({"end": None}, ahead) == [NOT_YET]

    @pytest.mark.parametrize("before", [forgotten, sent_twice])
    def test_times_that_stay_are_not_validated_again(self, before):
        same = {"name": "Call", "start": before.start, "end": before.end}

        assert clean_fields({"name": "Call"}, now=NOW, before=before) == {"name": "Call"}
        assert clean_fields(same, now=NOW, before=before) == same

    def test_times_that_change_are(self):
        assert rejected({"start": NOW - 49 * DAY}, self.forgotten) == [TOO_LONG]
        assert clean_fields({"end": NOW - 40 * DAY}, now=NOW, before=self.forgotten) == {"end": NOW - 40 * DAY}
