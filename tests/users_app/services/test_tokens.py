"""Access tokens as they are issued, found, listed and revoked"""

import re
import zlib
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.pages import NOW
from timetracker.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from users_app.models import AccessToken, CalendarFeed, Scope, make_secret
from users_app.services.tokens import MAX_TOKENS, find_token, issue_token, revoke_token, tokens_of

pytestmark = pytest.mark.usefixtures("clock")


def test_a_token_is_found_by_its_secret_alone(owner):
    token, secret = issue_token(owner, name=" Laptop ", scopes=[Scope.TRACK, Scope.READ, Scope.TRACK], now=NOW)

    token.refresh_from_db()
    assert (token.user, token.name, token.scopes, token.expires_at) == (owner, "Laptop", ["track", "read"], None)
    assert token.prefix == secret[:9]
    assert AccessToken.find(secret) == token
    assert not any(secret in str(value) for value in AccessToken.objects.values().get().values())


def test_the_newest_token_is_listed_first_and_only_to_its_owner(owner, stranger, clock):
    first = issue_token(owner, now=NOW)[0]
    clock.shift(1)
    second = issue_token(owner, expires_at=NOW + timedelta(seconds=2), now=NOW)[0]
    clock.shift(timedelta(days=1))

    assert tokens_of(owner) == [second, first]
    assert tokens_of(stranger) == []


@pytest.mark.parametrize("take", [find_token, revoke_token])
def test_the_token_of_another_is_not_there(owner, stranger, take):
    token, secret = issue_token(owner, now=NOW)

    for token_id in (token.id, uuid4()):
        with pytest.raises(NotFoundError):
            take(stranger, token_id)
    assert AccessToken.find(secret) == token


def test_a_revoked_token_is_unknown_and_others_are_not(owner):
    (first, first_secret), (second, second_secret) = issue_token(owner, now=NOW), issue_token(owner, now=NOW)

    revoke_token(owner, first.id)

    assert AccessToken.find(first_secret) is None
    assert AccessToken.find(second_secret) == find_token(owner, second.id)
    with pytest.raises(NotFoundError):
        revoke_token(owner, first.id)


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"name": "x" * (AccessToken.NAME_LENGTH + 1)}, "name", "max_length"),
        ({"name": "a\nb"}, "name", "control_character"),
        ({"scopes": []}, "scopes", "required"),
        ({"expires_at": NOW}, "expires_at", "in_past"),
        ({"expires_at": NOW - timedelta(days=1)}, "expires_at", "in_past"),
    ],
)
def test_what_cannot_be_is_rejected_with_its_field(owner, fields, field, code):
    with pytest.raises(InvalidInputError) as rejected:
        issue_token(owner, now=NOW, **fields)

    assert [(error.field, error.code) for error in rejected.value.errors] == [(field, code)]
    assert tokens_of(owner) == []


def test_all_that_is_wrong_is_said_at_once(owner):
    with pytest.raises(InvalidInputError) as rejected:
        issue_token(owner, name="\x07", scopes=[], expires_at=NOW, now=NOW)

    assert [error.field for error in rejected.value.errors] == ["name", "scopes", "expires_at"]


@pytest.mark.parametrize(("seconds", "expired"), [(-1, False), (0, True), (1, True)])
def test_a_token_expires_at_its_instant_and_not_before(owner, seconds, expired):
    ends = NOW + timedelta(days=1)
    token = issue_token(owner, expires_at=ends, now=NOW)[0]

    assert token.has_expired_at(ends + timedelta(seconds=seconds)) is expired
    assert not issue_token(owner, now=NOW)[0].has_expired_at(datetime(2999, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("asking", "given", "is_rejected"),
    [
        (["account", "track"], ["read", "track"], False),
        (["account", "write"], ["track"], False),
        (["account", "track"], ["write"], True),
        (["account"], list(Scope), True),
    ],
)
def test_a_token_gives_only_what_it_has(owner, asking, given, is_rejected):
    by = issue_token(owner, scopes=[Scope(each) for each in asking], now=NOW)[0]
    scopes = [Scope(each) for each in given]

    if is_rejected:
        with pytest.raises(ForbiddenError, match="gives no scope that it does not have"):
            issue_token(owner, scopes=scopes, now=NOW, by=by)
    else:
        assert issue_token(owner, scopes=scopes, now=NOW, by=by)[0].scopes == given


def test_an_id_is_taken_once(owner):
    token = issue_token(owner, now=NOW, token_id=uuid4())[0]

    with pytest.raises(ConflictError) as rejected:
        issue_token(owner, now=NOW, token_id=token.id)
    assert rejected.value.code == "id_taken"


def test_there_is_an_end_to_tokens(owner, stranger):
    for _ in range(MAX_TOKENS):
        AccessToken.objects.issue(owner)

    with pytest.raises(ConflictError, match="There are 200 tokens"):
        issue_token(owner, now=NOW)
    issue_token(stranger, now=NOW)


@pytest.mark.parametrize("credential", [AccessToken, CalendarFeed])
def test_scanners_can_tell_a_secret_as_the_security_page_says(settings, credential):
    page = " ".join((settings.BASE_DIR / "SECURITY.md").read_text().split())
    pattern = re.search(rf"`({credential.SECRETS_BEGIN}\[[^`]*)`", page)[1]
    digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert "base 62 (0-9, a-z, A-Z" in page

    for _ in range(100):
        secret = make_secret(credential.SECRETS_BEGIN)
        assert re.fullmatch(pattern, secret)
        number = sum(62**power * digits.index(digit) for power, digit in enumerate(reversed(secret[-6:])))
        assert number == zlib.crc32(secret.removeprefix(credential.SECRETS_BEGIN)[:36].encode())
