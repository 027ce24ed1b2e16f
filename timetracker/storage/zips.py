"""Checks of an untrusted ZIP before `zipfile` reads it."""

import os
import struct
import zlib
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipInfo

BROKEN = (BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError, struct.error, zlib.error)
"""The exceptions that `zipfile` raises for files that are damaged, or no ZIP."""
MAX_COMMENT = 65_535

_END = struct.Struct("<4s8xI6x")
_END_SIGNATURE = b"PK\x05\x06"
_END64 = struct.Struct("<4s36xQ8x")
_END64_SIGNATURE = b"PK\x06\x06"
_LOCATOR_SIZE = 20
_LOCATOR_SIGNATURE = b"PK\x06\x07"
_IS_ENCRYPTED = 0x1


def read_directory_size(file: IO[bytes], *, max_comment: int = MAX_COMMENT) -> int:
    """Returns the size of the directory, as stated at the end of the file, and seeks to the beginning.

    Python reads the whole directory, and needs a few hundred bytes of memory for each 46 bytes of it. The end record is
    found as by `zipfile`, in ZIP64 or not. Raises BadZipFile if there is none within `max_comment` bytes of the end.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - max_comment - _END.size - _LOCATOR_SIZE - _END64.size))
    tail = file.read()
    file.seek(0)
    at = tail.rfind(_END_SIGNATURE)
    if at < 0 or not 0 <= len(tail) - at - _END.size <= max_comment:
        raise BadZipFile
    _signature, directory_size = _END.unpack_from(tail, at)
    locator, end64 = at - _LOCATOR_SIZE, at - _LOCATOR_SIZE - _END64.size
    if locator >= 0 and tail.startswith(_LOCATOR_SIGNATURE, locator):
        if end64 < 0 or not tail.startswith(_END64_SIGNATURE, end64):
            raise BadZipFile
        directory_size = max(directory_size, _END64.unpack_from(tail, end64)[1])
    return int(directory_size)


def is_plain(part: ZipInfo) -> bool:
    """Returns whether a part is stored or deflated, and not encrypted."""
    return part.compress_type in {ZIP_STORED, ZIP_DEFLATED} and not part.flag_bits & _IS_ENCRYPTED
