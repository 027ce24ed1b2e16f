"""The calendar of a week: its links, its numbers, and moving a session in it."""

import re
from decimal import Decimal

import pytest

from sessions_app.models import TimeSession
from tests.factories import make_session, start_session
from tests.pages import flat

CALENDAR = "/week/2026-11-16/?view=calendar"
BACK = "next=/week/2026-11-16/%3Fview%3Dcalendar"


@pytest.fixture
def call(owner, clock):
    return make_session(owner, "2026-11-17T08:00:00Z", "2026-11-17T09:30:00Z", "Call")  # Tuesday, 9:00 to 10:30


def retime(signed_in, session, **values):
    values = {"version": session.version, "next": CALENDAR, **values}
    return signed_in.post(f"/sessions/{session.pk}/edit/times/", values, follow=True)


def test_the_three_ways_to_see_a_week_lead_to_each_other(signed_in, clock):
    for address, name in [("/week/2026-11-16/", "Table"), (CALENDAR, "Calendar"), ("/week/2026-11-16/grid/", "Grid")]:
        page = flat(signed_in.get(address))
        ways = page[page.index('class="ways"') :]
        assert f'href="{address}" aria-current="page">{name}<' in ways
        assert ways.count("aria-current") == 1


@pytest.mark.parametrize("path", ["/week/2026-11-18/?view=calendar", "/week/2026-11-22/?view=calendar"])
def test_another_day_leads_to_the_calendar_of_its_week(signed_in, path):
    assert signed_in.get(path)["Location"] == CALENDAR


def test_weeks_before_and_after_are_calendars_too(signed_in, clock):
    page = signed_in.get(CALENDAR).text

    for address in ("/week/2026-11-09/", "/week/2026-11-23/", "/week/"):
        assert f'href="{address}?view=calendar"' in page


def test_a_block_leads_to_its_session_and_back(signed_in, call):
    page = flat(signed_in.get(CALENDAR))

    assert f'href="/sessions/{call.pk}/edit/?{BACK}"' in page
    assert "9:00–10:30" in page


def test_free_time_leads_to_a_form_with_its_times_which_leads_back(signed_in, call):
    page = signed_in.get(CALENDAR).text
    address = f"/sessions/add/?date=2026-11-17&start=10%3A30&end=18%3A00&{BACK}"
    assert address.replace("&", "&amp;") in page
    assert 'aria-label="Add 10:30–18:00, Tue 17 Nov"' in page

    form = signed_in.get(address).text
    assert 'value="10:30"' in form
    values = dict(re.findall(r'<input type="hidden" name="(id|next)" value="([^"]+)"', form))
    added = signed_in.post("/sessions/add/", {**values, "date": "2026-11-17", "start": "11", "end": "12"})

    assert added["Location"] == CALENDAR


def test_what_is_added_to_another_week_leads_to_its_day(signed_in, owner, clock):
    form = signed_in.get(f"/sessions/add/?{BACK}").text
    values = dict(re.findall(r'<input type="hidden" name="(id|next)" value="([^"]+)"', form))

    added = signed_in.post("/sessions/add/", {**values, "date": "2026-11-10", "start": "11", "end": "12"})

    assert added["Location"] == "/day/2026-11-10/"


def test_its_numbers_are_those_of_the_table(signed_in, owner, call):
    make_session(owner, "2026-11-18T22:30:00Z", "2026-11-19T01:15:20Z", "Night", billable=True, hourly_rate=Decimal(80))
    make_session(owner, "2026-11-22T22:30:00Z", "2026-11-23T01:15:00Z", "Sunday")

    def numbers(address):
        page = flat(signed_in.get(address))
        total = re.search(r'<p class="total">(.*?)</p>', page)[1]
        billable = re.search(r'<p class="billable-total">(.*?)</p>', page)[1]
        return re.sub("<[^>]*>", "", total), re.sub("<[^>]*>", "", billable)

    assert numbers(CALENDAR) == numbers("/week/2026-11-16/")
    heads = re.findall(r'<span class="duration">\s*([\d:]*)\s*</span>\s*<a class="icon', signed_in.get(CALENDAR).text)
    table = flat(signed_in.get("/week/2026-11-16/"))
    of_days = re.search(r'<tr class="is-total">(.*?)</tr>', table)[1]
    assert [each or "·" for each in heads] == re.findall(r"<td[^>]*> ([\d:·]+) </td>", of_days)[:7]


def test_sessions_without_times_have_a_length_and_no_block(signed_in, owner, call):
    TimeSession.objects.filter(pk=call.pk).update(times_known=False)

    page = flat(signed_in.get(CALENDAR))

    assert "9:00–10:30" not in page
    assert re.search(
        r'aria-label="Sessions without times, Tue 17 Nov"> <li> <a[^>]*>Call</a> <span class="duration">1:30</span>',
        page,
    )


def test_names_are_text(signed_in, owner, call):
    make_session(owner, "2026-11-17T10:00:00Z", "2026-11-17T11:00:00Z", "</title><script>alert(1)</script>")

    page = signed_in.get(CALENDAR).text

    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 2


def test_a_running_session_has_no_end_to_move(signed_in, owner, clock):
    running = start_session(owner, "2026-11-23T08:00:00Z", "Now")

    page = signed_in.get("/week/2026-11-23/?view=calendar").text

    assert f"edge-start-{running.pk}" in page
    assert f"edge-end-{running.pk}" not in page
    assert 'class="now"' in page


def test_a_stranger_sees_an_empty_week(client, db, clock):
    page = client.get(CALENDAR)

    assert page.status_code == 200
    assert "data-url=" not in page.text


def test_both_edges_are_moved_as_one_change_and_taken_back(signed_in, call):
    page = retime(signed_in, call, start="2026-11-18T13:00:00.000Z", end="2026-11-18T14:30:00.000Z")

    assert "Moved “Call” to Wed 18 Nov, 14:00–15:30." in page.text
    assert page.redirect_chain == [(CALENDAR, 303)]
    call.refresh_from_db()
    assert (call.start.day, call.start.hour, call.duration_seconds) == (18, 13, 5400)

    signed_in.post("/undo/changeset/", {"changeset": re.search(r'name="changeset" value="([^"]+)"', page.text)[1]})
    call.refresh_from_db()
    assert (call.start.day, call.start.hour) == (17, 8)


@pytest.mark.parametrize(
    "values",
    [
        {"version": 7, "end": "2026-11-17T10:00:00Z"},
        {"end": "2026-11-17T07:00:00Z"},
        {"end": "2026-11-23T19:00:00Z"},
    ],
    ids=["changed elsewhere", "before its start", "to come"],
)
def test_what_cannot_be_is_said_and_changes_nothing(signed_in, call, values):
    page = retime(signed_in, call, **values)

    assert '<div class="notice is-error">' in page.text
    call.refresh_from_db()
    assert (call.version, call.end.hour) == (1, 9)
