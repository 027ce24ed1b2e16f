"""What is said of wrong requests: the field and the way out, never the framework's or Python's words"""

import json
import re

import pytest
from django.core import validators
from rest_framework import exceptions, fields
from rest_framework import serializers as drf
from rest_framework.serializers import ValidationError

import timetracker.urls  # noqa: F401  # with the views all serializers are there
from tests.factories import make_session
from timetracker.api.fields import QuerySerializer, StrictSerializer

BASE = "/v1/users/me"
TIMES = {"start": "2026-03-02T08:00:00Z", "end": "2026-03-02T09:00:00Z"}
FORM = "application/x-www-form-urlencoded"
IN_BODIES = [None, True, 1.5, 7, -1, 10**30, "x", "", "99999", [], {}, [None], [1, "x"], {"a": 1}, ["x"] * 600]
IN_QUERIES = ["", "x", "-5", "0", "501", "9" * 12, "2026-02-30"]


def framework_texts():
    """Patterns of all that the framework and its validators say by themselves."""
    classes = [each for module in (fields, drf) for each in vars(module).values() if isinstance(each, type)]
    ours = [each for each in classes if each.__module__.startswith("rest_framework")]
    texts = {str(text) for each in ours for text in getattr(each, "default_error_messages", {}).values()}
    texts |= {str(each.message) for each in vars(validators).values() if hasattr(each, "message")}
    texts |= {str(each.default_detail) for each in vars(exceptions).values() if hasattr(each, "default_detail")}
    literal = [re.split(r"\{.*?\}|%\(.*?\)[sd]", text) for text in texts]
    return [re.compile(".*".join(map(re.escape, parts))) for parts in literal if max(map(len, parts)) > 8]


FRAMEWORK = framework_texts()
PYTHON = re.compile(r"\b(True|False|None|invalid literal|is out of range|dictionary|datetime)\b")


def check(message):
    assert message
    assert not any(each.search(message) for each in FRAMEWORK), message
    assert not PYTHON.search(message), message


def below(base):
    for each in base.__subclasses__():
        yield each
        yield from below(each)


SERIALIZERS = sorted(
    {each for each in below(StrictSerializer) if not each.__module__.startswith("tests")},
    key=lambda each: each.__name__,
)
EACH = pytest.mark.parametrize("serializer", SERIALIZERS, ids=lambda each: each.__name__)


def messages(detail):
    if isinstance(detail, dict):
        return [text for each in detail.values() for text in messages(each)]
    return [text for each in detail for text in messages(each)] if isinstance(detail, list) else [str(detail)]


def test_the_words_of_the_framework_are_known():
    for text in ("This field is required.", "A valid integer is required.", "Not a valid string.", "Not found."):
        assert any(each.search(text) for each in FRAMEWORK), text


@EACH
def test_what_a_field_says_names_the_way_out(serializer):
    is_query = issubclass(serializer, QuerySerializer)
    for name, field in serializer().fields.items():
        if field.read_only:
            continue
        for value in IN_QUERIES if is_query else IN_BODIES:
            try:
                field.run_validation([value] if is_query and isinstance(field, fields.ListField) else value)
            except ValidationError as error:
                for message in messages(error.detail):
                    check(message)
                    assert re.search(r"\b(Give|Send|Leave|Use|Accepted|possible)\b", message), (name, message)


@EACH
def test_a_lack_has_a_name(serializer):
    try:
        serializer().run_validation({})
    except ValidationError as error:
        for name, details in error.detail.items():
            for message in messages(details):
                check(message)
                assert name in message or "Give" in message


def said(api, method, path, text="", content_type="application/json", **headers):
    """The status of a call, and what is said of it."""
    headers = {"Authorization": f"Bearer {api.token}", **headers}
    response = api.client.generic(method, f"{BASE}{path}", text, content_type=content_type, headers=headers)
    return response.status_code, json.loads(response.content)["detail"]


@pytest.mark.parametrize(
    ("method", "path", "text", "more", "status", "words"),
    [
        ("PUT", "/timer", "", {}, 405, "PUT is not possible here. Use a method that the header Allow names."),
        (
            "POST",
            "/timer/start",
            "a=b",
            {"content_type": "a/b"},
            415,
            "A body of the type “a/b” is not read. Send",
        ),
        ("GET", "/timer", "", {"Accept": "text/html"}, 406, "name application/json in it"),
        ("POST", "/imports", "x", {"content_type": "multipart/form-data"}, 400, "with the boundary of its parts"),
        ("POST", "/imports", "a=b", {"content_type": FORM}, 415, "Send the file as it is, with its own type, or as"),
        ("GET", "/sessions?limit=501", "", {}, 400, "“limit” is too large. Give 500 or less."),
        ("GET", "/sessions?limit=x", "", {}, 400, "“limit” is a whole number"),
        ("GET", "/sessions?from=9999-12-30&to=9999-12-31", "", {}, 400, "A period lies between"),
        ("POST", "/session", "null", {}, 400, "Send a JSON object."),
        ("POST", "/timer/start", "null", {}, 400, "Send a JSON object, or no body."),
        ("POST", "/session", json.dumps({**TIMES, "start": None}), {}, 400, "“start” cannot be null. Give a value."),
        ("POST", "/session", json.dumps({**TIMES, "start": True}), {}, 400, "“true” is not a point in time."),
        ("POST", "/session", json.dumps({**TIMES, "tags": [None]}), {}, 400, "“tags” has a null in it."),
        (
            "POST",
            "/session",
            json.dumps({**TIMES, "tags": [1]}),
            {},
            400,
            "“tags” is a list of texts. Give JSON strings",
        ),
        ("POST", "/tokens", '{"scopes": [1]}', {}, 400, "“scopes” is a list of texts. Use these JSON strings in it:"),
        ("POST", "/session", json.dumps({**TIMES, "sessionName": 1}), {}, 400, "“sessionName” is a text."),
        ("POST", "/session", json.dumps({**TIMES, "billable": "no"}), {}, 400, "“billable” is a JSON true or false"),
        ("POST", "/session", json.dumps({**TIMES, "id": 5}), {}, 400, "“5” is not an id. Give a UUID"),
        ("PATCH", "", '{"clock": 24}', {}, 400, "“clock” is a text. Use one of these JSON strings:"),
        ("PATCH", "", '{"longSessionHours": "8"}', {}, 400, "“longSessionHours” is a whole number."),
        (
            "PATCH",
            "/sessions/{id}",
            '{"start": null}',
            {},
            400,
            "“start” cannot be null. Leave it out, or give",
        ),
        ("POST", "/sessions/{id}/restore", '{"foo": 1}', {}, 400, "“foo” is not known. Leave it out."),
    ],
)
def test_a_wrong_call_is_told_the_way_out(api, owner, method, path, text, more, status, words):
    session = make_session(owner, *TIMES.values())

    answered, detail = said(api, method, path.format(id=session.id), text, **more)

    check(detail)
    assert (answered, words in detail) == (status, True), detail


def test_too_many_requests_are_told_when_to_come_again(client, db, monkeypatch):
    monkeypatch.setattr("timetracker.api.throttling.Throttle.allow_request", lambda *_: False)
    monkeypatch.setattr("timetracker.api.throttling.Throttle.wait", lambda _: 3600)

    assert client.post("/v1/users").json()["detail"] == "Too many requests. Send it again in 3600 seconds."


def test_a_file_that_is_too_large_is_not_told_the_limit_of_json(api, settings):
    settings.IMPORT_MAX_SIZE = 3

    status, detail = said(api, "POST", "/imports", "Date,Start", content_type="text/csv")

    assert (status, "1 MB" in detail) == (413, False)
