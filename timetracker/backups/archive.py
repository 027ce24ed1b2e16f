"""The file of a backup: a compressed tar of the database, the secret key and a manifest, with its SHA-256 beside it."""

import hashlib
import io
import json
import os
import shutil
import tarfile
import zlib
from pathlib import Path
from typing import IO, Any

from msgspec import Struct, convert

from timetracker.backups.rotation import choose_kept, parse_name
from timetracker.storage.files import PRIVATE, open_private, sync_folder

MANIFEST, SECRET_KEY = "manifest.json", "secret_key"
_COMPRESSION = 3  # makes a third of the size; higher levels take minutes and save another tenth


class BackupError(Exception):
    """Raised when a backup cannot be made or restored, or fails a check. The message tells the operator what to do."""


class Manifest(Struct):
    """The description of a backup. `figures` were read from the live database, in the snapshot that was copied.

    `database` is the name of the database's member in the tar, `digests` are the SHA-256 of the other members, and
    `made_at` is in UTC.
    """

    made_at: str
    engine: str
    database: str
    figures: dict[str, Any]
    digests: dict[str, str]


def checksum_path(path: Path) -> Path:
    """Returns the path of the file with a backup's SHA-256, in the format of `sha256sum --check`."""
    return path.with_name(f"{path.name}.sha256")


def save_archive(path: Path, manifest: Manifest, database: Path, secret_key: str) -> None:
    """Writes a backup with mode 0600, atomically. When this returns, the file is synced to disk."""
    key = f"{secret_key}\n".encode()
    manifest.digests = {manifest.database: _digest(database), SECRET_KEY: hashlib.sha256(key).hexdigest()}
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    os.close(open_private(temporary))
    try:
        with tarfile.open(temporary, "w:gz", compresslevel=_COMPRESSION) as archive:
            _add(archive, MANIFEST, json.dumps(_as_json(manifest), indent=1).encode())
            _add(archive, SECRET_KEY, key)
            archive.add(database, manifest.database, filter=_as_private)
        _save_private(checksum_path(path), f"{_digest(temporary)}  {path.name}\n")
        _sync(temporary)
        temporary.replace(path)
        sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def read_archive(path: Path, folder: Path) -> tuple[Manifest, Path, str]:
    """Unpacks a backup into `folder`. Returns its manifest, the path of the unpacked database, and the secret key.

    Raises BackupError if any byte has changed.
    """
    _check(path)
    try:
        with tarfile.open(path, "r:gz") as archive:
            manifest = convert(json.loads(_member(archive, MANIFEST).read()), Manifest)
            for name in manifest.digests:
                os.close(open_private(folder / Path(name).name))
                with (folder / Path(name).name).open("wb") as target:
                    shutil.copyfileobj(_member(archive, name), target)
        for name, digest in manifest.digests.items():
            if _digest(folder / name) != digest:
                raise BackupError(f"{path} is damaged: {name} in it is not what was written. Use another backup.")
        return manifest, folder / manifest.database, (folder / SECRET_KEY).read_text().strip()
    except (tarfile.TarError, zlib.error, EOFError, ValueError, KeyError, FileNotFoundError) as error:
        raise BackupError(
            f"{path} is not one of our backups: {error}. Name a file that manage.py backup made."
        ) from error


def list_backups(folder: Path) -> list[Path]:
    """Returns the backups of a folder, oldest first."""
    return sorted(path for path in folder.iterdir() if parse_name(path.name))


def remove_old(folder: Path) -> list[Path]:
    """Removes the backups that the rotation does not keep, and returns their paths."""
    made_at = {path: at for path in list_backups(folder) if (at := parse_name(path.name))}
    staying = choose_kept(made_at.values())
    removed = [path for path, at in made_at.items() if at not in staying]
    for path in removed:
        path.unlink()
        checksum_path(path).unlink(missing_ok=True)
    return removed


def _check(path: Path) -> None:
    if not path.is_file():
        raise BackupError(f"There is no file {path}. Name a backup: timetracker-….tar.gz.")
    try:
        digest = checksum_path(path).read_text().split()[0]
    except (OSError, UnicodeDecodeError, IndexError) as error:
        raise BackupError(
            f"{checksum_path(path)} is missing or cannot be read. Put it beside the backup; it was made with it."
        ) from error
    if _digest(path) != digest:
        raise BackupError(f"{path} is damaged: its SHA-256 is not the one in {checksum_path(path).name}. Use another.")


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    member = archive.extractfile(name)
    if member is None:
        raise ValueError(f"{name} in it is no file")
    return member


def _as_json(manifest: Manifest) -> dict[str, Any]:
    return {name: getattr(manifest, name) for name in manifest.__struct_fields__}


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), PRIVATE
    archive.addfile(member, io.BytesIO(content))


def _as_private(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.mode, member.uid, member.gid, member.uname, member.gname = PRIVATE, 0, 0, "", ""
    return member


def _save_private(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    os.close(open_private(temporary))
    temporary.write_text(text)
    _sync(temporary)
    temporary.replace(path)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
