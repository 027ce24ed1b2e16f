"""How passwords are hashed."""

from concurrent.futures import ThreadPoolExecutor
from functools import cache

from django.contrib.auth.hashers import Argon2PasswordHasher


@cache
def _hashing() -> ThreadPoolExecutor:
    """Returns the two threads of this process that hash.

    The C library keeps the memory of a hash for the thread that had it: else each thread of the server would.
    """
    return ThreadPoolExecutor(2, "hashing")


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id at OWASP's least: 19 MiB, so that many sign-ins at once do not take the memory of a small machine."""

    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        return _hashing().submit(super().encode, password, salt).result()

    def verify(self, password: str, encoded: str) -> bool:
        return _hashing().submit(super().verify, password, encoded).result()
