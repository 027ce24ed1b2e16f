"""The same entries in another report of the same tool add nothing, whatever columns and clocks its user chose"""

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sessions_app import services
from tests.factories import WEB
from tests.sessions_app.imports import formats
from tests.sessions_app.imports.bring_in import bring_in, plan
from tests.sessions_app.imports.samples import HARVEST, TOGGL
from tests.sessions_app.services.states import NOW, not_deleted

CLOCKIFY = """\
"Project","Client","Description","Task","User","Email","Tags","Billable","Start Date","Start Time","End Date",\
"End Time","Duration (h)","Duration (decimal)"
"Site","Acme","Draft","","Mira","mira@example.org","deep","Yes","2026-03-02","09:00:10","2026-03-02","10:30:50",\
"01:30:40","1.51"
"Site","Acme","Draft","","Mira","mira@example.org","call","Yes","2026-03-02","09:00:10","2026-03-02","10:30:50",\
"01:30:40","1.51"
"Site","Bolt","","","Mira","mira@example.org","","No","2026-03-02","13:05:20","2026-03-02","14:00:00","00:54:40","0.91"
"""
KIMAI = """\
Date,From,To,Duration,Currency,Price,User,Customer,Project,Activity,Description,Billable,Tags
2026-03-02,09:00,10:30,1:30:20,EUR,84.00,mira,Acme,Site,Dev,Draft,1,"a, b"
2026-03-02,22:00,01:30,3:30:00,EUR,84.00,mira,Acme,Site,Dev,Night,1,
"""


RECORDS = """\
{"records": [
{"key": "k1", "t1": 1772438450, "t2": 1772442130, "mt": 1, "st": 1.0, "ds": "Draft #Acme  now #deep"},
{"key": "k2", "t1": 1772438455, "t2": 1772438500, "mt": 1, "st": 1.0, "ds": "Draft #Acme  now #deep"},
{"key": "k3", "t1": 1772490000, "t2": 1772496030, "mt": 1, "st": 1.0, "ds": ""}]}
"""
RECORDS_TABLE = """\
key\tstart\tstop\ttags\tdescription
k1\t2026-03-02 09:00:50\t2026-03-02 10:02:10\t#acme #deep\tDraft #Acme  now #deep
k2\t2026-03-02 09:00:55\t2026-03-02 09:01:40\t#acme #deep\tDraft #Acme  now #deep
k3\t2026-03-02 23:20:00\t2026-03-03 01:00:30\t\t
"""


def timetagger_report(*durations):
    first, second, third = durations
    return (
        "subtotals,tag_groups,duration,date,start,stop,description,user,tags\r\n\r\n2:42,Total,,,,,,,\r\n,,,,,,,,\r\n"
        f',,{first},02-03-2026,09:00,10:02,"Draft #Acme  now #deep",me,#acme #deep\r\n'
        f',,{second},02-03-2026,09:00,09:01,"Draft #Acme  now #deep",me,#acme #deep\r\n'
        f',,{third},02-03-2026,23:20,01:00,"",me,#untagged'
    )


FRAMES = """\
[[1772438450, 1772442130, "Site", "0123456789abcdef0123456789abcdef", ["deep", "a,b"], 1],
 [1772490000, 1772496030, "Site", "1123456789abcdef0123456789abcdef", [], 1]]
"""
WATSON_CSV = """\
id,start,stop,project,tags
0123456,2026-03-02 09:00:50,2026-03-02 10:02:10,Site,"deep, a,b"
1123456,2026-03-02 23:20:00,2026-03-03 01:00:30,Site,
"""
_START = datetime(2026, 3, 2, 8, 0, 50, tzinfo=UTC)
ENTRIES = [
    formats.Entry(_START, _START + timedelta(minutes=61), "Draft", "Acme", "Site", tags=("deep",)),
    formats.Entry(_START + timedelta(hours=3), _START + timedelta(hours=4), "Draft", "Acme", "Site", "Dev"),
]
OF_TWO_KINDS = [
    (RECORDS, timetagger_report("1:01", "0:01", "1:41")),
    (RECORDS, timetagger_report("1:01:20", "0:00:45", "1:40:30")),
    (RECORDS_TABLE, timetagger_report("1.02", "0.01", "1.68")),
    (FRAMES, WATSON_CSV),
    (formats.solidtime_zip(ENTRIES), formats.solidtime_report(ENTRIES)),
    (formats.timetagger_records(ENTRIES), formats.timetagger_report(ENTRIES)),
]
"""Exports of the same entries, with the ids of the tool and without them, without a zone in that of the entries."""


@pytest.fixture(autouse=True)
def _now(clock):
    """It is always `NOW`."""
    assert NOW


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def only(*titles):
    """Returns a text with these columns only, in this order."""

    def change(text):
        out = io.StringIO()
        writer = csv.DictWriter(out, titles, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows_of(text))
        return out.getvalue()

    return change


def compact(text):
    """Returns a text whose clocks have no seconds, in 12 hours."""
    rows = rows_of(text)
    for row in rows:
        for title in ("Start Time", "End Time"):
            hour, minute, _second = row[title].split(":")
            row[title] = f"{int(hour) % 12 or 12}:{minute} {'PM' if int(hour) >= 12 else 'AM'}"
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def renamed(text):
    titles = only("Description", "Duration", "Project", "Start date", "Start time", "End date", "End time")(text)
    return titles.replace("End date", "Stop date").replace("End time", "Stop time")


DIALECTS = [
    (TOGGL, renamed),
    (TOGGL, only("Start date", "Start time", "End date", "End time", "Tags", "Client", "Project", "Duration")),
    (CLOCKIFY, only("Project", "Description", "Start Date", "Start Time", "End Date", "End Time", "Duration (h)")),
    (CLOCKIFY, compact),
    (KIMAI, only("Date", "From", "To", "Duration", "Customer", "Project", "Activity")),
    (HARVEST, only("Date", "Project", "Project Code", "Task", "Notes", "Hours", "First Name", "Last Name")),
]


@pytest.mark.parametrize(("whole", "change"), DIALECTS)
@pytest.mark.parametrize("is_brief_first", [True, False])
def test_another_report_adds_nothing(owner, whole, change, is_brief_first):
    first, second = (change(whole), whole) if is_brief_first else (whole, change(whole))
    count = len(rows_of(whole))

    assert bring_in(owner, first).counts["created"] == count
    assert plan(owner, second).created == 0
    assert bring_in(owner, second).counts["unchanged"] == count
    assert bring_in(owner, first).counts["unchanged"] == count
    assert len(not_deleted(owner)) == count


@pytest.mark.parametrize(("whole", "change"), DIALECTS)
def test_two_reports_at_once_are_one(owner, whole, change):
    count = len(rows_of(whole))

    assert plan(owner, whole, change(whole)).created == count
    assert bring_in(owner, change(whole), whole).counts["created"] == count


def test_a_longer_report_with_fewer_columns_adds_what_is_new(owner):
    lines = TOGGL.splitlines(keepends=True)
    bring_in(owner, "".join(lines[:3]))

    done = bring_in(owner, renamed(TOGGL))

    assert (done.counts["created"], done.counts["unchanged"]) == (2, 2)


def test_whole_reports_tell_apart_what_has_the_same_times(owner):
    lines = CLOCKIFY.splitlines(keepends=True)
    bring_in(owner, "".join([lines[0], lines[1]]))

    assert bring_in(owner, "".join([lines[0], lines[2]])).counts["created"] == 1
    assert bring_in(owner, CLOCKIFY).counts["created"] == 1
    assert len(not_deleted(owner)) == 3


@pytest.mark.parametrize("pair", [*OF_TWO_KINDS, *((second, first) for first, second in OF_TWO_KINDS)])
def test_the_same_entries_with_ids_and_without_are_one(owner, pair):
    first, second = pair
    zone = "Europe/Berlin" if isinstance(first, str) else formats.ZONE.key
    told = {"timezone": zone, "date_order": "dmy", "tasks_as": "tag"}
    count = bring_in(owner, first, **told).counts["created"]

    assert count in {2, 3}
    assert plan(owner, second, **told).created == 0
    assert bring_in(owner, second, **told).counts["unchanged"] == count
    assert bring_in(owner, first, **told).counts["unchanged"] == count
    assert plan(owner, first, second, **told).created == 0
    assert len(not_deleted(owner)) == count


@pytest.mark.parametrize("category", ["Work", "Unsorted"])
def test_both_files_of_hamster_are_one(owner, category):
    entries = [replace(each, client="", project=category, task="") for each in ENTRIES]
    files = formats.hamster_xml(entries), formats.hamster_table(entries)

    assert [plan(owner, each).new_projects for each in files] == [["Work"] if category == "Work" else []] * 2
    assert bring_in(owner, files[0]).counts["created"] == 2
    assert plan(owner, files[1]).created == 0


@pytest.mark.parametrize("is_cut_first", [True, False])
@pytest.mark.parametrize("whole", [WATSON_CSV, formats.hamster_table(ENTRIES), formats.hamster_xml(ENTRIES)])
def test_seconds_that_a_spreadsheet_cut_are_no_difference(owner, whole, is_cut_first):
    text = whole if isinstance(whole, str) else whole.decode()
    cut = re.sub(r"( [0-9]{2}:[0-9]{2}):[0-9]{2}", r"\1", text)
    first, second = (cut, text) if is_cut_first else (text, cut)

    assert bring_in(owner, first).counts["created"] == 2
    assert plan(owner, second).created == 0
    assert bring_in(owner, second).counts["unchanged"] == 2
    assert bring_in(owner, first).counts["unchanged"] == 2


def test_records_that_were_undone_are_free_for_a_report(owner):
    told = {"timezone": "Europe/Berlin", "date_order": "dmy"}
    report = timetagger_report("1:01", "0:01", "1:41")
    services.undo_changeset(owner, WEB, bring_in(owner, RECORDS, **told).changeset_id)

    assert bring_in(owner, report, **told).counts["created"] == 3
    assert plan(owner, RECORDS, **told).created == 0


def test_what_only_one_of_two_kinds_has_is_added(owner):
    told = {"timezone": "Europe/Berlin", "date_order": "dmy"}
    report = timetagger_report("1:01", "0:01", "1:41")
    lines = report.split("\r\n")
    bring_in(owner, "\r\n".join([*lines[:5], lines[6]]), **told)  # one of two with the same minute and words

    done = bring_in(owner, RECORDS, **told)

    assert (done.counts["created"], done.counts["unchanged"]) == (1, 2)
    assert bring_in(owner, report, **told).counts["unchanged"] == 3


def test_two_records_that_begin_in_one_minute_are_two(owner):
    told = {"timezone": "Europe/Berlin", "date_order": "dmy"}
    alone = RECORDS.replace("k1", "k9", 1).replace("1772442130", "1772442131")
    bring_in(owner, RECORDS, **told)

    assert bring_in(owner, alone, **told).counts["created"] == 1
