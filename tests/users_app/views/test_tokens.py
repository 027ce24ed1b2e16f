"""The page of access tokens: making one, which is shown once, the list, and revoking after a question"""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from tests.conftest import ApiClient
from tests.factories import make_account
from tests.pages import flat, shown_once, without_secrets
from timetracker import clock as server_clock
from users_app.models import AccessToken, Scope, User
from users_app.services.tokens import MAX_TOKENS, issue_token, tokens_of

pytestmark = pytest.mark.usefixtures("clock")

URL = "/settings/tokens/"
READ = {"scopes": ["read"], "lifetime": ""}


def shown_secret(response) -> str | None:
    return shown_once(response, "token_secret")


def shown_call(response) -> str:
    return shown_once(response, "token_curl")


def issue(user, **fields) -> tuple[AccessToken, str]:
    return issue_token(user, now=server_clock.now(), **fields)


# Making one


def test_the_secret_is_shown_once_and_works(signed_in, owner):
    made = signed_in.post(URL, {"name": " Laptop ", "scopes": ["read", "track"], "lifetime": ""})

    (token,) = tokens_of(owner)
    secret = shown_secret(made)
    assert (made.status_code, AccessToken.find(secret)) == (200, token)
    assert (token.name, token.scopes, token.expires_at) == ("Laptop", ["read", "track"], None)
    assert "no-store" in made["Cache-Control"]
    assert secret not in str(signed_in.session.items())
    later = signed_in.get(URL)
    assert shown_secret(later) is None
    assert token.prefix in later.text
    assert secret not in later.text
    assert ApiClient(secret)("POST", "/v1/users/me/timer/start").status_code == 201
    assert ApiClient(secret)("GET", "/v1/users/me/tokens").status_code == 403


@pytest.mark.parametrize(
    ("scopes", "call"),
    [
        (["track"], 'curl -sX POST https://time.example.org/v1/users/me/timer/start -H "Authorization: Bearer {}"'),
        (["write"], 'curl -sX POST https://time.example.org/v1/users/me/timer/start -H "Authorization: Bearer {}"'),
        (
            ["read", "account"],
            'curl -s "https://time.example.org/v1/users/me/sessions?duration=week" -H "Authorization: Bearer {}"',
        ),
    ],
)
def test_a_line_for_the_terminal_does_what_the_token_may(signed_in, settings, scopes, call):
    settings.BASE_URL = "https://time.example.org"

    made = signed_in.post(URL, {"scopes": scopes, "lifetime": ""})

    assert shown_call(made) == call.format(shown_secret(made))
    method = "POST" if "-sX POST" in call else "GET"
    path = re.search(r"example\.org(/[^ \"]*)", call)[1]
    assert ApiClient(shown_secret(made))(method, path).status_code < 300


def test_the_line_is_that_of_the_readme(signed_in, settings):
    settings.BASE_URL = "http://testserver"
    made = signed_in.post(URL, {"scopes": ["track"], "lifetime": ""})

    line = shown_call(made).replace(settings.BASE_URL, "$HOST").replace(shown_secret(made), "$TOKEN")
    assert line in (settings.BASE_DIR / "README.md").read_text().splitlines()


@pytest.mark.parametrize(
    ("fields", "ends"),
    [
        ({"lifetime": ""}, None),
        ({}, None),
        ({"lifetime": "30"}, "2026-12-23T23:00Z"),
        ({"lifetime": "90"}, "2027-02-21T23:00Z"),
        ({"lifetime": "365"}, "2027-11-23T23:00Z"),
        ({"expires_at": "2026-11-23"}, "2026-11-23T23:00Z"),
        ({"expires_at": "2027-07-01", "lifetime": "30"}, "2027-07-01T22:00Z"),
        ({"expires_at": "2999-12-31"}, "2999-12-31T23:00Z"),
    ],
)
def test_it_works_to_the_end_of_its_last_day_where_the_user_is(signed_in, owner, clock, fields, ends):
    secret = shown_secret(signed_in.post(URL, {"scopes": ["read"], **fields}))

    expires_at = tokens_of(owner)[0].expires_at
    assert expires_at == (ends and datetime.fromisoformat(ends))
    if ends == "2026-12-23T23:00Z":
        for second, status in ((-1, 200), (0, 401)):
            clock.move_to(expires_at + timedelta(seconds=second))
            assert ApiClient(secret)("GET", "/v1/users/me/timer").status_code == status


@pytest.mark.parametrize(
    ("fields", "wrong", "message"),
    [
        ({"name": "x" * 101}, "name", "at most 100 are kept. Shorten it."),
        ({"name": "a\x07b"}, "name", "Control characters cannot be kept. Leave them out."),
        ({"scopes": []}, "scopes", "Give at least one scope, such as read."),
        ({"scopes": ["fly"]}, "scopes", "Select a valid choice."),
        ({"lifetime": "7"}, "lifetime", "Select a valid choice."),
        ({"expires_at": "2026-11-22"}, "expires_at", "This is over already. Give a later time, or none."),
        ({"expires_at": "soon"}, "expires_at", "This is no date. Give one such as 2027-11-18."),
        ({"expires_at": "3000-01-01"}, "expires_at", "Give a day from today to 2999, or none."),
        ({"expires_at": "0001-01-01"}, "expires_at", "Give a day from today to 2999, or none."),
    ],
)
def test_what_is_rejected_stays_in_the_form_with_the_reason(signed_in, owner, fields, wrong, message):
    response = signed_in.post(URL, {"name": "Laptop", "scopes": ["write"], "lifetime": "90", **fields})

    page = flat(response)
    assert response.status_code == 422
    assert message in page
    assert re.search(rf'<input[^>]*name="{wrong}"[^>]* autofocus', page)
    assert re.search(r'name="name" value="([^"]*)"', page)[1] == fields.get("name", "Laptop")
    if wrong not in {"scopes", "lifetime"}:
        assert re.findall(r'value="(\w*)"[^>]* checked', page) == ["write", "90"]
    assert f'value="{fields.get("expires_at", "")}"' in page
    assert shown_secret(response) is None
    assert tokens_of(owner) == []


def test_at_first_a_script_may_track_and_no_more(signed_in):
    assert re.findall(r'value="(\w*)"[^>]* checked', flat(signed_in.get(URL))) == ["read", "track", ""]


def test_too_many_are_rejected_in_words(signed_in, owner):
    for _ in range(MAX_TOKENS):
        AccessToken.objects.issue(owner)

    response = signed_in.post(URL, READ)

    assert response.status_code == 409
    assert "Revoke one that is not needed any more." in response.text


@pytest.mark.django_db
def test_an_unknown_user_becomes_a_guest_by_making_one_not_by_looking():
    client = Client()
    client.cookies["timezone"] = "Asia/Tokyo"
    assert "There is no token yet." in client.get(URL).text
    assert client.post(URL, {**READ, "name": "\x07"}).status_code == 422
    assert client.get(f"{URL}{uuid4()}/revoke/").status_code == 404
    assert User.objects.count() == 0

    secret = shown_secret(client.post(URL, {**READ, "lifetime": "30"}))

    token = AccessToken.find(secret)
    assert [token.user] == list(User.objects.all())
    assert token.expires_at == datetime(2026, 12, 23, 15, tzinfo=UTC)  # midnight in Tokyo
    assert token.prefix in client.get(URL).text


@pytest.mark.django_db
def test_a_closed_server_makes_none_for_an_unknown_user(settings):
    settings.REGISTRATION_IS_OPEN = False

    assert Client().post(URL, READ).status_code == 403
    assert AccessToken.objects.count() == 0


# The list


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"scopes": [Scope.READ]}, "May see everything<"),
        (
            {"scopes": [Scope.TRACK, Scope.READ]},
            "May see everything; start, stop, add and change sessions<",
        ),
        ({}, "May do everything<"),
        ({}, "Never expires"),
        ({"expires_at": datetime(2026, 11, 24, 23, tzinfo=UTC)}, "Works until 24 Nov 2026"),
        ({"expires_at": datetime(2026, 11, 24, 23, 0, 1, tzinfo=UTC)}, "Works until 25 Nov 2026"),
    ],
)
def test_the_list_says_what_a_token_may_and_until_when(signed_in, owner, fields, words):
    token = issue(owner, name="<Laptop>", **fields)[0]

    page = flat(signed_in.get(URL))
    assert words in page
    assert "&lt;Laptop&gt;" in page
    assert f"Begins with {token.prefix}, made 23 Nov 2026, not used yet" in page
    assert "Expired" not in page
    assert f'Revoke… <span class="visually-hidden">{token.prefix}… &lt;Laptop&gt;</span>' in page


def test_a_use_is_seen_on_the_day_of_the_user(signed_in, owner, clock):
    token, secret = issue(owner)
    clock.move_to(datetime(2026, 11, 24, 23, 30, tzinfo=UTC))  # 0:30 in Berlin
    ApiClient(secret)("GET", "/v1/users/me/timer")

    assert f"Begins with {token.prefix}, made 23 Nov 2026, last used 25 Nov 2026" in flat(signed_in.get(URL))


@pytest.mark.parametrize(("seconds", "words"), [(-1, "Works until 23 Nov 2026"), (0, "Expired 23 Nov 2026")])
def test_one_that_has_expired_is_marked(signed_in, owner, clock, seconds, words):
    ends = datetime(2026, 11, 23, 23, tzinfo=UTC)
    issue(owner, expires_at=ends)
    clock.move_to(ends + timedelta(seconds=seconds))

    assert words in flat(signed_in.get(URL))


@pytest.mark.django_db
def test_tokens_made_over_the_api_are_listed_too(clock):
    made = ApiClient(None)("POST", "/v1/users", {"timezone": "Europe/Berlin"}).data
    clock.shift(1)
    ApiClient(made["token"])("POST", "/v1/users/me/tokens", {"name": "Status bar", "scopes": ["read"]})
    client = Client()
    client.force_login(User.objects.get())

    page = flat(client.get(URL))
    assert page.index("Status bar") < page.index("First token")
    assert f"Begins with {made['token'][:9]}, made 23 Nov 2026, last used 23 Nov 2026" in page


def test_the_page_takes_few_queries_however_many_there_are(signed_in, owner, django_assert_max_num_queries):
    for _ in range(50):
        AccessToken.objects.issue(owner)
    signed_in.get(URL)

    with django_assert_max_num_queries(8):
        signed_in.get(URL)


def test_the_settings_lead_there(signed_in):
    assert 'href="/settings/tokens/"' in signed_in.get("/settings/").text
    assert re.search(r'href="/settings/" aria-current="page"', flat(signed_in.get(URL)))


# Revoking


def test_revoking_asks_first_and_then_is_at_once(signed_in, owner):
    (token, secret), (other, _secret) = issue(owner, name="Laptop"), issue(owner)
    address = f"{URL}{token.id}/revoke/"

    asked = signed_in.get(address)
    assert f"Whatever uses “{token.prefix}… Laptop” stops working at once. This cannot be undone." in flat(asked)
    assert f"Begins with {token.prefix}, made 23 Nov 2026, not used yet" in flat(asked)
    assert ApiClient(secret)("GET", "/v1/users/me/timer").status_code == 200

    done = signed_in.post(address)

    assert (done.status_code, done["Location"]) == (303, URL)
    assert ApiClient(secret)("GET", "/v1/users/me/timer").status_code == 401
    assert tokens_of(owner) == [other]
    assert f"Revoked “{token.prefix}… Laptop”. It is refused from now on." in signed_in.get(URL).text
    assert token.prefix not in signed_in.get(URL).text
    assert signed_in.post(address).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_tokens_of_others_are_neither_listed_nor_revoked(signed_in, stranger, method):
    token, secret = issue(stranger, name="Theirs")

    theirs, nothing = (getattr(signed_in, method)(f"{URL}{each}/revoke/") for each in (token.id, uuid4()))

    assert (theirs.status_code, nothing.status_code) == (404, 404)
    assert without_secrets(theirs) == without_secrets(nothing)
    assert "Theirs" not in signed_in.get(URL).text
    assert AccessToken.find(secret) == token


@pytest.mark.django_db
def test_forms_of_other_sites_are_rejected():
    account, client = make_account(), Client(enforce_csrf_checks=True)
    client.force_login(account)
    token = issue(account)[0]

    for path in (URL, f"{URL}{token.id}/revoke/"):
        assert client.post(path, READ).status_code == 403
    assert tokens_of(account) == [token]
