"""Files that a spreadsheet opened and saved again, in its own dates, clocks, decimals, delimiter and encoding"""

import csv
import io
import re
from datetime import UTC, date, datetime, time, timedelta

import pytest

from sessions_app.imports.rows import ImportedSession
from tests.sessions_app.imports import formats
from tests.sessions_app.imports.formats import Entry
from tests.sessions_app.imports.reading import open_file

ENTRIES = [
    Entry(
        datetime(2024, 5, day, 15 + day % 5, 10, tzinfo=UTC),
        datetime(2024, 5, day, 15 + day % 5, 10, tzinfo=UTC) + timedelta(minutes=25 * day),
        f"Über {day}",
        "Größe & Co",
        "Web",
        "Dev",
        ("a", "b"),
        day % 2 == 0,
    )
    for day in (3, 5, 12, 13, 28)
]
TOOLS = (
    "toggl_detailed", "toggl_new", "clockify", "clockify_european", "kimai", "kimai_german", "kimai_french",
    "timetagger_report", "watson_csv", "solidtime_report", "harvest",
)  # fmt: skip
ISO_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?")
DECIMAL = re.compile(r"\d+\.\d+")


def german(cell):
    if found := ISO_DATE.fullmatch(cell):
        return f"{found[3]}.{found[2]}.{found[1]}"
    if (found := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d) (\d\d:\d\d):\d\d", cell)) is not None:
        return f"{found[3]}.{found[2]}.{found[1]} {found[4]}"
    return cell.replace(".", ",") if DECIMAL.fullmatch(cell) else cell


def american(cell):
    if found := ISO_DATE.fullmatch(cell):
        return f"{int(found[2])}/{int(found[3])}/{found[1]}"
    if (found := CLOCK.fullmatch(cell)) and int(found[1]) < 24:
        hour = int(found[1])
        seconds = f":{found[3]}" if found[3] else ""
        return f"{hour % 12 or 12}:{found[2]}{seconds} {'PM' if hour >= 12 else 'AM'}"
    return cell


def resaved(data, change, delimiter, encoding):
    text = data.decode("utf-8-sig")
    first = ";" if text.count(";") > text.count(",") else ","
    rows = [[change(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=first)]
    width = max(map(len, rows))
    rows = [[*row, *[""] * (width - len(row)), "", ""] for row in rows]  # columns appear
    target = io.StringIO()
    csv.writer(target, delimiter=delimiter).writerows(rows)
    return target.getvalue().encode(encoding)


def described(data, name):
    file = open_file(data, name, timezone="Asia/Kolkata")
    found = [
        (row.start, row.end, row.date, row.duration_seconds, row.name, row.client, row.project, row.tags, row.billable)
        if isinstance(row, ImportedSession)
        else getattr(row, "kind", row)
        for row in file.rows()
    ]
    assert sum(isinstance(each, tuple) for each in found) == len(ENTRIES)
    return file.tool, found


SAVED = {
    "German": (german, ";", "cp1252"),
    "American": (american, ",", "cp1252"),
    "Unicode text": (lambda cell: cell, "\t", "utf-16"),
    "German Unicode text": (german, "\t", "utf-16"),
}


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("way", SAVED)
def test_sessions_stay_equal(tool, way):
    data = getattr(formats, tool)(ENTRIES)

    assert described(resaved(data, *SAVED[way]), "report.csv") == described(data, "report.csv")


def typed(cell):
    """A cell as a spreadsheet types it."""
    if found := ISO_DATE.fullmatch(cell):
        return date(*map(int, found.groups()))
    if (found := CLOCK.fullmatch(cell)) and int(found[1]) < 24:
        return time(*(int(part or 0) for part in found.groups()))
    return float(cell) if DECIMAL.fullmatch(cell) else cell


@pytest.mark.parametrize("tool", TOOLS)
def test_workbooks_say_the_same(tool):
    data = getattr(formats, tool)(ENTRIES)
    text = data.decode("utf-8-sig")
    first = ";" if text.count(";") > text.count(",") else ","
    rows = [list(map(typed, row)) for row in csv.reader(io.StringIO(text, newline=""), delimiter=first)]

    assert described(formats.workbook(rows), "report.xlsx") == described(data, "report.csv")


# Dates of which a spreadsheet swapped day and month


def _days_of_workbook(*days):
    """The first days of the sessions in a workbook with these cells, and its remarks."""
    rows = [["Start date", "Start time", "End date", "End time"], *([day, "09:00", day, "10:00"] for day in days)]
    found = open_file(formats.workbook(rows), "report.xlsx")
    sessions = [row for row in found.rows() if isinstance(row, ImportedSession)]
    return [f"{row.start:%m-%d}" for row in sessions], [str(each) for each in found.remarks]


@pytest.mark.parametrize("written", ["{:%d/%m/%Y}", "{:%d.%m.%Y}", "{:%m/%d/%Y}"])
def test_dates_that_a_spreadsheet_swapped_are_swapped_back(written):
    days = [date(2026, month, day) for month in (1, 2) for day in (5, 7, 11, 12, 13, 20, 28)]
    cells = [written.format(day) if day.day > 12 else day.replace(month=day.day, day=day.month) for day in days]

    found, remarks = _days_of_workbook(*cells)

    assert found == [f"{day:%m-%d}" for day in days]
    assert "swapped day and month in 16 cells" in remarks[0]


@pytest.mark.parametrize(
    "cells",
    [
        (date(2026, 1, 5), date(2026, 1, 6), "13/01/2026", "14/01/2026"),  # nearer to each other as they are
        (date(2026, 5, 1), date(2026, 5, 20), "23/05/2026"),
        (date(2026, 5, 1), "13/01/2026", "02/01/2026"),  # this text could be read, so nothing was swapped
        (date(2026, 5, 1), "13/01/2026", "01/14/2026"),
        (date(2026, 5, 1), date(2026, 6, 1)),
    ],
)
def test_other_dates_of_a_workbook_are_as_they_are(cells):
    found, remarks = _days_of_workbook(*cells)

    assert found[0] == f"{cells[0]:%m-%d}"
    assert remarks == []
