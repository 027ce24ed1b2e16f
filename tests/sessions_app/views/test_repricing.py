"""“Apply to earlier sessions”: nothing is repriced but by the press after the preview."""

import re
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client as Browser

from sessions_app import services
from sessions_app.models import Client, Project, TimeSession
from tests.factories import WEB, make_session, start_session
from users_app.services.preferences import save_preferences


def flat(response) -> str:
    text = unescape(re.sub(r"<[^>]*>", " ", response.text)).replace("\xa0", " ")
    return re.sub(r"\s+", " ", text)


def rates(user) -> list[str]:
    """The rates of all sessions by their start, `80 EUR`."""
    sessions = TimeSession.objects.for_user(user).order_by("start")
    return ["" if each.hourly_rate is None else f"{each.hourly_rate:.2f} {each.currency}" for each in sessions]


@pytest.fixture
def project(owner) -> Project:
    """Tracked at 80 EUR on the 2nd and the 20th, billable, on the 21st not, on the 22nd at a rate of its own."""
    client = services.create_entry(owner, WEB, Client, name="Mira")
    project = services.create_entry(
        owner, WEB, Project, name="Acme", client_id=client.id, hourly_rate=Decimal(80), billable_by_default=True
    )
    for day, fields in ((2, {}), (20, {}), (21, {"billable": False}), (22, {"hourly_rate": Decimal(10)})):
        make_session(
            owner, f"2026-11-{day:02}T08:00Z", f"2026-11-{day:02}T09:30Z", "Work", project_id=project.id, **fields
        )
    return project


def reprice(owner, project, rate: str, currency: str = "") -> None:
    services.edit_entry(owner, WEB, Project, project.id, hourly_rate=Decimal(rate), currency=currency)


def test_looking_shows_the_difference_and_changes_nothing(signed_in, owner, project):
    reprice(owner, project, "100")

    page = flat(signed_in.get(f"/projects/{project.id}/rates/?since=2026-11-10"))

    assert "2 sessions of “Acme” from 10 Nov 2026 on would get the rate that a new one gets." in page
    assert "120.00 EUR 150.00 EUR +30.00 EUR" in page
    assert "Apply to 2 sessions" in page
    assert rates(owner) == ["80.00 EUR", "80.00 EUR", "80.00 EUR", "10.00 EUR"]


def test_another_currency_is_never_mixed_in(signed_in, owner, project):
    reprice(owner, project, "100", "USD")

    page = flat(signed_in.get(f"/projects/{project.id}/rates/?since=2026-11-01"))

    assert "240.00 EUR 0.00 EUR −240.00 EUR 0.00 USD 300.00 USD +300.00 USD" in page


def test_the_click_applies_it_and_can_be_taken_back(signed_in, owner, project):
    reprice(owner, project, "100")
    before = rates(owner)

    page = signed_in.post(f"/projects/{project.id}/rates/", {"since": "2026-11-10"}, follow=True)

    assert page.redirect_chain == [(f"/projects/{project.id}/", 303)]
    assert "2 sessions have their new rate. Undo" in flat(page)
    assert rates(owner) == ["80.00 EUR", "100.00 EUR", "100.00 EUR", "10.00 EUR"]
    assert "Nothing. All sessions" in flat(signed_in.get(f"/projects/{project.id}/rates/?since=2026-11-10"))
    again = signed_in.post(f"/projects/{project.id}/rates/", {"since": "2026-11-10"}, follow=True)
    assert "Nothing changed." in flat(again)

    signed_in.post("/undo/changeset/")
    assert rates(owner) == before


def test_saving_a_rate_reprices_nothing(signed_in, owner, project):
    before = rates(owner)

    signed_in.post(
        f"/projects/{project.id}/",
        {"name": "Acme", "colour": "1", "hourly_rate": "500", "currency": "", "version": "1"},
    )
    signed_in.post("/settings/rates/", {"group": "rates", "hourly_rate": "500", "currency": "USD"})

    project.refresh_from_db()
    owner.refresh_from_db()
    assert project.hourly_rate == owner.hourly_rate == Decimal(500)
    assert rates(owner) == before


def test_the_rate_of_a_client_reaches_its_projects_and_that_of_the_user_all(signed_in, owner, project):
    reprice(owner, project, "0")
    services.edit_entry(owner, WEB, Project, project.id, hourly_rate=None)
    services.edit_entry(owner, WEB, Client, project.client_id, hourly_rate=Decimal(90))
    make_session(owner, "2026-11-23T08:00Z", "2026-11-23T09:00Z", "Without", billable=True)
    save_preferences(owner, hourly_rate=Decimal(40))

    signed_in.post(f"/clients/{project.client_id}/rates/", {"since": "2026-11-20"})
    assert rates(owner) == ["80.00 EUR", "90.00 EUR", "90.00 EUR", "10.00 EUR", ""]

    page = flat(signed_in.get("/settings/rates/earlier/?since=2026-11-01"))
    assert "2 sessions from 1 Nov 2026 on would get the rate that a new one gets." in page
    assert "120.00 EUR 175.00 EUR +55.00 EUR" in page
    page = signed_in.post("/settings/rates/earlier/", {"since": "2026-11-01"}, follow=True)
    assert page.redirect_chain == [("/settings/rates/", 303)]
    assert "2 sessions have their new rate." in flat(page)
    assert rates(owner) == ["90.00 EUR", "90.00 EUR", "90.00 EUR", "10.00 EUR", "40.00 EUR"]


def test_sessions_that_are_not_billable_have_no_amounts(signed_in, owner):
    start_session(owner, "2026-11-23T08:30Z", "Mail")
    save_preferences(owner, hourly_rate=Decimal(40))

    page = flat(signed_in.get("/settings/rates/earlier/?since=2026-11-01"))

    assert "1 session from 1 Nov 2026 on would get the rate that a new one gets." in page
    assert "None of them is billable, so no amount changes." in page


@pytest.mark.parametrize(
    ("since", "message"),
    [("", "Give a day."), ("soon", "Enter a valid date."), ("1900-01-01", "Give a day from 1970 to today.")],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_no_day_is_rejected_with_the_reason(signed_in, owner, project, method, since, message):
    reprice(owner, project, "100")

    response = getattr(signed_in, method)(f"/projects/{project.id}/rates/", {"since": since})

    assert response.status_code == 422
    assert message in flat(response)
    assert rates(owner)[0] == "80.00 EUR"


def test_the_bare_page_offers_the_present_month(signed_in, project):
    assert 'value="2026-11-01"' in signed_in.get(f"/projects/{project.id}/rates/").text


@pytest.mark.django_db
def test_an_unknown_user_has_nothing_to_reprice():
    assert "Nothing. All sessions" in flat(Browser().get("/settings/rates/earlier/?since=2026-11-01"))
    assert Browser().post("/settings/rates/earlier/", {"since": "2026-11-01"}).status_code == 404


def test_earlier_sessions_become_billable_only_when_asked_to(signed_in, owner, project):
    url = f"/projects/{project.id}/rates/"
    page = flat(signed_in.get(f"{url}?since=2026-11-10&also_billable=on"))

    assert "1 session of “Acme” from 10 Nov 2026 on would get the rate that a new one gets." in page
    assert "All of them would be billable." in page
    assert "0.00 EUR 120.00 EUR +120.00 EUR" in page
    signed_in.post(url, {"since": "2026-11-10", "also_billable": "on"})
    assert rates(owner) == ["80.00 EUR", "80.00 EUR", "80.00 EUR", "10.00 EUR"]
    assert all(each.billable for each in TimeSession.objects.for_user(owner))

    services.undo_changeset(owner, WEB)
    billable = TimeSession.objects.for_user(owner).order_by("start").values_list("billable", flat=True)
    assert list(billable) == [True, True, False, True]


def test_a_session_with_a_rate_override_becomes_billable_at_that(owner, project):
    override = TimeSession.objects.for_user(owner).get(rate_is_override=True)
    services.edit_session(owner, WEB, override.id, billable=False)

    services.apply_rates(owner, WEB, since=override.first_date, project_id=project.id, also_billable=True)

    override.refresh_from_db()
    assert (override.billable, override.hourly_rate, override.rate_is_override) == (True, Decimal(10), True)
