"""Calendar feeds as they are kept, and made and revoked in the settings"""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from tests.factories import make_account, make_token
from tests.pages import NOW, flat, shown_once
from timetracker.errors import ConflictError, InvalidInputError, NotFoundError
from users_app.models import AccessToken, CalendarFeed, User, is_well_formed, make_secret
from users_app.services.feeds import MAX_FEEDS, feeds_of, find_feed, issue_feed, revoke_feed
from users_app.services.last_seen import update_last_used

pytestmark = pytest.mark.usefixtures("clock")


def shown_address(response) -> str | None:
    return shown_once(response, "feed_address")


# Kept


def test_a_feed_keeps_the_hash_of_its_secret_and_how_it_begins(owner):
    feed, secret = issue_feed(owner, " Phone ")

    feed.refresh_from_db()
    assert re.fullmatch(r"ttf_[0-9A-Za-z]{42}", secret)
    assert is_well_formed(secret, "ttf_")
    assert (feed.user, feed.name, feed.prefix, feed.last_used_at) == (owner, "Phone", secret[:9], None)
    assert feed.secret_hash == hashlib.sha256(secret.encode()).hexdigest()
    assert not any(secret in str(value) for value in CalendarFeed.objects.values().get().values())
    assert find_feed(secret) == feed


def test_a_token_is_no_feed_and_a_feed_no_token(owner, django_assert_num_queries):
    feed_secret, token_secret = issue_feed(owner)[1], make_token(owner)

    with django_assert_num_queries(0):
        assert find_feed(token_secret) is None
        assert AccessToken.find(feed_secret) is None
        assert find_feed(f"ttf_{token_secret[3:]}x") is None
    assert find_feed(f"ttf_{token_secret[3:]}") is None
    assert AccessToken.find(f"tt_{feed_secret[4:]}") is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "secret",
    ["", "ttf_", make_secret("ttf_"), make_secret("ttf_")[:-1], "ttf_" + "ü" * 42],
    ids=["empty", "prefix", "new", "cut", "not ASCII"],
)
def test_unknown_secrets_find_nothing(secret):
    assert find_feed(secret) is None


def test_a_revoked_feed_is_unknown_and_others_are_not(owner):
    first, first_secret = issue_feed(owner)
    second, second_secret = issue_feed(owner)

    revoke_feed(owner, first.id)

    assert find_feed(first_secret) is None
    assert find_feed(second_secret) == second
    with pytest.raises(NotFoundError):
        revoke_feed(owner, first.id)


def test_who_may_not_be_here_has_no_feed(owner):
    secret = issue_feed(owner)[1]
    User.objects.filter(pk=owner.pk).update(is_active=False)

    assert find_feed(secret) is None


def test_nobody_revokes_or_sees_the_feed_of_another(owner, stranger):
    feed, secret = issue_feed(owner)

    with pytest.raises(NotFoundError):
        revoke_feed(stranger, feed.id)
    assert feeds_of(stranger) == []
    assert find_feed(secret) == feed


@pytest.mark.parametrize(("name", "code"), [("x" * 101, "max_length"), ("a\nb", "control_character")])
def test_a_name_that_cannot_be_kept_makes_no_feed(owner, name, code):
    with pytest.raises(InvalidInputError) as rejected:
        issue_feed(owner, name)

    assert [(error.field, error.code) for error in rejected.value.errors] == [("name", code)]
    assert feeds_of(owner) == []


def test_there_is_an_end_to_feeds(owner, stranger):
    for _ in range(MAX_FEEDS):
        issue_feed(owner)

    with pytest.raises(ConflictError, match="There are 20 calendar addresses"):
        issue_feed(owner)
    issue_feed(stranger)


def test_a_use_is_noted_every_fifteen_minutes(owner, django_assert_num_queries):
    feed = issue_feed(owner)[0]

    update_last_used(feed, now=NOW)
    feed.refresh_from_db()
    assert feed.last_used_at == NOW
    with django_assert_num_queries(0):
        update_last_used(feed, now=NOW + timedelta(minutes=14, seconds=59))
    update_last_used(feed, now=NOW + timedelta(minutes=15))
    feed.refresh_from_db()
    assert feed.last_used_at == NOW + timedelta(minutes=15)


# In the settings


def test_the_address_is_shown_once(signed_in, owner, settings):
    settings.BASE_URL = "https://time.example.org"

    made = signed_in.post("/settings/calendar/", {"name": "Phone"})

    (feed,) = feeds_of(owner)
    address = shown_address(made)
    assert made.status_code == 200
    assert address.startswith("https://time.example.org/feeds/ttf_")
    assert address.endswith(".ics")
    assert find_feed(address.removeprefix("https://time.example.org/feeds/").removesuffix(".ics")) == feed
    assert "Whoever has it can read your sessions and notes until you revoke it." in flat(made)
    assert "no-store" in made["Cache-Control"]
    assert address not in str(signed_in.session.items())
    later = signed_in.get("/settings/calendar/")
    assert shown_address(later) is None
    assert "ttf_" + feed.prefix[4:] in flat(later)
    assert address[-20:] not in flat(later)


def test_the_address_can_be_subscribed_to(signed_in, settings):
    settings.BASE_URL = "http://testserver"
    address = shown_address(signed_in.post("/settings/calendar/"))

    response = Client().get(address)

    assert (response.status_code, response["Content-Type"]) == (200, "text/calendar; charset=utf-8")


def test_feeds_are_listed_with_how_they_begin_and_when_they_were_used(signed_in, owner, clock):
    phone, laptop = issue_feed(owner, "<Phone>")[0], issue_feed(owner)[0]
    CalendarFeed.objects.filter(pk=phone.pk).update(last_used_at=datetime(2026, 11, 24, 23, 30, tzinfo=UTC))

    page = flat(signed_in.get("/settings/calendar/"))

    # 0:30 in Berlin.
    assert f"Begins with {phone.prefix}, made 23 Nov 2026, last used 25 Nov 2026" in page
    assert f"Begins with {laptop.prefix}, made 23 Nov 2026, not used yet" in page
    assert "&lt;Phone&gt;" in page
    assert page.count(f'Revoke <span class="visually-hidden">{phone.prefix}… &lt;Phone&gt;</span>') == 1
    assert page.count(f'Revoke <span class="visually-hidden">{laptop.prefix}…</span>') == 1


def test_revoking_asks_nothing_and_says_so_once(signed_in, owner):
    feed, secret = issue_feed(owner, "Phone")

    response = signed_in.post(f"/settings/calendar/{feed.id}/revoke/")

    assert (response.status_code, response["Location"]) == (303, "/settings/calendar/")
    assert find_feed(secret) is None
    page = flat(signed_in.get("/settings/calendar/"))
    assert "Revoked. Calendars get nothing from that address any more." in page
    assert feed.prefix not in page
    assert "Revoked." not in flat(signed_in.get("/settings/calendar/"))


def test_the_feeds_of_others_are_neither_listed_nor_revoked(signed_in, stranger):
    feed, secret = issue_feed(stranger, "Theirs")

    assert "Theirs" not in signed_in.get("/settings/calendar/").text
    theirs = signed_in.post(f"/settings/calendar/{feed.id}/revoke/")
    nothing = signed_in.post(f"/settings/calendar/{uuid4()}/revoke/")
    assert (theirs.status_code, nothing.status_code) == (404, 404)
    # The frame has a token and an id that are new for each page.
    assert re.sub(r'value="[^"]*"', "", theirs.text) == re.sub(r'value="[^"]*"', "", nothing.text)
    assert find_feed(secret) == feed


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a\x07b", "Control characters cannot be kept. Leave them out."),
        ("x" * 101, "at most 100 are kept. Shorten it."),
    ],
)
def test_a_rejected_name_stays_in_the_field_with_the_reason(signed_in, owner, name, message):
    response = signed_in.post("/settings/calendar/", {"name": name})

    field = re.search(r'<input[^>]*id="id_feed_name"[^>]*>', response.text).group()
    assert response.status_code == 422
    assert message in response.text
    assert f'value="{name}"' in field
    assert 'aria-invalid="true"' in field
    assert "autofocus" in field
    assert shown_address(response) is None
    assert feeds_of(owner) == []


def test_too_many_feeds_are_rejected_in_words(signed_in, owner):
    for _ in range(MAX_FEEDS):
        issue_feed(owner)

    response = signed_in.post("/settings/calendar/")

    assert response.status_code == 409
    assert "Revoke one that is not needed any more." in response.text


@pytest.mark.django_db
def test_an_unknown_user_becomes_a_guest_by_making_one_not_by_looking():
    client = Client()
    assert "Make an address" in client.get("/settings/calendar/").text
    assert client.post(f"/settings/calendar/{uuid4()}/revoke/").status_code == 404
    assert client.post("/settings/calendar/", {"name": "\x07"}).status_code == 422
    assert User.objects.count() == 0

    assert shown_address(client.post("/settings/calendar/")) is not None
    assert [feed.user for feed in CalendarFeed.objects.all()] == [User.objects.get()]
    assert "not used yet" in client.get("/settings/calendar/").text


@pytest.mark.django_db
def test_a_closed_server_makes_none_for_an_unknown_user(settings):
    settings.REGISTRATION_IS_OPEN = False

    assert Client().post("/settings/calendar/").status_code == 403
    assert CalendarFeed.objects.count() == 0


@pytest.mark.django_db
def test_forms_of_other_sites_are_rejected():
    account, client = make_account(), Client(enforce_csrf_checks=True)
    client.force_login(account)
    feed = issue_feed(account)[0]

    for path in ("/settings/calendar/", f"/settings/calendar/{feed.id}/revoke/"):
        assert client.post(path).status_code == 403
    assert feeds_of(account) == [feed]
