"""The codes of errors: each has a title, and each title belongs to a code that is in use"""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from rest_framework import exceptions

from timetracker.api.problem_docs import EXPLANATIONS, requests, states, values
from timetracker.api.problems import TITLES, exception_handler

SOURCES = [
    path
    for folder in ("timetracker", "sessions_app", "users_app")
    for path in (settings.BASE_DIR / folder).rglob("*.py")
    if "migrations" not in path.parts
]
OF_FRAMEWORK = [
    (exceptions.ParseError(), 400, "malformed_json"),
    (exceptions.AuthenticationFailed(), 401, "authentication_failed"),
    (exceptions.NotAuthenticated(), 401, "not_authenticated"),
    (exceptions.PermissionDenied(), 403, "missing_scope"),
    (exceptions.NotFound(), 404, "not_found"),
    (exceptions.MethodNotAllowed("GET"), 405, "method_not_allowed"),
    (exceptions.NotAcceptable(), 406, "not_acceptable"),
    (exceptions.UnsupportedMediaType("text/plain"), 415, "unsupported_media_type"),
    (exceptions.Throttled(5), 429, "rate_limited"),
]
# Of the framework's own fields, as the tests of the endpoints see them.
OF_FIELDS = {"blank", "invalid", "max_value", "min_value", "null", "required"}


def codes_in(source):
    """Every code that a module gives to an error."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id="FieldError"), args=[_, ast.Constant(value=code), *_]):
                yield code
            case ast.Call(
                func=ast.Name(id="ConflictError" | "ForbiddenError" | "ExpiredError"),
                args=[ast.Constant(value=code), *_],
            ):
                yield code
            case ast.Call(
                func=ast.Name(id="problem" | "problem_response") | ast.Attribute(attr="encode_problem"),
                args=[_, ast.Constant(value=code), *_],
            ):
                yield code
            case ast.Call(func=ast.Name(id="_answer"), args=[_, _, ast.Constant(value=code), *_]):
                yield code
            case ast.Call(func=ast.Attribute(attr="__init__"), args=[ast.Constant(value=code), *_]):
                yield code
            case ast.keyword(arg="code", value=ast.Constant(value=code)):
                yield code
            case ast.Assign(targets=[ast.Name(id="default_error_messages")], value=ast.Dict(keys=keys)):
                yield from (key.value for key in keys)
            case ast.Assign(targets=[ast.Name(id="unknown_code" | "default_code")], value=ast.Constant(value=code)):
                yield code


def used():
    return {code for path in SOURCES for code in codes_in(path.read_text())}


def test_the_codes_are_found_in_the_source():
    found = set(
        codes_in('raise ConflictError("a", _("b"))\nFieldError("x", "c", "d")\nunknown_code = "e"\nf(code="g")')
    )

    assert found == {"a", "c", "e", "g"}
    assert {"end_not_after_start", "id_taken", "unknown_parameter", "invalid_timezone", "not_found"} <= used()


def test_every_code_in_use_has_a_title():
    assert used() - TITLES.keys() == set()


def test_every_title_is_that_of_a_code_in_use():
    of_framework = {code for _error, _status, code in OF_FRAMEWORK}

    assert TITLES.keys() - used() - of_framework - OF_FIELDS == set()


@pytest.mark.parametrize(("error", "status", "code"), OF_FRAMEWORK)
def test_what_the_framework_raises_has_a_code_of_ours(error, status, code):
    response = exception_handler(error, {"view": None})

    assert response.status_code == response.data.status == status
    assert response.data.code == code
    assert response.data.title == TITLES[code]


def test_titles_are_short_sentences_without_a_stop():
    assert all(title[0].isupper() and title[-1] != "." and len(title) < 60 for title in TITLES.values())


@pytest.mark.parametrize(("code", "explanation"), EXPLANATIONS.items())
def test_every_code_is_documented_in_whole_sentences(code, explanation):
    for text in (explanation.happened, explanation.fix):
        assert text[0].isupper() or text[0] == "“"
        assert text.endswith(".")
        assert 15 < len(text) < 220
        assert "!" not in text
    assert explanation.title.lower() not in {explanation.happened.lower().rstrip("."), explanation.fix.lower()}


def test_every_code_is_documented_once():
    parts = (requests, states, values)

    assert len(EXPLANATIONS) == sum(len(part.EXPLANATIONS) for part in parts)
    assert all(list(part.EXPLANATIONS) == sorted(part.EXPLANATIONS) for part in parts)


@pytest.mark.parametrize("part", [requests, states, values])
def test_explanations_are_marked_for_translation(part):
    """Each is written out in the source as `_("…")`, which is what gathers them."""
    marked = {
        node.args[0].value
        for node in ast.walk(ast.parse(Path(part.__file__).read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_"
    }

    assert {text for each in part.EXPLANATIONS.values() for text in each[:3]} == marked
