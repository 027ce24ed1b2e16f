"""Ids that sort by the time of their creation."""

import secrets
import time
import uuid


def uuid7() -> uuid.UUID:
    """Returns a UUID of version 7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, 74 random bits.

    Python has its own from 3.14 on; this can go when 3.13 is no longer supported.
    """
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (2**48 - 1)) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76  # version
    value = value & ~(0x3 << 62) | 0x2 << 62  # variant
    return uuid.UUID(int=value)
