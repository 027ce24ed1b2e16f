"""Fields for one time or one length. Unless said otherwise it is NOW, see typed_lines."""

from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.timekeeping.shorthand import UnclearInputError, parse_duration_field, parse_time_field
from tests.examples import examples
from tests.sessions_app.timekeeping.hard_times import instant
from tests.sessions_app.timekeeping.shorthand.typed_lines import BERLIN, LINES, MINUTE, NOW, NOWS, at

TODAY = date(2025, 11, 18)
DAY = timedelta(days=1)


class TestTimeField:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("9", "09:00"), ("09", "09:00"), ("915", "09:15"), ("0915", "09:15"), ("9:15", "09:15"), ("9.15", "09:15"),
            ("9h15", "09:15"), ("9h", "09:00"), ("9am", "09:00"), (" 9:15 am ", "09:15"), ("915am", "09:15"),
            ("12am", "00:00"), ("0", "00:00"), ("0:00", "00:00"), ("９：１５", "09:15"), ("10:30", "10:30"),
            ("9:15\u202fAM", "09:15"), ("\u200e9:15\u00a0am\ufeff", "09:15"), ("9:\u206015", "09:15"),
            ("9 a.m.", "09:00"), ("9:15 A.M.", "09:15"), ("9a", "09:00"), ("9:15:00", "09:15"),
        ],
    )  # fmt: skip
    def test_a_time_is_on_the_shown_day(self, text, expected):
        found = parse_time_field(text, now=NOW, zone=BERLIN, day=TODAY, old=None, running=False)

        assert found == at("Europe/Berlin", f"2025-11-18T{expected}")

    @pytest.mark.parametrize(("text", "expected"), [("9pm", "21:00"), ("12pm", "12:00"), ("23:59", "23:59")])
    def test_an_earlier_day_has_all_its_hours(self, text, expected):
        found = parse_time_field(text, now=NOW, zone=BERLIN, day=TODAY - DAY, old=None, running=False)

        assert found == at("Europe/Berlin", f"2025-11-17T{expected}")

    @pytest.mark.parametrize(
        ("text", "running", "expected"),
        [
            ("-15", True, "2025-11-18T09:15:00"),
            ("−15", True, "2025-11-18T09:15:00"),
            ("-1h30", True, "2025-11-18T08:00:00"),
            ("-1:30", True, "2025-11-18T08:00:00"),
            ("-0", True, "2025-11-18T09:30:00"),
            ("-15", False, "2025-11-17T07:45:20"),
            ("+5", False, "2025-11-17T08:05:20"),
            ("+1h", False, "2025-11-17T09:00:20"),
        ],
    )
    def test_a_sign_counts_from_now_or_from_the_old_value(self, text, running, expected):
        old = instant("2025-11-17T08:00:20")

        assert parse_time_field(text, now=NOW, zone=BERLIN, day=TODAY, old=old, running=running) == instant(expected)

    @pytest.mark.parametrize(
        ("text", "code", "message"),
        [
            ("", "not_a_time", "Type a time, such as 9:45, 945 or -15."),
            ("9:75", "not_a_time", "“9:75” is not a time. Try 9:45, 945 or -15."),
            ("soon", "not_a_time", "“soon” is not a time. Try 9:45, 945 or -15."),
            ("24:00", "not_a_time", "“24:00” is not a time. Try 9:45, 945 or -15."),
            ("-1h75", "not_a_time", "“-1h75” is not a time. Try 9:45, 945 or -15."),
            ("9-10", "not_a_time", "“9-10” is not a time. Try 9:45, 945 or -15."),
            ("16:30", "in_future", "16:30 hasn't come yet. Did you mean yesterday?"),
            ("+5", "in_future", "10:35 hasn't come yet. Did you mean yesterday?"),
            ("-999999999h", "too_long", "“-999999999h” is longer than 31 days. Give a shorter time."),
        ],
    )
    def test_what_cannot_be_meant_is_reported(self, text, code, message):
        with pytest.raises(UnclearInputError) as unclear:
            parse_time_field(text, now=NOW, zone=BERLIN, day=TODAY, old=None, running=True)

        assert (unclear.value.problem.code, str(unclear.value)) == (code, message)

    def test_yesterday_is_one_click_away(self):
        with pytest.raises(UnclearInputError) as unclear:
            parse_time_field("16:30", now=NOW, zone=BERLIN, day=TODAY, old=None, running=True)

        (choice,) = unclear.value.problem.choices
        assert (choice.code, choice.instant) == ("yesterday", at("Europe/Berlin", "2025-11-17T16:30"))

    def test_yesterday_is_not_offered_for_another_day(self):
        with pytest.raises(UnclearInputError, match=r"^9:00 on Wed 19 Nov 2025 hasn't come yet\.$") as unclear:
            parse_time_field("9", now=NOW, zone=BERLIN, day=TODAY + DAY, old=None, running=True)

        assert unclear.value.problem.choices == ()

    def test_an_end_before_the_start_is_on_the_next_day(self):
        start = at("Europe/Berlin", "2025-11-17T22:15:40")
        end = parse_time_field("0:40", now=NOW, zone=BERLIN, day=TODAY - DAY, old=None, running=False, start=start)

        assert end == at("Europe/Berlin", "2025-11-18T00:40")
        midnight = parse_time_field(
            "24:00", now=NOW, zone=BERLIN, day=TODAY - DAY, old=None, running=False, start=start
        )
        assert midnight == at("Europe/Berlin", "2025-11-18T00:00")

    @pytest.mark.parametrize(
        ("start", "text", "clock_24", "expected"),
        [
            ("17T12:00", "1", False, "17T13:00"),
            ("17T12:00", "1:30", False, "17T13:30"),
            ("17T09:00", "5", False, "17T17:00"),
            ("17T13:00", "5", False, "17T17:00"),
            ("17T09:00", "10", False, "17T10:00"),
            ("17T12:00", "1am", False, "18T01:00"),
            ("17T12:00", "01:00", False, "18T01:00"),
            ("17T13:00", "12", False, "18T00:00"),
            ("17T22:00", "6", False, "18T06:00"),
            ("17T12:00", "01", True, "18T01:00"),
            ("17T13:00", "1", True, "18T01:00"),
            ("17T22:00", "6", True, "18T06:00"),
        ],
    )
    def test_an_end_by_a_twelve_hour_clock_is_the_sooner_one(self, start, text, clock_24, expected):
        found = parse_time_field(
            text,
            now=NOW,
            zone=BERLIN,
            day=TODAY - DAY,
            old=None,
            running=False,
            start=at("Europe/Berlin", f"2025-11-{start}"),
            clock_24=clock_24,
        )

        assert found == at("Europe/Berlin", f"2025-11-{expected}")

    def test_an_end_more_than_sixteen_hours_later_is_asked_about(self):
        start = at("Europe/Berlin", "2025-11-17T12:00")
        field = {"now": NOW, "zone": BERLIN, "day": TODAY - DAY, "old": None, "running": False, "start": start}

        assert parse_time_field("04", **field) == at("Europe/Berlin", "2025-11-18T04:00")
        with pytest.raises(UnclearInputError, match=r"^From 12:00 to 4:01 on the next day is 16 h 1 min\.") as unclear:
            parse_time_field("04:01", **field)
        (keep,) = unclear.value.problem.choices
        assert keep.instant == at("Europe/Berlin", "2025-11-18T04:01")

    @pytest.mark.parametrize(("start", "text", "afternoon"), [("12", "1", "13"), ("09", "5", "17")])
    def test_an_end_that_may_be_in_the_afternoon_is_asked_about(self, start, text, afternoon):
        start = at("Europe/Berlin", f"2025-11-17T{start}:00")
        field = {"now": NOW, "zone": BERLIN, "day": TODAY - DAY, "old": None, "running": False, "start": start}

        with pytest.raises(UnclearInputError) as unclear:
            parse_time_field(text, **field)

        keep, shorter = unclear.value.problem.choices
        assert keep.instant == at("Europe/Berlin", f"2025-11-18T0{text}:00")
        assert (shorter.code, shorter.instant) == ("afternoon", at("Europe/Berlin", f"2025-11-17T{afternoon}:00"))

    def test_an_end_in_the_future_or_before_the_start_is_rejected(self):
        start = at("Europe/Berlin", "2025-11-18T09:00")
        field = {"now": NOW, "zone": BERLIN, "day": TODAY, "old": None, "running": False, "start": start}

        with pytest.raises(UnclearInputError, match=r"^11:00 hasn't come yet\.$"):
            parse_time_field("11", **field)
        with pytest.raises(UnclearInputError, match=r"^8:00 on Wed 19 Nov 2025 hasn't come yet\.$"):
            parse_time_field("8", **field)
        with pytest.raises(UnclearInputError, match=r"^The end is not after the start\."):
            parse_time_field("-120", **field)

    @pytest.mark.parametrize("text", ["24:00", "24", "0:00", "12am"])
    def test_a_day_ends_when_the_next_one_begins(self, text):
        cairo = ZoneInfo("Africa/Cairo")
        found = parse_time_field(
            text,
            now=instant("2026-11-18T09:00"),
            zone=cairo,
            day=date(2026, 4, 23),
            old=None,
            running=False,
            start=at("Africa/Cairo", "2026-04-23T22:00"),
        )

        assert found == instant("2026-04-23T22:00")

    def test_clock_changes_are_reported(self):
        spring = {"now": at("Europe/Berlin", "2026-03-29T12:00"), "zone": BERLIN, "day": date(2026, 3, 29)}
        autumn = {"now": at("Europe/Berlin", "2025-10-26T12:00"), "zone": BERLIN, "day": date(2025, 10, 26)}

        with pytest.raises(UnclearInputError, match=r"^2:30 did not exist on Sun 29 Mar 2026"):
            parse_time_field("2:30", **spring, old=None, running=False)
        with pytest.raises(UnclearInputError, match=r"^2:30 came twice on Sun 26 Oct 2025") as unclear:
            parse_time_field("2:30", **autumn, old=None, running=False)
        assert [choice.instant for choice in unclear.value.problem.choices] == [
            instant("2025-10-26T00:30"), instant("2025-10-26T01:30"),
        ]  # fmt: skip

    @examples(500)
    @given(LINES, NOWS, st.booleans(), st.none() | st.integers(-3000, 3000), st.dates())
    def test_any_text_is_a_time_that_has_come_or_a_problem(self, text, moment_and_zone, running, start_minutes, day):
        zone, now = moment_and_zone
        start = None if start_minutes is None else now + start_minutes * MINUTE
        for shown in (now.astimezone(zone).date(), day):
            try:
                found = parse_time_field(text, now=now, zone=zone, day=shown, old=start, running=running, start=start)
            except UnclearInputError:
                continue
            else:
                assert found <= now
                assert found.tzinfo is UTC
                assert start is None or found > start


class TestDurationField:
    @pytest.mark.parametrize(
        ("text", "minutes"),
        [
            ("90", 90), ("1", 1), ("90m", 90), ("90 min", 90), ("1:30", 90), ("0:45", 45), ("1h30", 90), ("1 h 30", 90),
            ("1 h 28 min", 88), ("1.5", 90), ("1,5", 90), ("1.50", 90), (".25", 15), ("1.5h", 90), ("1,5 h", 90),
            ("2h", 120), ("1:30h", 90), (" 90 ", 90), ("９０", 90), ("0.33", 20), ("744h", 44640), ("44640", 44640),
            ("1\u00a0h\u202f30", 90), ("\u200b1:30\u2060", 90),
        ],
    )  # fmt: skip
    def test_whole_numbers_are_minutes_and_decimals_hours(self, text, minutes):
        assert parse_duration_field(text) == minutes * 60

    @pytest.mark.parametrize(
        ("text", "code", "message"),
        [
            ("", "not_a_length", "Type a length of time, such as 45m, 1h30 or 1.5h."),
            ("0", "not_a_length", "“0” is not a length of time. Try 45m, 1h30 or 1.5h."),
            ("0.001", "not_a_length", "“0.001” is not a length of time. Try 45m, 1h30 or 1.5h."),
            ("-5", "not_a_length", "“-5” is not a length of time. Try 45m, 1h30 or 1.5h."),
            ("1:75", "not_a_length", "“1:75” is not a length of time. Try 45m, 1h30 or 1.5h."),
            ("long", "not_a_length", "“long” is not a length of time. Try 45m, 1h30 or 1.5h."),
            ("44641", "too_long", "“44641” is longer than 31 days. Give a shorter time."),
            ("745h", "too_long", "“745h” is longer than 31 days. Give a shorter time."),
        ],
    )
    def test_what_cannot_be_meant_is_reported(self, text, code, message):
        with pytest.raises(UnclearInputError) as unclear:
            parse_duration_field(text)

        assert (unclear.value.problem.code, str(unclear.value)) == (code, message)

    @examples(500)
    @given(LINES)
    def test_any_text_is_a_length_or_a_problem(self, text):
        try:
            seconds = parse_duration_field(text)
        except UnclearInputError:
            return
        else:
            assert 60 <= seconds <= 31 * 86400
            assert seconds % 60 == 0
