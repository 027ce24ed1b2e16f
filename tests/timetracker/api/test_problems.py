"""Errors of the API: problem details for every status under /v1, whoever finds the fault"""

import gzip
import json
import re
import sqlite3

import psycopg
import psycopg_pool
import pytest
from django.db import DatabaseError, OperationalError
from django.test import Client

from sessions_app import services
from sessions_app.models import TimeSession
from tests.conftest import ApiClient
from timetracker.api.problems import TITLES
from timetracker.db.errors import is_busy
from timetracker.db.sqlite.queue import QueueTimeoutError

TIMER, START, SESSIONS = "/v1/users/me/timer", "/v1/users/me/timer/start", "/v1/users/me/sessions"


def assert_problem(response, status, code):
    """That an answer is a problem with every member, and no redirect or page."""
    body = json.loads(response.content)
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert list(body) == ["type", "title", "status", "detail", "code", "requestId", "errors"]
    assert body["type"] == f"/problems/{code}"
    assert body["title"] == TITLES[code]
    assert body["status"] == status
    assert body["detail"]
    assert body["code"] == code
    assert body["requestId"] == response["X-Request-Id"]
    return body


def send(api, text, content_type="application/json", path=START, **headers):
    headers.setdefault("Authorization", f"Bearer {api.token}")
    return api.client.generic("POST", path, text, content_type=content_type, headers=headers)


UNKNOWN = [
    "/v1/",
    "/v1/users/",
    "/v1/nothing",
    "/v1/nothing/",
    "/v1/users/me/",
    "/v1/users/me/timer/",
    "/v1/users/me/timer/start/",
    "/v1/users/me/session/",
    "/v1/users/me/sessions/",
    "/v1/users/me/sessions/x/",
    "/v1/users//timer",
    "/v1//users",
    "/v1/users/me/a%0Ab",
    "/v1/%ff",
    "/v1/users/me/timer.json",
    "/v1/nothing.html?format=html",
]


@pytest.mark.parametrize("path", UNKNOWN)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
def test_an_unknown_path_is_not_found(path, method):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)

    response = client.generic(method, path, b"", headers={"Accept": "text/html"})

    assert_problem(response, 404, "not_found")


def test_pages_are_not_answered_as_the_api_is(client):
    assert client.get("/v2/users")["Content-Type"].startswith("text/html")
    assert client.get("/v1users")["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("path", [TIMER, START, "/v1/users", "/v1/nothing", "/v1/nothing/", "/v1"])
def test_another_host_is_rejected(path, db):
    response = Client(raise_request_exception=False).post(path, headers={"Host": "evil.example"})

    assert_problem(response, 400, "invalid")


def test_no_redirect_to_https(api, settings):
    settings.SECURE_SSL_REDIRECT = True

    assert api("GET", TIMER).status_code == 200
    assert_problem(api("GET", f"{TIMER}/"), 404, "not_found")


@pytest.mark.parametrize("path", [TIMER, START, SESSIONS, f"{SESSIONS}/x", "/v1/users/me/session", "/v1/users"])
@pytest.mark.parametrize("method", ["OPTIONS", "QUERY", "TRACE", "CONNECT", "FROB"])
def test_a_method_that_is_not_possible(api, path, method):
    response = api(method, path)

    assert_problem(response, 405, "method_not_allowed")
    assert method not in response["Allow"].split(", ")
    assert response["Allow"] in {"GET, HEAD", "POST", "GET, POST, HEAD", "GET, PUT, PATCH, DELETE, HEAD"}


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "application/xml",
        "application/vnd.api+json",
        "image/*",
        "application/json;q=0",
        "application/json; q=0.0, */*",
        "*/*;q=0",
    ],
)
def test_only_json_is_available(api, accept):
    assert_problem(api("GET", TIMER, Accept=accept), 406, "not_acceptable")


@pytest.mark.parametrize(
    "accept",
    [
        "*/*",
        "application/*",
        "application/json",
        "text/html, application/json;q=0.5",
        "",
        "text/html;q=0, */*",
        "*/*;q=0, application/json",
    ],
)
def test_json_is_available(api, accept):
    assert api("GET", TIMER, Accept=accept).status_code == 200


@pytest.mark.parametrize("path", [TIMER, SESSIONS, "/v1/users/me/tags"])
@pytest.mark.parametrize("accept", ["text/csv", "application/pdf"])
def test_a_table_is_available_only_where_there_is_one(api, path, accept):
    assert_problem(api("GET", path, Accept=accept), 406, "not_acceptable")
    assert api("GET", path, Accept=f"{accept}, application/problem+json").status_code == 200


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x", ""]
)
def test_a_body_that_is_not_json(api, owner, content_type):
    body = assert_problem(send(api, '{"sessionName": "x"}', content_type), 415, "unsupported_media_type")

    assert content_type in body["detail"]
    assert body["detail"].endswith("Send JSON, with the header Content-Type: application/json.")
    assert not TimeSession.objects.for_user(owner).exists()


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_is_taken(api, content_type):
    assert send(api, '{"sessionName": "x"}', content_type).status_code == 201


@pytest.mark.parametrize("charset", ["utf-16", "latin-1", "unknown"])
def test_json_is_utf_8_whatever_its_type_says(api, charset):
    response = send(api, '{"sessionName": "Grüße"}', f"application/json; charset={charset}")

    assert response.json()["started"]["sessionName"] == "Grüße"


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "{'start': 1}",
        '{"start": }',
        '{"a": 1,}',
        "sessionName=x",
        " ",
        "{}{}",
        "NaN",
        '{"start": NaN}',
        '{"sessionName": "a\nb"}',
        b'{"sessionName": "\xff"}',
        b"\xef\xbb\xbf{}",
        "[" * 200_000,
        '{"a":' * 100_000,
        '{"start": ' + "1" * 5000 + "}",
    ],
    ids=lambda text: repr(text)[:30],
)
def test_a_body_that_is_malformed(api, owner, text):
    assert_problem(send(api, text), 400, "malformed_json")
    assert not TimeSession.objects.for_user(owner).exists()


def test_a_body_of_null_is_rejected(api, owner):
    assert_problem(send(api, "null"), 400, "invalid")
    assert not TimeSession.objects.for_user(owner).exists()


def test_a_key_that_is_there_twice_is_rejected(api, owner):
    response = send(api, '{"sessionName": "a", "tags": [], "sessionName": "b"}')

    assert_problem(response, 400, "malformed_json")
    assert response.json()["detail"] == "“sessionName” is there twice in one object. Send it once."
    assert not TimeSession.objects.for_user(owner).exists()


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("{", "The body is no JSON. Look at line 1, character 2."),
        ('{"a":\n 1 2}', "The body is no JSON. Look at line 2, character 4."),
        ("NaN", "The body has a number that JSON has no form for."),
        ("9" * 5000, "The body has a number that JSON has no form for."),
        (b"\xff", "The body is not UTF-8. Send it in that encoding."),
    ],
)
def test_what_is_no_json_is_told_where(api, text, detail):
    response = send(api, text)

    assert_problem(response, 400, "malformed_json")
    assert response.json()["detail"] == detail


def send_encoded(api, content, encoding):
    headers = {"Authorization": f"Bearer {api.token}", "Content-Encoding": encoding}
    response = api.client.generic("POST", START, content, content_type="application/json", headers=headers)
    response.data = json.loads(response.content)
    return response


def test_a_body_may_be_compressed(api):
    content = gzip.compress(b'{"sessionName": "Packed"}')

    assert send_encoded(api, content, "gzip").data["started"]["sessionName"] == "Packed"
    assert_problem(send_encoded(api, content, "br"), 415, "unsupported_media_type")
    assert_problem(send_encoded(api, b"{}", "gzip"), 400, "malformed_json")
    assert_problem(send_encoded(api, content[:-9], "gzip"), 400, "malformed_json")
    assert_problem(send_encoded(api, content + content, "gzip"), 400, "malformed_json")
    assert_problem(send_encoded(api, gzip.compress(b" " * 50_000_000), "gzip"), 413, "too_large")


def test_a_sentence_names_its_field_and_is_said_once(api):
    response = api("POST", "/v1/users/me/session", {})

    assert response.data["detail"] == "“start” is missing. Give it. “end” is missing. Give it."


def test_no_answer_is_kept_by_others(api):
    for path in ("", "/timer", "/sessions", "/tokens", "/projects", "/changes"):
        assert "private" in api("GET", f"/v1/users/me{path}")["Cache-Control"]


@pytest.mark.parametrize(("size", "status"), [(1_000_000, 201), (1_000_001, 413), (5_000_000, 413)])
def test_a_body_is_at_most_a_megabyte(api, size, status):
    text = '{"sessionName": "x"'
    response = send(api, text + " " * (size - len(text) - 1) + "}")

    assert response.status_code == status
    if status == 413:
        assert_problem(response, 413, "too_large")


def fails_with(error):
    def fail(*args, **kwargs):
        raise error

    return fail


@pytest.mark.parametrize(
    ("method", "path", "service"), [("POST", START, "start_timer"), ("POST", f"{TIMER}/stop", "stop_timer")]
)
def test_a_fault_of_ours(api, monkeypatch, method, path, service):
    monkeypatch.setattr(services, service, fails_with(RuntimeError("the inside of the machine")))

    response = api(method, path)

    body = assert_problem(response, 500, "internal_error")
    assert "machine" not in json.dumps(body)


def test_a_fault_before_the_view(api, monkeypatch):
    monkeypatch.setattr("django.middleware.common.CommonMiddleware.process_request", fails_with(RuntimeError("inside")))

    for path in (TIMER, "/v1/nothing"):
        assert_problem(api("GET", path), 500, "internal_error")


def test_a_fault_while_rendering(api, monkeypatch):
    monkeypatch.setattr("timetracker.api.renderers.ShapeRenderer.render", fails_with(RuntimeError("inside")))

    assert_problem(api("GET", TIMER), 500, "internal_error")


@pytest.mark.parametrize("path", [TIMER, "/v1/users/me/sessions"])
def test_a_broken_database(api, monkeypatch, path):
    with monkeypatch.context() as patch:
        patch.setattr("django.db.backends.utils.CursorWrapper.execute", fails_with(DatabaseError("disk image is bad")))
        response = api("GET", path)

    body = assert_problem(response, 500, "internal_error")
    assert "disk" not in json.dumps(body)


def busy_error(kind):
    """What Django raises while the database is busy."""
    error = OperationalError("database is locked")
    if kind == "sqlite":
        error.__cause__ = sqlite3.OperationalError("database is locked")
        error.__cause__.sqlite_errorcode = sqlite3.SQLITE_BUSY
    elif kind == "sqlite snapshot":
        error.__cause__ = sqlite3.OperationalError("database is locked")
        error.__cause__.sqlite_errorcode = sqlite3.SQLITE_BUSY_SNAPSHOT
    elif kind == "queue":
        error = QueueTimeoutError("Another writer has held its turn for too long.")
    else:
        error.__cause__ = {
            "lock": psycopg.errors.LockNotAvailable,
            "statement": psycopg.errors.QueryCanceled,
            "deadlock": psycopg.errors.DeadlockDetected,
            "restart": psycopg.errors.AdminShutdown,
            "pool": psycopg_pool.PoolTimeout,
        }[kind]("…")
    return error


@pytest.mark.parametrize(
    "kind", ["sqlite", "sqlite snapshot", "queue", "lock", "statement", "deadlock", "restart", "pool"]
)
def test_a_busy_database(api, monkeypatch, kind):
    monkeypatch.setattr(services, "start_timer", fails_with(busy_error(kind)))

    response = api("POST", START)

    body = assert_problem(response, 503, "database_busy")
    assert response["Retry-After"] == "1"
    assert body["detail"] == "The database is busy. Try again in a second."


def test_a_database_that_is_busy_while_the_token_is_looked_up(api, monkeypatch):
    monkeypatch.setattr("users_app.services.token_lookup.hash_secret", fails_with(busy_error("queue")))

    response = api("POST", START)

    assert_problem(response, 503, "database_busy")
    assert response["Retry-After"] == "1"


@pytest.mark.parametrize(
    "code", [sqlite3.SQLITE_ERROR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR]
)
def test_a_database_that_is_wrong_is_not_busy(code):
    error = OperationalError("no such table")
    error.__cause__ = sqlite3.OperationalError("no such table")
    error.__cause__.sqlite_errorcode = code

    assert not is_busy(error)
    assert not is_busy(OperationalError("of unknown cause"))
    assert not is_busy(RuntimeError("database is locked"))


@pytest.mark.parametrize("brought", ["abcdefgh", "0f8fad5b-d9cd-469f-a165-70867728950e", "a.b_c-d.E" + "x" * 55])
def test_a_plain_request_id_is_kept(brought):
    assert ApiClient(None)("GET", "/v1/nothing", **{"X-Request-Id": brought}).data["requestId"] == brought


@pytest.mark.parametrize("brought", ["", "short", "x" * 65, "with space", "a/b/c/d/e", "ünüblich-lang", "abcdefgh\x7f"])
def test_any_other_request_id_is_replaced(brought):
    response = ApiClient(None)("GET", "/v1/nothing", **{"X-Request-Id": brought})

    assert re.fullmatch(r"[0-9a-f]{32}", response["X-Request-Id"])
    assert response.data["requestId"] == response["X-Request-Id"]


def test_answers_that_are_no_errors_have_a_request_id_too(api):
    assert api("GET", TIMER, **{"X-Request-Id": "my-own-name"})["X-Request-Id"] == "my-own-name"


def test_the_code_is_the_one_that_all_errors_share(api):
    same = api("POST", "/v1/users/me/session", {"start": "x", "end": "y"}).data
    mixed = api("POST", "/v1/users/me/session", {"start": "x"}).data

    assert (same["code"], mixed["code"]) == ("invalid_instant", "invalid")
    assert same["detail"] == " ".join(each["detail"] for each in same["errors"])
