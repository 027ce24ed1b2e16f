"""Secrets that are shown once and stored hashed."""

import hashlib
import secrets
import string
import zlib

TOKENS_BEGIN = "tt_"
"""The prefix of the secrets of access tokens."""

_ALPHABET = string.digits + string.ascii_letters
_RANDOM_LENGTH = 36  # of 62 letters: 214 bits
_CHECKSUM_LENGTH = 6


def make_secret(begin: str = TOKENS_BEGIN) -> str:
    """Returns a new secret: `begin`, random letters and digits, and a checksum for secret scanners."""
    random = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_LENGTH))
    return begin + random + _checksum(random)


def is_well_formed(secret: str, begin: str = TOKENS_BEGIN) -> bool:
    """Returns whether a secret has the form and checksum of `make_secret`."""
    random, checksum = secret[len(begin) : -_CHECKSUM_LENGTH], secret[-_CHECKSUM_LENGTH:]
    return secret.startswith(begin) and len(random) == _RANDOM_LENGTH and checksum == _checksum(random)


def hash_secret(secret: str) -> str:
    """Returns the hexadecimal SHA-256 that is stored for a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _checksum(text: str) -> str:
    """Returns the CRC-32 of `text` in base 62, as six digits."""
    number = zlib.crc32(text.encode())
    digits = ""
    for _digit in range(_CHECKSUM_LENGTH):
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits
