"""Today, day, week and month."""

import re

import pytest
from django.test import Client

from tests.factories import make_session, start_session


def test_today_lists_newest_first_and_adds_up(signed_in, owner):
    make_session(owner, "2026-11-23T07:50:00Z", "2026-11-23T08:12:00Z", "Mail")
    make_session(owner, "2026-11-23T08:12:00Z", "2026-11-23T09:00:00Z", "Logo sketches")

    page = signed_in.get("/").text

    rows = page[page.index('<ul class="sessions') :]
    assert rows.index("Logo sketches") < rows.index("Mail")
    assert "9:12–10:00" in re.sub(r"<[^>]*>|\s+", "", page)
    assert "Monday, 23 November" in page
    assert page.count("1:10") >= 3  # the day, the head of the page, the week


ROUNDING_NOTE = "Totals count every second, so they can differ from the sum of the rounded lengths shown."


THREE_WAYS = ["/week/2026-11-23/", "/week/2026-11-23/?view=calendar", "/week/2026-11-23/grid/"]


@pytest.mark.parametrize("path", ["/", "/day/2026-11-23/", "/week/2026-11-23/"])
def test_rows_that_do_not_add_up_as_shown_say_so(signed_in, owner, path):
    for hour in range(6, 12):
        make_session(owner, f"2026-11-23T{hour:02}:00:00Z", f"2026-11-23T{hour:02}:20:50Z")

    page = signed_in.get(path).text

    assert page.count(">0:21<") >= 6
    assert ">2:05<" in re.sub(r"\s+", "", page)
    assert ROUNDING_NOTE in page


@pytest.mark.parametrize("path", ["/", "/month/2026-11/", *THREE_WAYS])
def test_days_that_do_not_add_up_as_shown_say_so(signed_in, owner, path):
    for day in ("23", "24"):
        make_session(owner, f"2026-11-{day}T08:00:00Z", f"2026-11-{day}T08:20:40Z")

    assert ROUNDING_NOTE in signed_in.get(path).text


@pytest.mark.parametrize("path", ["/", "/day/2026-11-23/", "/month/2026-11/", *THREE_WAYS])
def test_rows_that_add_up_as_shown_say_nothing(signed_in, owner, path):
    make_session(owner, "2026-11-23T07:50:00Z", "2026-11-23T08:12:00Z")
    make_session(owner, "2026-11-23T08:12:00Z", "2026-11-23T09:00:20Z")

    assert ROUNDING_NOTE not in signed_in.get(path).text


def test_session_over_midnight_counts_on_both_days_and_once_in_the_week(signed_in, owner):
    make_session(owner, "2026-11-18T21:30:00Z", "2026-11-19T00:15:00Z", "Night")  # 22:30 to 1:15

    evening, morning = signed_in.get("/day/2026-11-18/").text, signed_in.get("/day/2026-11-19/").text
    week = signed_in.get("/week/2026-11-16/").text

    assert ">1:30<" in evening
    assert "+1 day" in evening
    assert ">1:15<" in morning
    assert "continued from 18 Nov" in morning
    assert "2 h 45 min" in week


def test_session_made_elsewhere_shows_the_wall_clock_of_its_zone(signed_in, owner):
    make_session(owner, "2026-11-23T03:00:00Z", "2026-11-23T04:00:00Z", "Abroad", timezone="America/New_York")

    page = signed_in.get("/day/2026-11-22/").text

    assert "22:00–23:00" in re.sub(r"<[^>]*>|\s+", "", page)
    assert "America/New_York" in page


def test_days_link_to_each_other_and_empty_ones_say_so(signed_in, owner):
    make_session(owner, "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z")

    page = signed_in.get("/day/2026-11-21/").text

    assert 'href="/day/2026-11-20/"' in page
    assert 'href="/day/2026-11-22/"' in page
    assert "Nothing tracked on this day." in page


def test_week_has_every_day_and_its_total(signed_in, owner):
    make_session(owner, "2026-11-20T08:00:00Z", "2026-11-20T09:30:00Z", "Proposal")

    page = signed_in.get("/week/2026-11-16/").text

    assert "</span> 16 to 22 November</h1>" in page
    assert [date in page for date in ("Mon 16 Nov", "Fri 20 Nov", "Sun 22 Nov")] == [True] * 3
    assert "1 h 30 min" in page
    assert 'href="/week/2026-11-09/"' in page
    assert 'href="/week/2026-11-23/"' in page


def test_week_of_any_day_leads_to_its_first_by_the_week_start_of_the_user(signed_in, owner):
    assert signed_in.get("/week/2026-11-18/")["Location"] == "/week/2026-11-16/"
    owner.week_start = 6
    owner.save()
    assert signed_in.get("/week/2026-11-18/")["Location"] == "/week/2026-11-15/"


def test_month_is_a_calendar_of_totals(signed_in, owner):
    make_session(owner, "2026-11-10T08:00:00Z", "2026-11-10T10:10:00Z")
    make_session(owner, "2026-11-11T06:00:00Z", "2026-11-11T16:10:00Z")

    page = re.sub(r"\s+", " ", signed_in.get("/month/2026-11/").text)

    assert "12 h 20 min in this month, most on 11 Nov: 10 h 10 min" in page
    assert '<td class="heat-2"> <a href="/day/2026-11-10/">' in page
    assert '<td class="heat-5"> <a href="/day/2026-11-11/">' in page
    assert page.count('href="/day/2026-11-') == 30
    assert 'href="/month/2026-10/"' in page
    assert 'href="/month/2026-12/"' in page


def test_running_session_is_in_every_total_as_of_now(signed_in, owner):
    start_session(owner, "2026-11-23T08:30:00Z", "Logo")

    for path in ("/", "/week/", "/month/"):
        assert "1:00" in signed_in.get(path).text


@pytest.mark.parametrize(
    "path", ["/day/2026-02-30/", "/month/2026-13/", "/week/1960-01-01/", "/day/today/", "/nowhere/"]
)
@pytest.mark.django_db
def test_days_that_the_calendar_lacks_are_not_found(path):
    response = Client().get(path)

    assert response.status_code == 404
    assert "There is no page here. Your timer is not affected." in response.text


def test_strangers_see_nothing_of_it(owner, stranger):
    make_session(owner, "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z", "Secret brochure")
    start_session(owner, "2026-11-23T09:00:00Z", "Secret call")
    for client in (Client(), Client()):
        for path in ("/", "/week/", "/month/"):
            assert "Secret" not in client.get(path).text
        client.force_login(stranger)


@pytest.mark.parametrize("path", ["/", "/day/2026-11-20/", "/week/", "/week/2026-10-05/", "/month/", "/month/2025-01/"])
def test_pages_take_few_queries_whatever_the_history(signed_in, owner, path, django_assert_max_num_queries):
    signed_in.get(path)  # renews the cookie
    who_is_it, catalogue, of_period, by_project, pick_up = 2, 3, 4, 2, 2
    for day in range(1, 21):
        make_session(owner, f"2026-11-{day:02}T22:00:00Z", f"2026-11-{day:02}T23:30:00Z")
        make_session(
            owner,
            f"2026-11-{day:02}T08:00:00Z",
            f"2026-11-{day:02}T09:30:00Z",
            project_name=f"Project {day}",
            tags=["design", f"tag{day}"],
        )

    with django_assert_max_num_queries(who_is_it + catalogue + of_period + by_project + pick_up):
        signed_in.get(path)


def test_going_back_asks_the_server_again(signed_in):
    assert signed_in.get("/")["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/day/1970-01-01/",
        "/day/2999-12-31/",
        "/week/1970-01-05/",
        "/week/2999-12-30/",
        "/month/1970-01/",
        "/month/2999-12/",
    ],
)
def test_first_and_last_pages_are_shown(signed_in, path):
    assert signed_in.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/day/1969-12-31/", "/day/3000-01-01/", "/week/3000-01-06/", "/month/1969-12/"])
def test_pages_of_other_years_are_not_found(signed_in, path):
    assert signed_in.get(path).status_code == 404


@pytest.mark.parametrize(
    ("date_format", "heading"),
    [
        ("day", "30 December 2024 to 5 January 2025"),
        ("month", "December 30, 2024 to January 5, 2025"),
        ("iso", "2024-12-30 to 2025-01-05"),
    ],
)
def test_the_heading_of_a_week_over_new_year_has_both_years(signed_in, owner, date_format, heading):
    type(owner).objects.update(date_format=date_format)

    assert heading in signed_in.get("/week/2024-12-30/").text
