"""How passwords are hashed."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id at OWASP's least: 19 MiB, so that many sign-ins at once do not take the memory of a small machine."""

    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1
