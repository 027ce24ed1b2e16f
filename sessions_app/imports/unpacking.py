"""Takes the exports out of ZIPs in which people keep several, as if each had been chosen by itself."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from shutil import copyfileobj
from typing import IO, TypeVar, cast
from zipfile import ZipFile, ZipInfo

from sessions_app.imports.archives import open_zip
from sessions_app.imports.bytes_to_text import Source
from sessions_app.imports.detection import is_of_a_tool, is_toggl_catalogue, readable_parts
from sessions_app.imports.files import Content
from sessions_app.imports.rows import UnreadableFileError

C = TypeVar("C", bound=Content)
_Part = tuple[str, IO[bytes], int]
"""Name, content and size (bytes)."""

_MAX_FILES = 100
"""More files of one year each than anybody has."""
_IN_MEMORY = 1 << 20


@contextmanager
def unpacked(files: Sequence[tuple[str, C]], *, most: int) -> Iterator[list[tuple[str, C | IO[bytes]]]]:
    """Gives files with the readable parts of ZIPs that hold several in their place, at most `most` bytes of them.

    ZIPs that a tool made are one file, and stay, with tables beside it that were packed with Toggl's; so does what
    cannot be unpacked, of which its reader says why.
    """
    found: list[tuple[str, C | IO[bytes]]] = []
    with ExitStack() as opened:
        for name, content in files:
            parts, stays = _parts(Source(content), most, opened)
            most -= sum(size for _name, _part, size in parts)
            found += [(name, content)] if stays else []
            found += [(part_name, part) for part_name, part, _size in parts]
        yield found


def _parts(source: Source, most: int, opened: ExitStack) -> tuple[list[_Part], bool]:
    """Returns the files in a ZIP of several, none for any other file, and whether the file itself stays."""
    with source.open() as file:
        if file.read(2) != b"PK":
            return [], True
        try:
            with open_zip(file, most) as archive:
                if is_toggl_catalogue(archive):
                    tables = [part for part in readable_parts(archive) if not part.filename.lower().endswith(".json")]
                    return _unpack(archive, tables[:_MAX_FILES], opened), True
                parts = [] if is_of_a_tool(archive) else readable_parts(archive)
                if 1 < len(parts) <= _MAX_FILES:
                    return _unpack(archive, parts, opened), False
        except UnreadableFileError:
            pass
    return [], True


def _unpack(archive: ZipFile, parts: Sequence[ZipInfo], opened: ExitStack) -> list[_Part]:
    found: list[_Part] = []
    for part in parts:
        file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # closed by the stack
        opened.enter_context(file)
        with archive.open(part) as packed:
            copyfileobj(packed, file)
        found.append((part.filename, cast("IO[bytes]", file), part.file_size))
    return found
