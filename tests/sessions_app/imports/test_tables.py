"""What holds for the tables of all tools: encodings, delimiters, headers, dates, numbers, and rows that are none"""

import csv
import io
import json
import time as timing
import zipfile
from datetime import date, time, timedelta

import openpyxl
import pytest

from sessions_app.imports.detection import read
from sessions_app.imports.readers.mapped import guess_columns
from sessions_app.imports.rows import UnreadableFileError
from sessions_app.imports.tables import Table
from tests.sessions_app.imports.formats import CLOCKIFY, csv_bytes, workbook, zip_bytes
from tests.sessions_app.imports.reading import NOW, asked, clocks, open_file, rejections, session, sessions, skipped

TOGGL = (
    "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,"
    "Duration,Tags,Amount ()\n"
    'Ann,ann@example.com,Größe & Söhne,Köln,,"Straße, ""neu""\nund mehr",Yes,2024-05-05,22:00:00,2024-05-06,01:30:00,'
    '03:30:00,"eins, zwei",\n'
)


def check(found):
    assert clocks(found) == "2024-05-05 22:00:00 - 2024-05-06 01:30:00"
    assert (found.name, found.note) == ('Straße, "neu" und mehr', 'Straße, "neu"\nund mehr')
    assert (found.client, found.project, found.tags) == ("Größe & Söhne", "Köln", ("eins", "zwei"))
    assert (found.billable, found.whose, found.line, found.duration_seconds) == (True, "ann@example.com", 2, 12_600)


def redelimited(text, delimiter, end="\r\n"):
    return csv_bytes(csv.reader(io.StringIO(text, newline="")), delimiter=delimiter, end=end).decode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters(encoding, delimiter):
    check(session(redelimited(TOGGL, delimiter).encode(encoding)))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end):
    check(session(redelimited(TOGGL, ",", end)))


def test_a_first_line_that_names_the_delimiter():
    text = "sep=;\r\n" + redelimited(TOGGL, ";")

    assert session(text).name == 'Straße, "neu" und mehr'
    assert session(text).line == 3


def test_a_byte_order_mark_before_a_quoted_header():
    text = csv_bytes(csv.reader(io.StringIO(TOGGL, newline="")), quoting=csv.QUOTE_ALL, bom=True)

    assert session(text).whose == "ann@example.com"


def test_utf_8_with_stray_bytes_of_windows_1252():
    assert session(TOGGL.encode().replace("Köln".encode(), "Köln".encode("cp1252"))).project == "Köln"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_and_with_few_letters_of_latin(encoding):
    row = f"2024-05-06\t09:00\t10:30\t{'設計作業検討' * 40}\n"
    text = "Date\tStart\tEnd\tDescription\n" + row * 9

    assert len(sessions(text.encode(encoding))) == 9


def test_zero_bytes_are_left_out():
    assert session(TOGGL.replace("Köln", "K\0öln")).project == "Köln"


def test_long_cells_are_read():
    assert len(session(TOGGL.replace("und mehr", "x" * 300_000)).note) > 300_000


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: [[cell.upper() for cell in rows[0]], *rows[1:]],
        lambda rows: [[f"  {cell} " for cell in rows[0]], *rows[1:]],
        lambda rows: [[f" {cell} " for cell in row] for row in rows],
        lambda rows: [row[::-1] for row in rows],
        lambda rows: [["", "", *row, ""] for row in rows],
        lambda rows: [[cell.replace(" ", "_") for cell in rows[0]], *rows[1:]],
    ],
)
def test_headers_moved_and_padded(change):
    found = session(csv_bytes(change(list(csv.reader(io.StringIO(TOGGL, newline=""))))))

    check(found)


def test_lines_above_the_header():
    assert session("\n\nMy report\n\n" + TOGGL).line == 6


def test_blank_and_repeated_header_lines_are_neither_sessions_nor_errors():
    header, *rest = TOGGL.splitlines(keepends=True)
    text = header + "".join(rest) + "\n,,,,,,,,,,,,,\n" + header + "".join(rest)

    assert len(sessions(text)) == 2
    assert skipped(text) == [(6, "repeated_header")]


def test_totals_are_neither_sessions_nor_errors():
    assert skipped(TOGGL + "Total,,,,,,,,,,,99:00:00,,\n") == [(4, "total")]
    assert skipped(TOGGL + ",,,,,,,,,,,99:00:00,,120\n") == [(4, "total")]
    assert skipped(TOGGL + "Итого,,,,,,,,,,,99:00:00,,\n") == [(4, "total")]


def test_totals_of_a_range_of_days_are_of_nobody():
    text = TOGGL + "Total,,,,,,,2024-05-01 - 2024-05-31,,,,99:00:00,,\n"

    assert skipped(text) == [(4, "total")]
    assert "whose" not in asked(text)
    assert rejections(dated("2024-05-05") + "Total,2024-05-05,09:00,2024-05-05,soon,\n") == [(3, "bad_time")]
    assert rejections(TOGGL + "Total redesign,,,,,,,soon,,,,1:00:00,,\n") == [(4, "bad_date")]


def test_rows_that_are_too_short():
    assert rejections(TOGGL + "Ann,ann@example.com,,,,broken\n") == [(4, "missing_start")]


def test_a_stray_quote_swallows_no_other_row():
    row = "Ann,,,,,{},No,2024-05-0{},09:00:00,2024-05-0{},10:00:00,01:00:00,,\n"
    text = TOGGL.splitlines(keepends=True)[0] + "".join(
        row.format('"open' if day == 3 else f"day {day}", day, day) for day in range(1, 8)
    )

    found = sessions(text)
    assert [each.line for each in found] == [2, 3, 4, 5, 6, 7, 8]
    assert found[2].name == '"open'


def test_equal_titles_take_the_first():
    text = "Description,Description,Start date,Start time,End date,End time\nx,y,2024-05-05,09:00,2024-05-05,10:00\n"

    assert session(text).name == "x"


# Dates

DATED = "Description,Start Date,Start Time,End Date,End Time,Duration (h)\n"


def dated(*days, end=None):
    return DATED + "".join(f"x,{day},09:00,{end or day},10:00,{'' if end else '1:00'}\n" for day in days)


@pytest.mark.parametrize(
    ("days", "first"),
    [
        (["05/03/2024", "13/03/2024"], "2024-03-05"),
        (["05/03/2024", "03/13/2024"], "2024-05-03"),
        (["05.03.2024"], "2024-03-05"),
        (["05.03.24"], "2024-03-05"),
        (["2024/03/05"], "2024-03-05"),
        (["5-Mar-2024"], "2024-03-05"),
        (["Mar 5 2024"], "2024-03-05"),
        (["5. März 2024"], "2024-03-05"),
        (["Tue 05 Mar 2024"], "2024-03-05"),
        (["45356"], "2024-03-05"),
        (["2024-03-05 00:00:00"], "2024-03-05"),
    ],
)
def test_the_order_of_dates_is_that_of_all_rows(days, first):
    text = dated(*days)

    assert f"{sessions(text)[0].start:%Y-%m-%d}" == first
    assert "date_order" not in asked(text)


def test_the_order_of_dates_is_asked_for_where_nothing_shows_it():
    text = dated("05/03/2024", "06/03/2024")

    (question,) = [each for each in open_file(text).questions if each.key == "date_order"]
    assert question.is_needed
    assert (question.options, question.examples) == (("dmy", "mdy"), ("05/03/2024", "06/03/2024"))
    assert f"{sessions(text, date_order='mdy')[0].start:%Y-%m-%d}" == "2024-05-03"
    assert "date_order" not in asked(text, date_order="mdy")


def test_what_rows_prove_goes_before_an_answer():
    assert f"{sessions(dated('05/03/2024', '13/03/2024'), date_order='mdy')[0].start:%Y-%m-%d}" == "2024-03-05"


def test_a_row_in_the_other_order_is_rejected():
    assert rejections(dated("05/03/2024", "13/03/2024", "14/03/2024", "03/15/2024")) == [(5, "bad_date")]


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Clockify_Time_Report_Detailed_01_01_2024-31_12_2024.csv", "2024-03-05"),
        ("Clockify_Time_Report_Detailed_01_01_2024–12_31_2024 (1).csv", "2024-05-03"),
        ("Clockify_Time_Report_Detailed_01_03_2024-02_04_2024.csv", "2024-03-05"),
        ("Clockify_Time_Report_Detailed_2024-05-01_2024-05-31.csv", "2024-05-03"),
    ],
)
def test_the_name_of_the_file_shows_the_order(name, first):
    text = dated("05/03/2024")

    assert f"{session(text, name).start:%Y-%m-%d}" == first
    assert "date_order" not in asked(text, name)


def test_a_name_that_says_both_shows_nothing():
    assert "date_order" in asked(dated("05/03/2024"), "Report_01_01_2024-12_12_2024.csv")


def test_ends_show_the_order():
    text = DATED + "x,05/03/2024,22:00,06/03/2024,01:00,3:00\n"

    assert clocks(session(text)) == "2024-03-05 22:00:00 - 2024-03-06 01:00:00"
    assert "date_order" not in asked(text)


@pytest.mark.parametrize(
    ("clock", "seen"),
    [
        ("01:10:00 PM", "13:10:00"), ("1:10 PM", "13:10:00"), ("12:00 AM", "00:00:00"), ("12:05 p.m.", "12:05:00"),
        ("9:00", "09:00:00"), ("13:10:59", "13:10:59"), ("9:05:00 AM", "09:05:00"), ("13.10", "13:10:00"),
        ("13h10", "13:10:00"), ("13:10:59.250", "13:10:59"),
    ],
)  # fmt: skip
def test_clocks(clock, seen):
    text = DATED + f"x,2024-03-05,{clock},2024-03-06,23:00,\n"

    assert f"{session(text).start:%H:%M:%S}" == seen


def test_midnight_as_24():
    assert clocks(session(DATED + "x,2024-03-05,22:00,2024-03-05,24:00,2:00\n")).endswith("2024-03-06 00:00:00")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("x,2024-02-30,09:00,2024-03-01,10:00,", "bad_date"), ("x,0000-01-01,09:00,0000-01-01,10:00,", "bad_date"),
        ("x,2024-03-05,25:00,2024-03-05,26:00,", "bad_time"), ("x,2024-03-05,2024,2024-03-05,20:30,", "bad_time"),
        ("x,2024-03-05,09:00,2024-03-05,soon,", "bad_time"),
        ("x,2024-03-05,12:00,2024-03-05,09:00,", "end_before_start"), ("x,,09:00,,10:00,", "missing_start"),
        ("x,2024-03-05,09:00,2024-03-05,09:00,0:00", "zero_length"),
        ("x,1969-03-05,09:00,1969-03-05,10:00,", "bad_date"),
        ("x,2024-03-05,09:00,2025-03-05,10:00,", "too_long"), ("x,2024-03-05,09:00,9999-12-31,24:00,", "bad_date"),
    ],
)  # fmt: skip
def test_every_rejected_row_has_line_and_code(row, code):
    text = dated("2024-03-01") + row + "\n" + dated("2024-03-02").splitlines()[1]

    assert rejections(text) == [(3, code)]
    assert len([row for row in open_file(text).rows() if not hasattr(row, "code")]) == 2


# Numbers

HARVEST = "Date,Client,Project,Project Code,Task,Notes,Hours,Billable?,First Name,Last Name,Billable Rate,Currency\n"


def harvest(*cells):
    return HARVEST + "".join(
        f'2024-03-0{day},C,P,,,x,"{hours}",Yes,Ann,B,"{rate}",Euro - EUR\n'
        for day, (hours, rate) in enumerate(cells, 1)
    )


@pytest.mark.parametrize(
    ("hours", "seconds"),
    [
        ("1.0", 3600), ("0.25", 900), ("1,5", 5400), ("0,01", 36), ("0.33", 1188), ("1:30", 5400), ("8", 28_800),
        ("0.005", 18), ("1h 30m", 5400), ("1 h 30 min", 5400), ("PT1H30M", 5400), ("90 min", 5400),
        ("2.", 7200),
    ],
)  # fmt: skip
def test_hours(hours, seconds):
    found = session(harvest((hours, "100.0")))

    assert (found.duration_seconds, str(found.date), found.start, found.end) == (seconds, "2024-03-01", None, None)


@pytest.mark.parametrize(
    ("cells", "rate"),
    [
        ([("1,5", "1.250,00")], "1250.00"), ([("1,5", "1.250")], "1250"), ([("1.5", "1.250")], "1.250"),
        ([("1.5", "1,250")], "1250"), ([("1.5", "1,250.00")], "1250.00"), ([("1.5", "1 250.50")], "1250.50"),
        ([("1.5", "€ 84.00")], "84.00"), ([("1.5", "0.00")], "None"), ([("1.5", "NaN")], "None"),
        ([("1.5", "1e5")], "None"),
    ],
)  # fmt: skip
def test_the_decimal_comma_is_that_of_all_rows(cells, rate):
    text = harvest(*cells)

    assert str(session(text).rate) == rate
    assert session(text).currency == "EUR"
    assert "decimal_comma" not in asked(text)


def test_the_decimal_comma_is_asked_for_where_nothing_shows_it():
    text = harvest(("2", "1,250"))

    assert "decimal_comma" in asked(text)
    assert str(session(text, decimal_comma=True).rate) == "1.250"
    assert str(session(text, decimal_comma=False).rate) == "1250"


@pytest.mark.parametrize("hours", ["NaN", "inf", "1e400", "x", "-2", "1:99"])
def test_hours_that_cannot_be_read(hours):
    assert rejections(harvest((hours, ""), ("1", ""))) == [(2, "bad_time")]


def test_hours_without_bounds():
    assert rejections(harvest(("100000000000000000000", ""), ("9" * 60, ""))) == [(2, "too_long"), (3, "bad_time")]


# Users

USERS = DATED.replace("Description", "Description,User,Email") + "".join(
    f"x,{user},{user}@example.com,2024-03-0{day},09:00,2024-03-0{day},10:00,1:00\n"
    for day, user in enumerate("aaba", 1)
)


def test_whose_rows_is_asked_for_where_there_are_several_users():
    question = open_file(USERS).question("whose")

    assert question.options == ("a@example.com", "b@example.com")
    assert question.is_needed
    assert len(sessions(USERS, whose="*")) == 4
    assert [each.line for each in sessions(USERS, whose="b@example.com")] == [4]
    assert skipped(USERS, whose="b@example.com") == [(2, "another_user"), (3, "another_user"), (5, "another_user")]
    assert asked(USERS, whose="*") == {"timezone"}
    assert [each.line for each in sessions(USERS, whose="B@Example.COM")] == [4]
    assert open_file(USERS, whose="Nobody").question("whose") == question


def test_rows_of_others_are_not_rejected():
    text = (
        "User,Email,Project,Start date,Start time,End date,End time\n"
        "Ann,ann@example.com,P,2024-05-05,09:00:00,2024-05-05,10:00:00\n"
        "Bo,bo@example.com,P,2024-05-05,9 o'clock,2024-05-05,10:00:00\n"
        "Ann,ann@example.com,P,2024-05-05,9 o'clock,2024-05-05,10:00:00\n"
    )

    assert rejections(text, whose="ann@example.com") == [(4, "bad_time")]
    assert skipped(text, whose="ann@example.com") == [(3, "another_user")]
    assert rejections(text, whose="*") == [(3, "bad_time"), (4, "bad_time")]


def test_users_are_known_by_their_names_too():
    assert [each.line for each in sessions(USERS, whose="B")] == [4]
    assert "whose" not in asked(USERS, whose="b")
    namesakes = USERS + "x,b,other@example.com,2024-03-05,09:00,2024-03-05,10:00,1:00\n"
    assert "whose" in asked(namesakes, whose="b")


# Tasks

TASKS = "Project,Description,Task,Start Date,Start Time,End Date,End Time,Duration (h)\n"


@pytest.mark.parametrize(
    ("answer", "texts"),
    [
        ("", [("x", "", ("Dev",)), ("Dev", "", ())]),
        ("tag", [("x", "", ("Dev",)), ("", "", ("Dev",))]),
        ("name", [("Dev", "x", ()), ("Dev", "", ())]),
    ],
)
def test_tasks_become_tags_or_names(answer, texts):
    rows = "".join(f"P,{name},Dev,2024-03-05,09:00,2024-03-05,10:00,1:00\n" for name in ("x", ""))
    found = sessions(TASKS + rows, tasks_as=answer)

    assert [(each.name, each.note, each.tags) for each in found] == texts
    assert [each.record for each in found] == [each.record for each in sessions(TASKS + rows)]


def test_a_name_is_the_first_200_characters_and_the_note_has_all():
    found = session(dated("2024-03-05").replace("x,", f"{'ab ' * 100},"))

    assert found.name == "ab " * 66 + "ab"
    assert found.note == ("ab " * 100).strip()


# Final answers


def test_final_answers_read_the_same_without_a_second_look():
    text = dated("05/03/2024", "13/03/2024")
    first = open_file(text, timezone="Europe/Berlin")

    again = read("other name", text.encode(), first.answers, NOW)
    assert (again.tool, again.questions) == (first.tool, ())
    assert list(again.rows()) == list(first.rows())
    assert [row.line for row in again.rows(after=2)] == [3]


# Workbooks


@pytest.mark.parametrize("sheets", [1, 2])
def test_workbooks_with_cells_of_their_types(sheets):
    header = [*CLOCKIFY[:9], "Start Date", "Start Time", "End Date", "End Time", "Duration (h)", "Duration (decimal)"]
    row = ["P", "C", "x", "", "Ann", "", "ann@example.com", "a, b", "Yes"]
    times = [date(2024, 5, 5), time(22, 0), date(2024, 5, 6), time(1, 30, 5), timedelta(hours=3, minutes=30, seconds=5)]
    found = session(workbook([[], header, [*row, *times, 3.5]], sheets))

    assert clocks(found) == "2024-05-05 22:00:00 - 2024-05-06 01:30:05"
    assert (found.name, found.tags, found.billable, found.line) == ("x", ("a", "b"), True, 3)
    assert found.duration_seconds == 12_605


def sheets_of(**rows):
    """A workbook with a sheet for each name, hidden where it begins so."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, cells in rows.items():
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if name.startswith("hidden") else "visible"
        for row in cells:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def day(number, name="x"):
    return [date(2024, 5, number), time(9), time(10), name]


def test_hidden_sheets_are_read_only_where_no_other_has_cells():
    header = ["Date", "Start", "End", "Description"]
    hidden = [header, day(1, "hidden")]

    assert session(sheets_of(hidden=hidden, seen=[header, day(2)])).name == "x"
    assert session(sheets_of(hidden=hidden, seen=[])).name == "hidden"


def test_sheets_with_the_same_header_are_one_table():
    header = ["Date", "Start", "End", "Description"]
    other = ["Date", "Start", "End", "Amount"]
    data = sheets_of(May=[header, day(1), day(2)], June=[["June"], header, day(3), ["no", "", "", ""]], Sums=[other])

    assert [each.line for each in open_file(data).rows()] == [2, 3, 6, 7]
    assert rejections(data) == [(7, "bad_date")]
    assert "line 4 is the first of “June”" in str(open_file(data).remarks[0])


def test_a_workbook_with_a_cell_far_away_is_not_read():
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "Date", "x"
    file = io.BytesIO()
    book.save(file)

    with pytest.raises(UnreadableFileError) as error:
        open_file(file.getvalue())
    assert error.value.reason == "spreadsheet"


def test_a_workbook_that_unpacks_to_more_than_it_says_is_not_read():
    data = bytearray(workbook([["Date", "x"]] * 1000))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    for at in range(len(data)):
        if data[at : at + 4] == size.to_bytes(4, "little"):
            data[at : at + 4] = (100).to_bytes(4, "little")

    with pytest.raises(UnreadableFileError) as error:
        open_file(bytes(data))
    assert error.value.reason == "malformed_file"


# Files of no tool


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"), (b"\xef\xbb\xbf \r\n", "empty"), (b"%PDF-1.7 \xff", "not_text"),
        (bytes(range(256)), "not_text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "spreadsheet"), (b"PK\x03\x04nothing", "malformed_file"),
        (b"hello, world\nthis is, a text\n", "unknown_format"),
        (b"[1, 2", "malformed_file"), (b"[" * 100_000, "malformed_file"), (b"[1, 2]", "unknown_format"),
        (b"<html><body>x</body></html>", "unknown_format"), (b"<a><b>", "unknown_format"),
        (b"<html><table><tr><td>Start</td></tr></table></html>", "spreadsheet"),
        (b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>', "spreadsheet"),
        (zip_bytes({"[Content_Types].xml": "<Types/>", "xl/workbook.bin": "x"}), "spreadsheet"),
        (zip_bytes({"Index/Document.iwa": "x", "Metadata/a.xml": "x"}), "spreadsheet"),
        (b"<activities><activity", "malformed_file"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><activities><activity name="&b;"/></activities>', "malformed_file"),
        (b"Project,Start time,End time,Description\nP,09:00,10:00,x\n", "unknown_format"),
        (b"Date,Time Spent (seconds),Number of People,Activity,Category,Productivity\n", "unknown_format"),
        (b"from,to,project,tag,time\n2024,2024,p,t,5\n", "unknown_format"),
        (b"subtotals,tag_groups,duration,date,start,stop,description,user,tags\n\n9,Total,,,,,,,", "unknown_format"),
        (b"[" + b"1" * 5000 + b"]", "malformed_file"),
        (b'{"name": ' + b"[" * 300 + b"]" * 300 + b"}", "malformed_file"),
        (b'[{"name": ' + b'{"name": ' * 300 + b"1" + b"}" * 302 + b"]", "malformed_file"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_read_say_why(data, reason):
    with pytest.raises(UnreadableFileError) as error:
        open_file(data)
    assert error.value.reason == reason
    assert str(error.value).endswith(".")


def test_quotes_that_php_leaves_behind_a_backslash():
    text = TOGGL + 'Ann,,,,,"a \\"b\\", c",No,2024-05-05,09:00:00,2024-05-05,10:00:00,01:00:00,,\n'

    assert sessions(text)[1].name == 'a "b", c'


def test_rates_have_at_most_four_decimals():
    assert str(session(harvest(("1.5", "33.333333333333336"))).rate) == "33.3333"


def test_a_table_without_a_header_keeps_its_first_row():
    text = "2024-05-05,09:00,10:00,Foo\n" * 2

    assert [(each.line, clocks(each), each.name) for each in sessions(text)] == [
        (line, "2024-05-05 09:00:00 - 2024-05-05 10:00:00", "Foo") for line in (1, 2)
    ]
    assert open_file(text).question("columns").is_needed


@pytest.mark.parametrize(("hours", "seconds"), [(25, 90_000), (24, 86_400), (49.5, 178_200), (1.5, 5_400)])
def test_workbooks_may_show_long_durations_as_clocks(hours, seconds):
    book = openpyxl.Workbook()
    book.active.append(["Date", "From", "To", "Duration", "Customer", "Project", "Activity"])
    book.active.append([date(2024, 5, 5), time(9), time(10), hours / 24, "C", "P", "Dev"])
    book.active["D2"].number_format = "h:mm"
    file = io.BytesIO()
    book.save(file)

    assert session(file.getvalue()).duration_seconds == seconds


def test_clocks_that_lost_their_format():
    assert clocks(session(DATED + "x,45356,0.375,45356,0.4375,\n")) == "2024-03-05 09:00:00 - 2024-03-05 10:30:00"


def test_a_night_far_below_shows_the_order_of_dates():
    rows = "x,05/03/2024,09:00,05/03/2024,10:00,1:00\n" * 6_000
    text = DATED + rows + "x,06/03/2024,23:00,07/03/2024,01:00,2:00\n"

    assert "date_order" not in asked(text)
    assert f"{sessions(text)[0].start:%Y-%m-%d}" == "2024-03-05"


def test_totals_and_repeated_headers_raise_no_questions():
    header = "description,billable,client,project,tags,start,end,task,user_name,user_email\n"
    row = "x,true,C,P,,2024-03-04T09:00:00Z,2024-03-04T10:00:00Z,,Ann,ann@example.com\n"

    assert asked(header + row) == set()
    assert asked(header + row + ",,,,,,,,Total,\n" + header) == set()


@pytest.mark.parametrize(
    ("text", "currency"),
    [("EUR", "EUR"), ("Euro - EUR", "EUR"), ("EURO", "EUR"), ("€", "EUR"), ("NET", ""), ("NET, CHF", "CHF"), ("", "")],
)
def test_currencies_are_ones_that_exist(text, currency):
    assert session(harvest(("1", "2.00")).replace("Euro - EUR", f'"{text}"')).currency == currency


def test_a_date_that_is_merged_down_is_that_of_all_its_rows():
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["Timesheet of Mira"],
        ["Date", "Start", "End", "What"],
        [date(2024, 5, 5), time(9), time(10), "a"],
        [None, time(11), time(12), "b"],
        [date(2024, 5, 6), time(9), time(10), "c"],
    ):
        sheet.append(row)
    sheet.merge_cells("A1:D1")
    sheet.merge_cells("A3:A4")
    file = io.BytesIO()
    book.save(file)

    assert [clocks(each) for each in sessions(file.getvalue())] == [
        "2024-05-05 09:00:00 - 2024-05-05 10:00:00",
        "2024-05-05 11:00:00 - 2024-05-05 12:00:00",
        "2024-05-06 09:00:00 - 2024-05-06 10:00:00",
    ]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("wide.csv", b"a," * 20_000 + b"\n"),
        ("blank.csv", b"Start,End" + b"," * 20_000 + b"\n2026-11-01 08:00,2026-11-01 09:00\n"),
        ("keys.json", json.dumps([{f"key {number}": 1 for number in range(20_000)}]).encode()),
        ("sparse.json", (json.dumps([{f"key {n}": 1 for n in range(2_000)}])[:-1] + ",{}" * 5_000 + "]").encode()),
    ],
)
def test_tables_that_are_too_wide_are_not_read(name, data):
    with pytest.raises(UnreadableFileError) as error:
        list(open_file(data, name).rows())
    assert error.value.reason == "malformed_file"
    assert "more columns" in str(error.value)


def test_many_blank_titles_take_no_long_time():
    header = ("Start", "End", *[""] * 15_000, "a")
    begun = timing.process_time()
    table = Table(header, 1, lambda: iter([(1, list(header)), (2, ["2026-11-01 08:00", "2026-11-01 09:00"])]))
    assert guess_columns(table)["start"] == 0
    assert timing.process_time() - begun < 1
