"""The context of a page: made once a request, for the user that the request has by then"""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from sessions_app.pages.context import PageContext
from tests.pages import NOW
from timetracker.pages import now_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_of(clock):
    def make(user):
        request = RequestFactory().get("/")
        request.user = user
        return request

    return make


def test_it_is_made_once_a_request(request_of, owner, clock):
    request = request_of(owner)
    context = PageContext.of(request)
    clock.shift(5)

    assert PageContext.of(request) is context
    assert (context.user, context.now, context.is_anonymous) == (owner, NOW, False)
    assert now_of(request) == NOW


def test_a_stranger_who_became_a_guest_is_the_user_from_then_on(request_of, owner, clock):
    request = request_of(AnonymousUser())
    before = PageContext.of(request)
    clock.shift(5)
    request.user = owner
    after = PageContext.of(request)

    assert before.is_anonymous
    assert not before.totals.by_date
    assert not before.catalogue.projects
    assert (after.user, after.is_anonymous) == (owner, False)
    assert after.now == before.now


@pytest.mark.parametrize(
    ("zone", "ends"),
    [
        ("Europe/Berlin", datetime(2026, 11, 23, 23, 0, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(2026, 11, 23, 10, 0, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 11, 24, 5, 0, tzinfo=UTC)),
    ],
)
def test_the_day_ends_at_midnight_of_its_user(request_of, owner, zone, ends):
    owner.timezone = zone
    assert PageContext.of(request_of(owner)).day_ends == ends
