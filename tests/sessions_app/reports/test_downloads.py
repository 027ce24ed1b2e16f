"""Reports and sessions as tables: every column, every row, and sums that agree."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from sessions_app.models import BATCH_SIZE
from sessions_app.models.querysets import SessionFilter
from sessions_app.reports import ReportQuery, read_report
from sessions_app.reports.downloads import (
    SessionRows,
    group_value_name,
    report_columns,
    report_rows,
    report_totals,
    session_columns,
)
from sessions_app.selectors.catalogue import read_catalogue
from sessions_app.timekeeping.periods import day_period, week_period
from tests.factories import instant, make_session
from tests.many_sessions import add_sessions

NOW = instant("2026-11-24T12:00Z")
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
WEEK = week_period(MONDAY, week_start=0)
HOUR = 3600


@pytest.mark.parametrize(
    ("dimension", "name"),
    [("day", "2026-11-23"), ("week", "2026-11-23"), ("month", "2026-11"), ("client", "Acme"), ("project", "Site"),
     ("tag", "call deep"), ("name", "work")],
)  # fmt: skip
def test_group_values_have_names_for_programs(owner, sessions, dimension, name):
    query = ReportQuery(day_period(MONDAY), (dimension,), SessionFilter(billable=True, text="work"))
    (line,) = read_report(owner, query, now=NOW).lines

    assert group_value_name(dimension, line.key[0], read_catalogue(owner)) == name
    if dimension in {"client", "project"}:
        assert group_value_name(dimension, None, read_catalogue(owner)) == ""


def test_a_report_is_a_table_with_an_amount_for_each_currency(owner, report):
    rows = list(report_rows(report, read_catalogue(owner)))

    assert [column.key for column in report_columns(report)] == [
        "project", "day", "seconds", "hours", "rounded_seconds", "rounded_hours", "billable_seconds", "sessions",
        "amount_eur", "amount_usd",
    ]  # fmt: skip
    assert rows == [
        ["", MONDAY, HOUR, HOUR, HOUR, HOUR, HOUR, 1, None, Decimal("90.00")],
        ["", TUESDAY, 3 * HOUR, 3 * HOUR, 3 * HOUR, 3 * HOUR, HOUR, 3, None, Decimal("90.00")],
        ["Site", MONDAY, 1_200, 1_200, 1_800, 1_800, 1_800, 1, Decimal("45.00"), None],
    ]
    # A session on two lines counts once.
    assert report_totals(report) == [
        "Total", "", 15_600, 15_600, 16_200, 16_200, 9_000, 4, Decimal("45.00"), Decimal("180.00")
    ]  # fmt: skip


def read_rows(owner, period, **conditions):
    query = ReportQuery(period, where=SessionFilter(**conditions))
    rows = SessionRows(owner, query, (), NOW, read_catalogue(owner))
    keys = [column.key for column in session_columns()]
    return [dict(zip(keys, row, strict=True)) for row in rows], dict(zip(keys, rows.totals(), strict=True))


def test_sessions_are_rows_with_their_part_of_the_period(owner, sessions):
    rows, totals = read_rows(owner, day_period(TUESDAY))

    assert [(row["name"], row["seconds"], row["end"], row["amount"]) for row in rows] == [
        ("night", HOUR, instant("2026-11-24T00:00Z"), Decimal("90.00")),
        ("", HOUR, instant("2026-11-24T09:00Z"), None),
        ("running", HOUR, None, None),
    ]
    assert (totals["date"], totals["seconds"], totals["hours"]) == ("Total", 3 * HOUR, 3 * HOUR)
    assert (totals["currency"], totals["amount"]) == ("USD", Decimal("90.00"))


def test_a_row_has_all_of_its_session(owner, sessions):
    (row,), _totals = read_rows(owner, WEEK, name="work")

    assert row == {
        "id": str(sessions["work"].id),
        "date": MONDAY,
        "name": "work",
        "client": "Acme",
        "project": "Site",
        "tags": "call deep",
        "start_local": datetime(2026, 11, 23, 9),
        "end_local": datetime(2026, 11, 23, 9, 20),
        "timezone": "Europe/Berlin",
        "start": instant("2026-11-23T08:00Z"),
        "end": instant("2026-11-23T08:20Z"),
        "seconds": 1_200,
        "hours": 1_200,
        "rounded_seconds": 1_200,
        "rounded_hours": 1_200,
        "billable": True,
        "hourly_rate": Decimal(90),
        "currency": "EUR",
        "amount": Decimal("30.00"),
        "note": "of mine",
        "source": "web",
    }


def test_a_length_without_times_has_no_times_of_a_clock(owner):
    make_session(owner, "2026-11-23T08:00Z", "2026-11-23T11:00Z", "length", times_known=False)

    (row,), _totals = read_rows(owner, WEEK)

    assert (row["start_local"], row["end_local"]) == (None, None)
    assert (row["start"], row["end"]) == (instant("2026-11-23T08:00Z"), instant("2026-11-23T11:00Z"))


@pytest.mark.parametrize(
    ("conditions", "currency", "amount"),
    [({}, "", None), ({"billable": False}, "", None), ({"name": "work"}, "EUR", Decimal("30.00"))],
)
def test_an_amount_is_summed_in_a_single_currency_only(owner, sessions, conditions, currency, amount):
    _rows, totals = read_rows(owner, WEEK, **conditions)

    assert (totals["currency"], totals["amount"]) == (currency, amount)


def test_rows_are_read_in_parts_and_stay_in_order(owner, sessions, django_assert_max_num_queries):
    add_sessions(owner, BATCH_SIZE + 10, until=NOW, over=WEEK.bounds(owner.zone)[1] - WEEK.bounds(owner.zone)[0])
    with django_assert_max_num_queries(10):
        rows, totals = read_rows(owner, week_period(MONDAY, week_start=0))

    starts = [row["start"] for row in rows]
    assert starts == sorted(starts)
    assert totals["seconds"] == sum(row["seconds"] for row in rows)
