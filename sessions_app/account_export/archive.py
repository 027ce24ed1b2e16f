"""Reads the ZIP of an export, which is not trusted: nothing is unpacked to disk or read without a limit."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, cast
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _

from sessions_app.account_export.contents import ACCOUNT, IDENTITIES, SESSIONS
from timetracker.errors import FieldError, InvalidInputError
from timetracker.storage.zips import BROKEN, is_plain, read_directory_size

_MB = 1_000_000
MAX_BYTES = {ACCOUNT: 10 * _MB, SESSIONS: 512 * _MB, IDENTITIES: 512 * _MB}
"""The largest size of each part when unpacked. `account.json` is read whole, the sessions line by line."""
MAX_LINES = 1_000_000
MAX_BYTES_OF_LINE = 256 * 1024

_MAX_BYTES_OF_DIRECTORY = 64 * 1024
"""The largest accepted directory of the ZIP, in bytes. The directory of an export has a few hundred."""


def invalid_file(message: str) -> InvalidInputError:
    """Returns the error for a file that cannot be imported, at the form field or parameter `file`."""
    return InvalidInputError(FieldError("file", "invalid", message))


class Archive:
    """The parts of an export. Raises InvalidInputError for an invalid file, on opening or while reading."""

    def __init__(self, file: IO[bytes]) -> None:
        _check_directory_size(file)
        with _invalid_if_damaged():
            self._zip = ZipFile(file)
        for name, limit in MAX_BYTES.items():
            if name != IDENTITIES or self.has(name):
                self._check_part(name, limit)

    def has(self, name: str) -> bool:
        """Returns whether there is a part with this name."""
        return any(info.filename == name for info in self._zip.infolist())

    def read(self, name: str) -> bytes:
        """Returns a whole part."""
        with self._open(name) as part:
            return part.read()

    def lines(self, name: str) -> Iterator[tuple[int, bytes]]:
        """Yields the lines of a part with their numbers, from 1; empty lines are left out."""
        with self._open(name) as part:
            for number in range(1, MAX_LINES + 2):
                line = part.readline(MAX_BYTES_OF_LINE + 1)
                if not line:
                    return
                if len(line) > MAX_BYTES_OF_LINE:
                    message = _("%(file)s, line %(line)d: This line is longer than any session can be.")
                    raise invalid_file(message % {"file": name, "line": number})
                if number > MAX_LINES:
                    message = _("%(file)s has more than %(most)s lines. Import fewer sessions at a time.")
                    raise invalid_file(message % {"file": name, "most": f"{MAX_LINES:,}"})
                if line.strip():
                    yield number, line

    @contextmanager
    def _open(self, name: str) -> Iterator[io.BufferedReader]:
        # zipfile yields no more bytes than the size that was checked when the file was opened.
        with _invalid_if_damaged(), self._zip.open(name) as part, io.BufferedReader(cast("Any", part)) as buffered:
            yield buffered

    def _check_part(self, name: str, limit: int) -> None:
        found = [info for info in self._zip.infolist() if info.filename == name]
        if len(found) != 1:
            message = _("This file should have one %(file)s, but has %(count)d. Choose a ZIP that was downloaded here.")
            raise invalid_file(message % {"file": name, "count": len(found)})
        if found[0].file_size > limit:
            message = _("%(file)s is larger than %(most)d MB. Import fewer sessions at a time.")
            raise invalid_file(message % {"file": name, "most": limit // _MB})
        if not is_plain(found[0]):
            message = _("%(file)s is encrypted or packed in an unusual way. Choose a ZIP as it was downloaded.")
            raise invalid_file(message % {"file": name})


@contextmanager
def _invalid_if_damaged() -> Iterator[None]:
    """Converts the errors of `zipfile` to InvalidInputError."""
    try:
        yield
    except BROKEN as error:
        raise _not_a_zip() from error


def _not_a_zip() -> InvalidInputError:
    return invalid_file(_("This file is no ZIP, or is damaged. Choose a ZIP as it was downloaded."))


def _check_directory_size(file: IO[bytes]) -> None:
    """Checks the size of the directory before `zipfile` reads it. Exports have no ZIP comment."""
    with _invalid_if_damaged():
        if read_directory_size(file, max_comment=0) > _MAX_BYTES_OF_DIRECTORY:
            raise BadZipFile
