"""The group of Settings with what an hour costs"""

import re
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client

from sessions_app.models import TimeSession
from tests.factories import make_session
from users_app.models import User
from users_app.services.preferences import save_preferences


def flat(response) -> str:
    return re.sub(r"\s+", " ", unescape(response.text))


def save(client: Client, **values: str):
    return client.post("/settings/rates/", {"group": "rates", "hourly_rate": "80", "currency": "EUR", **values})


def test_rate_and_currency_are_saved_as_typed_and_shown_again(signed_in, owner):
    response = save(signed_in, hourly_rate="1 062,5", currency="CHF")

    assert (response.status_code, response["Location"]) == (303, "/settings/rates/")
    owner.refresh_from_db()
    assert (owner.hourly_rate, owner.currency) == (Decimal("1062.5"), "CHF")
    page = flat(signed_in.get("/settings/rates/"))
    assert "Saved. Earlier sessions keep their rate." in page
    assert 'action="/settings/rates/earlier/"' in page
    assert 'value="1062.50"' in page
    assert re.search(r'<input[^>]* name="currency" value="CHF"', page)


def test_a_rate_can_be_taken_away(signed_in, owner):
    save_preferences(owner, hourly_rate=Decimal(80))

    save(signed_in, hourly_rate="")

    owner.refresh_from_db()
    assert owner.hourly_rate is None


def test_new_sessions_get_it_and_earlier_ones_keep_theirs(signed_in, owner):
    make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z")
    save(signed_in)
    make_session(User.objects.get(pk=owner.pk), "2026-11-21T08:00Z", "2026-11-21T09:00Z")

    sessions = TimeSession.objects.for_user(owner).order_by("start")
    assert [(each.hourly_rate, each.currency) for each in sessions] == [(None, ""), (Decimal(80), "EUR")]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hourly_rate": "much"}, "“much” is not a rate. Give an amount per hour, such as 80 or 62.50."),
        ({"hourly_rate": "1.200"}, "“1.200” can be read in two ways. Give 1200 or 1.20."),
        ({"hourly_rate": "-1"}, "A rate cannot be less than nothing. Give 0 or more."),
        ({"currency": ""}, "Give a currency, such as EUR."),
        ({"currency": "euro"}, "“EURO” is not a currency. Give three letters of ISO 4217, such as EUR or USD."),
    ],
)
def test_what_is_rejected_stays_in_the_field_with_the_reason(signed_in, owner, change, message):
    response = save(signed_in, **change)

    assert response.status_code == 422
    assert message in flat(response)
    if rate := change.get("hourly_rate"):
        field = re.search(r'<input[^>]*name="hourly_rate"[^>]*>', response.text)[0]
        assert f'value="{rate}"' in field
        assert 'aria-invalid="true"' in field
    owner.refresh_from_db()
    assert (owner.hourly_rate, owner.currency) == (None, "EUR")
