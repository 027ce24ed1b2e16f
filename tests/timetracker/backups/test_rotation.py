"""Which backups stay"""

from datetime import UTC, datetime, timedelta

import pytest

from timetracker.backups.rotation import choose_kept, format_name, parse_name

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)  # a Friday
DAY = timedelta(days=1)


def days_ago(*numbers):
    return [NOON - number * DAY for number in numbers]


def test_none():
    assert choose_kept([]) == set()


def test_a_name_tells_the_instant():
    assert format_name(NOON) == "timetracker-2026-11-27T120000Z.tar.gz"
    assert parse_name(format_name(NOON)) == NOON


@pytest.mark.parametrize(
    "name",
    [
        "timetracker-2026-11-27T120000Z.tar.gz.sha256",
        "timetracker-2026-13-27T120000Z.tar.gz",
        "timetracker.sqlite3",
        ".timetracker-2026-11-27T120000Z.tar.gz.77",
    ],
)
def test_other_files_are_not_ours(name):
    assert parse_name(name) is None


def test_daily_for_half_a_year():
    staying = choose_kept(days_ago(*range(200)))

    # Seven days; this week's newest is one of them, then the Sundays of three weeks; then the last days of five months.
    assert sorted((NOON - at).days for at in staying) == [0, 1, 2, 3, 4, 5, 6, 12, 19, 27, 58, 88, 119, 150]


def test_of_a_day_the_newest():
    hours = [NOON - timedelta(hours=number) for number in range(12)]

    assert choose_kept(hours) == {NOON}


def test_the_newest_stays_whatever_the_order():
    assert choose_kept(reversed(days_ago(0, 1))) == set(days_ago(0, 1))


def test_what_a_server_that_was_off_has_stays():
    old = days_ago(400, 401, 430, 800)

    assert choose_kept(old) == set(old)


@pytest.mark.parametrize("count", [1, 5, 30, 365])
def test_a_backup_a_day_never_loses_what_would_stay(count):
    """What is removed day by day is what would be removed at once."""
    have = set()
    for at in reversed(days_ago(*range(count))):
        have = choose_kept(have | {at})

    assert have == choose_kept(days_ago(*range(count)))
