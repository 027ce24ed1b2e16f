"""Addresses and passwords are the same in every spelling that keyboards send of their letters"""

import unicodedata
from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core import mail
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import make_account
from tests.pages import flat
from timetracker.errors import ConflictError
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


LETTERS, ENCODED = "mira@bücher.example", "mira@xn--bcher-kva.example"
ADDRESSES = pytest.mark.parametrize(("first", "second"), [(LETTERS, ENCODED), (ENCODED, LETTERS.upper())])
"""A domain may be written in its letters, or as name servers have it."""


@ADDRESSES
def test_a_domain_in_either_writing_is_one_account_at_every_door(first, second, settings):
    settings.MAIL_IS_CONFIGURED, settings.BASE_URL = True, "https://time.example.org"
    Client().post("/keep/", {"email": first, "password": PASSWORD})
    user = User.objects.get()
    assert user.email == LETTERS
    assert "cannot be used here" in flat(Client().post("/keep/", {"email": second, "password": PASSWORD}))
    assert Client().post("/signin/", {"login": second, "password": PASSWORD}).status_code == 302
    EmailAddress.objects.update(verified=True)
    mail.outbox.clear()
    Client().post("/signin/password/", {"email": second})
    assert "/signin/password/" in mail.outbox[0].body.split(user.email)[-1]
    assert "/signin/link/" in issue_sign_in_link(second, now=user.created_at)
    with pytest.raises(ConflictError):
        issue_invitation(second, now=user.created_at)

    other = make_account("lena@example.org", PASSWORD)
    browser = Client()
    browser.post("/signin/", {"login": other.email, "password": PASSWORD})
    browser.post("/signin/again/", {"password": PASSWORD})
    assert "cannot be used here" in flat(browser.post("/settings/email/", {"email": second}))

    operator = Client()
    operator.force_login(User.objects.create_superuser("op@example.org", PASSWORD))
    form = {"email": second, "password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    assert "already exists" in flat(operator.post("/admin/users_app/user/add/", form))


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("x@XN--BCHER-KVA.example", "x@bücher.example"),
        ("x@bücher。example", "x@bücher.example"),
        ("x@faß.example", "x@fass.example"),  # where mail to it goes
        ("x@xn--fa-hia.example", "x@xn--fa-hia.example"),  # which is another one, of no letters that mail goes to
        ("x@xn--.example", "x@xn--.example"),
        ("xn--bcher-kva@example.org", "xn--bcher-kva@example.org"),
        ("a@b@bücher.example", "a@b@bücher.example"),
        ("x@[127.0.0.1]", "x@[127.0.0.1]"),
        ("bücher", "bücher"),
        ("", ""),
    ],
)
def test_an_address_has_one_normal_form(typed, stored):
    assert User.objects.normalize_email(typed) == stored


DOMAINS = st.text(st.sampled_from("aäÄßſKﬁ１。.-xn\u0301\u200d漢ς"), max_size=12)


@given(st.builds("{}@{}{}".format, st.sampled_from(["x", "X.y"]), st.sampled_from(["", "xn--"]), DOMAINS))
def test_the_normal_form_of_a_normal_form_is_itself(typed):
    normal = User.objects.normalize_email(typed)
    assert User.objects.normalize_email(normal) == normal == normal.lower()


def test_a_domain_that_no_mail_can_go_to_is_told():
    page = flat(Client().post("/keep/", {"email": "x@xא.example", "password": PASSWORD}))
    assert "Enter a valid email address." in page


def test_stored_addresses_get_the_normal_form_that_nobody_has():
    """As the migration does it."""
    alone, first, second, other = (make_account(f"{each}@example.org") for each in ("a", "b", "c", "d"))
    stored = {
        alone: "a@xn--bcher-kva.example",
        first: "b@bücher.example",
        second: "b@xn--bcher-kva.example",
        other: "d@xn--fa-hia.example",
    }
    for user, email in stored.items():
        User.objects.filter(pk=user.pk).update(email=email)
        EmailAddress.objects.create(user=user, email=email, primary=True)
    decode_domains = import_module("users_app.migrations.0008_decoded_domains").decode_domains
    decode_domains(apps, None)
    normal = stored | {alone: "a@bücher.example"}
    for user, email in normal.items():
        assert User.objects.get(pk=user.pk).email == EmailAddress.objects.get(user=user).email == email
