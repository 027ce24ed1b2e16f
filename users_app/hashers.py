"""The password hasher."""

from concurrent.futures import ThreadPoolExecutor
from functools import cache

from django.contrib.auth.hashers import Argon2PasswordHasher


@cache
def _hashing() -> ThreadPoolExecutor:
    """Returns the two threads of this process that compute hashes.

    The C library keeps the memory of a hash for its thread. Otherwise each thread of the server would take that much.
    """
    return ThreadPoolExecutor(2, "hashing")


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id with OWASP's minimum of 19 MiB, so that concurrent sign-ins do not exhaust a small machine's memory."""

    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        return _hashing().submit(super().encode, password, salt).result()

    def verify(self, password: str, encoded: str) -> bool:
        return _hashing().submit(super().verify, password, encoded).result()
