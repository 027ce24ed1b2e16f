"""Many wrong sign-ins, and how long one takes: nobody learns who has an account"""

import statistics
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import get_hasher
from django.test import Client

from tests.factories import make_account
from tests.pages import NOW

pytestmark = pytest.mark.django_db

EMAIL = "mira@example.org"


def attempt(address, login):
    form = {"login": login, "password": "wrong horse battery"}
    return Client(REMOTE_ADDR=address).post("/signin/", form).status_code


@pytest.mark.slow(reason="makes a thousand attempts")
def test_a_thousand_wrong_attempts_compute_few_hashes(settings, clock, monkeypatch):
    settings.RATE_LIMITS_ARE_ON = True
    make_account(EMAIL)
    hashed, now = Counter(), [""]
    hasher = type(get_hasher())
    encode = hasher.encode
    monkeypatch.setattr(hasher, "encode", lambda *args: hashed.update([now[0]]) or encode(*args))
    statuses = Counter()
    for number in range(1_000):
        clock.move_to(NOW + timedelta(seconds=3 * number))  # 50 minutes, over the end of an hour
        now[0] = f"203.0.113.{number % 10}"
        statuses[attempt(now[0], EMAIL if number % 3 else f"{number}@example.org")] += 1

    assert set(hashed) == {f"203.0.113.{each}" for each in range(10)}
    assert max(hashed.values()) <= 20
    assert set(statuses) == {422, 429}


@pytest.mark.slow("hashes as an operator does")
def test_known_and_unknown_addresses_take_the_same_time(settings):
    settings.PASSWORD_HASHERS = ["users_app.hashers.Argon2Hasher"]
    make_account(EMAIL)
    taken = {EMAIL: [], "nobody@example.org": []}
    for number in range(60):
        for login in sorted(taken, reverse=bool(number % 2)):
            begin = time.process_time()  # of all threads: others may use the machine
            assert attempt("203.0.113.1", login) == 422
            taken[login].append(time.process_time() - begin)
    # One beside the other: on a machine with other work both take longer at times.
    differences = [known - unknown for known, unknown in zip(*taken.values(), strict=True)]
    assert abs(statistics.median(differences[5:])) < 0.005
