"""The file of a backup: whole, private, and not believed when a byte is another"""

import pytest

from timetracker.backups.archive import BackupError, Manifest, checksum_path, read_archive, save_archive

KEY = "k" * 50


@pytest.fixture
def path(tmp_path):
    (tmp_path / "database").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "backups").mkdir()
    path = tmp_path / "backups/timetracker-2026-11-27T120000Z.tar.gz"
    manifest = Manifest("2026-11-27T12:00:00+00:00", "sqlite", "database", {"rows": {"a": 1}}, {})
    save_archive(path, manifest, tmp_path / "database", KEY)
    return path


@pytest.fixture
def scratch(tmp_path):
    (tmp_path / "scratch").mkdir()
    return tmp_path / "scratch"


def test_there_and_back(path, scratch, tmp_path):
    manifest, database, key = read_archive(path, scratch)

    assert (manifest.figures, manifest.engine, key) == ({"rows": {"a": 1}}, "sqlite", KEY)
    assert database.read_bytes() == (tmp_path / "database").read_bytes()
    assert {each.name for each in path.parent.iterdir()} == {path.name, checksum_path(path).name}
    assert {each.stat().st_mode & 0o777 for each in [*path.parent.iterdir(), *scratch.iterdir()]} == {0o600}


def test_any_byte_counts(path, scratch):
    whole = path.read_bytes()
    for number in range(len(whole)):
        path.write_bytes(whole[:number] + bytes([whole[number] ^ 1]) + whole[number + 1 :])
        with pytest.raises(BackupError, match="is damaged"):
            read_archive(path, scratch)
    path.write_bytes(whole[:-1])
    with pytest.raises(BackupError, match="is damaged"):
        read_archive(path, scratch)


def test_without_its_checksum(path, scratch):
    checksum_path(path).unlink()

    with pytest.raises(BackupError, match="is missing"):
        read_archive(path, scratch)


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b"])
def test_something_else(path, scratch, content):
    import hashlib

    path.write_bytes(content)
    checksum_path(path).write_text(f"{hashlib.sha256(content).hexdigest()}  {path.name}\n")

    with pytest.raises(BackupError, match="is not one of our backups"):
        read_archive(path, scratch)


def test_nothing_is_left_of_one_that_failed(path, tmp_path):
    with pytest.raises(FileNotFoundError):
        save_archive(path, Manifest("", "sqlite", "gone", {}, {}), tmp_path / "gone", KEY)

    assert {each.name for each in path.parent.iterdir()} == {path.name, checksum_path(path).name}
