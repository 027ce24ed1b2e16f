"""Saved reports and share links in the export: they come back, and no link opens by a file"""

import json

import pytest

from sessions_app import services
from sessions_app.models import Project, SavedReport, Share
from tests.accounts import bring_in, export
from tests.factories import WEB, make_guest
from tests.sessions_app.account_export.files import STAMPS, account_of, assert_rejected, zip_of
from tests.sessions_app.services.states import NOW

pytestmark = pytest.mark.django_db

REPORT = {
    "id": "0198aaaa-0000-7000-8000-00000000000d",
    "name": "Month",
    "query": "group=day",
    "is_default": True,
    **STAMPS,
}
SHARE = {
    "id": "0198aaaa-0000-7000-8000-00000000000e",
    "name": "For Acme",
    "page": "report",
    "query": "",
    "shows_hours": True,
    "shows_amounts": False,
    "shows_notes": False,
    "shows_running": False,
    "is_frozen": False,
    "expires_at": "2030-01-01T00:00:00Z",
    **STAMPS,
}


def rows(user):
    return [list(model.objects.filter(user=user).order_by("id").values()) for model in (SavedReport, Share)]


def test_they_come_back_equal_but_for_what_opens_a_link(owner):
    services.save_report(owner, WEB, name="Month", query="group=day", is_default=True)
    secrets = {"secret_hash": "secret-hash", "password": "hashed-password", "content": {"title": "stored"}}
    Share.objects.create(user=owner, name="x", page="report", created_at=NOW, updated_at=NOW, version=1, **secrets)
    exported = export(owner)
    there, other = rows(owner), make_guest()
    SavedReport.objects.all().delete()
    Share.objects.all().delete()

    bring_in(other, exported)

    for row in (*there[0], *there[1]):
        row["user_id"] = other.pk
    there[1][0] |= {"secret_hash": None, "password": "", "content": None}
    assert rows(other) == there
    assert export(other) == exported
    bring_in(other, exported)
    assert rows(other) == there


def test_ids_in_addresses_become_those_of_the_account(owner, stranger):
    logo = services.create_entry(owner, WEB, Project, name="Logo")
    services.save_report(owner, WEB, name="Logo", query=f"project={logo.id}", is_default=True)
    here = services.create_entry(stranger, WEB, Project, name="LOGO")
    services.save_report(stranger, WEB, name="Mine", is_default=True)

    summary = bring_in(stranger, export(owner))

    brought = SavedReport.objects.get(user=stranger, name="Logo")
    assert (brought.query, brought.is_default) == (f"project={here.id}", False)
    services.undo_changeset(stranger, WEB, summary.changeset_id)
    assert not SavedReport.objects.for_user(stranger).not_deleted().filter(name="Logo").exists()


def test_an_export_without_them_is_read(owner):
    assert "reports" not in json.dumps(account_of())
    bring_in(owner, zip_of())
    assert rows(owner) == [[], []]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reports": {}}, "account.json: “reports” must be a list."),
        ({"reports": [{**REPORT, "name": ""}]}, "account.json, reports, entry 1: "),
        ({"reports": [REPORT, {**REPORT, "id": SHARE["id"]}]}, "account.json, reports, entry 2: A second report"),
        ({"reports": [REPORT, REPORT]}, "account.json, reports, entry 2: The id"),
        ({"shares": [{**SHARE, "page": "x"}]}, "account.json, shares, entry 1: “page” must be one of"),
        ({"shares": [{**SHARE, "shows_hours": False}]}, "account.json, shares, entry 1: A share link shows"),
        ({"shares": [{**SHARE, "is_frozen": True, "shows_running": True}]}, "account.json, shares, entry 1: A frozen"),
        ({"shares": [{**SHARE, "secret_hash": "x"}]}, "account.json, shares, entry 1: “secret_hash” is not known"),
    ],
)
def test_what_is_wrong_is_said_with_its_entry(owner, changes, message):
    assert_rejected(owner, zip_of(account=account_of(**changes)), message)


def test_a_good_one_is_read(owner):
    bring_in(owner, zip_of(account=account_of(reports=[REPORT], shares=[SHARE])))
    assert [len(each) for each in rows(owner)] == [1, 1]
