"""Addresses and passwords are the same in every spelling that keyboards send of their letters"""

import unicodedata

import pytest
from django.test import Client

from tests.factories import make_account
from tests.pages import flat
from users_app.models import User
from users_app.services.links import issue_invitation, issue_sign_in_link

pytestmark = pytest.mark.django_db

EMAIL, PASSWORD = "mira@example.org", "correct horse battery"
SIGN_IN = {"login": EMAIL, "password": PASSWORD}
NFC, NFD = (unicodedata.normalize(form, "mira@bücher.example") for form in ("NFC", "NFD"))


@pytest.mark.parametrize(
    "login", [f"  {EMAIL} ", EMAIL.upper(), "Mira@Example.ORG", f"\t{EMAIL}\n", "ｍira@example.org"]
)
def test_an_address_is_found_however_it_is_typed(login):
    make_account(EMAIL, PASSWORD)
    client = Client()
    assert client.post("/signin/", SIGN_IN | {"login": login}).status_code == 302
    assert "Second factor" in client.get("/settings/").text


def test_a_letter_has_several_spellings_and_is_one_letter():
    """A Mac may send ü as two signs, a Japanese keyboard wide letters."""
    words = "grüne Pferde ﬁnden Ｂatterien"
    form = {"email": NFC, "password": unicodedata.normalize("NFD", words)}
    assert Client().post("/keep/", form).status_code == 303
    for login in (NFC, NFD, NFC.upper(), NFD.upper()):
        for form in ("NFC", "NFD", "NFKC", "NFKD"):
            sent = {"login": login, "password": unicodedata.normalize(form, words)}
            assert Client().post("/signin/", sent).status_code == 302, (login, form)
    assert "cannot be used here" in flat(Client().post("/keep/", {"email": NFD, "password": words}))
    assert User.objects.get(email__isnull=False).email == NFC


@pytest.mark.parametrize("typed", [NFD, NFC.upper()])
def test_commands_find_an_address_as_well(typed):
    user = make_account(NFC)
    assert "/signin/link/" in issue_sign_in_link(typed, now=user.created_at)
    link = issue_invitation(f"x{typed}", now=user.created_at)
    assert f"x{NFC}" in Client().get("/invitation/" + link.split("/")[-2] + "/").text
