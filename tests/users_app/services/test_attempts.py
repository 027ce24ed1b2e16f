from datetime import timedelta

import pytest

from tests.factories import instant
from timetracker.errors import TooManyRequestsError
from users_app.models import AttemptCount
from users_app.services.attempts import count_attempt, forget_attempts

NOW = instant("2026-11-23T09:10Z")


def count(who="a", scope="code", now=NOW):
    count_attempt(scope, who, limit=2, now=now)


def test_a_limit_holds_until_the_next_hour(db, settings):
    settings.RATE_LIMITS_ARE_ON = True
    count()
    count()
    with pytest.raises(TooManyRequestsError) as error:
        count()
    assert error.value.wait == 50 * 60
    count(who="b")
    count(scope="reset")
    count(now=NOW + timedelta(minutes=50))


def test_who_tried_is_not_stored_in_the_clear(db, settings):
    settings.RATE_LIMITS_ARE_ON = True
    count(who="192.0.2.7")
    assert "192.0.2.7" not in str(AttemptCount.objects.values_list())


def test_limits_can_be_off(db, settings):
    settings.RATE_LIMITS_ARE_ON = False
    for _number in range(5):
        count()
    assert not AttemptCount.objects.exists()


def test_hours_that_are_over_are_forgotten(db, settings):
    settings.RATE_LIMITS_ARE_ON = True
    count(now=NOW - timedelta(hours=2))
    count()
    forget_attempts(now=NOW)
    assert [row.hour.hour for row in AttemptCount.objects.all()] == [9]
