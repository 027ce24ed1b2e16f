"""How many requests are answered. The suite runs without limits; here they are on, each test with an empty cache."""

from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.http import HttpRequest
from django.test import Client
from rest_framework.request import Request

from tests.conftest import ApiClient
from tests.factories import make_token
from timetracker.api.throttling import AddressThrottle
from timetracker.middleware.proxies import client_network
from users_app.api.throttling import TokenThrottle
from users_app.models import AccessToken, User, make_secret

TIMER = "/v1/users/me/timer"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def limits(settings):
    settings.RATE_LIMITS_ARE_ON = True
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)


def ask(times, path=TIMER, *, method="GET", peer="203.0.113.7", **headers):
    """The statuses of so many requests without a token, or with the headers given."""
    client = Client(raise_request_exception=False)
    return [client.generic(method, path, REMOTE_ADDR=peer, headers=headers).status_code for _ in range(times)]


def test_twenty_a_minute_without_a_token():
    assert ask(21) == [401] * 20 + [429]


def test_the_answer_says_when_to_come_again():
    ask(20)
    response = Client().get(TIMER, REMOTE_ADDR="203.0.113.7")

    assert response.status_code == 429
    assert response["Retry-After"] == "60"
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "rate_limited"
    assert response.json()["detail"]


def test_one_may_come_again_when_told(time_machine):
    assert ask(21)[-1] == 429
    time_machine.shift(59)
    assert ask(1) == [429]
    time_machine.shift(1)
    assert ask(20) == [401] * 20


def test_unknown_tokens_count_like_none():
    assert ask(10) == [401] * 10
    assert ask(11, Authorization=f"Bearer {make_secret()}") == [401] * 10 + [429]


def test_addresses_are_counted_apart():
    ask(20)

    assert ask(1, peer="203.0.113.8") == [401]
    assert ask(1, peer="2001:db8::1") == [401]


def test_ten_new_users_an_hour(time_machine):
    assert ask(11, "/v1/users", method="POST") == [201] * 10 + [429]
    assert ask(1, "/v1/users", method="POST", peer="203.0.113.8") == [201]
    time_machine.shift(3599)
    assert ask(1, "/v1/users", method="POST") == [429]
    time_machine.shift(1)
    assert ask(1, "/v1/users", method="POST") == [201]
    assert User.objects.count() == 12


def test_a_token_has_three_hundred_a_minute(owner):
    assert TokenThrottle().parse_rate(TokenThrottle().rate) == (300, 60)


def test_tokens_are_counted_apart(owner, monkeypatch):
    monkeypatch.setattr(TokenThrottle, "rate", "3/min", raising=False)
    first, second = (ApiClient(make_token(owner)) for _ in range(2))

    assert [first("GET", TIMER).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert first("POST", f"{TIMER}/start").status_code == 429
    assert second("GET", TIMER).status_code == 200
    assert ask(1) == [401]


def test_requests_with_a_token_leave_the_limit_of_the_address(owner):
    api = ApiClient(make_token(owner))

    assert {api("GET", TIMER).status_code for _ in range(25)} == {200}


@pytest.mark.parametrize("status", [400, 404, 403])
def test_rejected_requests_count(owner, monkeypatch, status):
    monkeypatch.setattr(TokenThrottle, "rate", "1/min", raising=False)
    api = ApiClient(make_token(owner))
    path = {400: "/v1/users/me/sessions?limit=x", 404: "/v1/users/nobody/timer", 403: TIMER}[status]
    if status == 403:
        owner.access_tokens.update(scopes=[])

    assert [api("GET", path).status_code for _ in range(2)] == [status, 429]


FORWARDED = [
    # peer, X-Forwarded-For, the address that counts
    ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
    ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
    ("::1", "2001:db8::5", "2001:db8::5"),
    ("127.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
    ("127.0.0.1", "", "127.0.0.1"),
    ("127.0.0.1", " , ", "127.0.0.1"),
    ("10.1.2.3", "198.51.100.1", "198.51.100.1"),
    ("127.0.0.1", "198.51.100.1:50123", "198.51.100.1"),
    ("127.0.0.1", "[2001:db8::5]:50123", "2001:db8::5"),
    ("127.0.0.1", "[2001:db8::5]", "2001:db8::5"),
    ("127.0.0.1", "198.51.100.1, unknown", "127.0.0.1"),
    ("127.0.0.1", "198.51.100.1, [", "127.0.0.1"),
    ("10.2.0.1", "198.51.100.1", "10.2.0.1"),
]


@pytest.mark.parametrize(("peer", "forwarded", "counts"), FORWARDED)
def test_only_a_trusted_proxy_is_believed(settings, peer, forwarded, counts):
    settings.TRUSTED_PROXIES = [ip_network(each) for each in ("127.0.0.1", "::1", "10.1.0.0/16")]
    ask(20, peer=peer, **{"X-Forwarded-For": forwarded})

    assert ask(1, peer=counts) == [429]
    assert ask(1, peer="127.0.0.1", **{"X-Forwarded-For": "192.0.2.99"}) == [401]


NETWORKS = [
    ("203.0.113.7", "203.0.113.7"),
    ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
    ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
    ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
    ("fe80::1%eth0", "fe80::/64"),
    ("::1", "::/64"),
    ("::ffff:203.0.113.7", "203.0.113.7"),
    ("::ffff:cb00:7107", "203.0.113.7"),
    ("unknown", "unknown"),
    ("", ""),
]


@pytest.mark.parametrize(("address", "network"), NETWORKS)
def test_a_client_is_counted_by_what_it_is_given(address, network):
    assert client_network(address) == network


def test_other_addresses_of_the_same_client_are_no_way_round():
    answers = [ask(1, peer=f"2001:db8::{number:x}")[0] for number in range(21)]

    assert answers == [401] * 20 + [429]
    assert ask(1, peer="2001:db8:0:1::1") == [401]


def test_a_mapped_address_is_counted_and_trusted_as_the_one_it_is(settings):
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.1")]
    ask(20, peer="203.0.113.7")

    assert ask(1, peer="::ffff:203.0.113.7") == [429]
    assert ask(1, peer="::ffff:127.0.0.1", **{"X-Forwarded-For": "203.0.113.7"}) == [429]
    assert ask(1, peer="::ffff:127.0.0.1", **{"X-Forwarded-For": "203.0.113.8"}) == [401]


def test_a_stranger_cannot_choose_an_address():
    answers = [ask(1, **{"X-Forwarded-For": f"198.51.100.{number}"})[0] for number in range(21)]

    assert answers == [401] * 20 + [429]


def test_every_proxy_can_be_believed(settings):
    settings.TRUSTED_PROXIES = [ip_network("0.0.0.0/0"), ip_network("::/0")]
    ask(20, **{"X-Forwarded-For": "198.51.100.1"})

    assert ask(1, **{"X-Forwarded-For": "198.51.100.1"}) == [429]
    assert ask(1, **{"X-Forwarded-For": "198.51.100.2"}) == [401]


def test_every_answer_says_how_many_are_left(owner, time_machine):
    api = ApiClient(make_token(owner))

    first, second = api("GET", TIMER), api("GET", "/v1/users/me/nothing")

    assert first["RateLimit-Policy"] == '"token";q=300;w=60'
    assert first["RateLimit"] == '"token";r=299;t=60'
    time_machine.shift(20)
    assert api("POST", f"{TIMER}/stop")["RateLimit"] == '"token";r=298;t=40'
    assert "RateLimit" not in second  # no endpoint, nothing counted


def test_a_new_user_is_counted_twice():
    response = Client().post("/v1/users", REMOTE_ADDR="203.0.113.7")

    assert response["RateLimit-Policy"] == '"address";q=20;w=60, "new_users";q=10;w=3600'
    assert response["RateLimit"] == '"address";r=19;t=60, "new_users";r=9;t=3600'


def test_who_asked_too_often_has_none_left():
    ask(20)

    assert Client().get(TIMER, REMOTE_ADDR="203.0.113.7")["RateLimit"] == '"address";r=0;t=60'


def test_a_rate_of_0_is_no_limit(monkeypatch):
    monkeypatch.setattr(AddressThrottle, "rate", "0/min", raising=False)

    assert set(ask(25)) == {401}


def test_workers_that_count_at_once_miss_none(owner, monkeypatch):
    monkeypatch.setattr(TokenThrottle, "rate", "30/min", raising=False)
    request = Request(HttpRequest())
    request._user, request._auth = owner, AccessToken(user=owner)

    with ThreadPoolExecutor(8) as workers:
        allowed = list(workers.map(lambda _: TokenThrottle().allow_request(request, None), range(120)))

    assert allowed.count(True) == 30


def test_however_many_tokens_ask_each_keeps_its_count(owner):
    def left(token):
        request = Request(HttpRequest())
        request._user, request._auth = owner, token
        throttle = TokenThrottle()
        throttle.allow_request(request, None)
        return throttle.remaining

    tokens = [AccessToken(user=owner) for _ in range(400)]

    assert {left(token) for token in tokens} == {299}
    assert {left(token) for token in tokens} == {298}


def test_pages_make_sixty_guests_an_hour_for_an_address():
    def begin(peer="203.0.113.7"):
        return Client().post("/timer/start/", {"name": "Logo", "id": str(uuid4())}, REMOTE_ADDR=peer)

    assert {begin().status_code for _ in range(60)} == {303}
    rejected = begin()
    assert (rejected.status_code, rejected["Retry-After"]) == (429, "3600")
    assert "nothing was saved" in rejected.content.decode()
    assert User.objects.count() == 60
    assert begin("203.0.113.8").status_code == 303


def test_who_is_known_already_is_not_counted_again():
    client = Client()
    requests = [
        client.post("/timer/start/", {"name": "Logo", "id": str(uuid4())}, REMOTE_ADDR="203.0.113.7").status_code
        for _ in range(70)
    ]

    assert set(requests) == {303}


def test_a_full_disk_lifts_the_limits_instead_of_failing(owner, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("timetracker.api.cache.CountsCache.set", fail)

    assert ApiClient(make_token(owner))("POST", f"{TIMER}/stop").status_code == 200


def test_limits_can_be_off(settings):
    settings.RATE_LIMITS_ARE_ON = False

    assert set(ask(25)) == {401}
    assert set(ask(12, "/v1/users", method="POST")) == {201}
