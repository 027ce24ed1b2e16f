from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from users_app.zones import LIKELY_ZONES, find_zones, read_zone, show_same_times, zone_label, zone_names

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def test_every_name_is_read_in_any_case_and_with_spaces():
    for name in zone_names():
        assert read_zone(name) == name
        assert read_zone(f" {name.upper().replace('_', ' ')} ") == name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("São Paulo", "America/Sao_Paulo"),
        ("utc", "UTC"),
    ],
)
def test_a_city_is_enough(typed, name):
    assert read_zone(typed) == name


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (
            "buenos aires",
            "“buenos aires” can be America/Argentina/Buenos_Aires or America/Buenos_Aires. Give one of them.",
        ),
        ("Berln", "“Berln” is not a time zone. Did you mean Europe/Berlin?"),
        ("Europe/Berlim", "“Europe/Berlim” is not a time zone. Did you mean Europe/Berlin"),
        ("Mxyzptlk", "“Mxyzptlk” is not a time zone. Give a large city in it, such as Berlin or New York."),
        ("x" * 100_000, f"“{'x' * 64}” is not a time zone. Give a large city"),
    ],
)
def test_what_is_none_is_rejected_with_what_may_have_been_meant(typed, message):
    with pytest.raises(ValidationError) as error:
        read_zone(typed)
    assert error.value.message.startswith(message)
    assert error.value.code == "invalid_timezone"


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("", list(LIKELY_ZONES)),
        ("berl", ["Europe/Berlin"]),
        ("sao p", ["America/Sao_Paulo"]),
        ("york", ["America/New_York"]),
        ("knox", ["America/Indiana/Knox", "America/Knox_IN"]),
        ("mxyzptlk", []),
    ],
)
def test_zones_are_found_by_how_their_words_begin(typed, first):
    assert find_zones(typed, most=12) == first


def test_cities_that_begin_so_come_before_regions_and_there_is_an_end():
    found = find_zones("am", most=12)
    is_city = [zone_label(name).startswith("Am") for name in found]

    assert len(found) == 12
    assert "Europe/Amsterdam" in found
    assert is_city == sorted(is_city, reverse=True)


def test_likely_zones_are_zones():
    assert set(LIKELY_ZONES) <= zone_names()


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
