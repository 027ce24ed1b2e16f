"""/v1/users/{userId}/tokens: making, listing and revoking what lets scripts in"""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.conftest import ApiClient
from tests.factories import make_token
from timetracker import clock
from users_app.models import AccessToken, Scope

URL = "/v1/users/me/tokens"


def test_a_new_token_shows_its_secret_once_and_works(api, owner):
    response = api("POST", URL, {"name": "Laptop", "scopes": ["read"]})

    secret = response.data["token"]
    assert response.status_code == 201
    assert response["Cache-Control"] == "no-store"
    assert re.fullmatch(r"tt_[0-9A-Za-z]{42}", secret)
    assert {key: response.data[key] for key in ("name", "scopes", "prefix", "current", "expiresAt", "lastUsedAt")} == {
        "name": "Laptop",
        "scopes": ["read"],
        "prefix": secret[:9],
        "current": False,
        "expiresAt": None,
        "lastUsedAt": None,
    }
    assert ApiClient(secret)("GET", "/v1/users/me/timer").status_code == 200
    assert ApiClient(secret)("POST", "/v1/users/me/timer/start").status_code == 403

    listed = api("GET", URL)
    assert secret not in listed.content.decode()
    assert [(each["name"], each["current"]) for each in listed.data["tokens"]] == [("", True), ("Laptop", False)]


def test_without_scopes_it_may_do_all_that_the_asking_one_may(api):
    assert api("POST", URL).data["scopes"] == [scope.value for scope in Scope]


def test_a_token_ends_when_it_says(api, time_machine):
    now = clock.now()
    time_machine.move_to(now, tick=False)
    ends = (now + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")

    made = api("POST", URL, {"scopes": ["read"], "expiresAt": ends}).data

    assert made["expiresAt"] == ends
    caller = ApiClient(made["token"])
    assert caller("GET", "/v1/users/me/timer").status_code == 200
    time_machine.move_to(now + timedelta(hours=1), tick=False)
    rejected = caller("GET", "/v1/users/me/timer")
    assert (rejected.status_code, rejected["WWW-Authenticate"]) == (401, "Bearer")


def test_a_revoked_token_is_unknown_at_once_also_the_asking_one(api, owner):
    other = api("POST", URL, {}).data

    assert api("DELETE", f"{URL}/{other['id']}").status_code == 204
    assert ApiClient(other["token"])("GET", "/v1/users/me/timer").status_code == 401

    given = next(each for each in api("GET", URL).data["tokens"] if each["current"])
    assert api("DELETE", f"{URL}/{given['id']}").status_code == 204
    assert api("GET", URL).status_code == 401


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"scopes": []}, "#/scopes", "required"),
        ({"scopes": ["fly"]}, "#/scopes/0", "invalid_choice"),
        ({"scopes": "read"}, "#/scopes", "not_a_list"),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "#/expiresAt", "in_past"),
        ({"name": "x" * 101}, "#/name", "max_length"),
        ({"nmae": "x"}, "#/nmae", "unknown_field"),
    ],
)
def test_rejects_with_the_field_and_the_reason(api, owner, body, pointer, code):
    response = api("POST", URL, body)

    assert response.status_code == 400
    assert [(each["pointer"], each["code"]) for each in response.data["errors"]] == [(pointer, code)]
    assert AccessToken.objects.filter(user=owner).count() == 1


def test_a_token_gives_no_scope_that_it_lacks(owner):
    caller = ApiClient(make_token(owner, Scope.ACCOUNT, Scope.TRACK))

    assert caller("POST", URL, {"scopes": ["track", "read"]}).status_code == 201
    rejected = caller("POST", URL, {"scopes": ["write"]})
    assert (rejected.status_code, rejected.data["code"]) == (403, "missing_scope")


@pytest.mark.parametrize("scopes", [(Scope.READ,), (Scope.TRACK,), (Scope.WRITE,)])
def test_needs_the_scope_account(owner, scopes):
    caller = ApiClient(make_token(owner, *scopes))

    for method, path in (("GET", URL), ("POST", URL), ("DELETE", f"{URL}/{uuid4()}")):
        assert caller(method, path).data["code"] == "missing_scope"


def test_tokens_of_others_are_not_found(api, stranger):
    make_token(stranger)
    theirs = AccessToken.objects.get(user=stranger)

    unknown, foreign = (api("DELETE", f"{URL}/{token_id}") for token_id in (uuid4(), theirs.id))

    assert unknown.status_code == foreign.status_code == 404
    assert unknown.data | {"requestId": ""} == foreign.data | {"requestId": ""}
    assert AccessToken.objects.filter(id=theirs.id).exists()
    assert str(theirs.id) not in api("GET", URL).content.decode()


def test_a_key_makes_one_token_whose_secret_is_never_shown_again(api, owner, stranger_api):
    """Also with another body: the secret is kept nowhere, so that no answer could be the first one again."""
    key = {"Idempotency-Key": "laptop"}
    first = api("POST", URL, {"name": "Laptop"}, **key)
    again = [api("POST", URL, body, **key) for body in ({"name": "Laptop"}, {"name": "Other"})]

    assert first.status_code == 201
    assert [(each.status_code, each.data["code"]) for each in again] == [(409, "id_taken")] * 2
    assert first.data["token"] not in "".join(each.content.decode() for each in again)
    assert AccessToken.objects.filter(user=owner).count() == 2
    assert stranger_api("POST", URL, {"name": "Laptop"}, **key).status_code == 201
    assert api("POST", URL, {}, **{"Idempotency-Key": "two words"}).data["code"] == "invalid_idempotency_key"


def test_an_id_in_use_is_taken_and_that_of_a_stranger_is_nothing_at_all(api, owner, stranger):
    make_token(stranger)
    theirs, given = (AccessToken.objects.get(user=user) for user in (stranger, owner))

    answers = [api("POST", URL, {"id": str(token.id)}) for token in (given, theirs)]

    assert [(each.status_code, each.data["code"]) for each in answers] == [(409, "id_taken"), (404, "not_found")]
    assert AccessToken.objects.count() == 2


def test_there_are_at_most_two_hundred(api, owner):
    AccessToken.objects.bulk_create(AccessToken(user=owner, secret_hash=str(number)) for number in range(198))

    assert [api("POST", URL).status_code for _ in range(2)] == [201, 409]
    assert api("POST", URL).data["code"] == "too_many"


@pytest.mark.parametrize("scope", Scope)
def test_a_token_with_any_scope_reads_itself(owner, scope):
    token, secret = AccessToken.objects.issue(owner, name="Status bar", scopes=(scope,))

    response = ApiClient(secret)("GET", "/v1/users/me/tokens/current")

    assert response.status_code == 200
    assert (response.data["id"], response.data["name"]) == (str(token.id), "Status bar")
    assert (response.data["scopes"], response.data["current"]) == ([scope.value], True)
    assert response.data["prefix"] == secret[:9]
    assert secret not in response.content.decode()
    assert response["Cache-Control"] == "private, no-cache"


def test_the_current_token_is_as_the_list_has_it(api):
    (listed,) = [each for each in api("GET", "/v1/users/me/tokens").data["tokens"] if each["current"]]

    assert api("GET", "/v1/users/me/tokens/current").data == listed
    assert api("DELETE", "/v1/users/me/tokens/current").status_code == 405
