import csv
import io
import json
import tempfile
import tracemalloc
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from django.utils.translation import gettext_lazy
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from timetracker.tables import Column, TooManyRowsError, csv_chunks, json_chunks, table_response, unguard, xlsx_file
from timetracker.tables import workbook as workbook_module

COLUMNS = (
    Column("date", "Day", "date"),
    Column("name", "What was done"),
    Column("start", "Start (UTC)", "instant"),
    Column("duration", "Hours", "hours"),
    Column("count", "Sessions", "integer"),
    Column("amount", "Amount", "money"),
    Column("rate", "Rate", "rate"),
    Column("billable", "Billable", "boolean"),
)
BERLIN = timezone(timedelta(hours=1))
FULL = (
    date(2026, 11, 23),
    'Design, "API"\nand more',
    datetime(2026, 11, 23, 9, 0, 1, tzinfo=BERLIN),
    5280,
    -3,
    Decimal("-1234.50"),
    Decimal("85.125"),
    True,
)
EMPTY = (None,) * len(COLUMNS)
DANGEROUS = [*"=+-@\t\r\n", " =", "\n+", "\u3000-", "\t@", "＝", "＋", "－", "＠"]
TEXT = (Column("text", "Text"),)


def csv_rows(columns, rows):
    text = b"".join(csv_chunks(columns, rows)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def book(columns, rows, **options):
    with xlsx_file(columns, rows, **options) as file:
        return openpyxl.load_workbook(io.BytesIO(file.read()))


def sheet(columns, rows, **options):
    return book(columns, rows, **options).active


def values(page):
    return [[cell.value for cell in row] for row in page.iter_rows()]


def rows_of_time(count):
    return ((f"Session {number}", number, Decimal(number)) for number in range(count))


def peak(work):
    """The most bytes that `work` held at once."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


class TestCSV:
    def test_writes_each_kind_for_programs(self):
        assert csv_rows(COLUMNS, [FULL, EMPTY]) == [
            ["date", "name", "start", "duration", "count", "amount", "rate", "billable"],
            [
                "2026-11-23",
                'Design, "API"\nand more',
                "2026-11-23T08:00:01Z",
                "1.4667",
                "-3",
                "-1234.50",
                "85.125",
                "true",
            ],
            [""] * 8,
        ]

    def test_is_rfc_4180_with_a_byte_order_mark(self):
        rows = [["plain", "a,b"], ['"', None]]

        assert b"".join(csv_chunks([Column("a", "A"), Column("b", "B")], rows)) == (
            b'\xef\xbb\xbfa,b\r\nplain,"a,b"\r\n"""",\r\n'
        )

    def test_a_table_without_rows_has_its_header(self):
        assert csv_rows(COLUMNS, []) == [[column.key for column in COLUMNS]]

    @given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
    @example([("'", "'='"), ("''=1+1", "' =")])
    @example([("\r", "\n"), ("", ""), ("\0", "\u2028")])
    def test_every_text_comes_back(self, rows):
        columns = [Column("a", "A"), Column("b", "B")]

        found = csv_rows(columns, rows)[1:]

        assert [tuple(unguard(cell) for cell in row) for row in found] == rows

    @pytest.mark.parametrize("beginning", DANGEROUS)
    def test_what_could_be_a_formula_is_text(self, beginning):
        (cell,) = csv_rows(TEXT, [[f"{beginning}1+1"]])[1]

        assert cell == f"'{beginning}1+1"
        assert unguard(cell) == f"{beginning}1+1"

    @pytest.mark.parametrize("text", ["a=1", "1-1", "'quoted'", " blank", "#1", "", "'"])
    def test_other_text_is_left_alone(self, text):
        assert csv_rows(TEXT, [[text]])[1:] == [[text]]
        assert unguard(text) == text

    def test_text_is_guarded_in_any_column(self):
        assert csv_rows([Column("amount", "Amount", "money")], [["=1"], [Decimal(-1)]])[1:] == [["'=1"], ["-1"]]

    @pytest.mark.parametrize(
        ("seconds", "written"),
        [
            (0, "0.0000"),
            (1, "0.0003"),
            (5, "0.0014"),
            (7, "0.0019"),
            (9, "0.0025"),
            (-5, "-0.0014"),
            (3600, "1.0000"),
            (2**40 * 3600, "1099511627776.0000"),
        ],
    )
    def test_hours_have_four_decimals(self, seconds, written):
        assert csv_rows([Column("hours", "Hours", "hours")], [[seconds]])[1:] == [[written]]

    def test_no_second_lies_halfway_between_two_written_hours(self):
        assert not any((2 * seconds * 10_000 % 3600 == 0) and (seconds * 10_000 % 3600) for seconds in range(3600))

    def test_decimals_have_no_exponent(self):
        column = Column("amount", "Amount", "money")

        assert csv_rows([column], [[Decimal("1E+3")], [Decimal("1E-9")]])[1:] == [["1000"], ["0.000000001"]]

    def test_comes_in_chunks_while_rows_are_read(self):
        read = []

        def rows():
            for number in range(10_000):
                read.append(number)
                yield [f"row {number}"]

        chunks = csv_chunks(TEXT, rows())
        first = next(chunks)

        assert 1 < len(read) < 5_000
        assert len(first) > 8_000
        assert b"".join([first, *chunks]).count(b"\r\n") == 10_001

    def test_half_a_surrogate_pair_does_not_end_the_download(self):
        assert csv_rows(TEXT, [["a\ud800"], ["b"]])[1:] == [["a?"], ["b"]]

    def test_a_row_of_another_length_is_a_mistake(self):
        with pytest.raises(ValueError, match="zip"):
            b"".join(csv_chunks(COLUMNS, [["one"]]))


class TestWorkbook:
    def test_cells_have_their_types(self):
        page = sheet(COLUMNS, [FULL, EMPTY])

        assert values(page) == [
            [column.title for column in COLUMNS],
            [
                datetime(2026, 11, 23),
                'Design, "API"\nand more',
                datetime(2026, 11, 23, 8, 0, 1),
                pytest.approx(5280 / 3600, abs=1e-15),
                -3,
                -1234.5,
                85.125,
                True,
            ],
            [None] * 8,
        ]
        assert [cell.number_format for cell in page[2]] == [
            "yyyy-mm-dd",
            "@",
            "yyyy-mm-dd hh:mm:ss",
            "0.00",
            "0",
            "#,##0.00",
            "#,##0.00##",
            "General",
        ]
        assert [cell.data_type for cell in page[2]] == ["d", "s", "d", "n", "n", "n", "n", "b"]

    def test_money_has_the_digits_of_its_currency(self):
        columns = [Column(str(digits), "", "money", digits) for digits in (0, 2, 3)]

        page = sheet(columns, [[Decimal(1)] * 3])

        assert [cell.number_format for cell in page[2]] == ["#,##0", "#,##0.00", "#,##0.000"]

    def test_the_header_stays_and_filters(self):
        page = sheet(COLUMNS, [FULL, FULL])

        assert page.freeze_panes == "A2"
        assert page.auto_filter.ref == "A1:H3"
        assert page.print_title_rows == "$1:$1"
        assert [cell.font.b for cell in page[1]] == [True] * 8
        assert not page["A2"].font.b
        assert page.column_dimensions["B"].width > 30

    def test_totals_are_asked_for_once_all_rows_were_read(self):
        summed = [0]

        def rows():
            for seconds in (3600, 1800):
                summed[0] += seconds
                yield ["a", seconds]

        columns = [Column("name", "Name"), Column("hours", "Hours", "hours")]
        page = sheet(columns, rows(), totals=lambda: ["Total", summed[0]])

        assert values(page) == [["Name", "Hours"], ["a", 1], ["a", 0.5], ["Total", 1.5]]
        assert [cell.font.b for cell in page[4]] == [True, True]
        assert page["B4"].number_format == "0.00"
        assert page.auto_filter.ref == "A1:B3"

    def test_a_label_of_totals_may_stand_in_any_column(self):
        page = sheet([Column("date", "Day", "date")], [], totals=lambda: ["Total"])

        assert values(page) == [["Day"], ["Total"]]

    @pytest.mark.parametrize(
        "text",
        [
            "=1+1",
            "{=1}",
            "http://example.org",
            "mailto:a@example.org",
            "internal:A1",
            "123",
            "TRUE",
            "a\tb",
            "emoji 😀",
            " = ",
            "_x000D_",
            "\x01",
        ],
    )
    def test_text_stays_text(self, text):
        with xlsx_file(TEXT, [[text]]) as file, ZipFile(file) as parts:
            xml = parts.read("xl/worksheets/sheet1.xml").decode()
        cell = sheet(TEXT, [[text]])["A2"]

        # What Excel reads as `_x0001_` openpyxl leaves to its caller.
        assert (unescape(cell.value), cell.data_type, cell.hyperlink) == (text, "s", None)
        assert "<f>" not in xml
        assert "hyperlink" not in xml

    def test_text_is_cut_at_the_limit_of_a_cell(self):
        page = sheet(TEXT, [["a" * 32_767], ["a" * 32_768], ["😀" * 16_384]])

        assert [len(page[f"A{row}"].value) for row in (2, 3, 4)] == [32_767, 32_767, 16_383]

    def test_what_xml_cannot_hold_is_marked(self):
        assert values(sheet(TEXT, [["a\ufffe\ud800b"]])) == [["Text"], ["a\ufffd\ufffdb"]]

    def test_dates_that_excel_does_not_know_are_text(self):
        page = sheet([Column("date", "Day", "date")], [[date(1899, 12, 31)], [date(1900, 1, 1)]])

        assert page["A2"].value == "1899-12-31"
        assert page["A3"].is_date

    @pytest.mark.parametrize(
        ("name", "stored"),
        [
            ("November", "November"),
            ("", "Sheet1"),
            ("'[1]/2: *?\\'", "1  2"),
            ("x" * 40, "x" * 31),
            ("😀" * 20, "😀" * 15),
            ("a" * 30 + "' b", "a" * 30),
            ("History", "History_"),
            ("'''", "Sheet1"),
            ("a\x00\ud800b", "a  b"),
        ],
    )
    def test_sheets_have_names_that_excel_takes(self, name, stored):
        assert book(TEXT, [], sheet=name).sheetnames == [stored]

    @pytest.mark.parametrize(("rows", "totals"), [(4, None), (3, lambda: ["Total"])])
    def test_rows_to_the_limit_of_a_sheet(self, monkeypatch, rows, totals):
        monkeypatch.setattr(workbook_module, "MAX_ROWS", 5)

        assert len(values(sheet(TEXT, [["a"]] * rows, totals=totals))) == 5

    @pytest.mark.parametrize(("rows", "totals"), [(5, None), (4, lambda: ["Total"])])
    def test_more_rows_are_rejected_and_leave_nothing(self, monkeypatch, tmp_path, rows, totals):
        monkeypatch.setattr(workbook_module, "MAX_ROWS", 5)
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

        with pytest.raises(TooManyRowsError, match="at most 5 rows"):
            xlsx_file(TEXT, [["a"]] * rows, totals=totals)

        assert list(tmp_path.iterdir()) == []

    def test_closing_leaves_nothing(self, monkeypatch, tmp_path):
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

        xlsx_file(TEXT, [["a"]]).close()

        assert list(Path(tmp_path).iterdir()) == []


class TestJSON:
    def test_rows_are_objects_by_key(self):
        head = {"from": date(2026, 11, 1), "total": Decimal("1E+3"), "title": gettext_lazy("Sessions"), "zones": ["a"]}

        found = json.loads(b"".join(json_chunks(COLUMNS, [FULL, EMPTY], name="sessions", head=head)))

        assert list(found) == ["from", "total", "title", "zones", "sessions"]
        assert found == {
            "from": "2026-11-01",
            "total": "1000",
            "title": "Sessions",
            "zones": ["a"],
            "sessions": [
                {
                    "date": "2026-11-23",
                    "name": 'Design, "API"\nand more',
                    "start": "2026-11-23T08:00:01Z",
                    "duration": 1.4667,
                    "count": -3,
                    "amount": "-1234.50",
                    "rate": "85.125",
                    "billable": True,
                },
                dict.fromkeys((column.key for column in COLUMNS), None),
            ],
        }

    @given(st.lists(st.text()))
    def test_every_text_comes_back(self, texts):
        found = json.loads(b"".join(json_chunks(TEXT, ([text] for text in texts), name="rows")))

        assert found == {"rows": [{"text": text} for text in texts]}

    def test_what_json_cannot_hold_is_a_mistake(self):
        with pytest.raises(TypeError, match="object cannot be written"):
            b"".join(json_chunks(TEXT, [], name="rows", head={"a": object()}))


class TestMemory:
    """A list of these rows takes 2 MB or more"""

    COLUMNS = (Column("name", "Name"), Column("hours", "Hours", "hours"), Column("amount", "Amount", "money"))
    ROWS = 12_000
    MOST = 1_000_000

    def test_a_list_would_break_the_bound(self):
        assert peak(lambda: list(rows_of_time(self.ROWS))) > self.MOST

    def test_csv_is_streamed(self):
        assert peak(lambda: sum(map(len, csv_chunks(self.COLUMNS, rows_of_time(self.ROWS))))) < self.MOST

    def test_json_is_streamed(self):
        chunks = json_chunks(self.COLUMNS, rows_of_time(self.ROWS), name="rows")

        assert peak(lambda: sum(map(len, chunks))) < self.MOST

    def test_a_workbook_is_written_to_disk(self):
        rows = ([number] for number in range(self.ROWS))

        assert peak(lambda: xlsx_file([Column("hours", "Hours", "hours")], rows).close()) < self.MOST


class TestResponse:
    def test_csv(self):
        response = table_response("csv", TEXT, [["a"]], filename="timesheet-2026-11")

        assert response.streaming
        assert response["Content-Type"].startswith("text/csv; charset=utf-8")
        assert response["Content-Disposition"] == 'attachment; filename="timesheet-2026-11.csv"'
        assert response["Cache-Control"] == "private, no-store"
        assert response.getvalue() == b"\xef\xbb\xbftext\r\na\r\n"

    def test_json(self):
        response = table_response("json", TEXT, [["a"]], filename="a", name="sessions", head={"total": 1})

        assert response["Content-Type"] == "application/json"
        assert json.loads(response.getvalue()) == {"total": 1, "sessions": [{"text": "a"}]}

    @pytest.mark.django_db  # closing an answer looks after the connection that another test may have left open
    def test_xlsx(self):
        response = table_response("xlsx", TEXT, [["a"]], filename="a", totals=lambda: ["Total"], sheet="November")

        content = response.getvalue()
        response.close()
        read = openpyxl.load_workbook(io.BytesIO(content))
        assert response["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        assert response["Content-Disposition"] == 'attachment; filename="a.xlsx"'
        assert response["Content-Length"] == str(len(content))
        assert response["Cache-Control"] == "private, no-store"
        assert read.sheetnames == ["November"]
        assert values(read.active) == [["Text"], ["a"], ["Total"]]

    @pytest.mark.parametrize(
        ("filename", "sent"),
        [
            ("Müller", "filename*=utf-8''M%C3%BCller.csv"),
            ('a"b/../c\r\nd', 'filename="a-b-..-c-d.csv"'),
            ("..", 'filename="rows.csv"'),
            ("", 'filename="rows.csv"'),
            ("a\ud800", 'filename="a-.csv"'),
        ],
    )
    def test_filenames_are_safe(self, filename, sent):
        response = table_response("csv", TEXT, [], filename=filename)

        assert response["Content-Disposition"] == f"attachment; {sent}"

    def test_too_many_rows_are_known_before_anything_is_sent(self, monkeypatch):
        monkeypatch.setattr(workbook_module, "MAX_ROWS", 2)

        with pytest.raises(TooManyRowsError):
            table_response("xlsx", TEXT, [["a"]] * 2, filename="a")


def test_instants_of_other_zones_are_utc():
    column = [Column("at", "At", "instant")]
    instant = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

    assert csv_rows(column, [[instant.astimezone(BERLIN)]]) == csv_rows(column, [[instant]])


def test_a_csv_may_have_semicolons_and_decimal_commas():
    columns = [Column("name", "Name"), Column("hours", "Hours", "hours"), Column("amount", "Amount", "money")]

    content = b"".join(csv_chunks(columns, [["a; b, 1.5", 2400, Decimal("53.33")]], separator="semicolon"))

    assert content.decode("utf-8-sig") == 'name;hours;amount\r\n"a; b, 1.5";0,6667;53,33\r\n'
