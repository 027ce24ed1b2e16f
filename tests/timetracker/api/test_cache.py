"""The cache that counts for the limits keeps what counts, and only that"""

import pytest

from timetracker.api.cache import REMOVAL_SECONDS, CountsCache


@pytest.fixture
def cache(tmp_path, time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)
    return CountsCache(tmp_path, {})


def test_more_entries_than_django_would_keep_are_all_there(cache):
    for number in range(700):
        cache.set(f"key{number}", number, timeout=60)

    assert [cache.get(f"key{number}") for number in range(700)] == list(range(700))


def test_what_has_expired_is_removed_in_time(cache, tmp_path, time_machine):
    cache.set("minute", 1, timeout=60)
    cache.set("hour", 2, timeout=3600)
    time_machine.shift(REMOVAL_SECONDS - 1)
    cache.set("other", 3, timeout=60)
    assert len(list(tmp_path.iterdir())) == 3
    time_machine.shift(1)

    cache.set("other", 4, timeout=60)

    assert len(list(tmp_path.iterdir())) == 2
    assert [cache.get(each) for each in ("minute", "hour", "other")] == [None, 2, 4]


def test_an_entry_that_another_worker_removed_first_is_no_matter(cache, monkeypatch, tmp_path):
    monkeypatch.setattr(cache, "_list_cache_files", lambda: [str(tmp_path / "gone.djcache")])

    cache.set("key", 1, timeout=60)

    assert cache.get("key") == 1
