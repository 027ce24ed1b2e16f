"""Start, Switch and Stop as plain forms."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from sessions_app import services
from sessions_app.models import Change, TimeSession
from tests.factories import WEB, make_session, start_session
from tests.pages import NOW, flat
from tests.sessions_app.views.conftest import typed
from users_app.models import User


def send_start(client: Client, **values: str):
    return client.post("/timer/start/", {"id": str(uuid4()), "next": "/", **values})


def buttons(page: str) -> list[str]:
    """The texts of the buttons of a page, without their icons."""
    found = re.findall(r"<button[^>]*>(.*?)</button>", page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", each).split()) for each in found]


@pytest.mark.django_db
def test_first_visit_asks_nothing_and_stores_nothing():
    response = Client().get("/")

    assert response.status_code == 200
    assert "Nothing tracked yet. Type what you're doing and press Enter." in response.text
    assert User.objects.count() == 0
    assert "sessionid" not in response.cookies


@pytest.mark.django_db
def test_first_start_makes_a_guest_kept_for_400_days_in_the_zone_of_the_device():
    client = Client()
    client.cookies["timezone"] = "America/New_York"

    response = send_start(client, name="Logo sketches")

    assert response.status_code == 303
    cookie = response.cookies["sessionid"]
    assert cookie["max-age"] == 400 * 24 * 60 * 60
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    guest = User.objects.get()
    assert (guest.is_guest, guest.timezone, guest.has_usable_password()) == (True, "America/New_York", False)
    session = TimeSession.objects.for_user(guest).get()
    assert (session.name, session.start, session.end, session.source) == ("Logo sketches", NOW, None, "web")


@pytest.mark.django_db
def test_unknown_zone_of_a_device_is_not_believed():
    client = Client()
    client.cookies["timezone"] = "Atlantis/Capital"

    send_start(client)

    assert User.objects.get().timezone == "UTC"


def test_cookie_is_renewed_daily(signed_in, clock):
    signed_in.get("/")
    assert "sessionid" not in signed_in.get("/").cookies

    clock.shift(24 * 60 * 60)
    assert signed_in.get("/").cookies["sessionid"]["max-age"] == 400 * 24 * 60 * 60


def test_running_session_shows_name_since_and_elapsed(signed_in, owner, clock):
    start_session(owner, "2026-11-23T09:12:00Z", "Logo sketches")
    clock.shift(4)

    page = signed_in.get("/").text

    assert "Logo sketches" in page
    assert "since 10:12" in page
    assert ">0:18:04</span>" in page
    assert "as of 10:30" in page
    assert {"Switch", "Stop"} <= set(buttons(page))
    assert "Start" not in buttons(page)
    assert re.search(r"<title>\s*0:18 Logo sketches – Timetracker\s*</title>", page)


@pytest.mark.parametrize(
    ("start", "since"),
    [
        ("2026-11-23T00:00+01:00", "since 0:00"),
        ("2026-11-22T23:50+01:00", "since 23:50"),
        ("2026-11-22T10:30:01+01:00", "since 10:30"),
        ("2026-11-22T10:30+01:00", "since 22 Nov, 10:30"),
    ],
)
def test_the_date_is_said_when_the_time_alone_does_not_say_it(signed_in, owner, start, since):
    session = start_session(owner, start, "Logo")
    services.confirm_running(owner, WEB, session.id)

    assert f"{since} </a>" in flat(signed_in.get("/"))


def test_start_is_possible_without_a_name(signed_in, owner):
    assert send_start(signed_in).status_code == 303
    assert TimeSession.objects.for_user(owner).running().get().name == ""


def test_start_while_one_runs_switches_at_one_instant_as_one_changeset(signed_in, owner, clock):
    send_start(signed_in, name="Logo sketches")
    clock.shift(60)
    page = signed_in.post("/timer/start/", {"id": str(uuid4()), "name": "Mail"}, follow=True).text

    logo, mail = TimeSession.objects.for_user(owner).order_by("start", "id")
    assert (logo.name, mail.name) == ("Logo sketches", "Mail")
    assert logo.end == mail.start
    assert mail.end is None
    stop, start = Change.objects.filter(user=owner).order_by("id")[1:]
    assert stop.changeset_id == start.changeset_id
    assert "Stopped after 1 min." in page


@pytest.mark.parametrize("name", ["Logo", "Cafe\u0301 call", "\u200bLogo"])  # as some keyboards spell them
def test_same_click_twice_makes_one_session(signed_in, owner, name):
    changeset = {"id": str(uuid4()), "name": name}

    assert signed_in.post("/timer/start/", changeset).status_code == 303
    assert signed_in.post("/timer/start/", changeset).status_code == 303

    assert TimeSession.objects.for_user(owner).count() == 1


def test_page_that_was_gone_back_to_starts_another_session_only_when_clicked_again(signed_in, owner):
    changeset = {"id": str(uuid4()), "name": "Logo"}
    signed_in.post("/timer/start/", changeset)

    page = signed_in.post("/timer/start/", {**changeset, "name": "Mail"})
    assert page.status_code == 422
    assert "This page has started its session already. Press again to start this one." in page.text
    new_id = typed(page.text, "/timer/start/")["id"]
    signed_in.post("/timer/start/", {"id": new_id, "name": "Mail"})

    assert TimeSession.objects.for_user(owner).running().get().name == "Mail"


def test_rejected_name_stays_in_the_field_with_the_reason(signed_in, owner):
    response = send_start(signed_in, name="a\x07b")

    assert response.status_code == 422
    assert "Control characters cannot be kept. Leave them out." in response.text
    assert 'value="a\x07b"' in response.text
    assert TimeSession.objects.for_user(owner).count() == 0


def test_too_long_name_says_how_long_it_is(signed_in):
    assert "This has 201 characters, at most 200 are kept." in send_start(signed_in, name="x" * 201).text


def test_stop_ends_the_session_now_and_says_after_how_long(signed_in, owner, clock):
    session = start_session(owner, "2026-11-23T08:02:00Z", "Logo")

    page = signed_in.post("/timer/stop/", {"id": str(session.id)}, follow=True).text

    session.refresh_from_db()
    assert session.end == NOW
    assert "Stopped after 1 h 28 min." in page
    assert buttons(page)[0] == "Start"


def test_stop_on_an_old_page_leaves_the_first_stop_and_a_newer_session_alone(signed_in, owner):
    old = make_session(owner, "2026-11-23T08:00:00Z", "2026-11-23T08:30:00Z")
    newer = start_session(owner, "2026-11-23T09:00:00Z")

    page = signed_in.post("/timer/stop/", {"id": str(old.id)}, follow=True).text

    assert "This was already stopped at 9:30. Nothing changed here." in page
    newer.refresh_from_db()
    assert newer.is_running


def test_stop_by_an_unknown_user_changes_nothing(owner):
    session = start_session(owner, "2026-11-23T09:00:00Z")

    assert Client().post("/timer/stop/", {"id": str(session.id)}).status_code == 303

    session.refresh_from_db()
    assert session.is_running
    assert User.objects.count() == 1


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""])
def test_next_leads_to_our_pages_only(signed_in, target):
    assert send_start(signed_in, next=target)["Location"] == "/"


def test_next_leads_back_to_the_page_of_the_click(signed_in):
    assert send_start(signed_in, next="/week/2026-11-16/")["Location"] == "/week/2026-11-16/"


@pytest.mark.parametrize("path", ["/timer/start/", "/timer/stop/"])
def test_looking_changes_nothing(signed_in, path):
    assert signed_in.get(path)["Location"] == "/"


def test_forms_of_other_sites_are_rejected(owner):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)

    response = send_start(client)

    assert response.status_code == 403
    assert "Allow cookies for this site" in response.text
    assert TimeSession.objects.for_user(owner).count() == 0


@pytest.mark.django_db
def test_closed_server_takes_no_guests(settings):
    settings.REGISTRATION_IS_OPEN = False

    response = send_start(Client())

    assert response.status_code == 403
    assert "This server takes no new users." in response.text
    assert User.objects.count() == 0


def test_timer_of_a_user_who_flew_west_is_shown_though_its_day_is_next_week(signed_in, owner, clock):
    clock.move_to("2026-11-22T20:00:00Z")  # Monday in Auckland, Sunday in Los Angeles
    start_session(owner, "2026-11-22T19:00:00Z", "Flying", timezone="Pacific/Auckland")
    User.objects.filter(id=owner.id).update(timezone="America/Los_Angeles")

    assert "1:00:00" in signed_in.get("/").text


@pytest.mark.django_db
def test_first_click_that_arrives_twice_makes_one_guest_and_keeps_its_cookie():
    changeset = {"id": str(uuid4()), "name": "Logo"}
    first, second = Client(), Client()  # the same browser, before the first answer has come

    assert "sessionid" in first.post("/timer/start/", changeset).cookies
    again = second.post("/timer/start/", changeset)

    assert again.status_code == 303
    assert "sessionid" not in again.cookies
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_rejected_first_click_leaves_no_guest():
    response = send_start(Client(), name="x" * 201)

    assert response.status_code == 422
    assert "sessionid" not in response.cookies
    assert User.objects.count() == 0


@pytest.mark.django_db
def test_other_tabs_of_a_new_guest_keep_working():
    client = Client(enforce_csrf_checks=True)
    page = client.get("/").text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]

    for name in ("Logo", "Mail"):
        assert send_start(client, name=name, csrfmiddlewaretoken=token).status_code == 303

    assert TimeSession.objects.for_user(User.objects.get()).count() == 2
