"""Damaged files: nothing is raised but UnreadableFileError, and every rejection names its line and its reason

By hand, for 20,000 files: `python -m tests.sessions_app.imports.test_damage 20000`.
"""

import random
import sys
import time
from collections import Counter
from zoneinfo import ZoneInfo

import pytest

from sessions_app.imports.instants import instants_of
from sessions_app.imports.rows import ImportedSession, RejectedRow, UnreadableFileError
from tests.sessions_app.imports.damage import damaged, make_file
from tests.sessions_app.imports.reading import open_file

ZONE = ZoneInfo("Europe/Berlin")


def read_damaged(seed: int) -> str:
    """What became of one damaged file: `unreadable`, `rejected` with some row rejected, or `read`."""
    randoms = random.Random(seed)
    name, data = make_file(randoms)
    for _ in range(randoms.choice([1, 1, 2, 3])):
        data = damaged(data, randoms)
    try:
        rows = list(open_file(data, name).rows())
    except UnreadableFileError:
        return "unreadable"
    for row in rows:
        assert row.line >= 1
        if isinstance(row, RejectedRow):
            assert (str(row.reason) and row.code and row.record.encode()) is not None
        elif isinstance(row, ImportedSession):
            check_session(row)
    return "rejected" if any(isinstance(row, RejectedRow) for row in rows) else "read"


def check_session(session):
    """All that a plan does with a session is possible: its instants, and its texts in a database."""
    if session.start is not None:
        found = instants_of(session, ZONE)
        if not isinstance(found, RejectedRow) and found[1] is not None:
            assert found[0] < found[1]
    else:
        assert session.duration_seconds > 0
    texts = [session.record, session.name, session.note, session.client, session.project, session.external_id]
    texts += [session.whose, session.timezone, session.currency, *session.tags]
    assert all("\0" not in text and text.encode() is not None for text in texts)
    assert len(session.name) <= 200


@pytest.mark.parametrize("seed", range(20))
def test_damaged_files(seed):
    outcomes = Counter(read_damaged(number) for number in range(seed * 100, seed * 100 + 100))

    assert len(outcomes) == 3  # each kind of damage was among them


@pytest.mark.parametrize(
    "data",
    [
        r'{"records": [{"key": "a\u0000b", "t1": 1714939200, "t2": 1714942800, "ds": "x\ud800 #t\udfff"}]}',
        r'[[1714939200, 1714942800, "p\ud800", "\u0000", ["\ud800"], 1]]',
        r'[{"start": "20240331T003000Z", "end": "20240331T013000Z", "tags": ["\ud800x"], "annotation": "\u0000"}]',
        r'[{"start": "x\ud800", "end": "20240331T013000Z"}, {"start": "20240331T003000Z"}]',
    ],
)
def test_texts_can_be_stored(data):
    for row in open_file(data).rows():
        if isinstance(row, ImportedSession):
            check_session(row)
        else:
            assert (str(row.reason) + row.record).encode() is not None


ROW = "Description,Start Date,Start Time,End Date,End Time,Duration (h),Billable Rate (USD)\n"


@pytest.mark.parametrize("filling", [" ", "1", "(", "1 ", ":", "1:", "\t", ",".join("x" * 9), "'"])
@pytest.mark.parametrize("column", range(7))
def test_endless_cells_take_no_time(column, filling):
    cells = ["x", "2024-05-05", "09:00", "2024-05-05", "10:00", "1:00", "10.00"]
    cells[column] = f"1:00{filling * 50_000}x"
    row = ",".join(f'"{cell}"' for cell in cells)

    begun = time.process_time()
    rows = list(open_file(f"{ROW}{row}\n{row.replace(',', ';')}\n{ROW}").rows())
    assert time.process_time() - begun < 2
    assert rows


def test_a_line_without_an_end_is_not_read():
    with pytest.raises(UnreadableFileError, match="Line 2 is longer"):
        list(open_file(ROW + "x" * 5_000_000).rows())


if __name__ == "__main__":
    print(Counter(read_damaged(number) for number in range(int(sys.argv[1]))))
