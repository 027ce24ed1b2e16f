"""A guest makes a recovery code, opens their sessions in another browser, sees and ends browsers, and signs out."""

import re
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from sessions_app.models import TimeSession
from tests.factories import instant, make_account, make_guest, make_session
from tests.ownership import rows_of_all
from tests.pages import NOW, flat, shown_once
from users_app.models import BrowserSession, Notice, RecoveryCode, User, hash_secret
from users_app.services.recovery import make_code, replace_code

pytestmark = pytest.mark.django_db


def start(client, name="Logo"):
    return client.post("/timer/start/", {"id": str(uuid4()), "name": name})


def code_on(response):
    return shown_once(response, "recovery_code")


@pytest.fixture
def guest():
    client = Client()
    start(client)
    return client


def test_a_code_opens_the_sessions_in_another_browser_once(guest):
    made = guest.post("/keep/")
    assert made["Cache-Control"].count("no-store") == 1
    other, third = Client(), Client()

    opened = other.post("/signin/", {"code": code_on(made).lower().replace("-", " ")})

    assert ">Logo<" in other.get("/").text
    assert "used up" in flat(opened)
    assert code_on(opened) != code_on(made)
    assert "This code opens nothing." in flat(third.post("/signin/", {"code": code_on(made)}))
    assert third.post("/signin/", {"code": code_on(opened)}).status_code == 200
    assert ">Logo<" in third.get("/").text
    assert ">Logo<" in guest.get("/").text


def test_an_account_says_again_who_it_is_before_a_code_is_made(client, settings):
    settings.MAIL_IS_CONFIGURED = True
    client.force_login(make_account())
    assert client.get("/keep/").url == client.post("/keep/").url == "/signin/again/?next=%2Fkeep%2F"
    assert not RecoveryCode.objects.exists()

    assert client.post("/signin/again/?next=/keep/", {"password": "correct horse battery"}).url == "/keep/"
    assert client.get("/keep/").status_code == 200
    code = code_on(client.post("/keep/"))

    assert Notice.objects.get().kind == Notice.Kind.SECOND_FACTOR_CHANGED
    assert Client().post("/signin/", {"code": code}).status_code == 200
    assert [each.kind for each in Notice.objects.order_by("pk")] == ["second_factor_changed", "signed_in"]


def test_a_guest_and_who_has_nothing_to_answer_with_are_not_asked(guest, client):
    Authenticator.objects.create(user=User.objects.get(), type="webauthn", data={"name": "x", "credential": {}})
    assert code_on(guest.post("/keep/"))
    client.force_login(make_account("new@example.org", None))
    assert code_on(client.post("/keep/"))


def test_another_password_ends_a_code_and_says_so(client):
    user = make_account()
    client.force_login(user)
    code = replace_code(user, now=NOW)
    form = {"oldpassword": "correct horse battery", "password1": "another horse battery"}
    assert "a recovery code open nothing any more" in flat(client.get("/settings/password/"))

    after = flat(client.post("/settings/password/", form, follow=True))

    assert "Your recovery code opens nothing any more. Make a new one under “Recovery code”." in after
    assert "This code opens nothing." in flat(Client().post("/signin/", {"code": code}))
    again = {"oldpassword": form["password1"], "password1": "third horse battery"}
    assert "Your recovery code opens" not in flat(client.post("/settings/password/", again, follow=True))


def test_making_a_code_replaces_the_cookie_and_nothing_shows_the_code_again(guest):
    before = guest.cookies["sessionid"].value
    code = code_on(guest.post("/keep/"))
    assert guest.cookies["sessionid"].value != before
    thief = Client()
    thief.cookies["sessionid"] = before
    assert ">Logo<" not in thief.get("/").text
    assert all(code not in guest.get(path).text for path in ("/keep/", "/", "/settings/"))


def test_forms_of_other_tabs_still_work_after_a_code_and_a_sign_in(guest):
    code = code_on(guest.post("/keep/"))
    strict = Client(enforce_csrf_checks=True)
    token = re.search(r'name="csrfmiddlewaretoken"\s+value="([^"]*)"', strict.get("/signin/").text)[1]
    assert strict.post("/signin/", {"code": code, "csrfmiddlewaretoken": token}).status_code == 200
    assert strict.post("/timer/stop/", {"csrfmiddlewaretoken": token}).status_code != 403


@pytest.mark.parametrize("typed", ["", "AB3D-EF", "0" * 28])
def test_what_cannot_be_a_code_is_told_in_the_form(client, typed):
    response = client.post("/signin/", {"code": typed})
    assert response.status_code == 422
    assert 'role="alert"' in response.text
    assert "sessionid" not in response.cookies


def test_sessions_that_nothing_else_leads_to_are_not_left_behind(guest):
    owner = Client()
    start(owner, "Other")
    code = code_on(owner.post("/keep/"))

    assert guest.post("/signout/").status_code == 409
    assert ">Logo<" in guest.get("/").text
    assert "Make a recovery code first" in flat(guest.get("/signout/"))

    opened = guest.post("/signin/", {"code": code})
    assert 'href="/merge/?next=%2F"' in opened.text
    assert "Other" in guest.get("/").text
    assert guest.post("/signout/").status_code == 409
    assert "Decide about them first" in flat(guest.get("/signout/"))
    spare = code_on(guest.post("/merge/", {"do": "leave", "guest": guest.session["held_guest"]}))
    assert guest.post("/signout/").status_code == 303
    assert Client().post("/signin/", {"code": spare}).status_code == 200


def test_the_sessions_of_this_browser_are_held_until_it_is_decided_about_them(guest):
    mine, other = TimeSession.objects.get().user, make_guest()
    make_session(other, "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z", "Mail")
    make_account("mira@example.org")
    codes = {user: replace_code(user, now=NOW) for user in (mine, other)}

    guest.post("/signin/", {"code": codes[other]})
    assert guest.session["held_guest"] == str(mine.pk)
    # A code led to the other guest's, and a new one does; nothing else leads to its own.
    guest.post("/signin/", {"login": "mira@example.org", "password": "correct horse battery"})
    assert guest.session["held_guest"] == str(mine.pk)

    guest.post("/signin/", {"code": codes[mine]})
    assert "held_guest" not in guest.session
    guest.post("/signin/", {"login": "mira@example.org", "password": "correct horse battery"})
    assert guest.session["held_guest"] == str(mine.pk)


def test_who_comes_back_to_the_sessions_of_a_browser_leaves_the_others_there(guest):
    mine, other = TimeSession.objects.get().user, make_guest()
    make_session(other, "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z", "Mail")
    codes = {user: replace_code(user, now=NOW) for user in (mine, other)}
    guest.post("/signin/", {"code": codes[other]})
    guest.post("/signin/", {"code": codes[mine]})
    assert guest.session["held_guest"] == str(other.pk)


def test_signing_out_ends_this_browser_only_and_the_code_leads_back(guest):
    code = code_on(guest.post("/keep/"))
    page = guest.get("/signout/")
    assert "Your recovery code or passkey opens them again" in flat(page)
    assert ">Logo<" in guest.get("/").text  # asked, not done

    guest.post("/signout/")

    assert ">Logo<" not in guest.get("/").text
    assert not BrowserSession.objects.filter(user__isnull=False).exists()
    assert guest.post("/signin/", {"code": code}).status_code == 200
    assert ">Logo<" in guest.get("/").text


def test_an_account_with_a_password_may_sign_out(client):
    client.force_login(make_account())
    assert "They stay in your account." in flat(client.get("/signout/"))
    assert client.post("/signout/").status_code == 303


def test_a_stranger_is_led_to_an_account(client, settings):
    for path in ("/signin/", "/settings/"):
        assert '<a href="/keep/">Make an account</a>' in flat(client.get(path))
    assert "<h1> Make an account </h1>" in flat(client.get("/keep/"))
    client.post("/keep/")
    assert client.get("/signout/").status_code == 303
    assert not RecoveryCode.objects.exists()
    settings.REGISTRATION_IS_OPEN = False
    for path in ("/signin/", "/settings/"):
        assert "Make an account" not in flat(client.get(path))


def test_the_settings_name_the_address_of_the_account(client):
    client.force_login(make_account("mira@example.org"))
    assert ">E-mail: mira@example.org</a>" in flat(client.get("/settings/"))


@pytest.mark.parametrize(
    ("target", "link"),
    [("/week/", "/week/"), ("//evil.example", "/"), ("https://evil.example/", "/"), ("/\\evil", "/")],
)
def test_the_way_on_is_a_page_of_ours(guest, target, link):
    code = code_on(guest.post("/keep/"))
    response = Client().post("/signin/", {"code": code, "next": target})
    assert f'href="{link}">I have it</a>' in flat(response)


def test_tries_are_counted_for_each_address(client, settings):
    settings.RATE_LIMITS_ARE_ON = True
    answers = [client.post("/signin/", {"code": make_code()}).status_code for _number in range(12)]
    assert answers == [422] * 10 + [429] * 2
    other = client.post("/signin/", {"code": make_code()}, REMOTE_ADDR="192.0.2.9")
    assert other.status_code == 422


def test_an_ipv6_network_is_one_address(client, settings):
    settings.RATE_LIMITS_ARE_ON = True
    answers = [
        client.post("/signin/", {"code": make_code()}, REMOTE_ADDR=f"2001:db8::{number}").status_code
        for number in range(1, 12)
    ]
    assert answers[-1] == 429


def test_the_line_about_keeping_is_shown_after_a_session_and_dismissed_for_good(guest):
    line = "Your sessions are kept in this browser."
    assert line not in Client().get("/").text
    assert line not in guest.get("/").text  # while the first one runs
    guest.post("/timer/stop/", {"id": str(TimeSession.objects.get().pk)})
    assert line in guest.get("/").text
    guest.post("/keep/dismiss/", {"next": "/"})
    assert line not in guest.get("/").text


def test_browsers_are_listed_and_ended_at_once(guest):
    code = code_on(guest.post("/keep/"))
    other = Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"})
    other.post("/signin/", {"code": code})
    page = flat(guest.get("/settings/devices/"))
    assert page.count("This browser") == 1
    assert "Firefox on Linux" in page

    key = BrowserSession.objects.get(agent__contains="Firefox").pk
    assert guest.post("/settings/devices/end/", {"device": key}).status_code == 303

    assert ">Logo<" not in other.get("/").text
    assert ">Logo<" in guest.get("/").text


def test_this_browser_is_left_by_signing_out(guest):
    key = BrowserSession.objects.get(user=guest.session["_auth_user_id"]).pk
    assert guest.post("/settings/devices/end/", {"device": key}).url == "/signout/"
    assert ">Logo<" in guest.get("/").text


@pytest.mark.parametrize(
    ("seen", "text"),
    [
        ("2026-11-23T08:12:00Z", "today, 9:12"),
        ("2026-11-22T22:59:00Z", "yesterday, 23:59"),
        ("2026-11-21T22:59:00Z", "21 Nov 2026"),
    ],
)
def test_when_a_browser_was_last_seen_tells_it_from_others(clock, seen, text):
    account, client, other = make_account("mira@example.org", timezone="Europe/Berlin"), Client(), Client()
    for each in (client, other):
        each.force_login(account)
    BrowserSession.objects.exclude(pk=hash_secret(client.cookies["sessionid"].value)).update(last_seen_at=instant(seen))
    assert f"Last seen {text}<" in flat(client.get("/settings/devices/"))


def test_the_page_of_a_code_is_called_so_for_accounts_and_leads_back(guest):
    make_account("mira@example.org", "correct horse battery")
    client = Client()
    client.post("/signin/", {"login": "mira@example.org", "password": "correct horse battery"})
    page = flat(client.post("/signin/again/?next=/keep/", {"password": "correct horse battery"}, follow=True))
    assert "<h1> Recovery code </h1>" in page
    assert '<a href="/settings/" aria-current="page">You</a>' in page
    for_guests = flat(guest.get("/keep/"))
    assert "<h1> Keep these sessions </h1>" in for_guests
    assert "side-list" not in for_guests


def test_all_others_are_ended_and_this_one_stays(guest):
    code = code_on(guest.post("/keep/"))
    others = [Client(), Client()]
    for other in others:
        code = code_on(other.post("/signin/", {"code": code}))
    guest.post("/settings/devices/end/")
    assert [">Logo<" in each.get("/").text for each in (*others, guest)] == [False, False, True]


def test_another_users_browser_is_not_there(guest, client):
    client.force_login(make_guest())
    key = BrowserSession.objects.get(user=client.session["_auth_user_id"]).pk
    assert guest.post("/settings/devices/end/", {"device": key}).status_code == 404
    assert BrowserSession.objects.filter(pk=key).exists()


@pytest.mark.parametrize(
    "path",
    [
        "/sessions/add/?date=2026-11-20",
        "/projects/",
        "/clients/",
        "/tags/",
        "/settings/",
        "/settings/time/",
        "/settings/keys/",
        "/settings/tokens/",
        "/settings/calendar/",
        "/settings/data/",
        "/imports/",
        "/shares/",
        "/week/2026-11-16/grid/",
    ],
)
def test_a_closed_server_leads_a_stranger_from_forms_to_signing_in(client, guest, settings, path):
    assert client.get(path).status_code == 200
    settings.REGISTRATION_IS_OPEN = False
    assert client.get(path).url == f"/signin/?{urlencode({'next': path})}"
    assert guest.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/", "/week/", "/signin/"])
def test_a_closed_server_says_so_before_anything_is_typed(client, guest, settings, path):
    settings.REGISTRATION_IS_OPEN = False
    page = flat(client.get(path))
    assert "This server takes no new users." in page
    assert '<a href="/signin/">Sign in</a>' in page
    assert 'action="/timer/start/"' not in page
    assert 'action="/timer/start/"' in guest.get(path).text


def test_a_closed_server_lets_a_code_in(guest, settings):
    settings.REGISTRATION_IS_OPEN = False
    code = code_on(guest.post("/keep/"))
    other = Client()
    other.post("/signin/", {"code": code})
    assert ">Logo<" in other.get("/").text


def test_every_form_here_needs_its_csrf_token(guest):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies["sessionid"] = guest.cookies["sessionid"].value
    for path in ("/keep/", "/keep/dismiss/", "/signin/", "/signout/", "/settings/devices/end/"):
        assert strict.post(path).status_code == 403, path


def test_opening_a_page_here_changes_nothing(guest):
    User.objects.update(notes_last_seen=False)  # which a page may change
    before = rows_of_all(), list(BrowserSession.objects.values_list("pk"))
    for path in ("/keep/", "/keep/dismiss/", "/signin/", "/signout/", "/settings/devices/", "/settings/devices/end/"):
        guest.get(path)
    assert rows_of_all() == before[0]
    assert list(BrowserSession.objects.values_list("pk")) == before[1]
