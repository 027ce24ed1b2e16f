from datetime import UTC, datetime

import pytest

from users_app.zones import names_by_region, show_same_times, zone_label, zone_names

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def test_every_name_is_in_one_region():
    listed = [name for names in names_by_region().values() for name in names]

    assert sorted(listed) == sorted(zone_names())
    assert "Europe/Berlin" in names_by_region()["Europe"]
    assert "UTC" in names_by_region()[""]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Europe/Lisbon", "Lisbon"),
        ("America/New_York", "New York"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires"),
        ("UTC", "UTC"),
    ],
)
def test_a_zone_is_called_by_its_city(name, label):
    assert zone_label(name) == label


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Asia/Calcutta", "Asia/Kolkata", True),  # browsers tell the old name
        ("Europe/Berlin", "Europe/Paris", True),
        ("Europe/Berlin", "Europe/Lisbon", False),
        ("Africa/Algiers", "Europe/Berlin", False),  # equal in winter only
        ("Europe/Berlin", "America/New_York", False),
    ],
)
def test_two_names_show_the_same_times_if_their_clocks_agree_for_a_year(one, other, same):
    assert show_same_times(one, other, now=NOW) is same
