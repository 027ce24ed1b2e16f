"""The ZIP of an export as a stranger may have made it: nothing is unpacked to disk, nor read without a limit."""

import io
import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from django.utils.translation import gettext as _

from sessions_app.account_export.contents import ACCOUNT, SESSIONS
from timetracker.errors import FieldError, InvalidInputError

_MB = 1_000_000
MAX_BYTES = {ACCOUNT: 10 * _MB, SESSIONS: 512 * _MB}
"""How large each part may be once it is unpacked. `account.json` is read whole, sessions line by line."""
MAX_LINES = 1_000_000
MAX_BYTES_OF_LINE = 256 * 1024

_MAX_BYTES_OF_DIRECTORY = 64 * 1024
"""Python reads the list of a ZIP's parts whole, and makes a few hundred bytes of memory of each 46 of them."""
_END = struct.Struct("<4s8xI6x")
_END_SIGNATURE, _END64_SIGNATURE = b"PK\x05\x06", b"PK\x06\x07"
_END64_SIZE = 20
_IS_ENCRYPTED = 0x1

# What zipfile raises for bytes that are no ZIP, or no longer: more than its own error.
_BROKEN = (BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError, struct.error, zlib.error)


def invalid_file(message: str) -> InvalidInputError:
    """What is wrong with the file, for whoever chose it."""
    return InvalidInputError(FieldError("file", "invalid", message))


class Archive:
    """The parts of an export. Raises InvalidInputError for what is none, on opening and while reading."""

    def __init__(self, file: IO[bytes]) -> None:
        _check_directory_size(file)
        with _damage_is_invalid():
            self._zip = ZipFile(file)
        for name, most in MAX_BYTES.items():
            self._check_part(name, most)

    def read(self, name: str) -> bytes:
        """A part as a whole."""
        with self._open(name) as part:
            return part.read()

    def lines(self, name: str) -> Iterator[tuple[int, bytes]]:
        """The lines of a part, numbered from 1; empty ones are left out."""
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
        # zipfile gives no more bytes than the size that was looked at when the file was opened.
        with _damage_is_invalid(), self._zip.open(name) as part, io.BufferedReader(cast("Any", part)) as buffered:
            yield buffered

    def _check_part(self, name: str, most: int) -> None:
        found = [info for info in self._zip.infolist() if info.filename == name]
        if len(found) != 1:
            message = _("This file should have one %(file)s, but has %(count)d. Choose a ZIP that was downloaded here.")
            raise invalid_file(message % {"file": name, "count": len(found)})
        if found[0].file_size > most:
            message = _("%(file)s is larger than %(most)d MB. Import fewer sessions at a time.")
            raise invalid_file(message % {"file": name, "most": most // _MB})
        if found[0].compress_type not in {ZIP_STORED, ZIP_DEFLATED} or found[0].flag_bits & _IS_ENCRYPTED:
            message = _("%(file)s is encrypted or packed in an unusual way. Choose a ZIP as it was downloaded.")
            raise invalid_file(message % {"file": name})


@contextmanager
def _damage_is_invalid() -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise _no_zip() from error


def _no_zip() -> InvalidInputError:
    return invalid_file(_("This file is no ZIP, or is damaged. Choose a ZIP as it was downloaded."))


def _check_directory_size(file: IO[bytes]) -> None:
    """Looks at the end of the file, which says how long the list of its parts is."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END64_SIZE - _END.size))
    tail = file.read()
    if len(tail) < _END.size:
        raise _no_zip()
    signature, directory_size = _END.unpack(tail[-_END.size :])
    # The ends that have a comment or numbers of 64 bits would be read from elsewhere; our files have neither.
    has_other_end = tail[: -_END.size].startswith(_END64_SIGNATURE) or not tail.endswith(b"\0\0")
    if signature != _END_SIGNATURE or has_other_end or directory_size > _MAX_BYTES_OF_DIRECTORY:
        raise _no_zip()
    file.seek(0)
