"""A person's sessions as a calendar, at an address that is a key."""

import re
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
from django.test import Client

from sessions_app import services
from sessions_app.models import BATCH_SIZE
from tests.factories import WEB, make_session, start_session
from tests.many_sessions import add_sessions
from tests.pages import NOW, without_secrets
from users_app.models import CalendarFeed, User, make_secret
from users_app.services.feeds import issue_feed, revoke_feed


@pytest.fixture
def address(owner) -> str:
    return f"/feeds/{issue_feed(owner, 'Phone')[1]}.ics"


def body_of(response) -> bytes:
    return b"".join(response.streaming_content)


def read_events(address):
    """The events of a feed by their summaries, and with it that the calendar can be read without errors."""
    response = Client().get(address)
    assert response.status_code == 200
    calendar = icalendar.Calendar.from_ical(body_of(response))
    assert not calendar.errors
    assert (calendar["PRODID"], calendar["VERSION"], "METHOD" in calendar) == (
        "-//Timetracker//Sessions//EN", "2.0", False,
    )  # fmt: skip
    events = calendar.walk("VEVENT")
    assert not any(event.errors for event in events)
    return {str(event["SUMMARY"]): event for event in events}


def test_a_session_with_all_that_it_has(owner, address, clock):
    session = make_session(
        owner, "2026-11-20T22:30:00Z", "2026-11-21T00:15:00Z", "Logo; drafts", note="Two,\nby mail",
        project_name="Acme", tags=["deep", "paper"],
    )  # fmt: skip
    clock.shift(60)
    services.edit_session(owner, WEB, session.id, name="Logo, final")

    (event,) = read_events(address).values()

    assert event["SUMMARY"] == "Logo, final · Acme"
    assert (event["UID"], event["SEQUENCE"]) == (f"{session.id}@timetracker", 2)
    assert (event.start, event.end) == (
        datetime(2026, 11, 20, 22, 30, tzinfo=UTC), datetime(2026, 11, 21, 0, 15, tzinfo=UTC),
    )  # fmt: skip
    assert event.DTSTAMP == event.LAST_MODIFIED == NOW + timedelta(minutes=1)
    assert event["DESCRIPTION"] == "Two,\nby mail"
    assert event["CATEGORIES"].cats == ["deep", "paper"]
    assert event["TRANSP"] == "TRANSPARENT"


def test_a_session_with_no_more_than_its_times(owner, address):
    make_session(owner, "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z")

    (event,) = read_events(address).values()

    assert event["SUMMARY"] == "(no name)"
    assert not {"DESCRIPTION", "CATEGORIES"} & set(event)


def test_a_length_without_times_is_an_event_of_its_day(owner, address):
    """Tokyo is ahead of UTC: the day is that of the session's zone."""
    make_session(
        owner, "2026-11-19T22:00:00Z", "2026-11-20T00:30:00Z", "Logo", project_name="Acme",
        timezone="Asia/Tokyo", times_known=False,
    )  # fmt: skip

    (event,) = read_events(address).values()

    assert event["SUMMARY"] == "Logo · Acme (2 h 30 min)"
    assert (event["DTSTART"].params["VALUE"], event["DTEND"].params["VALUE"]) == ("DATE", "DATE")
    assert (event.start, event.end) == (date(2026, 11, 20), date(2026, 11, 21))


def test_a_running_session_lasts_until_now_and_says_that_it_runs(owner, address, clock):
    session = start_session(owner, "2026-11-23T09:00:00Z", "Logo", project_name="Acme")

    first = read_events(address)["Logo · Acme (running)"]
    clock.shift(600)
    second = read_events(address)["Logo · Acme (running)"]
    services.stop_timer(owner, WEB)
    stopped = read_events(address)["Logo · Acme"]

    assert [each.end for each in (first, second, stopped)] == [NOW, *[NOW + timedelta(minutes=10)] * 2]
    assert [each.LAST_MODIFIED for each in (first, second)] == [NOW, NOW + timedelta(minutes=10)]
    assert {str(each["UID"]) for each in (first, second, stopped)} == {f"{session.id}@timetracker"}
    assert first["SEQUENCE"] <= second["SEQUENCE"] < stopped["SEQUENCE"]


def test_a_session_stopped_in_its_first_second(owner, address):
    start_session(owner, "2026-11-23T09:30:00Z", "Twice")
    assert read_events(address)["Twice (running)"].end == NOW
    services.stop_timer(owner, WEB)

    event = read_events(address)["Twice"]
    assert "DTEND" not in event
    assert event.start == event.end == NOW


def test_all_that_is_kept_and_nothing_of_others(owner, stranger, address):
    make_session(owner, "1999-12-31T08:00:00Z", "1999-12-31T09:00:00Z", "Old")
    gone = make_session(owner, "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z", "In the Trash")
    services.delete_session(owner, WEB, gone.id)
    make_session(owner, "2026-11-21T08:00:00Z", "2026-11-21T09:00:00Z", "New")
    make_session(stranger, "2026-11-21T08:00:00Z", "2026-11-21T09:00:00Z", "Theirs", note="Secret", tags=["hers"])

    assert list(read_events(address)) == ["Old", "New"]
    assert not re.search(rb"Theirs|Secret|hers", body_of(Client().get(address)))


def test_a_calendar_without_sessions(address):
    assert read_events(address) == {}


def test_what_is_told_about_the_answer(owner, address):
    make_session(owner, "2026-11-21T08:00:00Z", "2026-11-21T09:00:00Z")

    response = Client().get(address)

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == 'inline; filename="timetracker.ics"'
    assert set(response["Cache-Control"].split(", ")) == {"private", "no-cache"}
    assert (response["Referrer-Policy"], response["X-Robots-Tag"]) == ("no-referrer", "noindex")
    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies


def test_cookies_are_neither_needed_nor_read(owner, stranger, address, django_assert_num_queries):
    make_session(owner, "2026-11-21T08:00:00Z", "2026-11-21T09:00:00Z", "Mail")
    with_cookie = Client()
    with_cookie.force_login(stranger)
    asked = [body_of(client.get(address)) for client in (Client(), with_cookie)]

    assert asked[0] == asked[1]
    with django_assert_num_queries(3):  # the feed, what runs, the epoch; the use was noted before
        response = with_cookie.head(address)
    assert not response.cookies


def test_head_has_no_body_and_no_length(owner, address, django_assert_num_queries):
    make_session(owner, "2026-11-21T08:00:00Z", "2026-11-21T09:00:00Z")

    response = Client().head(address)

    assert response.status_code == 200
    assert body_of(response) == b""
    assert "Content-Length" not in response
    assert response["ETag"] == Client().get(address)["ETag"]


def test_a_calendar_that_has_all_is_told_so(owner, address, django_assert_num_queries):
    session = make_session(owner, "2026-11-21T08:00:00Z", "2026-11-21T09:00:00Z")
    etag = Client().get(address)["ETag"]

    def ask():
        return Client().get(address, headers={"If-None-Match": f'"other", {etag}'})

    with django_assert_num_queries(3):
        response = ask()
    assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)
    assert response["Referrer-Policy"] == "no-referrer"
    services.edit_session(owner, WEB, session.id, note="Changed")
    response = ask()
    assert response.status_code == 200
    assert response["ETag"] != etag


def test_what_others_change_is_no_change(owner, stranger, address):
    etag = Client().get(address)["ETag"]

    make_session(stranger, "2026-11-21T08:00:00Z", "2026-11-21T09:00:00Z")

    assert Client().get(address, headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize("header", ["{etag}", "*"])
def test_a_running_session_is_always_sent(owner, address, header):
    etag = Client().get(address)["ETag"]
    start_session(owner, "2026-11-23T09:00:00Z", "Logo")

    response = Client().get(address, headers={"If-None-Match": header.format(etag=etag)})

    assert response.status_code == 200
    assert "ETag" not in response


def test_the_use_is_noted_of_this_feed_alone(owner, address, clock):
    other = issue_feed(owner)[0]

    for minutes in (0, 14, 2):
        clock.shift(timedelta(minutes=minutes))
        Client().get(address)

    feed = CalendarFeed.objects.exclude(pk=other.pk).get()
    other.refresh_from_db()
    assert (feed.last_used_at, other.last_used_at) == (NOW + timedelta(minutes=16), None)


def test_every_unknown_address_is_the_same_404(owner, address):
    revoked, secret = issue_feed(owner)
    revoke_feed(owner, revoked.id)
    barred = User.objects.create_guest(is_active=False)
    unknown = [secret, issue_feed(barred)[1], make_secret("ttf_"), make_secret(), address[7:-5], "ttf_", "ü"]

    pages = [Client().get(f"/feeds/{each}.ics") for each in unknown] + [Client().get("/nothing")]

    assert {page.status_code for page in pages} == {404}
    assert len({without_secrets(page) for page in pages}) == 1
    assert "There is no page here." in pages[0].text


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])
def test_nothing_can_be_changed_through_it(address, method):
    response = Client(enforce_csrf_checks=True).generic(method, address)

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


def test_sessions_are_read_as_they_are_sent(owner, address, django_assert_max_num_queries):
    """A query for the tags of each part, and the first piece is sent before the last part is read."""
    add_sessions(owner, 3 * BATCH_SIZE, until=NOW, over=timedelta(days=365))
    Client().get(address)  # notes the use

    with django_assert_max_num_queries(9) as first:
        chunks = iter(Client().get(address).streaming_content)
        begin = next(chunks)
    with django_assert_max_num_queries(2) as later:
        rest = b"".join(chunks)

    assert len(first) + len(later) == 3 + 3 + 1 + 3  # feed, running, epoch; catalogue; sessions; tags in parts
    assert len(later) >= 1
    assert (begin + rest).count(b"BEGIN:VEVENT") == 3 * BATCH_SIZE * 49 // 50
