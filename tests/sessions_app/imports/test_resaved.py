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
