"""UUIDs of version 7, which sort by the time of their creation, and parsing of UUIDs."""

import re
import secrets
import time
import uuid

_WRITTEN = re.compile(r"(urn:uuid:)?\{?[0-9a-f-]{32,36}\}?", re.ASCII | re.IGNORECASE)


def parse_uuid(text: str) -> uuid.UUID:
    """Returns the UUID of a text in any of its notations. Raises ValueError.

    It is stricter than Python's UUID(), which also accepts signs, `0x`, underscores and digits of other scripts.
    """
    if not _WRITTEN.fullmatch(text):
        raise ValueError(text)
    return uuid.UUID(text)


def uuid7() -> uuid.UUID:
    """Returns a UUID of version 7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, 74 random bits.

    Python has `uuid.uuid7` from 3.14 on; this can go when 3.13 is no longer supported.
    """
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (2**48 - 1)) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76  # version
    value = value & ~(0x3 << 62) | 0x2 << 62  # variant
    return uuid.UUID(int=value)
