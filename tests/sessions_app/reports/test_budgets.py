"""What is used of budgets: the number of the report, and of an account meant by hand."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from sessions_app import services
from sessions_app.models import Client, Project
from sessions_app.models.querysets import SessionFilter
from sessions_app.reports import ReportQuery, read_report
from sessions_app.reports.budgets import BudgetUse, read_budgets
from sessions_app.selectors.catalogue import read_catalogue
from sessions_app.timekeeping.periods import Period, day_of, month_period
from sessions_app.timekeeping.rounding import Rounding
from tests.examples import examples
from tests.factories import WEB, instant, make_guest, make_session, start_session
from tests.sessions_app.reports.oracle import MINOR_UNITS, cells_of
from tests.sessions_app.reports.test_lines import Account, histories

ALL_TIME = Period(date(1971, 1, 1), date(2100, 1, 1))
NOW = instant("2026-11-24T12:00Z")


@pytest.mark.django_db
@given(history=histories(), currency=st.sampled_from(["EUR", "JPY", "BHD"]))
@examples(30)
def test_used_is_what_was_tracked_in_the_month_or_ever(history, currency):
    account = Account(*history)
    now, user = account.now, account.user
    month = month_period(day_of(now, user.zone))
    for period, days in (("month", month), ("total", ALL_TIME)):
        cells = cells_of(account.entries, days.first, days.end, Rounding())
        for in_money in (False, True):
            budget = {
                "budget_seconds": None if in_money else 3600,
                "budget_amount": Decimal(1000) if in_money else None,
                "budget_period": period,
                "currency": currency,
            }
            with time_machine.travel(now, tick=False):
                projects = [services.edit_entry(user, WEB, Project, each, **budget) for each in account.projects]

            found = read_budgets(user, projects, now=now)

            assert found == read_budgets(user, projects, now=now, month=_month_of(user, now))
            for project in projects:
                of_project = {cell: rest for cell, rest in cells.items() if cell[0] == project.id}
                report = read_report(user, ReportQuery(days, where=SessionFilter(project=project.id)), now=now).total
                use = found[project.id]
                if in_money:
                    units = [each or 0 for cell, (*_, each) in of_project.items() if cell[3] == currency]
                    assert use.used * MINOR_UNITS[currency] == sum(units)
                    assert use.used == report.amounts.get(currency, 0)
                else:
                    assert use.used == sum(counted for _atoms, counted, _units in of_project.values()) == report.seconds
                assert (use.currency, use.is_monthly) == (currency if in_money else "", period == "month")


def _month_of(user, now):
    return read_report(user, ReportQuery(month_period(day_of(now, user.zone)), ("project",)), now=now)


@pytest.mark.parametrize(
    ("limit", "used", "percent", "notice"),
    [
        (1000, 0, 0, 0),
        (1000, 799, 79, 0),
        (1000, 800, 80, 80),
        (100_000, 99_999, 99, 80),
        (1000, 1000, 100, 100),
        (1000, 2505, 250, 100),
        (Decimal("0.03"), Decimal("0.02"), 66, 0),
        (Decimal("33.3333"), Decimal("33.33"), 99, 80),
        (Decimal("5000.0000"), Decimal("4000.00"), 80, 80),
    ],
)
def test_a_notice_comes_when_its_part_is_reached_and_not_before(limit, used, percent, notice):
    use = BudgetUse(limit, used, "EUR", is_monthly=False)

    assert (use.percent, use.notice, use.left) == (percent, notice, limit - used)


@pytest.mark.django_db
def test_a_budget_in_money_is_in_the_currency_of_the_rate(django_assert_num_queries):
    with time_machine.travel(NOW, tick=False):
        user = make_guest(currency="CHF")
        client = services.create_entry(user, WEB, Client, name="Acme", currency="EUR")
        money = {"budget_amount": Decimal(100), "hourly_rate": Decimal(60), "billable_by_default": True}
        in_dollars = services.create_entry(user, WEB, Project, name="Own", client_id=client.id, currency="USD", **money)
        of_client = services.create_entry(user, WEB, Project, name="Of the client", client_id=client.id, **money)
        of_user = services.create_entry(user, WEB, Project, name="Of the user", **money)
        none = services.create_entry(user, WEB, Project, name="None")
        make_session(user, "2025-01-01T09:00Z", "2025-01-01T09:30Z", project_id=in_dollars.id)
        make_session(
            user,
            "2025-01-01T09:00Z",
            "2025-01-01T19:00Z",
            project_id=in_dollars.id,
            hourly_rate=Decimal(1),
            currency="EUR",
        )
        start_session(user, "2026-11-24T11:00Z", project_id=in_dollars.id)
    projects = list(read_catalogue(user).projects.values())  # with their clients

    with django_assert_num_queries(2):
        found = read_budgets(user, projects, now=NOW)

    assert {each: (use.used, use.currency) for each, use in found.items()} == {
        in_dollars.id: (Decimal(90), "USD"),
        of_client.id: (Decimal(0), "EUR"),
        of_user.id: (Decimal(0), "CHF"),
    }
    with django_assert_num_queries(0):
        assert read_budgets(user, [none], now=NOW) == {}
