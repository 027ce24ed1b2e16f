"""What the database itself refuses, whoever writes: rows are written here past the services."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from sessions_app.models import Source, TimeSession
from tests.factories import instant, make_guest, make_session, start_session

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
START, END = instant("2026-11-23T08:00Z"), instant("2026-11-23T09:00Z")


def make_row(user, **fields):
    """A finished session of an hour in UTC, as nobody but this test would write it."""
    times = {
        "start": START, "end": END, "timezone": "UTC", "source": Source.WEB, "created_at": END, "updated_at": END,
        "first_date": START.date(), "last_date": END.date(), "duration_seconds": 3600,
    }  # fmt: skip
    return TimeSession(user=user, **{**times, **fields})


def running_row(user, **fields):
    return make_row(user, **{"end": None, "last_date": None, "duration_seconds": None, **fields})


def assert_rejected(name, row):
    """The row is refused when it is added, and when a good one is changed into it."""
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        TimeSession.objects.bulk_create([row])
    TimeSession.objects.filter(user=row.user).delete()
    TimeSession.objects.bulk_create([make_row(row.user)])
    columns = ("start", "end", "first_date", "last_date", "duration_seconds", "deleted_at")
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        TimeSession.objects.filter(user=row.user).update(**{column: getattr(row, column) for column in columns})


def test_a_good_row_is_taken(owner):
    TimeSession.objects.bulk_create(
        [
            make_row(owner),
            make_row(owner, end=START, duration_seconds=0),  # pressed twice within a second
            make_row(owner, deleted_at=END),
            running_row(owner),
        ]
    )

    assert TimeSession.objects.filter(user=owner).count() == 4


def test_a_second_running_session_is_rejected(owner, stranger):
    TimeSession.objects.bulk_create([running_row(owner), running_row(stranger)])
    # SQLite names the columns of a unique index, not the index.
    name = "session_one_running_per_user" if connection.vendor == "postgresql" else r"sessions_app_timesession\.user_id"

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        TimeSession.objects.bulk_create([running_row(owner)])

    finished = make_row(owner)
    TimeSession.objects.bulk_create([finished])
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        TimeSession.objects.filter(pk=finished.pk).update(end=None, last_date=None, duration_seconds=None)
    assert TimeSession.objects.filter(end__isnull=True).count() == 2


def test_the_one_running_session_is_kept_by_that_constraint():
    """So that the columns SQLite names above are those of no other unique key."""
    assert [
        constraint.name
        for constraint in TimeSession._meta.constraints
        if getattr(constraint, "fields", ()) == ("user",)
    ] == ["session_one_running_per_user"]


def test_an_end_before_the_start_is_rejected(owner):
    # Within one second, because every longer step back contradicts the duration as well.
    moment = timedelta(milliseconds=200)

    assert_rejected(
        "session_end_not_before_start",
        make_row(owner, start=START + 2 * moment, end=START + moment, duration_seconds=0),
    )


@pytest.mark.parametrize("seconds", [-3600, 0, 3600])
def test_an_end_an_hour_before_the_start_is_rejected_with_any_duration(owner, seconds):
    assert_rejected("session_|duration_seconds", make_row(owner, start=END, end=START, duration_seconds=seconds))


def test_a_running_session_in_the_trash_is_rejected(owner):
    assert_rejected("session_deleted_is_finished", running_row(owner, deleted_at=END))


@pytest.mark.parametrize(
    "derived",
    [
        {"duration_seconds": None},
        {"last_date": None},
        {"last_date": None, "duration_seconds": None},
        {"duration_seconds": 3599},
        {"duration_seconds": 3601},
        {"duration_seconds": 0},
    ],
)
def test_a_finished_session_without_its_length_is_rejected(owner, derived):
    assert_rejected("session_duration_is_end_minus_start", make_row(owner, **derived))


@pytest.mark.parametrize(
    "derived",
    [
        {"duration_seconds": 3600},
        {"duration_seconds": 0},
        {"last_date": START.date()},
        {"last_date": START.date(), "duration_seconds": 3600},
    ],
)
def test_a_running_session_with_a_length_or_a_last_day_is_rejected(owner, derived):
    assert_rejected("session_duration_is_end_minus_start", running_row(owner, **derived))


@pytest.mark.parametrize("days", [-2, -365, 2, 365])
def test_a_first_day_on_which_no_zone_began_it_is_rejected(owner, days):
    assert_rejected("session_first_date_fits_start", running_row(owner, first_date=START.date() + days * DAY))


@pytest.mark.parametrize("days", [2, 365])
def test_a_last_day_on_which_no_zone_ended_it_is_rejected(owner, days):
    assert_rejected("session_last_date_fits_end", make_row(owner, last_date=END.date() + days * DAY))


def test_a_last_day_before_that_of_the_end_in_any_zone_is_rejected(owner):
    days_later = END + 5 * DAY
    row = make_row(owner, end=days_later, duration_seconds=3600 + 5 * 86400, last_date=days_later.date() - 2 * DAY)

    assert_rejected("session_last_date_fits_end", row)


def test_a_last_day_before_the_first_is_rejected(owner):
    assert_rejected("session_last_date_fits_end", make_row(owner, last_date=START.date() - DAY))


@pytest.mark.parametrize("clock", ["00:00:00", "00:00:01", "12:00:00", "23:59:59"])
@pytest.mark.parametrize("days", [-1, 0, 1])
def test_days_that_are_one_off_are_those_of_other_zones(owner, clock, days):
    start = instant(f"2026-11-23T{clock}Z")
    day = start.date() + days * DAY

    TimeSession.objects.bulk_create(
        [make_row(owner, start=start, end=start + SECOND, duration_seconds=1, first_date=day, last_date=day + DAY)]
        if days < 1
        else [make_row(owner, start=start, end=start, duration_seconds=0, first_date=day, last_date=day)]
    )

    assert TimeSession.objects.get(user=owner).first_date == day


@pytest.mark.parametrize(
    ("zone", "start", "end", "days"),
    [
        ("UTC", "2026-11-20T08:00Z", "2026-11-20T09:00Z", (date(2026, 11, 20), date(2026, 11, 20))),
        ("Europe/Berlin", "2026-11-20T22:30Z", "2026-11-20T23:30Z", (date(2026, 11, 20), date(2026, 11, 21))),
        ("Europe/Berlin", "2026-11-20T22:30Z", "2026-11-20T23:00Z", (date(2026, 11, 20), date(2026, 11, 20))),
        ("Etc/GMT+12", "2026-01-01T11:00Z", "2026-01-01T12:00:01Z", (date(2025, 12, 31), date(2026, 1, 1))),
        ("Pacific/Kiritimati", "2025-12-31T09:00Z", "2025-12-31T10:00:01Z", (date(2025, 12, 31), date(2026, 1, 1))),
        ("Pacific/Apia", "2011-12-30T09:00Z", "2011-12-30T11:00Z", (date(2011, 12, 29), date(2011, 12, 31))),
        ("America/St_Johns", "2010-11-07T02:40Z", "2010-11-07T02:50Z", (date(2010, 11, 7), date(2010, 11, 7))),
        ("Africa/Monrovia", "1970-01-01T00:00Z", "1970-01-01T01:00Z", (date(1969, 12, 31), date(1970, 1, 1))),
    ],
)
def test_the_derived_columns_are_those_of_its_zone(db, zone, start, end, days):
    session = make_session(make_guest(timezone="Asia/Tokyo"), start, end, timezone=zone)
    session.refresh_from_db()

    assert (session.first_date, session.last_date) == days
    assert session.duration_seconds == (instant(end) - instant(start)).total_seconds()


def test_a_running_session_has_a_first_day_only(owner):
    with time_machine.travel(instant("2026-11-23T23:30Z"), tick=False):
        session = start_session(owner, "2026-11-23T23:30Z")
    session.refresh_from_db()

    assert session.first_date == date(2026, 11, 24)
    assert session.last_date is None
    assert session.duration_seconds is None


def test_a_zone_that_this_system_lacks_is_taken_for_utc(owner):
    session = make_row(owner, timezone="Mars/Olympus_Mons", first_date=None)

    session.set_derived_fields()

    assert session.zone.key == "UTC"
    assert session.first_date == START.date()


@pytest.mark.parametrize(
    ("end", "now", "expected"),
    [
        (END, END + DAY, 3600),
        (None, END, 3600),
        (None, START, 0),
        (None, START - DAY, 0),  # the clock of the server was set back
    ],
)
def test_its_length_at_an_instant_is_never_negative(end, now, expected):
    assert TimeSession(start=START, end=end).seconds_at(now) == expected


def test_a_session_without_a_name_says_so():
    assert str(TimeSession(name="")) == "(no name)"
    assert str(TimeSession(name="Draft")) == "Draft"


def test_a_snapshot_keeps_all_that_was_selected_as_json(owner):
    row = make_row(owner, name="Draft", note="n", billable=True, version=3)

    assert row.snapshot() == {
        "name": "Draft",
        "note": "n",
        "project_id": None,
        "tag_ids": [],
        "hourly_rate": None,
        "currency": "",
        "rate_is_override": False,
        "start": "2026-11-23T08:00:00+00:00",
        "end": "2026-11-23T09:00:00+00:00",
        "timezone": "UTC",
        "billable": True,
        "confirmed_at": None,
        "needs_end_check": False,
        "times_known": True,
        "source": "web",
        "version": 3,
        "created_at": "2026-11-23T09:00:00+00:00",
        "updated_at": "2026-11-23T09:00:00+00:00",
        "deleted_at": None,
    }
    assert set(row.snapshot()) - {"tag_ids"} == {
        field.attname for field in TimeSession._meta.concrete_fields
    } - {"id", "user_id", "first_date", "last_date", "duration_seconds", "search_text"}  # fmt: skip
