"""Week, grid, calendar, month, report, file, share link and API: the same numbers, those of an account meant by hand"""

import csv
from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.test import Client as Browser
from hypothesis import given
from hypothesis import strategies as st

from sessions_app import services
from sessions_app.timekeeping.periods import day_of, month_period, week_period
from sessions_app.timekeeping.rounding import Rounding
from tests.conftest import ApiClient
from tests.examples import examples
from tests.factories import WEB, make_token
from tests.sessions_app.reports.oracle import MINOR_UNITS, Entry, lines_of
from tests.sessions_app.reports.test_lines import Account, histories
from timetracker.errors import DomainError
from users_app.services.preferences import save_preferences

ZONES = ["Europe/Berlin", "Pacific/Kiritimati", "America/New_York"]


class ByHand:
    """What was tracked in a period: seconds by day and project, those of all, what is billable, and amounts."""

    def __init__(self, account, period, week_start):
        lines, _count = lines_of(account.entries, period.first, period.end, ("day", "project"), Rounding(), week_start)
        self.cells = {key: line[0] for key, line in lines.items() if line[0]}
        self.days, self.projects, self.amounts = Counter(), Counter(), defaultdict(Decimal)
        for (day, project), seconds in self.cells.items():
            self.days[day] += seconds
            self.projects[project] += seconds
        self.total = sum(self.cells.values())
        self.billable = sum(line[2] for line in lines.values())
        for line in lines.values():
            for currency, units in line[5].items():
                self.amounts[currency] += Decimal(units) / MINOR_UNITS[currency]

    def assert_figures(self, context):
        """Of the head of a page."""
        assert context["total"].seconds == self.total
        assert (context["figures"].seconds, context["figures"].billable_seconds) == (self.total, self.billable)
        assert context["figures"].amounts == self.amounts


def add_untimed(account, days_ago, length, project):
    """Hours without times, as somebody types them into the grid."""
    project_id = None if project is None else account.projects[project]
    day = day_of(account.now, account.user.zone) - timedelta(days=days_ago)
    try:
        with time_machine.travel(account.now, tick=False):
            made = services.add_hours(account.user, WEB, day=day, length_seconds=length, project_id=project_id)
    except DomainError:  # the day is too short for them so far
        return
    account.entries.append(
        Entry(
            made.start, made.end, made.timezone, "", project_id, account.client_of[project_id], frozenset(),
            billable=False, rate=Decimal("50.5"), currency="EUR", runs=False,
        )
    )  # fmt: skip


def project_of(row):
    return row.ink.project and row.ink.project.id


@examples(10)
@given(
    history=histories(),
    zone=st.sampled_from(ZONES),
    week_start=st.integers(0, 6),
    untimed=st.none() | st.tuples(st.integers(0, 3), st.integers(1, 40_000), st.none() | st.integers(0, 2)),
)
@pytest.mark.django_db
def test_every_page_and_file_has_the_numbers_of_an_account_meant_by_hand(history, zone, week_start, untimed):
    account = Account(*history)
    account.user = save_preferences(account.user, timezone=zone, week_start=week_start)
    if untimed is not None:
        add_untimed(account, *untimed)
    browser, api = Browser(), ApiClient(make_token(account.user))
    browser.force_login(account.user)
    today = day_of(account.now, account.user.zone)
    with time_machine.travel(account.now, tick=False):
        for period in (week_period(today, week_start=week_start), month_period(today)):
            by_hand = ByHand(account, period, week_start)
            if len(list(period.dates())) == 7:
                check_week(browser, period, by_hand)
            else:
                check_month(browser, period, by_hand)
            check_report(browser, period, by_hand)
            check_share(account.user, period, by_hand)
            check_api(api, period, by_hand)


def check_week(browser, period, by_hand):
    address = f"/week/{period.first}/"
    week = browser.get(address).context
    by_hand.assert_figures(week)
    assert {day: total.seconds for day, total, _listed in week["days"] if total.seconds} == by_hand.days
    for day, total, listed in week["days"]:
        assert total.seconds == sum(each.seconds for each in listed), day
    rows = {
        (day, project_of(row)): seconds
        for row in week["rows"]
        for day, seconds in zip(period.dates(), row.seconds, strict=False)
        if seconds
    }
    assert rows == by_hand.cells
    assert {bar.date: bar.total.seconds for bar in week["bars"] if bar.total.seconds} == by_hand.days
    for bar in week["bars"]:
        of_day = {project for day, project in by_hand.cells if day == bar.date}
        assert {each.ink.project and each.ink.project.id for each in bar.segments} == of_day

    grid = browser.get(f"{address}grid/").context
    by_hand.assert_figures(grid)
    cells = {
        (cell.day, row.project and row.project.id): cell.seconds
        for row in grid["grid"].rows
        for cell in row.cells
        if cell.seconds
    }
    assert cells == by_hand.cells
    assert {day: total.seconds for day, total in grid["days"] if total.seconds} == by_hand.days

    calendar = browser.get(f"{address}?view=calendar").context
    by_hand.assert_figures(calendar)
    assert {each.date: each.total.seconds for each in calendar["calendar"].days if each.total.seconds} == by_hand.days


def check_month(browser, period, by_hand):
    month = browser.get(f"/month/{period.first:%Y-%m}/").context
    by_hand.assert_figures(month)
    days = {each.date: each.total.seconds for week in month["weeks"] for each in week if each.is_in_period}
    assert {day: seconds for day, seconds in days.items() if seconds} == by_hand.days
    assert {project_of(row): row.figures.seconds for row in month["rows"] if row.figures.seconds} == by_hand.projects


def check_report(browser, period, by_hand):
    query = f"from={period.first}&to={period.end - timedelta(days=1)}&group=project"
    total = browser.get(f"/reports/?{query}").context["total_row"].figures
    assert (total.seconds, total.billable_seconds, total.amounts) == (by_hand.total, by_hand.billable, by_hand.amounts)
    text = b"".join(browser.get(f"/reports/download.csv?{query}")).decode("utf-8-sig")
    lines = list(csv.DictReader(StringIO(text)))
    assert sum(int(line["seconds"]) for line in lines) == by_hand.total, lines
    amounts = Counter()
    for line in lines:
        for name, value in line.items():
            if name.startswith("amount") and value:
                amounts[name[-3:].upper()] += Decimal(value)
    assert dict(amounts) == {currency: amount for currency, amount in by_hand.amounts.items() if currency in amounts}


def check_share(user, period, by_hand):
    query = f"from={period.first}&to={period.end - timedelta(days=1)}&group=project"
    shown = {"shows_amounts": True, "shows_running": True}
    secret = services.share(user, WEB, page="report", query=query, **shown)[1]
    content = Browser().get(f"/shared/{secret}/").context["content"]
    (total,) = [row for row in content["rows"] if row["level"] == "total"]
    minutes = (by_hand.total + 30) // 60
    assert f"{minutes // 60}:{minutes % 60:02}" in total["cells"]


def check_api(api, period, by_hand):
    days = f"from={period.first}&to={period.end}"
    overview = api("GET", f"/v1/users/me/sessions?{days}").data
    assert overview["totalSeconds"] == by_hand.total
    assert {each["date"]: each["totalSeconds"] for each in overview["days"] if each["totalSeconds"]} == {
        str(day): seconds for day, seconds in by_hand.days.items()
    }
    report = api("GET", f"/v1/users/me/reports/summary?{days}&groupBy=day,project").data
    assert {
        (line["day"], line["project"] and line["project"]["id"]): line["totalSeconds"]
        for line in report["lines"]
        if line["totalSeconds"]
    } == {(str(day), project and str(project)): seconds for (day, project), seconds in by_hand.cells.items()}
    assert report["billableSeconds"] == by_hand.billable
    assert {each["currency"]: Decimal(each["amount"]) for each in report["amounts"]} == by_hand.amounts
