"""Files come as bytes, as a path, or as an open file that stays open"""

import io
from datetime import UTC, datetime, timedelta

import pytest

from sessions_app.imports.detection import read
from sessions_app.imports.rows import Answers, ImportedSession
from tests.sessions_app.imports import formats
from tests.sessions_app.imports.formats import Entry
from tests.sessions_app.imports.reading import NOW

START = datetime(2024, 5, 13, 9, tzinfo=UTC)
ENTRIES = [Entry(START + timedelta(days=day), START + timedelta(days=day, hours=1), f"x{day}") for day in range(5)]
TOOLS = ("toggl_year", "solidtime_zip", "hamster_xml", "timewarrior_export", "timewarrior_data", "icalendar")


@pytest.mark.parametrize("tool", TOOLS)
def test_rows_are_the_same_and_can_be_read_again(tool, tmp_path):
    data = getattr(formats, tool)(ENTRIES)
    path = tmp_path / "file"
    path.write_bytes(data)
    expected = list(read("file", data, Answers(), NOW).rows())
    assert [row.name for row in expected if isinstance(row, ImportedSession)] == ["x0", "x1", "x2", "x3", "x4"]

    with io.BytesIO(data) as opened, path.open("rb") as on_disk:
        for source in (path, opened, on_disk):
            file = read("file", source, Answers(), NOW)
            assert list(file.rows()) == expected
            next(file.rows())  # and left there
            assert list(file.rows()) == expected
            assert list(file.rows(after=expected[1].line)) == expected[2:]
        assert not opened.closed
        assert not on_disk.closed
