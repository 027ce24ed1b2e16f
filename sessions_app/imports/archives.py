"""Reads untrusted ZIPs: nothing is unpacked to disk or read without a limit."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from sessions_app.imports.rows import UnreadableFileError
from sessions_app.timekeeping.messages import Message, gettext_noop
from timetracker.storage.zips import BROKEN, is_plain, read_directory_size

MAX_PARTS = 10_000
_MAX_BYTES_OF_DIRECTORY = 2_000_000
_LOCAL = struct.Struct("<26xHH")
_CHUNK = 1024 * 1024

_DAMAGED = gettext_noop("This ZIP is damaged, or protected by a password. Choose it as it was downloaded.")
TOO_LARGE = gettext_noop("This ZIP holds more than can be read at once. Choose the files in it one by one.")


@contextmanager
def open_zip(file: IO[bytes], most: int) -> Iterator[ZipFile]:
    """Opens a ZIP whose unpacked parts have at most `most` bytes together. Raises UnreadableFileError."""
    try:
        _check_directory_size(file)
        with ZipFile(file) as archive:
            _check_parts(archive.infolist(), most)
            yield archive
    except BROKEN as error:
        raise UnreadableFileError("malformed_file", Message(_DAMAGED)) from error


def _check_parts(parts: list[ZipInfo], most: int) -> None:
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > most:
        raise UnreadableFileError("malformed_file", Message(TOO_LARGE))
    if not all(map(is_plain, parts)):
        raise BadZipFile


def part_names(archive: ZipFile) -> list[str]:
    """Returns the paths of a ZIP's files, without folders and the metadata that macOS adds."""
    return [name for name in archive.namelist() if not name.endswith("/") and not _is_of_macos(name)]


def _is_of_macos(name: str) -> bool:
    return name.startswith("__MACOSX/") or name.rsplit("/", maxsplit=1)[-1].startswith("._")


def find_part(archive: ZipFile, name: str) -> str | None:
    """Returns the path of a file in any folder, since users who pack an export again add one; None without it."""
    paths = (path for path in part_names(archive) if path.rsplit("/", maxsplit=1)[-1] == name)
    return min(paths, key=lambda path: path.count("/"), default=None)


def check_unpacked_sizes(data: bytes, archive: ZipFile) -> None:
    """Raises BadZipFile if a part unpacks to more than it declares, where only some readers stop, such as `zipfile`."""
    for part in archive.infolist():
        header = data[part.header_offset : part.header_offset + _LOCAL.size]
        name_length, extra_length = _LOCAL.unpack(header)
        begin = part.header_offset + _LOCAL.size + name_length + extra_length
        packed = memoryview(data)[begin : begin + part.compress_size]
        if part.compress_type == ZIP_DEFLATED and _unpacked_size(packed, part.file_size) > part.file_size:
            raise BadZipFile


def _unpacked_size(packed: memoryview, most: int) -> int:
    """Returns the unpacked size, or any size above `most` as soon as that is exceeded."""
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
    size, waiting = 0, bytes(packed)
    while waiting and not unpacking.eof and size <= most:
        size += len(unpacking.decompress(waiting, _CHUNK))
        waiting = unpacking.unconsumed_tail
    return size


def _check_directory_size(file: IO[bytes]) -> None:
    """Checks the size of the directory before `zipfile` reads it."""
    if read_directory_size(file) > _MAX_BYTES_OF_DIRECTORY:
        raise UnreadableFileError("malformed_file", Message(TOO_LARGE))
