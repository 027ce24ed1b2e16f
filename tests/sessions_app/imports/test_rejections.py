"""How a row that is no session is shown"""

import json

import pytest

from sessions_app.imports.rejections import MAX_RECORD, rejection_of
from sessions_app.imports.rows import RejectedRow
from sessions_app.timekeeping.messages import Message
from tests.sessions_app.imports.reading import open_file

GOOD_FRAME = [1714932000, 1714935600, "Website", "a" * 32, ["deep"], 1714935600]


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (GOOD_FRAME, ["soon", None, "Büro", "b" * 32, ["it's"], True]),
        (GOOD_FRAME, {"no": "frame"}),
        (
            {"id": "a" * 32, "project": "Website", "start": "2024-05-05T20:00:00+02:00", "stop": "2024-05-05T21:00Z"},
            {"id": "b" * 32, "project": None, "start": "soon", "stop": "2024-05-05T21:00:00+02:00", "tags": ["it's"]},
        ),
        ({"start": "20240505T200000Z", "end": "20240505T210000Z"}, ["it's", None]),
    ],
    ids=["frame", "no frame", "log", "interval"],
)
def test_a_row_of_json_is_shown_as_json(good, bad):
    (rejected,) = (row for row in open_file(json.dumps([good, bad])).rows() if isinstance(row, RejectedRow))

    assert json.loads(rejection_of("frames", rejected).record) == bad


def test_a_long_row_is_cut_and_says_so():
    row = RejectedRow(3, Message("No."), "bad_time", "x" * MAX_RECORD)

    assert rejection_of("a.csv", row).record == "x" * MAX_RECORD
    row = RejectedRow(3, Message("No."), "bad_time", "x" * (MAX_RECORD + 1))
    assert rejection_of("a.csv", row).record == "x" * (MAX_RECORD - 1) + "…"
