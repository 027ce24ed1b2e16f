"""The sections of Settings: groups that save alone, for guests and accounts, and the question which zone to use."""

import re

import pytest
from django.test import Client

from sessions_app.models import TimeSession
from tests.factories import make_account, make_session, start_session
from tests.pages import NOW, flat
from users_app.models import User

pytestmark = pytest.mark.usefixtures("clock")

SECTIONS = [
    "/settings/",
    "/settings/time/",
    "/settings/timer/",
    "/settings/rates/",
    "/settings/look/",
    "/settings/data/",
    "/settings/devices/",
    "/settings/tokens/",
    "/settings/calendar/",
    "/settings/keys/",
]
TIME = {
    "group": "time",
    "timezone": "Europe/Berlin",
    "week_start": "0",
    "clock": "24",
    "date_format": "day",
    "duration_format": "clock",
}


def test_page_shows_what_is_set(signed_in, owner):
    User.objects.filter(pk=owner.pk).update(clock="12", week_start=6, long_session_hours=5, notes_last_seen=False)

    time, timer, you = (flat(signed_in.get(path)) for path in ("/settings/time/", "/settings/timer/", "/settings/"))

    assert re.search(r'<input[^>]* name="timezone" value="Europe/Berlin"', time)
    assert time.count("<option") < 20
    assert '<option value="6" selected>Sunday</option>' in time
    assert re.search(r'name="clock" value="12"[^>]* checked', time)
    assert re.search(r'name="long_session_hours" value="5"', timer)
    assert not re.search(r'name="notes_last_seen"[^>]* checked', timer)
    assert 'value="Owner"' in you


@pytest.mark.parametrize("path", SECTIONS)
def test_each_section_leads_to_the_others_and_says_which_it_is(signed_in, path):
    page = flat(signed_in.get(path))

    nav = re.search(r'<nav class="side-list".*?</nav>', page).group()
    assert re.findall(r'href="([^"]+)"', nav) == SECTIONS
    assert re.findall(r'href="([^"]+)" aria-current="page"', nav) == [path]
    assert page.count("<h1") == 1


@pytest.mark.parametrize(
    ("path", "section"),
    [
        ("/settings/second-factor/", "/settings/"),
        ("/settings/passkeys/", "/settings/"),
        ("/settings/rates/earlier/", "/settings/rates/"),
        ("/settings/delete/", "/settings/data/"),
    ],
)
def test_what_a_section_leads_to_lists_the_sections_as_well(signed_in, path, section):
    page = flat(signed_in.get(path))

    nav = re.search(r'<nav class="side-list".*?</nav>', page).group()
    assert re.findall(r'href="([^"]+)"', nav) == SECTIONS
    assert re.findall(r'href="([^"]+)" aria-current="page"', nav) == [section]
    assert '<summary aria-current="page">' in page


def test_a_group_is_saved_by_its_section_alone(signed_in):
    assert signed_in.post("/settings/timer/", TIME).status_code == 400


def test_zone_that_this_system_does_not_know_is_still_shown(signed_in, owner):
    User.objects.filter(pk=owner.pk).update(timezone="Mars/Olympus")

    assert re.search(r'<input[^>]* name="timezone" value="Mars/Olympus"', flat(signed_in.get("/settings/time/")))


def test_time_group_saves_alone_and_says_so_once(signed_in, owner):
    response = signed_in.post(
        "/settings/time/",
        {
            "group": "time",
            "timezone": "America/New_York",
            "week_start": "6",
            "clock": "12",
            "date_format": "month",
            "duration_format": "decimal",
            "display_name": "not of this group",
        },
    )

    assert (response.status_code, response["Location"]) == (303, "/settings/time/")
    owner.refresh_from_db()
    assert (owner.timezone, owner.week_start, owner.clock) == ("America/New_York", 6, "12")
    assert (owner.date_format, owner.duration_format, owner.display_name) == ("month", "decimal", "Owner")
    assert flat(signed_in.get("/settings/time/")).count("Saved.") == 1
    assert "Saved." not in flat(signed_in.get("/settings/time/"))


def as_read(response) -> str:
    """A page without its marks, and ranges of times as they look."""
    return re.sub(r"\s*–\s*", "–", re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.text)))


def test_pages_follow_the_settings(signed_in, owner):
    make_session(owner, "2026-11-23T07:50:00Z", "2026-11-23T09:20:00Z", "Mail")
    make_session(owner, "2026-11-19T22:00:00Z", "2026-11-20T00:30:00Z", "Night")  # 23:00 to 1:30
    running = start_session(owner, "2026-11-23T09:24:00Z", "Logo")
    signed_in.post(
        "/settings/time/",
        {**TIME, "clock": "12", "date_format": "month", "duration_format": "decimal", "week_start": "6"},
    )

    today, night = flat(signed_in.get("/")), as_read(signed_in.get("/day/2026-11-20/"))
    assert "Monday, November 23" in today
    assert "8:50 am–10:20 am" in as_read(signed_in.get("/"))
    assert "since 10:24 am" in as_read(signed_in.get("/"))
    assert "as of 10:30 am" in today
    assert ">1.50<" in today
    assert "Today 1.60" in as_read(signed_in.get("/"))
    assert "Week of Nov 22: 1 h 36 min" in today  # sentences are in words
    assert ">0:06:00<" in today  # and the running clock has its seconds
    assert "continued from Nov 19" in night
    assert "11:00 pm–1:30 am" in night
    assert signed_in.get("/week/2026-11-18/")["Location"] == "/week/2026-11-15/"
    week = flat(signed_in.get("/week/2026-11-15/"))
    assert "</span> November 15 to 21</h1>" in week
    assert "Thu Nov 19" in week
    month = flat(signed_in.get("/month/2026-11/"))
    assert month.index('title="Sunday"') < month.index('title="Monday"')
    assert "most on Nov 19: 1 h" not in month  # the 20th has more
    assert "<b>1.50</b>" in month
    assert "Mon Nov 23, 2026" in flat(signed_in.get(f"/sessions/{running.id}/edit/name/"))


def test_iso_dates_and_durations_in_words(signed_in, owner):
    make_session(owner, "2026-11-23T07:50:00Z", "2026-11-23T09:18:00Z", "Mail")
    signed_in.post("/settings/time/", {**TIME, "date_format": "iso", "duration_format": "words"})

    today = flat(signed_in.get("/"))
    assert "Monday, 2026-11-23" in today
    assert ">1 h 28 min<" in today
    assert "</span> 2026-11-23 to 2026-11-29</h1>" in flat(signed_in.get("/week/"))
    assert "<b>1:28</b>" in flat(signed_in.get("/month/"))  # there is no room for words


def test_changing_the_zone_moves_no_old_session(signed_in, owner):
    make_session(owner, "2026-11-18T21:30:00Z", "2026-11-19T00:15:00Z", "Night")  # 22:30 to 1:15 in Berlin
    make_session(owner, "2026-11-19T08:00:00Z", "2026-11-19T09:00:00Z", "Mail")
    paths = ("/day/2026-11-18/", "/day/2026-11-19/", "/week/2026-11-16/", "/month/2026-11/")
    shown = re.compile(
        r"id=\"(?:start|end|duration)-[^>]*>[\d:]+|class=\"(?:cell |value)\"[^>]*> ?[\d:]+|<td[^>]*> ?[\d:]+|<b>[\d:]+"
    )
    rows = list(TimeSession.objects.for_user(owner).order_by("start").values())
    before = [shown.findall(flat(signed_in.get(path))) for path in paths]
    assert all(before)

    assert signed_in.post("/settings/time/", {**TIME, "timezone": "Pacific/Auckland"}).status_code == 303

    assert [shown.findall(flat(signed_in.get(path))) for path in paths] == before
    assert list(TimeSession.objects.for_user(owner).order_by("start").values()) == rows
    evening = flat(signed_in.get("/day/2026-11-18/"))
    assert "22:30–1:15" in as_read(signed_in.get("/day/2026-11-18/"))
    assert '<span class="tag">Europe/Berlin</span>' in evening


def test_new_sessions_are_made_in_the_new_zone(signed_in, owner):
    signed_in.post("/settings/time/", {**TIME, "timezone": "Pacific/Auckland"})
    signed_in.post("/timer/start/", {"id": "019ab000-0000-7000-8000-000000000001", "name": "Logo"})

    assert TimeSession.objects.for_user(owner).get().timezone == "Pacific/Auckland"
    assert "since 22:30" in signed_in.get("/").text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"timezone": "Atlantis/Capital"}, "“Atlantis/Capital” is not a time zone. Give a large city in it"),
        ({"timezone": "Berln"}, "“Berln” is not a time zone. Did you mean Europe/Berlin?"),
        ({"timezone": ""}, "Give a time zone, such as Berlin or New York."),
        ({"week_start": "7"}, "Select a valid choice. 7 is not one of the available choices."),
        ({"clock": "13"}, "Select a valid choice. 13 is not one of the available choices."),
        ({"date_format": "year"}, "Select a valid choice. year is not one of the available choices."),
        ({"duration_format": ""}, "This field is required."),
    ],
)
def test_rejected_time_changes_nothing_and_keeps_what_was_selected(signed_in, owner, change, message):
    response = signed_in.post("/settings/time/", {**TIME, "date_format": "iso", "duration_format": "words", **change})

    page = flat(response)
    assert response.status_code == 422
    assert message in page
    assert "autofocus" in page
    if "date_format" not in change:
        assert re.search(r'name="date_format" value="iso"[^>]* checked', page)
    assert "Today <b>0:00</b>" in page  # the page itself is still as it was
    owner.refresh_from_db()
    assert (owner.timezone, owner.date_format, owner.duration_format) == ("Europe/Berlin", "day", "clock")


def test_a_city_is_enough_for_the_zone(signed_in, owner):
    assert signed_in.post("/settings/time/", {**TIME, "timezone": "new york"}).status_code == 303
    owner.refresh_from_db()
    assert owner.timezone == "America/New_York"


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("zones/?timezone=auck", ["Pacific/Auckland"]),
        ("zones/?timezone=%3Cb%3E", []),
        ("currencies/?currency=sek", ["SEK"]),
        ("currencies/?currency=HF", ["CHF"]),
    ],
)
def test_what_is_typed_finds_a_few(client, address, found):
    response = client.get(f"/settings/{address}")

    assert re.findall(r'<option value="([^"]+)">', response.text) == found
    assert not response.cookies


@pytest.mark.parametrize("address", ["zones/", "currencies/", "zones/?timezone=a", "currencies/?currency=a"])
def test_never_many_are_offered(client, address):
    assert client.get(f"/settings/{address}").text.count("<option") == 12


def test_timer_group(signed_in, owner):
    saved = signed_in.post("/settings/timer/", {"group": "timer", "long_session_hours": "5", "notes_last_seen": "on"})

    assert (saved.status_code, saved["Location"]) == (303, "/settings/timer/")
    owner.refresh_from_db()
    assert (owner.long_session_hours, owner.notes_last_seen) == (5, True)


@pytest.mark.parametrize("hours", ["-1", "0", "25", "1.5", "eight", ""])
def test_rejected_hours_stay_in_the_field_with_the_reason(signed_in, owner, hours):
    response = signed_in.post("/settings/timer/", {"group": "timer", "long_session_hours": hours})

    assert response.status_code == 422
    field = re.search(r'<input[^>]*name="long_session_hours"[^>]*>', response.text).group()
    assert "Give a whole number from 1 to 24." in response.text
    assert 'aria-invalid="true"' in field
    assert "id_long_session_hours_error" in field
    assert f'value="{hours}"' in field or not hours
    owner.refresh_from_db()
    assert (owner.long_session_hours, owner.notes_last_seen) == (8, True)


def test_goals_are_typed_in_hours_and_taken_away(signed_in, owner):
    saved = signed_in.post(
        "/settings/timer/", {"group": "goals", "day_goal_seconds": "7:30", "week_goal_seconds": "40"}
    )

    assert (saved.status_code, saved["Location"]) == (303, "/settings/timer/")
    owner.refresh_from_db()
    assert (owner.day_goal_seconds, owner.week_goal_seconds) == (27_000, 144_000)
    page = flat(signed_in.get("/settings/timer/"))
    assert re.search(r'name="day_goal_seconds" value="7:30"', page)
    assert re.search(r'name="week_goal_seconds" value="40:00"', page)

    signed_in.post("/settings/timer/", {"group": "goals", "day_goal_seconds": "", "week_goal_seconds": " "})
    owner.refresh_from_db()
    assert (owner.day_goal_seconds, owner.week_goal_seconds) == (None, None)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"day_goal_seconds": "much"}, "“much” is not a number of hours. Give hours such as 8, 7.5 or 7:30."),
        ({"day_goal_seconds": "25"}, "A day has 24 hours. Give a goal of no more, or none."),
        ({"day_goal_seconds": "0"}, "Give a goal of a minute or more, or none."),
        ({"week_goal_seconds": "168:01"}, "A week has 168 hours. Give a goal of no more, or none."),
    ],
)
def test_rejected_goals_stay_in_the_field_with_the_reason(signed_in, owner, change, message):
    response = signed_in.post("/settings/timer/", {"group": "goals", **change})

    ((name, typed),) = change.items()
    assert response.status_code == 422
    assert message in flat(response)
    assert f'name="{name}" value="{typed}"' in flat(response)
    owner.refresh_from_db()
    assert (owner.day_goal_seconds, owner.week_goal_seconds) == (None, None)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_come_in_the_colours_that_were_selected(signed_in, theme):
    assert "data-theme" not in signed_in.get("/").text
    assert signed_in.post("/settings/look/", {"group": "look", "theme": theme}).status_code == 303

    for path in ("/", "/settings/look/", "/nowhere/"):
        assert f'<html lang="en" dir="ltr" data-theme="{theme}">' in flat(signed_in.get(path))
    assert "data-theme" not in Client().get("/").text
    assert signed_in.post("/settings/look/", {"group": "look", "theme": "system"}).status_code == 303
    assert "data-theme" not in signed_in.get("/").text


def test_who_does_not_want_to_be_remembered_is_forgotten_at_once(signed_in, owner):
    signed_in.get("/")
    User.objects.filter(pk=owner.pk).update(last_seen_at=NOW)

    signed_in.post("/settings/timer/", {"group": "timer", "long_session_hours": "8"}, follow=True)

    owner.refresh_from_db()
    assert (owner.notes_last_seen, owner.last_seen_at) == (False, None)


def test_name_is_kept_trimmed(signed_in, owner):
    signed_in.post("/settings/", {"group": "you", "display_name": "  Mira  "})

    owner.refresh_from_db()
    assert owner.display_name == "Mira"


@pytest.mark.parametrize(
    ("name", "message"),
    [("a\x07b", "Control characters cannot be kept. Leave them out."), ("x" * 101, "at most 100 characters")],
)
def test_rejected_name_stays_in_the_field_with_the_reason(signed_in, owner, name, message):
    response = signed_in.post("/settings/", {"group": "you", "display_name": name})

    assert response.status_code == 422
    assert message in response.text
    assert f'value="{name}"' in response.text
    owner.refresh_from_db()
    assert owner.display_name == "Owner"


@pytest.mark.parametrize("values", [{}, {"group": "admin"}, {"is_staff": "on"}])
def test_unknown_group_is_not_understood(signed_in, owner, values):
    assert signed_in.post("/settings/", values).status_code == 400


@pytest.mark.django_db
def test_accounts_have_the_same_page():
    account, client = make_account(), Client()
    client.force_login(account)

    client.post("/settings/", {"group": "you", "display_name": "Mira"})

    account.refresh_from_db()
    assert (account.display_name, account.email) == ("Mira", "mira@example.org")


@pytest.mark.django_db
def test_an_unknown_user_becomes_a_guest_by_saving_not_by_looking():
    client = Client()
    client.cookies.load({"timezone": "America/New_York", "formats": "12.6.month"})

    page = flat(client.get("/settings/time/"))
    assert re.search(r'<input[^>]* name="timezone" value="America/New_York"', page)
    assert re.search(r'name="clock" value="12"[^>]* checked', page)
    assert User.objects.count() == 0

    assert client.post("/settings/timer/", {"group": "timer", "long_session_hours": "0"}).status_code == 422
    assert User.objects.count() == 0

    assert client.post("/settings/timer/", {"group": "timer", "long_session_hours": "4"}).status_code == 303
    guest = User.objects.get()
    assert (guest.is_guest, guest.long_session_hours, guest.timezone, guest.clock) == (
        True,
        4,
        "America/New_York",
        "12",
    )


@pytest.mark.django_db
def test_closed_server_saves_nothing_for_an_unknown_user(settings):
    settings.REGISTRATION_IS_OPEN = False

    response = Client().post("/settings/", {"group": "you", "display_name": "Mira"})

    assert response.status_code == 403
    assert User.objects.count() == 0


def test_nobody_changes_the_settings_of_another(signed_in, owner, stranger):
    signed_in.post("/settings/", {"group": "you", "display_name": "Mira", "id": str(stranger.id)})

    stranger.refresh_from_db()
    assert stranger.display_name == "Stranger"


def test_forms_of_other_sites_are_rejected(owner):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)

    for path in ("/settings/", "/settings/zone/use/", "/settings/zone/keep/"):
        assert client.post(path, {**TIME, "zone": "Europe/Lisbon"}).status_code == 403


NOTICE = "This device is on Lisbon time, your account on Berlin time."


def test_other_zone_of_the_device_is_asked_about_on_every_page(signed_in):
    signed_in.cookies["timezone"] = "Europe/Lisbon"

    for path in ("/", "/week/", "/month/", "/settings/"):
        page = flat(signed_in.get(path))
        assert NOTICE in page
        assert ">Use Lisbon<" in page
        assert ">Keep Berlin<" in page


@pytest.mark.parametrize("device", [None, "", "Europe/Berlin", "Europe/Paris", "Atlantis/Capital"])
def test_nothing_is_asked_while_the_clocks_agree(signed_in, device):
    if device is not None:
        signed_in.cookies["timezone"] = device

    assert "This device is on" not in signed_in.get("/").text


@pytest.mark.django_db
def test_an_unknown_user_is_not_asked():
    client = Client()
    client.cookies["timezone"] = "Europe/Lisbon"

    assert "This device is on" not in client.get("/").text


def test_use_takes_the_zone_of_the_device(signed_in, owner):
    signed_in.cookies["timezone"] = "Europe/Lisbon"

    response = signed_in.post("/settings/zone/use/", {"zone": "Europe/Lisbon", "next": "/week/"}, follow=True)

    assert response.redirect_chain == [("/week/", 303)]
    owner.refresh_from_db()
    assert owner.timezone == "Europe/Lisbon"
    assert "Your account is on Lisbon time now. Earlier sessions stay where they are." in response.text
    assert "This device is on" not in response.text


def test_keep_is_remembered_for_that_zone_of_the_device(signed_in, owner):
    signed_in.cookies["timezone"] = "Europe/Lisbon"

    page = signed_in.post("/settings/zone/keep/", {"zone": "Europe/Lisbon", "next": "/"}, follow=True).text

    assert "This device is on" not in page
    owner.refresh_from_db()
    assert owner.timezone == "Europe/Berlin"
    signed_in.cookies["timezone"] = "America/New_York"
    assert "This device is on New York time, your account on Berlin time." in flat(signed_in.get("/"))


def test_unknown_zone_is_neither_used_nor_kept(signed_in, owner):
    response = signed_in.post("/settings/zone/use/", {"zone": "Atlantis/Capital"})

    assert response.status_code == 400
    assert "is not a time zone" in response.text
    assert signed_in.post("/settings/zone/keep/", {"zone": "Atlantis/Capital"}).status_code == 303
    assert "kept_despite" not in signed_in.session
    owner.refresh_from_db()
    assert owner.timezone == "Europe/Berlin"


@pytest.mark.django_db
def test_zones_are_nobodys_business_before_there_is_a_user():
    for path in ("/settings/zone/use/", "/settings/zone/keep/"):
        assert Client().post(path, {"zone": "Europe/Lisbon"}).status_code == 303
        assert Client().get(path)["Location"] == "/"
    assert User.objects.count() == 0


def test_timer_can_be_used_on_the_settings_page(signed_in, owner):
    session = start_session(owner, "2026-11-23T09:00:00Z", "Logo")

    page = signed_in.post("/timer/stop/", {"id": str(session.id), "next": "/settings/"}, follow=True).text

    assert "Stopped after 30 min." in page
    assert ">Undo</button>" in re.sub(r">\s+|\s+<", lambda found: found.group().strip(), page)
    assert ">Saved.<" not in page


@pytest.mark.parametrize("path", SECTIONS)
def test_page_takes_few_queries(signed_in, path, django_assert_max_num_queries):
    signed_in.get(path)
    with django_assert_max_num_queries(8):
        signed_in.get(path)
