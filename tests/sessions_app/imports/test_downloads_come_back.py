"""What was downloaded here is read back, equal: leaving stays easy, and so does coming back"""

import io
import zipfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from sessions_app import services
from sessions_app.imports.rows import ImportedSession, RejectedRow
from sessions_app.models import Project, Tag, TimeSession
from sessions_app.reports.downloads import session_columns
from tests.accounts import bring_in as bring_in_account
from tests.accounts import export
from tests.factories import WEB, make_guest, make_session
from tests.sessions_app.imports.bring_in import bring_in, plan
from tests.sessions_app.imports.reading import open_file
from timetracker.tables import csv_chunks, json_chunks, xlsx_file

START = datetime(2024, 10, 27, 0, 30, tzinfo=UTC)  # 2:30 in Berlin, for the first time
NAMES = ["=SUM(A1)", "'=x", "-1", 'say "hi"', "Über, all", "x" * 200, ""]
NOTES = ["two\nlines", "+49 30", "\t tab", "@home", "", "", ""]


def rows():
    for number, (name, note) in enumerate(zip(NAMES, NOTES, strict=True)):
        start, end = START + timedelta(days=number), START + timedelta(days=number, minutes=40)
        is_running = number == len(NAMES) - 1
        yield [
            str(UUID(int=number)), start.date(), name, "ACME", "Web", "one two" if number else "",
            start.replace(tzinfo=None), None if is_running else end.replace(tzinfo=None), "Europe/Berlin", start,
            None if is_running else end, 2400, 2400, 2400, 2400, number % 2 == 0, Decimal("85.125") if number else None,
            "EUR", None, note, "web",
        ]  # fmt: skip


def described(session):
    return (
        session.external_id, session.name, session.note, session.client, session.project, " ".join(session.tags),
        session.timezone, session.start, session.end, session.billable, session.rate, session.currency,
    )  # fmt: skip


EXPECTED = [
    (row[0], row[2], row[19].strip(), row[3], row[4], row[5], row[8], row[9], row[10], row[15], row[16], row[17])
    for row in rows()
]


def as_workbook():
    with xlsx_file(session_columns(), rows(), totals=lambda: [None, "Total", *([None] * 19)]) as file:
        return file.read()


FORMATS = {
    "comma": lambda: b"".join(csv_chunks(session_columns(), rows())),
    "semicolon": lambda: b"".join(csv_chunks(session_columns(), rows(), separator="semicolon")),
    "json": lambda: b"".join(json_chunks(session_columns(), rows(), name="sessions", head={"from": None})),
    "xlsx": as_workbook,
}


@pytest.mark.parametrize("written", FORMATS)
def test_sessions_come_back_equal(written):
    file = open_file(FORMATS[written](), f"sessions.{written}")

    assert (file.tool, file.questions) == ("timetracker", ())
    assert [described(row) for row in file.rows() if isinstance(row, ImportedSession)] == EXPECTED
    assert not [row for row in file.rows() if isinstance(row, RejectedRow)]


def table_of_export(user):
    with zipfile.ZipFile(io.BytesIO(export(user))) as archive:
        return archive.read("sessions.csv").decode()


def stored(user):
    tags = dict(Tag.objects.for_user(user).values_list("id", "name"))
    return [
        (
            each.name, each.note, each.start, each.end, each.timezone, each.billable, each.hourly_rate, each.currency,
            each.project and (each.project.name, each.project.client and each.project.client.name),
            {tags[tag] for tag in each.tag_ids},
        )
        for each in TimeSession.objects.for_user(user).not_deleted().select_related("project__client").order_by("start")
    ]  # fmt: skip


@pytest.fixture
def tracked(owner):
    """A user with a session that has all there is to one, and one that has next to nothing."""
    services.create_entry(owner, WEB, Project, name="Web", client_name="ACME")
    make_session(
        owner, "2026-02-02T08:00:00Z", "2026-02-02T09:30:00Z", "+n1", note="-two\nlines", tags=["x", "y"],
        project_name="Web", billable=True, hourly_rate=Decimal("85.125"), currency="EUR",
    )  # fmt: skip
    make_session(owner, "2026-02-03T08:00:00Z", "2026-02-03T09:30:00Z")
    return owner


class TestTheTableOfAnExport:
    def test_comes_back_equal_in_another_account_and_once(self, tracked):
        guest, table = make_guest(), table_of_export(tracked)

        done = bring_in(guest, table)

        assert stored(guest) == stored(tracked)
        assert (done.counts["created"], bring_in(guest, table).changeset_id) == (2, None)

    def test_doubles_nothing_in_the_same_account(self, tracked):
        table = table_of_export(tracked)
        before = stored(tracked)

        planned, done = plan(tracked, table), bring_in(tracked, table)

        assert (planned.source, planned.created, planned.counts["unchanged"]) == ("timetracker", 0, 2)
        assert (done.changeset_id, done.counts["unchanged"]) == (None, 2)
        assert stored(tracked) == before

    def test_brings_back_nothing_that_was_deleted(self, tracked):
        table = table_of_export(tracked)
        services.delete_sessions(tracked, WEB, [TimeSession.objects.for_user(tracked).first().id])

        assert bring_in(tracked, table).counts["deleted"] == 1

    def test_doubles_nothing_where_the_whole_export_came_in_beside_the_original(self, tracked):
        guest = make_guest()
        bring_in_account(guest, export(tracked))

        assert bring_in(guest, table_of_export(tracked)).counts["unchanged"] == 2
