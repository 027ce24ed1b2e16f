import csv

import pytest

from sessions_app import services
from sessions_app.models import Client as Customer
from tests.admin import CLIENTS, SESSIONS, USERS, Operator
from tests.factories import WEB, make_account, make_guest, make_session
from tests.query_plans import queries_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def operator():
    return Operator()


def download(operator, path, *rows, everything=False):
    form = {"action": "download_csv", "_selected_action": [str(each.pk) for each in rows]}
    if everything:
        form |= {"select_across": "1"}
    response = operator.post(path, form)
    assert response["Content-Type"].startswith("text/csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def test_the_selected_sessions_with_the_columns_of_the_list(operator):
    user = make_account("mira@example.org")
    wanted = make_session(user, "2026-11-20T08:00:00Z", "2026-11-20T09:30:00Z", "=1+1", billable=True)
    make_session(user, "2026-11-21T08:00:00Z", "2026-11-21T09:30:00Z")
    (row,) = download(operator, SESSIONS, wanted)
    assert row.pop("id") == str(wanted.id)
    assert row == {
        "title": "'=1+1",  # a spreadsheet would compute it
        "user": "mira@example.org",
        "project": "",
        "start_utc": "2026-11-20 08:00:00",
        "end_utc": "2026-11-20 09:30:00",
        "length": "1:30",
        "source": "web",
        "billable": "true",
        "in_trash": "false",
    }


def test_users_and_catalogue(operator):
    user, guest = make_account("mira@example.org"), make_guest()
    services.create_entry(user, WEB, Customer, name="Acme")
    rows = {row["id"]: row for row in download(operator, USERS, user, guest)}
    assert rows[str(user.pk)]["who"] == "mira@example.org"
    assert rows[str(guest.pk)]["kind"] == "Guest"
    assert not any("argon2" in value or "md5" in value for row in rows.values() for value in row.values())
    assert [row["name"] for row in download(operator, CLIENTS, Customer.objects.get())] == ["Acme"]


def test_many_rows_take_few_queries_and_end_where_the_list_does(operator, monkeypatch):
    monkeypatch.setattr("sessions_app.admin.csv_action.MAX_LISTED", 30)
    user = make_account("mira@example.org")
    sessions = [make_session(user, f"2026-10-{day:02}T08:00Z", f"2026-10-{day:02}T09:00Z") for day in range(1, 32)]
    queries = queries_of(lambda: download(operator, SESSIONS, sessions[0], everything=True))
    assert len(download(operator, SESSIONS, sessions[0], everything=True)) == 30
    assert len(queries) < 10
