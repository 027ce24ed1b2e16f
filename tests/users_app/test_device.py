"""What is guessed from a browser, and what is not believed."""

from uuid import uuid4

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from users_app.device import device_zone_name, guess_settings, writes_decimal_commas
from users_app.models import User


def guess(**cookies):
    request = RequestFactory().get("/")
    request.COOKIES.update(cookies)
    return guess_settings(request)


def test_nothing_told_is_our_defaults():
    assert guess() == {"timezone": "UTC", "clock": "24", "week_start": 0, "date_format": "day"}


def test_what_is_told_is_taken():
    assert guess(timezone="America/New_York", formats="12.6.month") == {
        "timezone": "America/New_York",
        "clock": "12",
        "week_start": 6,
        "date_format": "month",
    }


@pytest.mark.parametrize(
    ("formats", "expected"),
    [
        ("12..", ("12", 0, "day")),
        (".5.", ("24", 5, "day")),
        ("..iso", ("24", 0, "iso")),
        ("13.7.year", ("24", 0, "day")),
        ("12.-1.month", ("12", 0, "month")),
        ("12.٦.month", ("12", 0, "month")),
        ("12.6.month.more", ("24", 0, "day")),
        ("12", ("24", 0, "day")),
        ("x" * 4000, ("24", 0, "day")),
    ],
)
def test_each_part_is_believed_only_if_it_is_one_that_we_know(formats, expected):
    guessed = guess(formats=formats)

    assert (guessed["clock"], guessed["week_start"], guessed["date_format"]) == expected


@pytest.mark.parametrize("name", ["", "Atlantis/Capital", "localtime", "../../etc/passwd", "europe/berlin"])
def test_unknown_zone_is_none(name):
    request = RequestFactory().get("/")
    request.COOKIES["timezone"] = name

    assert device_zone_name(request) is None
    assert guess(timezone=name)["timezone"] == "UTC"


@pytest.mark.django_db
def test_guest_is_made_with_what_the_device_told_and_keeps_it_when_the_device_changes():
    client = Client()
    client.cookies.load({"timezone": "America/New_York", "formats": "12.6.month"})
    client.post("/timer/start/", {"id": "019ab000-0000-7000-8000-000000000001"})
    client.cookies.load({"timezone": "Europe/Berlin", "formats": "24.0.day"})
    client.get("/")

    guest = User.objects.get()
    assert (guest.timezone, guest.clock, guest.week_start, guest.date_format) == ("America/New_York", "12", 6, "month")


@pytest.mark.django_db
def test_an_unknown_user_sees_the_formats_of_the_device():
    client = Client()
    client.cookies.load({"formats": "12.6.month"})

    page = client.get("/week/2026-11-22/").text  # a Sunday

    assert "</span> November 22 to 28</h1>" in page
    assert User.objects.count() == 0


@pytest.mark.parametrize(
    ("languages", "commas"),
    [
        ("de", True),
        ("de-AT,en;q=0.5", True),
        ("fr-FR", True),
        ("pt-BR", True),
        ("en-US,de;q=0.9", False),
        ("en-GB", False),
        ("es-MX", False),
        ("ja", False),
        ("xx", False),
        ("*", False),
        ("", False),
        (";;q=x," * 500, False),
    ],
)
def test_the_language_tells_of_decimal_commas(languages, commas):
    assert writes_decimal_commas(RequestFactory().get("/", headers={"Accept-Language": languages})) is commas


def test_a_browser_without_a_language_has_decimal_points():
    assert writes_decimal_commas(RequestFactory().get("/")) is False


@pytest.mark.parametrize(
    ("languages", "clock", "week_start", "date_format"),
    [
        ("en-US,en;q=0.9", "12", 6, "month"),
        ("en-GB", "24", 0, "day"),
        ("en-CA", "12", 6, "iso"),
        ("en-AU;q=1", "12", 0, "day"),
        ("de-DE,de;q=0.9,en-US;q=0.8", "24", 0, "day"),
        ("fr", "24", 0, "day"),
        ("ja", "24", 6, "iso"),
        ("zh-Hant-TW", "12", 6, "iso"),
        ("ar-EG", "12", 5, "day"),
        ("en", "24", 0, "day"),
        ("*", "24", 0, "day"),
        ("en-US" * 500, "24", 0, "day"),
        ("", "24", 0, "day"),
    ],
)
def test_a_first_page_is_written_as_the_language_does(rf, languages, clock, week_start, date_format):
    request = rf.get("/", headers={"Accept-Language": languages})

    found = guess_settings(request)

    assert (found["clock"], found["week_start"], found["date_format"]) == (clock, week_start, date_format)


def test_what_a_first_page_showed_stays_when_a_guest_is_made(db):
    client = Client(headers={"Accept-Language": "en-US"})
    first = client.get("/").text
    client.post("/timer/start/", {"id": str(uuid4()), "name": "Draft"})

    user = User.objects.get()
    assert (user.clock, user.week_start, user.date_format) == ("12", 6, "month")
    today = timezone.now()
    assert f"{today:%B} {today.day}" in first


def test_the_script_knows_better_than_the_language(rf):
    request = rf.get("/", headers={"Accept-Language": "en-US"})
    request.COOKIES["formats"] = "24.0.day"

    found = guess_settings(request)

    assert (found["clock"], found["week_start"], found["date_format"]) == ("24", 0, "day")
