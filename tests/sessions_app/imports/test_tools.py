"""What is special in each tool's files; expected figures are worked out by hand"""

import json
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from sessions_app.imports.instants import instants_of
from sessions_app.imports.rows import ImportedSession, UnreadableFileError
from tests.sessions_app.imports import formats
from tests.sessions_app.imports.formats import Entry, zip_bytes
from tests.sessions_app.imports.reading import asked, clocks, open_file, rejections, session, sessions, skipped

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2024, 5, 5, 12, tzinfo=UTC)


def seconds_of(found, zone=BERLIN):
    start, end = instants_of(found, zone)
    return (end - start).total_seconds()


# Toggl Track

TOGGL = "Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags,Amount (USD)\n"


def test_toggl_detailed():
    file = open_file(TOGGL + 'C,P,,"",Yes,2024-05-05,09:00:00,2024-05-05,10:30:00,01:30:00,"a, b",90.00\n')
    (found,) = file.rows()

    assert (file.tool, {question.key for question in file.questions}) == ("toggl", {"timezone"})
    assert (found.name, found.currency, found.rate, found.tags) == ("", "USD", None, ("a", "b"))


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [
        ("18:25 min", 1105),
        ("12 sec", 12),
        ("01:30:00", 5400),
        ("0:18:25", 1105),
        ("0.31 h", 1116),
        ("", None),
        ("?", None),
    ],
)
def test_toggl_durations_follow_a_setting_and_are_not_needed(duration, seconds):
    found = session(TOGGL + f"C,P,,x,No,2024-05-05,09:00:00,2024-05-05,10:30:00,{duration},,\n")

    assert found.duration_seconds == seconds
    assert seconds_of(found) == 5400


def test_toggl_forgotten_timers_and_entries_of_no_length():
    rows = (
        "C,P,,x,No,2024-05-05,09:00:00,2024-05-07,10:30:00,49:30:00,,\n"
        ",,,x,No,2024-05-05,09:00:00,2024-05-05,09:00:00,0,,\n"
    )

    assert rejections(TOGGL + rows) == [(3, "zero_length")]
    assert seconds_of(next(iter(open_file(TOGGL + rows).rows()))) == 178_200


def test_toggl_dates_of_its_api():
    row = "C,P,,x,No,05/31/2024,9:00 AM,05/31/2024,1:30 PM,4:30:00,,\n"

    assert clocks(session(TOGGL + row)) == "2024-05-31 09:00:00 - 2024-05-31 13:30:00"


def test_toggl_new_report_in_any_order_of_columns():
    text = (
        '"Stop time",Member,"Start date","Description",Start time,Stop date\n'
        "10:00:00,Ann,2024-05-05,x,09:00:00,2024-05-05\n"
    )
    file = open_file(text, "TogglTrack_Report_Detailed_report_(from_05_05_2024_to_06_05_2024) (1).csv")

    assert file.tool == "toggl"
    assert [(row.name, row.whose) for row in file.rows()] == [("x", "Ann")]


def test_toggl_without_dates_says_which_column_is_missing():
    with pytest.raises(UnreadableFileError, match="Add “Start date”"):
        open_file("Description,Duration,Project,Start time,Stop time\nx,1:00:00,P,09:00:00,10:00:00\n")


def test_toggl_data_export_has_a_catalogue_and_a_zone():
    file = open_file(zip_bytes({
        "clients.json": json.dumps([
            {"id": 7, "name": "ACME", "archived": False, "wid": 1}, {"id": 8, "name": "Gone", "archived": True},
        ]),
        "projects.json": json.dumps([
            {"id": 1, "name": "Web", "client_id": 7, "active": True, "billable": True, "currency": "EUR", "rate": 85.5},
            {"id": 2, "name": "Old", "client_id": None, "active": False, "billable": False, "currency": None},
        ]),
        "tags.json": json.dumps([{"id": 1, "name": "call"}]),
        "workspace_users.json": json.dumps([{"timezone": "Nowhere/Else"}, {"timezone": "Europe/Vienna"}]),
        "projects_users/1.json": "[]",
    }))  # fmt: skip

    assert (file.tool, file.timezone, list(file.rows())) == ("toggl", "Europe/Vienna", [])
    assert (file.catalogue.clients, file.catalogue.tags) == (("ACME", "Gone"), ("call",))
    assert file.catalogue.archived_clients == ("Gone",)
    web, old = file.catalogue.projects
    assert (web.name, web.client, web.billable, web.rate, web.currency) == ("Web", "ACME", True, Decimal("85.5"), "EUR")
    assert (old.client, old.rate, old.is_archived) == ("", None, True)
    assert "no time entries" in str(file.remarks[0])


# Clockify


def test_clockify_with_clocks_of_both_kinds_and_activity():
    text = (
        '"Project","Description","Activity","User","Email","Tags","Start Date","Start Time","End Date","End Time",'
        '"Duration (h)","Duration (decimal)","Billable Rate (EURO)"\n'
        '"P","x","Dev","Ann","ann@example.com","","13/05/2024","10:23 AM","13/05/2024","11:23:01 AM",'
        '"01:00:01","1.00","80.00"\n'
    )
    found = session(text)

    assert clocks(found) == "2024-05-13 10:23:00 - 2024-05-13 11:23:01"
    assert (found.task, found.tags, found.billable, found.client) == ("Dev", ("Dev",), True, "")
    assert (found.rate, found.currency) == (Decimal("80.00"), "EUR")


def test_clockify_breaks_are_no_work():
    header = '"Project","Tags","Description","Start Date","Start Time","End Date","End Time","Duration (h)","Type"\n'
    row = '"P","t","x","2024-05-05","10:00","2024-05-05","10:30","00:30",{}\n'

    assert skipped(header + row.format("Break") + row.format("Regular")) == [(2, "break")]


def test_clockify_days_off_are_no_work():
    header = '"Project","Tags","Description","Start Date","Start Time","End Date","End Time","Duration (h)","Type"\n'
    row = '"","","x","2024-05-05","09:00","2024-05-05","17:00","08:00",{}\n'

    text = header + row.format("Holiday") + row.format("Time Off") + row.format("TIME_OFF") + row.format("Regular")
    assert skipped(text) == [(2, "not_time"), (3, "not_time"), (4, "not_time")]


def test_clockify_rounded_durations_do_not_move_the_clocks():
    entry = Entry(NOON, NOON.replace(hour=13, minute=7), "x")
    text = formats.clockify([entry], days="%Y-%m-%d").decode().replace("01:07:00", "01:15:00")

    assert seconds_of(session(text)) == 67 * 60
    assert session(text).duration_seconds == 75 * 60


def test_clockify_rows_that_differ_in_tags_are_different():
    text = formats.clockify([Entry(NOON, NOON.replace(hour=13), "x", tags=tags) for tags in (("a",), ("b",))])

    first, second = sessions(text, date_order="mdy")
    assert first.record != second.record


# Harvest


def test_harvest_oldest_header():
    text = (
        "Date,Project,Project Code,Task,Notes,Hours,First Name,Last Name,Department,Employee?\r\n"
        '26.01.2015,P,,Dev,x,"1,5",Ann,Smith,,Yes\r\n'
    )
    file = open_file(text)
    (found,) = file.rows()

    assert (file.tool, str(found.date), found.duration_seconds) == ("harvest", "2015-01-26", 5400)
    assert (found.whose, found.client, found.start) == ("Ann Smith", "", None)
    assert {question.key for question in file.questions} == {"tasks_as"}


def test_harvest_invoiced_rows_are_marked_and_equal_rows_stay_two():
    row = "2024-05-05,C,P,,Dev,x,0.33,Yes,{},Ann,Smith,100.0,British Pound - GBP\n"
    header = (
        "Date,Client,Project,Project Code,Task,Notes,Hours,Billable?,Invoiced?,First Name,Last Name,Billable Rate,"
        "Currency\n"
    )
    first, second = sessions(header + row.format("Yes") + row.format("No"))

    assert (first.is_invoiced, second.is_invoiced) == (True, False)
    assert (first.record, first.duration_seconds, first.currency) == (second.record, 1188, "GBP")


# Kimai


def kimai(
    row, header="Date,From,To,Duration,Customer,Project,Activity,Description,Billable,Tags,Hourly price,Currency"
):
    return f"{header}\n{row}\n"


@pytest.mark.parametrize(
    ("times", "seconds"),
    [
        ("22:00,06:00,8:00", 28_800),  # the end is on the next day
        ("09:00,17:00,7:15", 26_100),  # a break of 45 minutes
        ("09:00,17:00,26100", 26_100),  # 1.x
        ("09:00,17:00,7.25", 26_100),
        ('09:00,17:00,"7,25"', 26_100),
        ("09:00,09:20,0.33", 1200),  # the clocks say the same, and more exactly
        ("09:00,09:00,0:00:40", 40),
        ("09:00,10:00,25:00", 90_000),
        ("09:00,10:00,49:00:00", 176_400),
        ("09:00,10:00,1:00:20", 3620),
        ("09:00,10:00,", 3600),
    ],
)
def test_kimai_lasts_as_long_as_was_billed(times, seconds):
    assert seconds_of(session(kimai(f"2024-05-05,{times},C,P,A,x,1,,,EUR"))) == seconds


def test_kimai_bare_numbers_are_what_fits_the_clocks():
    text = kimai("2024-05-05,09:00,11:00,2,C,P,A,x,1,,,EUR\n2024-05-06,09:00,12:00,3,C,P,A,x,1,,,EUR")

    assert [seconds_of(each) for each in sessions(text)] == [7200, 10_800]


def test_kimai_running_and_unbilled():
    running, other = sessions(
        kimai("2024-05-05,09:00,,0:00,C,P,A,x,1,,,EUR\n2024-05-05,08:00,09:00,1:00,C,P,A,x,0,,,EUR")
    )

    assert (running.is_running, running.end, other.is_running) == (True, None, False)
    assert (running.billable, other.billable) == (True, False)


@pytest.mark.parametrize("users", ["User,E-mail", "User", ""])
def test_kimai_users_are_known_by_their_names(users):
    names = {"User": ("ann", "bo"), "E-mail": ("ann@example.com", "bo@example.com")}
    titles = users.split(",") if users else []
    header = ",".join(("Date,From,To,Duration,Customer,Project,Activity,Name", *titles))
    row = "2024-05-05,09:00,10:00,1:00,C,P,A"
    text = kimai(
        "\n".join(
            ",".join((row, f"{name} X", *(names[each][i] for each in titles))) for i, name in enumerate(("Ann", "Bo"))
        ),
        header,
    )

    assert open_file(text).question("whose").is_needed
    assert [each.line for each in sessions(text, whose="bo x")] == [3]


def test_kimai_clock_change_in_autumn():
    found = session(kimai("2024-10-27,02:30,02:10,0:40,C,P,A,x,1,,,EUR"))

    assert instants_of(found, BERLIN) == (
        datetime(2024, 10, 27, 0, 30, tzinfo=UTC), datetime(2024, 10, 27, 1, 10, tzinfo=UTC),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "name"),
    [("' =SUM(1)", "=SUM(1)"), ("' uses DDE here", "uses DDE here"), ("' so '", "' so '"), ("'tis", "'tis")],
)
def test_kimai_guards_are_taken_off(cell, name):
    assert session(kimai(f"2024-05-05,09:00,10:00,1:00,C,P,A,{cell},1,,,EUR")).name == name


def test_kimai_expenses_are_no_time():
    text = (
        "Date,From,To,Duration,Customer,Project,Activity,Type,category\n"
        "2024-05-05,00:00,,0,C,P,Train,expense,travel\n2024-05-05,08:00,09:00,1:00,C,P,Dev,timesheet,work\n"
    )

    assert (session(text).task, skipped(text)) == ("Dev", [(2, "not_time")])


def test_kimai_money_and_totals():
    text = kimai('2024-05-05,09:00,10:00,1:00,C,P,A,x,1,"foo, bar",12.50,EUR\n,,,=SUBTOTAL(9;D2:D2),,,,,,,,')
    (found,) = sessions(text)

    assert (found.rate, found.currency, found.tags) == (Decimal("12.50"), "EUR", ("foo", "bar", "A"))
    assert skipped(text) == [(3, "total")]


def test_kimai_rates_before_version_2_are_prices():
    text = kimai(
        '"2024-05-05","09:00","10:00","3600"," EUR 84.00 ","C","P","A","x","yes","yes"," EUR 42.00 "',
        "Date,From,To,Duration,Rate,Customer,Project,Activity,Description,Exported,Billable,Hourly rate",
    )

    assert (session(text).rate, session(text).currency, session(text).is_invoiced) == (Decimal("42.00"), "EUR", True)
    in_french = text.replace("Rate", "Tarif", 1).replace("Hourly rate", "Tarif horaire")
    assert (session(in_french).rate, session(in_french).currency) == (Decimal("42.00"), "EUR")


# TimeTagger

REPORT = (
    "subtotals,tag_groups,duration,date,start,stop,description,user,tags\r\n\r\n10:02,Total,,,,,,,\r\n1:00,a,,,,,,,\r\n"
    ",,,,,,,,\r\n"
)


def test_timetagger_report():
    text = (
        REPORT
        + ',,1:00,31-05-2024,23:30,00:30,"Night #A",ann,a\r\n'
        + ',,1:00:30,01-06-2024,09:00,10:00,"x",ann,#untagged\r\n'
        + ',,25:00,02-06-2024,09:00,10:00,"x",ann,#untagged\r\n'
        + ',,0:00,03-06-2024,09:00,09:00,"now",ann,#untagged'
    )
    night, exact, long, now = sessions(text)

    assert clocks(night) == "2024-05-31 23:30:00 - 2024-06-01 00:30:00"
    assert (night.name, night.tags, exact.tags) == ("Night #A", ("a",), ())
    assert [seconds_of(each) for each in (night, exact, long)] == [3600, 3630, 90_000]
    assert (now.is_running, now.end) == (True, None)
    assert skipped(text) == [(3, "total"), (4, "total")]


def test_timetagger_writes_dashes_between_day_and_month_only():
    text = REPORT + ",,1:00,01-06-2024,23:30,00:30,x,ann,a"

    assert clocks(session(text)) == "2024-06-01 23:30:00 - 2024-06-02 00:30:00"
    assert "date_order" not in asked(text)
    assert "date_order" in asked(text.replace("01-06-2024", "01/06/2024"))


def test_timetagger_table_is_never_quoted():
    text = (
        "key\tstart\tstop\ttags\tdescription\n"
        'k1\t2024-05-05 22:00:00\t2024-05-06 01:00:00\t#a #b\t"so, said\n'
        "k2\t1714939200\t1714942800\t#untagged\tx\n"
        "k3\t2024-05-05T22:00:00Z\t2024-05-05T22:00:00Z\t\tnow\n"
    )
    local, unix, running = sessions(text)

    assert (local.name, local.tags, local.external_id, local.start.tzinfo) == ('"so, said', ("a", "b"), "k1", None)
    assert (unix.start, unix.tags) == (datetime(2024, 5, 5, 20, tzinfo=UTC), ())
    assert running.is_running


def test_timetagger_records():
    records = [
        {"key": "k1", "t1": 1714939200, "t2": 1714942800, "mt": 1, "st": 0.1, "ds": "Fix #Web-App #b"},
        {"key": "k2", "t1": 1714939200, "t2": 1714939200, "mt": 1, "st": 0.1, "ds": ""},
        {"key": "k3", "t1": 1714939200, "t2": 1714942800, "mt": 1, "st": 0.1, "ds": "HIDDEN gone"},
        {"key": "k4", "t1": None, "t2": float("inf"), "ds": "x"},
    ]
    rows = list(open_file(json.dumps({"records": records})).rows())

    assert (rows[0].external_id, rows[0].tags, seconds_of(rows[0])) == ("k1", ("web-app", "b"), 3600)
    assert rows[1].is_running
    assert (rows[2].kind, rows[3].code) == ("not_time", "bad_time")


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#client/web fix", ("client/web",)),
        ("#glued#together", ("glued", "together")),
        ("C#Sharp # alone, #end.", ("sharp", "end")),
        ("#caf\u00e9 #\U0001f389", ("caf\u00e9", "\U0001f389")),
    ],
)
def test_timetagger_records_have_the_tags_that_it_sees(text, tags):
    record = {"key": "k1", "t1": 1714939200, "t2": 1714942800, "mt": 1, "st": 0.1, "ds": text}

    found = session(json.dumps({"records": [record]}))

    assert (found.name, found.tags) == (text, tags)


# Timewarrior and Watson


def test_timewarrior_export():
    text = """[
{"id":2,"start":"20240331T003000Z","end":"20240331T013000Z","tags":["Client A","+next"],"annotation":"n"},
{"id":1,"start":"20240401T003000Z"},
]"""
    done, running = sessions(text)

    assert (done.start, done.tags, done.name, done.line) == (
        datetime(2024, 3, 31, 0, 30, tzinfo=UTC), ("Client A", "+next"), "n", 2,
    )  # fmt: skip
    assert (done.external_id, running.is_running, running.line, asked(text)) == ("", True, 3, set())


def test_timewarrior_ids_say_nothing():
    text = '[{"id":%d,"start":"20240331T003000Z","end":"20240331T013000Z"}]'

    assert session(text % 1).record == session(text % 2).record


def test_timewarrior_data_file():
    text = (
        'inc 20240331T003000Z - 20240331T013000Z # "Client A" x # "said \\"no\\""\n'
        "inc 20240401T003000Z - 20240401T013000Z # # an old note\n"
        "inc 20240402T003000Z - 20240402T013000Z\n\nbroken\ninc 20240403T003000Z # x\n"
    )
    rows = [row for row in open_file(text, "2024-03.data").rows() if isinstance(row, ImportedSession)]

    assert [(row.tags, row.name) for row in rows] == [
        (("Client A", "x"), 'said "no"'),
        ((), "an old note"),
        ((), ""),
        (("x",), ""),
    ]
    assert [row.is_running for row in rows] == [False, False, False, True]
    assert rejections(text) == [(5, "malformed_row")]


def test_watson_frames_of_any_age():
    text = '[[1714939200, 1714942800, "p", "0123", ["a"], 1714942801],\n[1714939200, 1714942800, "q", "4567"], ["x"]]'
    rows = list(open_file(text, "frames").rows())

    assert [(row.project, row.tags, row.external_id) for row in rows[:2]] == [("p", ("a",), "0123"), ("q", (), "4567")]
    assert (rows[1].line, rows[2].code) == (2, "malformed_row")


def test_tags_that_are_no_texts_are_left_out():
    tags = ["a", None, {"b": 1}, 7, ["c"]]
    frame = [1714939200, 1714942800, "p", "f" * 32, tags, 1]
    interval = {"id": 1, "start": "20240505T200000Z", "end": "20240505T210000Z", "tags": tags}

    assert session(json.dumps([frame])).tags == session(json.dumps([interval])).tags == ("a", "7")


def test_watson_state_is_what_runs():
    assert session('{"project": "p", "start": 1714939200, "tags": []}', "state").is_running


def test_watson_csv_says_what_may_be_wrong():
    file = open_file('id,start,stop,project,tags\n0123456,2024-05-05 22:00:00,2024-05-05 23:00:00,p,"a, b"\n')

    assert (file.tool, {question.key for question in file.questions}) == ("watson", {"timezone"})
    assert "frames" in str(file.remarks[0])
    assert next(iter(file.rows())).external_id == ""


# solidtime


def test_solidtime_zip_rates_are_cents_and_breaks_are_none():
    entries = [Entry(NOON, NOON.replace(hour=13), "x", "ACME", "Web", "Dev", ("a b",), billable=True)]
    file = open_file(formats.solidtime_zip(entries))
    (found,) = file.rows()

    assert (found.client, found.project, found.task, found.tags) == ("ACME", "Web", "Dev", ("a b", "Dev"))
    assert (found.rate, found.currency, found.whose) == (Decimal("85.5"), "EUR", "ann@example.com")
    assert [(each.name, each.rate) for each in file.catalogue.projects] == [("Web", Decimal("100.01"))]
    assert {question.key for question in file.questions} == {"tasks_as"}


def test_solidtime_zip_rejections_name_the_cell_at_fault():
    data = zip_bytes({
        "meta.json": b'{"version":"1.0"}',
        "time_entries.csv": b"id,start,end\ne1,2024-05-05 20:00,2024-05-05T21:00:00Z\n",
    })  # fmt: skip

    (row,) = open_file(data).rows()

    assert (row.line, row.code, str(row.reason)) == (2, "bad_time", "“2024-05-05 20:00” is no time.")


def test_solidtime_zip_users_are_known_by_their_names():
    entries = "".join(f"e{n},2024-05-05T20:00:00Z,2024-05-05T21:00:00Z,m{n}\n" for n in (1, 2, 3))
    data = zip_bytes(
        {
            "meta.json": b'{"version":"1.0"}',
            "members.csv": b"id,name,email\nm1,Ann,ann@example.com\nm2,Bo,bo@example.com\nm3,,c@example.com\n",
            "time_entries.csv": f"id,start,end,member_id\n{entries}".encode(),
        }
    )

    assert open_file(data).question("whose").is_needed
    assert [each.external_id for each in sessions(data, whose="bo")] == ["e2"]


def test_solidtime_zip_that_was_packed_again_has_a_folder():
    names = {
        "meta.json": b'{"version":"1.0"}',
        "projects.csv": b"id,name\np1,Web\n",
        "time_entries.csv": b"id,start,end,project_id\ne1,2024-05-05T20:00:00Z,2024-05-05T21:00:00Z,p1\n",
    }
    packed = {f"export/{name}": text for name, text in names.items()}
    added = {f"__MACOSX/export/{name}": b"\0" for name in names}

    found = session(zip_bytes({**added, **packed}))

    assert (found.external_id, found.project) == ("e1", "Web")


# Tier 2


def test_hamster_xml():
    text = (
        '<?xml version="1.0" ?><activities>'
        '<activity name="A" start_time="2024-05-05 22:00" end_time="2024-05-06 01:00:05" category="Unsorted" '
        'tags="x, y"/>'
        '<activity name="B" start_time="2024-05-06 22:00" end_time="None" category="W" description="d"/>'
        '<activity name="C" start_time="never" end_time="None"/></activities>'
    )
    done, running, _broken = rows = list(open_file(text).rows())

    assert (clocks(done), done.project, done.tags) == ("2024-05-05 22:00:00 - 2024-05-06 01:00:05", "", ("x", "y"))
    assert (running.is_running, running.project, running.note, rows[2].line) == (True, "W", "d", 3)
    assert asked(text) == {"timezone"}


@pytest.mark.parametrize(("minutes", "seconds"), [("120", 7200), ("60", 3600), ("", 3600)])
def test_hamsters_minutes_tell_hours_that_came_twice_apart(minutes, seconds):
    found = session(
        '<activities><activity name="A" start_time="2024-10-27 01:30" end_time="2024-10-27 02:30" '
        f'duration_minutes="{minutes}"/></activities>'
    )

    assert seconds_of(found) == seconds


def test_hamsters_table_has_the_minutes_of_what_runs():
    done, running = sessions(
        "activity\tstart time\tend time\tduration minutes\tcategory\tdescription\ttags\r\n"
        "A\t2024-05-05 22:00:00\t2024-05-05 22:30:00\t30\tW\t\t\r\nB\t2024-05-06 22:00:00\t\t3\tW\t\t\r\n"
    )

    assert (done.is_running, seconds_of(done)) == (False, 1800)
    assert (running.is_running, running.end, running.duration_seconds) == (True, None, None)


def test_tyme_takes_time_only():
    text = (
        "type;date;unix_start;unix_end;day;start;end;category;project;task;subtask;amount;amount_decimal;rate;sum;"
        "rounding_minutes;rounding_method;note\n"
        "timed;1.2.24;1714939200;1714942800;1;22:00;23:00;ACME;P;T;S;1:00;1,00;80,50;80,50;1;x;%\n"
        "mileage;1.2.24;;;1;;;ACME;P;T;S;1:00;1,00;80,00;80,00;1;x;%\n"
    )
    found = session(text)

    assert (found.client, found.project, found.rate, found.billable) == ("ACME", "P", Decimal("80.50"), True)
    assert (found.name, found.tags) == ("T", ("S",))
    assert found.start == datetime(2024, 5, 5, 20, tzinfo=UTC)
    assert skipped(text) == [(3, "not_time")]


TYME_ENTRY = {
    "billing": "BILLED", "category": "Acme", "category_id": "c1", "duration": 60, "duration_unit": "minutes",
    "end": "2026-03-02T10:00:00+01:00", "id": "u1", "note": "Sketches", "project": "Site", "rate": 80,
    "rate_unit": "EUR", "rounding_method": "NEAREST", "rounding_minutes": 1, "start": "2026-03-02T09:00:00+01:00",
    "subtask": "", "sum": 80, "task": "Design", "type": "timed", "user": "Ann",
}  # fmt: skip


def test_tyme_json_has_a_list_for_each_kind():
    distance = {**TYME_ENTRY, "type": "mileage", "distance": 12, "id": "u2"}
    del distance["end"], distance["duration"]
    text = json.dumps(
        {"mileage": [distance], "timed": [TYME_ENTRY, {**TYME_ENTRY, "billing": "UNBILLED"}], "fixed": []}
    )

    found = sessions(text, "tyme.json")

    assert open_file(text).tool == "tyme"
    assert [clocks(each) for each in found] == ["2026-03-02 08:00:00 - 2026-03-02 09:00:00"] * 2
    assert [each.is_invoiced for each in found] == [True, False]
    assert (found[0].name, found[0].client, found[0].project, found[0].tags) == (
        "Sketches",
        "Acme",
        "Site",
        ("Design",),
    )


def test_the_client_of_a_project_in_json():
    entry = {
        "id": "6", "description": "Draft", "billable": True, "project": {"name": "Site", "clientName": "Acme"},
        "timeInterval": {"start": "2026-03-02T08:00:00Z", "end": "2026-03-02T09:00:00Z", "duration": "PT1H"},
    }  # fmt: skip

    assert (session(json.dumps([entry])).client, session(json.dumps([entry])).project) == ("Acme", "Site")


def test_tyme_says_what_was_billed():
    head = "type;category;project;task;subtask;unix_start;unix_end;rounding_method;billing;note\n"
    rows = "".join(f"timed;Acme;Site;Dev;;1772438400;1772442000;nearest;{each};n\n" for each in ("PAID", "UNBILLED"))

    assert [each.is_invoiced for each in sessions(head + rows)] == [True, False]


@pytest.mark.parametrize("end", ["", "0"])
def test_tyme_without_an_end_is_what_runs(end):
    (running,) = sessions(f"type;category;project;unix_start;unix_end;subtask\ntimed;C;P;1714939200;{end};\n")

    assert (running.is_running, running.end) == (True, None)


def test_icalendar_zones_and_whole_days():
    text = (
        "BEGIN:VCALENDAR\r\nX-WR-TIMEZONE:Europe/Berlin\r\n"
        "BEGIN:VEVENT\r\nDTSTART:20240505T200000Z\r\nDTEND:20240505T210000Z\r\nSUMMARY:A\\, b\r\n"
        "DESCRIPTION:long\r\n er\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nDTSTART;TZID=Europe/Paris:20240505T200000\r\nDURATION:PT1H30M\r\nSUMMARY:B\r\n"
        "BEGIN:VALARM\r\nSUMMARY:no\r\n"
        "END:VALARM\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20240505\r\nSUMMARY:holiday\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nDTSTART:20240505T090000\r\nDTEND:20240505T100000\r\nSUMMARY:local\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    file = open_file(text, "x.ics")
    first, second, third = sessions(text)

    assert (first.name, first.note, first.start.tzinfo) == ("A, b", "longer", UTC)
    assert (second.name, second.timezone, seconds_of(second)) == ("B", "Europe/Paris", 5400)
    assert (third.timezone, file.timezone) == ("", "Europe/Berlin")
    assert (file.question("timezone").default, file.question("timezone").is_needed) == ("Europe/Berlin", False)
    assert [kind for _line, kind in skipped(text)] == ["not_time"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Wann,Bis wann,Was\n05.05.2024 09:00,05.05.2024 10:00,Foo\n",
            ("2024-05-05 09:00:00 - 2024-05-05 10:00:00", "Foo"),
        ),
        (
            "Datum;Beginn;Ende;Was\n05.05.2024;9 Uhr;10 Uhr;Foo\nDatum;Beginn;Ende;Was\n",
            ("2024-05-05 09:00:00 - 2024-05-05 10:00:00", "Foo"),
        ),
        ("Date,Start,End,What\n45417,0.375,0.41666667,Foo\n", ("2024-05-05 09:00:00 - 2024-05-05 10:00:00", "Foo")),
        ("Date,Start,End,What\n20240505,09:00,10:00,Foo\n", ("2024-05-05 09:00:00 - 2024-05-05 10:00:00", "Foo")),
        ("a;b;c;d\nFoo;05.05.2024;09:00;10:00\n", ("2024-05-05 09:00:00 - 2024-05-05 10:00:00", "Foo")),
        (
            "Project,Type,Date,Start,End,Duration H:M,Duration M,Billable\nP,W,09.01.2019,23:00,01:00,2:00,120,yes\n",
            ("2019-01-09 23:00:00 - 2019-01-10 01:00:00", "W"),
        ),
    ],
)
def test_any_other_table_is_guessed_and_asked_about(text, expected):
    file = open_file(text)
    (found,) = sessions(text)

    assert (file.tool, file.questions[0].key) == ("mapped", "columns")
    assert (clocks(found), found.name) == expected


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        ("Name,Note", ("first", "second")),
        ("Name,Description", ("first", "second")),
        ("Description,Name", ("second", "first")),
        ("Note,Title", ("second", "first")),
        ("Subject,Comment", ("first", "second")),
        ("Description,Note", ("first", "second")),
        ("Note,Description", ("second", "first")),
        ("Summary,Details", ("first", "second")),
        ("Description,Comments", ("first", "second")),
        ("Titel,Bemerkung", ("first", "second")),
        ("Project,Name", ("second", "")),
        ("Name,Project", ("first", "")),
        ("Note,Billable", ("first", "")),
    ],
)
def test_no_text_of_a_table_is_lost(titles, expected):
    found = session(f"Start,End,{titles}\n2026-02-05 09:00,2026-02-05 10:00,first,second\n")

    assert (found.name, found.note) == expected


@pytest.mark.parametrize(
    "titles",
    [
        "Date,Start,End,Description,Tags",
        "Date,Start,Stop,Description,Tags",
        "Day,From,To,Subject,Labels",
        "Id,Start,End,Project,Tags",
        "Key,Start,End,Description,Tags",
        "Key,Start,End,Decimal hours,Tags",
    ],
)
def test_a_table_with_titles_of_anybody_is_of_no_tool(titles):
    day = "2026-02-05" if titles.startswith("D") else "1"
    start, end = ("09:00", "10:00") if day != "1" else ("2026-02-05 09:00", "2026-02-05 10:00")
    row = f'{day},{start},{end},1.0,"deep work, call"\n'
    text = f"{titles}\n{row}"
    found = session(text)

    assert (open_file(text).tool, found.tags, seconds_of(found)) == ("mapped", ("deep work", "call"), 3600)


HOURS = ("2026-01-13 09:30:00 - 2026-01-13 11:00:00", "2026-01-14 09:00:00 - 2026-01-14 10:15:00")
DAYS = ("2026-01-13 09:30:00 - 2026-01-13 11:00:00", "2026-01-14 23:00:00 - 2026-01-16 01:15:00")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jour;Début;Fin\n13/01/2026;9h30;11h\n14/01/2026;9h;10h15\n", HOURS),
        ("Date,Start,End\n2026-01-13,9:30,11\n2026-01-14,9,10:15\n", HOURS),
        ("Date,Start,End\n2026-01-13,0930,1100\n2026-01-14,900,1015\n", HOURS),
        ("Date,Time In,Time Out\n1/13/2026,9:30a,11a\n1/14/2026,9 A,10:15a\n", HOURS),
    ],
)
def test_clocks_that_were_typed(text, expected):
    assert tuple(map(clocks, sessions(text))) == expected
    assert not open_file(text).question("columns").is_needed


def test_dates_of_start_and_end_may_have_one_title():
    text = "Date,Start,Date,End\n2026-01-13,09:30,2026-01-13,11:00\n2026-01-14,23:00,2026-01-16,01:15\n"

    assert tuple(map(clocks, sessions(text))) == DAYS


@pytest.mark.parametrize("titles", ["Start,Start,End,End", "Start,,End,", "START , start,end,End time"])
@pytest.mark.parametrize("row", ["{0},{1},{2},{3}", "{1},{0},{3},{2}"])
def test_a_date_and_a_clock_may_have_one_title(titles, row):
    cells = ("2026-01-13", "09:30", "2026-01-13", "11:00"), ("2026-01-14", "23:00", "2026-01-16", "01:15")
    text = "\n".join([titles, *(row.format(*each) for each in cells), ""])

    assert tuple(map(clocks, sessions(text))) == DAYS
    assert not open_file(text).question("columns").is_needed


def test_whole_times_go_before_their_parts():
    text = "Start,End,Start,End\n2026-01-13 09:30,2026-01-13 11:00,09:30,11:00\n"

    assert clocks(session(text)) == DAYS[0]


def test_an_end_that_is_no_time_is_no_duration():
    file = open_file("Date,Start,End\n2026-01-13,09:30,3d\n2026-01-14,09:30,2d\n")

    assert file.question("columns").is_needed
    assert "duration" not in file.answers.columns


@pytest.mark.parametrize("titles", ["In,Out,Break (min),Total hours", "Kommt,Geht,Pause,Arbeitszeit"])
def test_timesheets_of_employees(titles):
    found = session(f"Date,{titles}\n13.01.2026,9:00,17:00,30,7.5\n")

    assert (clocks(found), seconds_of(found)) == ("2026-01-13 09:00:00 - 2026-01-13 17:00:00", 27_000)


def test_clocks_without_dates_are_no_times():
    with pytest.raises(UnreadableFileError):
        open_file("Start,End,Rate\n9:00,10:00,80\n")
    table = open_file("Start,End,Rate,When\n9:00,10:00,80,about 3 May\n9:00,10:00,80,2024-05-03\n")
    assert table.question("columns").is_needed


@pytest.mark.parametrize(
    ("titles", "cells", "seconds"),
    [
        ("Hours,Minutes", "1,30", 5400),
        ("Hours,Minutes", "0,45", 2700),
        ("Hours,Minutes", "2,0", 7200),
        ("Hours,Minutes", "1.5,90", 5400),
        ("Hours,Minutes", "2,120", 7200),
        ("Hours,Minutes,Logged hours", "1,30,1.5", 5400),
        ("Hours,Minutes,Seconds", "1,30,15", 5415),
        ("Stunden;Minuten", "1;30", 5400),
    ],
)
def test_hours_and_minutes_may_be_in_a_column_each(titles, cells, seconds):
    mark = ";" if ";" in titles else ","

    assert session(f"Date{mark}{titles}\n2024-05-05{mark}{cells}\n").duration_seconds == seconds


def test_an_hourly_rate_makes_billable_where_no_column_says_it():
    text = "Date,Project,Hours,Rate{0}\n2024-05-05,P,1,80{1}\n2024-05-06,P,1,{1}\n"

    assert [each.billable for each in sessions(text.format("", ""))] == [True, None]
    assert [each.billable for each in sessions(text.format(",Billable", ",No"))] == [False, False]


def test_one_of_several_numbers_is_no_duration():
    file = open_file("Datum;Anfang um;Auto;Rest\n13.01.2026;9h30;2;3\n")

    assert file.question("columns").is_needed
    assert "duration" not in file.answers.columns


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("9h30;11h", ("2026-01-13 09:30:00 - 2026-01-13 11:00:00", 5400)),
        ("9:30;11:00", ("2026-01-13 09:30:00 - 2026-01-13 11:00:00", 5400)),
        ("9h30;2h", ("2026-01-13 09:30:00 - ", 7200)),
        ("9:30;2:00", ("2026-01-13 09:30:00 - ", 7200)),
    ],
)
def test_a_clock_after_the_start_is_no_duration(row, expected):
    found = session(f"Datum;Beginn;Schluss um;Projekt\n13.01.2026;{row};x\n")

    assert (clocks(found), seconds_of(found)) == expected


def test_columns_are_asked_where_some_cell_is_a_date():
    asked = open_file("a,b,c\n,soon,later\nFoo and  more,13.01.2026,\n").question("columns")

    assert asked.is_needed
    assert asked.examples == ("Foo and more", "soon", "later")


@pytest.mark.parametrize("text", ["Date,Start,End\n", "Datum;Stunden;Projekt\n\n"])
def test_a_header_alone_holds_no_sessions(text):
    with pytest.raises(UnreadableFileError) as raised:
        open_file(text)

    assert raised.value.reason == "empty"


def test_no_time_in_a_table_of_no_tool_is_not_running():
    assert rejections("Date,Start,End,Description\n2026-02-05,09:00,09:00,x\n") == [(2, "zero_length")]
    assert rejections("Started,Length,Title\n2026-02-05 09:00,0m,x\n2026-02-05 09:00,-0:30,x\n") == [
        (2, "zero_length"),
        (3, "bad_time"),
    ]


@pytest.mark.parametrize(
    ("clocks_of_row", "stated", "seconds"),
    [
        ("09:00,17:00", "7:30", 27_000),
        ("09:00,17:00", "7.5", 27_000),
        ("09:00,17:00", "8:00", 28_800),
        ("09:00,17:00", "7:59", 28_800),  # clocks are cut to the minute
        ("09:00,17:00", "9:00", 28_800),
        ("09:00,17:00", "0:00", 28_800),
        ("09:00,17:00", "", 28_800),
        ("09:00,09:20", "0.33", 1200),  # is rounded
        ("22:00,02:00", "3:30", 12_600),
        ("09:00,", "7:30", 27_000),
    ],
)
def test_a_break_is_what_the_clocks_have_more_than_the_duration(clocks_of_row, stated, seconds):
    text = f"Date,Start,End,Project,Description,Duration\n2026-02-05,{clocks_of_row},Web,x,{stated}\n"

    assert seconds_of(session(text)) == seconds


@pytest.mark.parametrize(
    ("title", "stated", "seconds"),
    [
        ("Break", "0:30", 27_000), ("Pause", "30", 27_000), ("Break (min)", "45", 26_100), ("Pause", "0,5", 27_000),
        ("Pause (h)", "1", 25_200), ("Lunch", "30 min", 27_000), ("Break", "00:30:00", 27_000), ("Pause", "", 28_800),
        ("Break", "0", 28_800), ("Break", "9:00", 28_800), ("Break", "1h", 25_200),
    ],
)  # fmt: skip
def test_a_break_of_a_column_is_taken_off(title, stated, seconds):
    rows = f'2026-02-05,09:00,17:00,"{stated}",x\n2026-02-06,09:00,10:00,0:15,y\n'
    first, second = sessions(f"Date,Start,End,{title},Description\n{rows}")

    assert (seconds_of(first), seconds_of(second)) == (seconds, 2_700)


def test_a_duration_goes_before_a_break():
    text = "Date,Start,End,Break,Hours\n2026-02-05,09:00,17:00,0:30,7.25\n"

    assert seconds_of(session(text)) == 26_100


def test_a_mapping_is_taken_as_it_is_given():
    text = "one,two,three\n05.05.2024,1:30,Foo\n"
    found = session(text, columns={"date": 0, "duration": 1, "client": 2})

    assert (str(found.date), found.duration_seconds, found.client, found.name) == ("2024-05-05", 5400, "Foo", "")


def test_a_table_in_a_zip():
    text = kimai("2024-05-05,09:00,10:00,1:00,C,P,A,x,1,,,EUR")

    assert session(zip_bytes({"export/kimai.csv": text, "__MACOSX/kimai.csv": "x"})).name == "x"


def test_a_zip_that_holds_more_than_it_says_is_not_read():
    bomb = bytearray(zip_bytes({"time_entries.csv": b"0" * 10_000_000, "meta.json": "{}"}))
    at = bomb.rfind(b"PK\x01\x02")
    first = bomb.find(b"PK\x01\x02")
    bomb[first + 24 : first + 28] = (2**31).to_bytes(4, "little")
    assert at > first

    with pytest.raises(UnreadableFileError) as error:
        open_file(bytes(bomb))
    assert error.value.reason == "malformed_file"


def test_json_of_an_api_with_a_running_entry():
    text = json.dumps([
        {"id": 1, "start": "2024-05-05T10:00:00+02:00", "stop": "2024-05-05T08:30:00Z", "duration": 1800,
         "description": "x", "tags": ["a", "b"], "billable": True},
        {"id": 2, "start": "2024-05-05T09:00:00Z", "stop": None, "duration": -1714899600, "description": "y"},
    ])  # fmt: skip
    done, running = sessions(text)

    assert (done.start, done.tags, seconds_of(done)) == (datetime(2024, 5, 5, 8, tzinfo=UTC), ("a", "b"), 1800)
    assert (running.is_running, running.external_id) == (True, "2")


def test_a_single_session_is_no_state_of_watson():
    text = json.dumps({"sessions": [{"id": "1", "project": "p", "start": "2024-05-05T08:00:00Z", "end": None}]})

    assert open_file(text).tool == "mapped"


def test_no_two_rows_have_the_same_line():
    records = [{"key": f"k{number}", "t1": 1714939200, "t2": 1714942800 + number, "ds": "x"} for number in range(5)]
    file = open_file(json.dumps({"records": records}))

    assert [row.line for row in file.rows()] == [1, 2, 3, 4, 5]
    assert [row.external_id for row in file.rows(after=3)] == ["k3", "k4"]


@pytest.mark.parametrize("key", ["timeentries", "timeEntries", "time_entries", "timesheets", "items"])
def test_json_whose_times_are_an_inner_object(key):
    entry = {
        "_id": "a1", "description": "x", "projectName": "P", "clientName": "C", "billable": True,
        "timeInterval": {"start": "2024-05-05T08:00:00Z", "end": "2024-05-05T09:00:00Z", "duration": "PT1H"},
    }  # fmt: skip

    for text in (json.dumps([entry]), json.dumps({"totals": [1], key: [entry]})):
        found = session(text)
        assert clocks(found) == "2024-05-05 08:00:00 - 2024-05-05 09:00:00"
        assert (found.name, found.project, found.client, found.billable) == ("x", "P", "C", True)


def test_json_of_kimai_has_hourly_rates_and_customers():
    entry = {
        "id": 7, "begin": "2025-06-02T08:00:00+0200", "end": "2025-06-02T09:30:00+0200", "duration": 5400,
        "activity": {"id": 3, "name": "Dev", "project": None},
        "project": {"id": 1, "name": "Web", "customer": {"id": 2, "name": "ACME", "currency": "EUR"}},
        "user": {"id": 1, "username": "ann", "title": "Developer"}, "tags": ["a"], "description": "x", "rate": 127.5,
        "internalRate": 127.5, "fixedRate": None, "hourlyRate": 85, "exported": False, "billable": True,
    }  # fmt: skip

    found = session(json.dumps([entry, {**entry, "id": 8}][:1]))

    assert (found.name, found.project, found.client, found.task, found.whose) == ("x", "Web", "ACME", "Dev", "ann")
    assert (found.rate, found.billable, seconds_of(found)) == (Decimal(85), True, 5400)


def test_json_objects_that_follow_each_other():
    line = '{"start":"20240331T0%d3000Z","end":"20240331T0%d4500Z"}\n'

    assert [each.line for each in sessions(line % (1, 1) + line % (2, 2))] == [1, 2]


@pytest.mark.parametrize("cell", ["a;b c", '"a, b c"', "a | b c", "a;b c;a", "a;b c;"])
def test_tags_of_a_table_of_no_tool_are_between_any_marks(cell):
    assert session(f"Date,Start,End,Tags,Note\n2024-05-05,09:00,10:00,{cell},x\n").tags == ("a", "b c")


def test_a_german_day_is_no_tag():
    found = session("Tag;Beginn;Ende;Was\n05.05.2024;09:00;10:00;Foo\n")

    assert (clocks(found), found.name, found.tags) == ("2024-05-05 09:00:00 - 2024-05-05 10:00:00", "Foo", ())


def test_what_is_cut_is_not_taken_for_running():
    assert rejections(TOGGL + "C,P,,x,No,2024-05-05,09:00:00\n") == [(2, "bad_time")]
    assert rejections(TOGGL + "C,P,,x,No,2024-05-05,09:00:00,2024-05-05,,,,\n") == [(2, "bad_time")]
    assert rejections(kimai("2024-05-05,09:00")) == [(2, "bad_time")]


def test_a_duration_of_minus_the_start_is_of_what_runs():
    (running,) = sessions(TOGGL + "C,P,,x,No,2024-05-05,09:00:00,,,-1714892400\n")

    assert running.is_running
    assert rejections(TOGGL + "C,P,,x,No,2024-05-05,09:00:00,,,-01:00:00\n") == [(2, "bad_time")]


def test_a_report_without_ends_and_durations_is_not_one_of_running_sessions():
    text = "Description,Start Date,Start Time\nx,2024-05-05,09:00\n"

    assert open_file(text).question("columns").is_needed
    assert rejections(text) == [(2, "bad_time")]


def test_days_with_clocks_and_hours():
    text = (
        "Issue,Hours,Work date,Username,Note\nA-1,1.5,2024-05-05 09:00,ann,did it\nA-2,0.5,2024-05-06 0:00,ann,more\n"
    )
    first, second = sessions(text)

    assert (clocks(first), seconds_of(first), first.name) == ("2024-05-05 09:00:00 - ", 5400, "did it")
    assert (second.start, str(second.date), second.duration_seconds) == (None, "2024-05-06", 1800)


def test_from_and_to_alone_are_not_kimai():
    text = "Day,From,To,Logged hours,Note,Project,Client\n2024-05-05,09:00,10:00,1.0,x,P,C\n"

    assert (open_file(text).tool, session(text).name) == ("mapped", "x")


@pytest.mark.parametrize(
    ("numbers", "seconds"),
    [(("8", "2"), 28_800), (("1.5", "40"), 5400), (("45", "30"), 2700), (("5400", "900"), 5400)],
)
def test_bare_durations_without_clocks_are_a_unit_of_work(numbers, seconds):
    text = "Date,Project,Duration\n" + "".join(f"2024-05-05,P,{number}\n" for number in numbers)

    assert sessions(text)[0].duration_seconds == seconds


def test_letters_of_columns_are_no_titles():
    text = "A,B,C,D\n03/04/2025,09:00,10:30,foo\n04/04/2025,10:00,10:30,bar\n"

    assert open_file(text).answers.columns == {"start_date": 0, "start": 1, "end": 2, "description": 3}


def test_a_table_whose_titles_say_nothing_must_be_mapped():
    text = "2020-01-31 09:00:00 -0800,app,details,work,code,300\n" * 3

    assert open_file(text).question("columns").is_needed
    assert not open_file("Date,Project,Duration\n2024-05-05,P,8\n").question("columns").is_needed
