"""Several tables below each other in a file: each entry comes in, and sums are said in one line"""

import pytest

from sessions_app.imports.detection import read
from tests.sessions_app.imports.formats import workbook
from tests.sessions_app.imports.reading import NOW, clocks, open_file, rejections, session, sessions, skipped

TABLE = """\
Date,Start,End,Client,What
2026-03-02,09:00,10:00,Acme,Call
2026-03-14,23:00,01:30,Bolt,Night
"""
DAYS = "Date,Hours,Client,What\n2026-03-02,1,Acme,Call\n2026-03-03,1,Acme,Night\n"
TOGGL = """\
User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags
Ann,a@x,Acme,Site,,Draft,Yes,2026-03-02,09:00:00,2026-03-02,10:00:00,01:00:00,
"""


def remarks(text):
    return [str(each) for each in open_file(text).remarks]


@pytest.mark.parametrize(
    ("below", "line", "titles"),
    [
        ("\nClient,Hours,Amount\nAcme,1.00,80.00\nBolt,2.50,200.00\nTotal,3.50,280.00\n", 5, "Client, Hours, Amount"),
        (",,,,\nSummary,,,,\nClient,Hours,,,\nAcme,1.00,,,\nBolt,2.50,,,\n", 6, "Client, Hours"),
        ("\nDay,Hours\n2026-03-02,1.00\n2026-03-14,2.50\n", 5, "Day, Hours"),
        ("Project,Hours\nSite,3.50\n", 4, "Project, Hours"),
        ("\nMonth,Hours\nMarch,3.50\n", 5, "Month, Hours"),
    ],
    ids=["sums of clients", "a label and empty cells", "sums of days", "no blank line", "sums of months"],
)
def test_a_summary_below_is_left_out_in_one_line(below, line, titles):
    assert [each.name for each in sessions(TABLE + below)] == ["Call", "Night"]
    (remark,) = remarks(TABLE + below)
    assert remark.startswith(f"From line {line} on is another table")
    assert titles in remark


def test_a_summary_below_the_table_of_a_tool():
    text = TOGGL + "\nProject,Duration\nSite,01:00:00\n"

    assert session(text).name == "Draft"
    assert len(remarks(text)) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            f"{TABLE}\nWhat,Client,Date,Start,End,Tags\nMail,Cole,2026-03-16,09:00,09:30,x\n",
            ["2026-03-16 09:00:00 - 2026-03-16 09:30:00", "Mail", "Cole", ("x",)],
        ),
        (
            TOGGL
            + "Description,Project,Start date,Start time,Stop date,Stop time,Hourly rate\n"
            + "Mail,Shop,2026-03-03,09:00:00,2026-03-03,10:00:00,80\n",
            ["2026-03-03 09:00:00 - 2026-03-03 10:00:00", "Mail", "", ()],
        ),
        (
            DAYS + "Date,Start,End,Client,What\n2026-03-04,09:00,10:00,Acme,Mail\n",
            ["2026-03-04 09:00:00 - 2026-03-04 10:00:00", "Mail", "Acme", ()],
        ),
    ],
    ids=["any table, with more titles", "the table of a tool", "starts below days with hours"],
)
def test_entries_below_with_other_columns_are_entries(text, expected):
    *above, found = sessions(text)

    assert {each.name for each in above} in ({"Call", "Night"}, {"Draft"})
    assert [clocks(found), found.name, found.client, found.tags] == expected
    assert remarks(text) == []


def test_the_first_table_may_go_on_below_a_summary():
    text = f"{TABLE}\nClient,Hours\nAcme,1\n\nApril\n{TABLE.replace('-03-', '-04-')}"

    assert [f"{each.start:%m-%d}" for each in sessions(text)] == ["03-02", "03-14", "04-02", "04-14"]
    assert skipped(text) == [(9, "repeated_header")]


@pytest.mark.parametrize(
    "text",
    [TABLE, f"{TABLE}\nClient,Hours\nAcme,1\n", f"{TABLE}What,Date,Start,End,Tags\nMail,2026-03-16,09:00,09:30,x\n"],
    ids=["one table", "a summary below", "entries below"],
)
def test_final_answers_read_the_same(text):
    found = open_file(text)

    assert list(read("file.csv", text.encode(), found.answers, NOW).rows()) == list(found.rows())


def test_a_label_above_a_repeated_header_is_no_row():
    assert len(sessions(f"{TABLE}\nApril\n{TABLE}")) == 4


def test_a_table_below_whose_titles_of_times_are_unknown_is_not_left_out():
    text = f"{TABLE}\nDate,Start,Gone,Client,Project\n2026-03-20,soon,10:00,Acme,X\n2026-03-21,09:00,10:00,Acme,X\n"

    assert remarks(text) == []
    assert rejections(text) == [(5, "bad_date"), (6, "bad_time")]


def test_remarks_below_a_short_table_are_rejected_alone():
    text = f"{TABLE}\nEmployee:,Ann\nHourly rate:,80\nCity:,Bonn\n"

    assert rejections(text) == [(5, "bad_date"), (6, "bad_date"), (7, "bad_date")]


def test_a_row_with_far_too_many_cells_hides_no_other():
    text = f"{TABLE}2026-03-15,09:00,10:00,Acme,Mail\nx,a,b,c,d,e,f,g,h,i,j,k\n"

    assert [row.name for row in open_file(text).rows() if row.line < 5] == ["Call", "Night", "Mail"]
    assert rejections(text) == [(5, "bad_date")]


def test_a_workbook_with_a_summary_below():
    rows = [line.split(",") for line in f"{TABLE}Client,Hours\nAcme,1.00".splitlines()]

    assert len(sessions(workbook(rows), "t.xlsx")) == 2


def test_many_headers_take_no_long_time():
    headers = "".join(f"Date,Start,End,What,{'x' * (number % 50)}{chr(97 + number % 26)}\n" for number in range(30_000))

    assert len(open_file(TABLE + headers + TABLE).header) < 1_500
