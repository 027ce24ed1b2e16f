"""The folder in which workers share their counts"""

from pathlib import Path

import pytest

from timetracker.serving.counts_folder import make_counts_folder


@pytest.fixture
def data_dir(tmp_path):
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.fixture
def memory(tmp_path):
    (tmp_path / "memory").mkdir()
    return tmp_path / "memory"


def test_it_begins_anew_in_memory_and_that_of_the_last_server_goes(data_dir, memory):
    (memory / "of others").mkdir()
    first = make_counts_folder(data_dir, memory)
    (first / "counter_7.db").write_bytes(b"counts")

    second = make_counts_folder(data_dir, memory)

    assert not first.exists()
    assert {each.name for each in memory.iterdir()} == {"of others", second.name}
    assert [*second.iterdir()] == []
    assert second.stat().st_mode & 0o777 == 0o700
    assert (data_dir / "metrics").readlink() == second


def test_after_a_restart_of_the_machine_and_after_a_release_that_had_a_folder(data_dir, memory):
    (data_dir / "metrics").symlink_to(memory / "gone")
    make_counts_folder(data_dir, memory)
    (data_dir / "metrics").unlink()
    (data_dir / "metrics").mkdir()
    (data_dir / "metrics/counter_7.db").write_bytes(b"counts")

    folder = make_counts_folder(data_dir, memory)

    assert (data_dir / "metrics").readlink() == folder


def test_without_such_memory_it_is_in_the_data_folder(data_dir, memory):
    for _start in range(2):
        assert make_counts_folder(data_dir, memory / "none") == data_dir / "metrics"
        (data_dir / "metrics/counter_7.db").touch()
    make_counts_folder(data_dir, memory / "none")
    assert [*(data_dir / "metrics").iterdir()] == []


def test_where_no_link_can_be_stored(data_dir, memory, monkeypatch):
    def fail(*args):
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "symlink_to", fail)

    assert make_counts_folder(data_dir, memory).parent == memory
