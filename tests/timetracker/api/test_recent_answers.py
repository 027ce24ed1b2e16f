"""Answers kept in memory: the latest ones, so many bytes of them"""

from datetime import UTC, datetime

import pytest

from timetracker.api.recent_answers import RecentAnswers, has_lists
from timetracker.shapes import ServerTime, Shape, encode_json


class Letters(Shape):
    server_time: ServerTime
    letters: list[str]
    next: str | None = None


def letters(count: int) -> Letters:
    """A shape whose list has so many bytes: brackets, and `"x",` for each."""
    return Letters(datetime(2026, 11, 23, tzinfo=UTC), ["x"] * (count // 4))


@pytest.fixture
def recent() -> RecentAnswers:
    return RecentAnswers(max_bytes=1000)


def test_what_was_kept_is_written_the_same(recent):
    shape = letters(200)
    written = recent.keep("a", shape)

    assert encode_json(written) == encode_json(recent.find("a")) == encode_json(shape)
    assert recent.find("b") is None


def test_what_was_asked_for_longest_ago_goes_first(recent):
    for tag in "abc":
        recent.keep(tag, letters(300))
    recent.find("a")
    recent.keep("d", letters(300))

    assert [tag for tag in "abcd" if recent.find(tag)] == ["a", "c", "d"]


def test_what_is_larger_than_all_is_not_kept(recent):
    recent.keep("a", letters(300))
    too_large = letters(1200)

    assert encode_json(recent.keep("b", too_large)) == encode_json(too_large)
    assert recent.find("b") is None
    assert recent.find("a") is not None


def test_what_is_short_is_not_kept():
    recent = RecentAnswers(max_bytes=1000, min_bytes=200)
    recent.keep("a", letters(100))
    recent.keep("b", letters(400))

    assert [tag for tag in "ab" if recent.find(tag)] == ["b"]


def test_one_kept_again_counts_once(recent):
    for _time in range(20):
        recent.keep("a", letters(400))
    recent.keep("b", letters(400))

    assert recent.find("a") is not None
    assert recent.find("b") is not None


@pytest.mark.parametrize(("shape", "is_worth_it"), [(letters(0), True), (Shape(), False)])
def test_only_what_has_lists_is_worth_it(shape, is_worth_it):
    assert has_lists(shape) is is_worth_it
