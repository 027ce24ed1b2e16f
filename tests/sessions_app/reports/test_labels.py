"""What reports say in words."""

from datetime import date
from uuid import uuid4

import pytest

from sessions_app.models import Client, Project, Tag
from sessions_app.reports.labels import (
    ALL_TIME,
    format_group_value,
    format_period,
    format_rounding,
    format_rounding_difference,
)
from sessions_app.reports.report import Figures
from sessions_app.selectors.catalogue import Catalogue
from sessions_app.timekeeping.periods import Period
from sessions_app.timekeeping.rounding import ROUNDING_DIRECTIONS, ROUNDING_UNITS, Rounding
from users_app.models import DateFormat, User

ACME, SITE = Client(id=uuid4(), name="Acme"), Project(id=uuid4(), name="Site")
CALL, DEEP = Tag(id=uuid4(), name="call"), Tag(id=uuid4(), name="deep")
CATALOGUE = Catalogue({ACME.id: ACME}, {SITE.id: SITE}, {CALL.id: CALL, DEEP.id: DEEP})


def day(text):
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("first", "end", "text"),
    [
        ("2026-11-23", "2026-11-24", "Mon 23 Nov 2026"),
        ("2026-11-16", "2026-11-23", "16 Nov to 22 Nov 2026"),
        ("2026-12-28", "2027-01-04", "28 Dec 2026 to 3 Jan 2027"),
        ("2026-11-01", "2026-12-01", "November 2026"),
        ("2026-01-01", "2027-01-01", "2026"),
        ("2026-01-01", "2028-01-01", "1 Jan 2026 to 31 Dec 2027"),
        ("1970-01-01", "3000-01-01", "All time"),
        ("1970-01-01", "2026-11-23", "Until 22 Nov 2026"),
        ("2026-11-23", "3000-01-01", "From 23 Nov 2026"),
    ],
)
def test_a_period_is_called_by_what_it_is(first, end, text):
    assert format_period(Period(day(first), day(end)), User()) == text
    assert Period(day("1970-01-01"), day("3000-01-01")) == ALL_TIME


@pytest.mark.parametrize(
    ("dimension", "value", "text"),
    [
        ("day", day("2026-11-23"), "Mon 2026-11-23"),
        ("week", day("2026-11-16"), "Week of 2026-11-16"),
        ("month", day("2026-11-01"), "November 2026"),
        ("client", ACME.id, "Acme"),
        ("client", None, "No client"),
        ("project", SITE.id, "Site"),
        ("project", None, "No project"),
        ("project", uuid4(), ""),  # removed for good
        ("tag", (CALL.id, DEEP.id), "call, deep"),
        ("tag", (), "No tag"),
        ("name", "Draft", "Draft"),
        ("name", "", "(no name)"),
    ],
)
def test_a_line_is_called_by_its_group_value(dimension, value, text):
    assert format_group_value(dimension, value, CATALOGUE, User(date_format=DateFormat.ISO)) == text


def test_every_rounding_has_its_sentence():
    sentences = {format_rounding(Rounding(6, way, unit)) for way in ROUNDING_DIRECTIONS for unit in ROUNDING_UNITS}

    assert len(sentences) == 9
    assert "Each day of a project is rounded to the nearest 6 min." in sentences
    assert format_rounding(Rounding()) == "Nothing is rounded."


@pytest.mark.parametrize(
    ("rounded", "text"),
    [
        (3_600 + 2_524, "Rounding adds 42 min 4 s."),
        (3_600 - 30, "Rounding takes away 30 s."),
        (3_600, "Rounding changes nothing in the total."),
    ],
)
def test_the_rounding_difference_is_said(rounded, text):
    assert format_rounding_difference(Figures(seconds=3_600, rounded_seconds=rounded)) == text
