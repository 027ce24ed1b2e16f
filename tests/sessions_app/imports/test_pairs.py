"""Time sheets with several pairs of start and end in a row, and with ranges of times in a cell"""

from datetime import date, time

import pytest

from sessions_app.models import TimeSession
from sessions_app.services import parts
from tests.sessions_app.imports.bring_in import bring_in, plan
from tests.sessions_app.imports.formats import workbook
from tests.sessions_app.imports.reading import asked, clocks, open_file, rejections, session, sessions

DAY = "2026-03-02"


def times(data, **answers):
    return [(found.line, clocks(found).replace(f"{DAY} ", "")) for found in sessions(data, **answers)]


@pytest.mark.parametrize(
    "header",
    [
        "Date,In,Out,In,Out",
        "Date,In 1,Out 1,In 2,Out 2",
        "Date,Time In,Time Out,Time In,Time Out",
        "Date,Start,End,Start,End",
        "Datum,Kommen,Gehen,Kommen,Gehen",
        "Datum,Von,Bis,Von,Bis",
        "Date,Morning in,Morning out,Afternoon in,Afternoon out",
        "Date,Clock In,Lunch out,Lunch in,Clock Out",
        "Date,1. Beginn,1. Ende,2. Beginn,2. Ende",
        "Date,In1,Out1,In2,Out2",
        "Date,Clock In,Break Start,Break End,Clock Out",
        "Datum,Kommen,Pausenbeginn,Pausenende,Gehen",
    ],
)
def test_each_pair_is_a_session(header):
    is_out_last = "break" in header.lower() or "pause" in header.lower() or "lunch" in header.lower()
    short = "08:00,,,10:00" if is_out_last else "08:00,10:00,,"
    rows = f"{DAY},09:00,12:00,13:00,17:30\n2026-03-03,{short}\n"

    assert times(f"{header}\n{rows}") == [
        (2, "09:00:00 - 12:00:00"), (2, "13:00:00 - 17:30:00"), (3, "2026-03-03 08:00:00 - 2026-03-03 10:00:00"),
    ]  # fmt: skip


def test_breaks_behind_start_and_end_are_between_them():
    text = f"Datum;Beginn;Ende;Pause von;Pause bis\n{DAY};09:00;17:30;12:00;13:00\n{DAY};18:00;19:00;;\n"

    assert [each for _line, each in times(text)] == [
        "09:00:00 - 12:00:00", "13:00:00 - 17:30:00", "18:00:00 - 19:00:00",
    ]  # fmt: skip


def test_what_is_beside_the_pairs_is_of_each_and_their_sum_of_none():
    rows = f"{DAY},9:00,12:00,13:00,17:30,7.5,Site\n2026-03-03,9:00,17:00,,,7.5,Site\n"
    text = f"Date,In,Out,In,Out,Total hours,Project\n{rows}"

    first, second, third = sessions(text)

    assert [each.project for each in (first, second, third)] == ["Site"] * 3
    assert [each.duration_seconds for each in (first, second, third)] == [None, None, 27_000]
    assert third.is_duration_billed  # half an hour of break


@pytest.mark.parametrize(
    ("cell", "seen"),
    [
        ("9:00 - 10:30", "09:00:00 - 10:30:00"),
        ("9:00-10:30", "09:00:00 - 10:30:00"),
        ("9:00–10:30", "09:00:00 - 10:30:00"),
        ("9:00 — 10:30", "09:00:00 - 10:30:00"),
        ("09:00 to 10:30", "09:00:00 - 10:30:00"),
        ("9.00 bis 10.30", "09:00:00 - 10:30:00"),
        ("9am-1pm", "09:00:00 - 13:00:00"),
        ("1:00 - 2:30 pm", "13:00:00 - 14:30:00"),
        ("11:00 - 1:30 pm", "11:00:00 - 13:30:00"),
        ("22:00 - 01:00", "22:00:00 - 2026-03-03 01:00:00"),
        ("9h00 - 10h30", "09:00:00 - 10:30:00"),
    ],
)
@pytest.mark.parametrize("title", ["Time", "Zeit", "Hours", "Start - End", "From/To", "Worked"])
def test_a_range_in_a_cell_is_start_and_end(cell, seen, title):
    assert times(f"Date,{title},Description\n{DAY},{cell},Mail\n") == [(2, seen)]
    assert asked(f"Date,{title},Description\n{DAY},{cell},Mail\n") == {"timezone", "columns"}


def test_several_ranges_in_a_cell_or_a_row_are_sessions_each():
    text = f'Date,Time,Notes\n{DAY},"9:00-12:00, 13:00-17:30",Site\n2026-03-03,9:00-10:00,Mail\n'
    found = sessions(text)

    assert times(text)[:2] == [(2, "09:00:00 - 12:00:00"), (2, "13:00:00 - 17:30:00")]
    assert [each.name for each in found] == ["Site", "Site", "Mail"]
    row = f"Date,Morning,Afternoon\n{DAY},9:00-12:00,13:00-17:30\n"
    assert [each for _line, each in times(row)] == ["09:00:00 - 12:00:00", "13:00:00 - 17:30:00"]


def test_only_what_is_no_range_is_rejected():
    text = f"Date,Time\n{DAY},9:00-10:30\nDate,Time\n{DAY},9:00-1x:30\n{DAY},11:00-12:00\n{DAY},13:00-14:00\n"

    assert rejections(text) == [(4, "bad_time")]


@pytest.mark.parametrize(
    "text",
    [
        f"Date,Start,Start,End,End\n{DAY},{DAY},09:00,{DAY},10:00\n",
        f"Start,End,Start,End\n{DAY},{DAY},09:00,10:00\n",
        f"Start,End,Notes\n{DAY} 09:00,{DAY} 10:00,9:00-10:30\n",
        f"Date,Start,End,Start,End\n{DAY},09:00,17:00,09:05,17:10\n",
        f"Date,Start (local),End (local),Start (UTC),End (UTC)\n{DAY},09:00,10:00,14:00,15:00\n",
        f"Start,End,Start,End\n{DAY} 09:00,{DAY} 10:00,09:00,10:00\n",
        f"Date,Start,Notes,End\n{DAY},09:00-05:00,x,10:00-05:00\n",
    ],
    ids=[
        "dates and clocks by two",
        "dates, then clocks",
        "a range in the notes",
        "planned and worked",
        "two zones",
        "stamps and clocks",
        "offsets",
    ],
)
def test_one_pair_stays_one(text):
    assert session(text).end is not None
    assert open_file(text).remarks == ()


def test_the_preview_says_that_rows_have_several(owner):
    text = f"Date,In,Out,In,Out\n{DAY},09:00,12:00,13:00,17:30\n"

    planned = plan(owner, text, timezone="UTC")

    assert planned.files[0].remarks == ["Each row has up to 2 pairs of start and end: each pair becomes a session."]
    assert planned.created == 2


def test_pairs_of_a_row_are_never_parted(owner, monkeypatch):
    """An import that ends between two parts goes on behind a line."""
    monkeypatch.setattr("sessions_app.imports.commit.CHUNK", 1)
    monkeypatch.setattr(parts, "PART_SECONDS", 0)
    text = f"Date,In,Out,In,Out\n{DAY},09:00,12:00,13:00,17:30\n2026-03-03,09:00,12:00,13:00,17:30\n"
    assert bring_in(owner, text, timezone="UTC", seconds=0).counts["created"] == 2

    done = bring_in(owner, text, timezone="UTC")

    assert (done.is_finished, done.counts["created"]) == (True, 4)
    assert TimeSession.objects.for_user(owner).count() == 4
    assert bring_in(owner, text, timezone="UTC").counts["unchanged"] == 4


def test_a_workbook_of_clocks():
    rows = [["Date", "In", "Out", "In", "Out"], [date(2026, 3, 2), time(9), time(12), time(13), time(17, 30)]]

    assert [each for _line, each in times(workbook(rows))] == ["09:00:00 - 12:00:00", "13:00:00 - 17:30:00"]
