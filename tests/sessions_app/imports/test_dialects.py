"""The same entries in another report of the same tool add nothing, whatever columns and clocks its user chose"""

import csv
import io

import pytest

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
