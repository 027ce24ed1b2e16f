"""Errors of the API as problem details (RFC 9457), the same shape for every status under /v1."""

import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from msgspec import UNSET, Meta, UnsetType
from rest_framework import exceptions, serializers
from rest_framework.parsers import JSONParser
from rest_framework.response import Response
from rest_framework.settings import api_settings

from timetracker import errors, logs
from timetracker.api.problem_docs import EXPLANATIONS
from timetracker.api.texts import TOO_LARGE, TOO_LARGE_FILE, request_message
from timetracker.db.errors import find_fault, is_busy
from timetracker.shapes import Shape, encode_json, one_of

CONTENT_TYPE = "application/problem+json"
MAX_ERRORS = 20
MAX_CHARACTERS = 500
STORAGE_RETRY_SECONDS = 60  # the operator has to act first

logger = logging.getLogger(__name__)

TITLES = {code: explanation.title for code, explanation in EXPLANATIONS.items()}
"""The title of each code."""

_OBJECT = {"type": "object", "additionalProperties": {}}
_Object = Annotated[Any, Meta(extra_json_schema=_OBJECT)]
_CODES_OF_DRF = {
    "parse_error": "malformed_json",
    "throttled": "rate_limited",
    "permission_denied": "missing_scope",
    "unsupported_content_encoding": "unsupported_media_type",
}


class UnsupportedEncoding(exceptions.APIException):
    """Raised for a body with an unsupported Content-Encoding."""

    status_code = 415

    def __init__(self, encoding: str) -> None:
        message = _("Bodies in “%s” are not read. Send it as it is, or compressed with gzip.") % encoding[:50]
        super().__init__(message, "unsupported_content_encoding")


class InvalidQueryError(serializers.ValidationError):
    """Raised for invalid query parameters, which problem details name by `parameter`, not `pointer`."""


Code = Annotated[str, one_of(*sorted(TITLES))]


class InvalidField(Shape, kw_only=True):
    """What is wrong with one field of the body (`pointer`) or one parameter of the query (`parameter`)."""

    pointer: str | UnsetType = UNSET
    parameter: str | UnsetType = UNSET
    code: Code
    detail: str


class Choice(Shape):
    """What a file leaves open: the parameter that decides it, and the values to choose from, or examples of them."""

    parameter: str
    options: list[str]


class Problem(Shape):
    """Problem details (RFC 9457). `code` is stable, `type` opens a page about it, `detail` says how to mend it."""

    type: str
    title: str
    status: int
    detail: str
    code: Code
    request_id: str
    errors: list[InvalidField]
    current: Annotated[Any, Meta(extra_json_schema=_OBJECT, description="Of 412: the state now.")] = UNSET
    results: Annotated[list[_Object], Meta(description="Of a batch: what became of each operation.")] | UnsetType = (
        UNSET
    )
    choices: (
        Annotated[list[Choice], Meta(description="Of an import: what must be decided, by which parameter.")] | UnsetType
    ) = UNSET
    reason: Annotated[str, Meta(description="Of a file that cannot be read: why.")] | UnsetType = UNSET


def problem(status: int, code: str, detail: str, wrong: Sequence[InvalidField] = ()) -> Problem:
    """Returns the problem details for an error response. `wrong` has the errors of fields."""
    return Problem(
        type=f"/problems/{code}",
        title=str(TITLES[code]),
        status=status,
        detail=detail,
        code=code,
        request_id=logs.request_id.get(),
        errors=list(wrong),
    )


def _sendable(text: str) -> str:
    """Returns quoted input that is truncated and valid in UTF-8: half a surrogate pair becomes a question mark."""
    return text[:MAX_CHARACTERS].encode(errors="replace").decode()


def encode_problem(status: int, code: str, detail: str) -> bytes:
    """Returns problem details as JSON."""
    return encode_json(problem(status, code, detail))


def problem_response(status: int, code: str, detail: str) -> HttpResponse:
    """Returns an error response from outside REST framework's views: unknown paths, and errors in middleware."""
    return HttpResponse(encode_problem(status, code, detail), status=status, content_type=CONTENT_TYPE)


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response:
    """Returns the response to an exception in a view of the API. Set as EXCEPTION_HANDLER."""
    view = context["view"]
    takes_json = any(issubclass(each, JSONParser) for each in getattr(view, "parser_classes", [JSONParser]))
    body, headers = describe(error, getattr(view, "json_names", {}), takes_json=takes_json)
    return Response(body, status=body.status, headers=headers, content_type=CONTENT_TYPE)


def describe(error: Exception, names: Mapping[str, str], *, takes_json: bool = True) -> tuple[Problem, dict[str, str]]:
    """Returns the problem details and headers for an error.

    `names` maps names of fields to their keys in JSON. A request that does not take JSON takes files.
    """
    headers: dict[str, str] = {}
    match error:
        case serializers.ValidationError():
            locate = _parameter if isinstance(error, InvalidQueryError) else _pointed
            body = _invalid([locate(*found) for found in _flatten(error.detail)])
        case errors.InvalidInputError():
            body = _invalid([_pointed(f"/{names.get(e.field, e.field)}", e.code, e.message) for e in error.errors])
        case errors.DomainError():
            body = problem(error.status, error.code, error.message)
            headers = _headers_of_domain(error)
        case exceptions.APIException():
            body = _of_framework(error, takes_json=takes_json)
            headers = _headers(error)
        case Http404():
            body = problem(404, "not_found", "There is nothing here.")
        case RequestDataTooBig():
            megabytes = settings.IMPORT_MAX_SIZE // 1_000_000
            told = TOO_LARGE if takes_json else TOO_LARGE_FILE % {"megabytes": megabytes}
            body = problem(413, "too_large", str(told))
        case _ if fault := find_fault(error):
            logger.error("The database cannot be used", exc_info=error)
            body = problem(503, "storage_unavailable", str(fault.sentence))
            headers = {"Retry-After": str(STORAGE_RETRY_SECONDS)}
        case _ if is_busy(error):
            logger.warning("The database is busy", exc_info=error)
            body = problem(503, "database_busy", "The database is busy. Try again in a second.")
            headers = {"Retry-After": "1"}
        case _:
            logger.error("Unhandled error", exc_info=error)
            body = problem(500, "internal_error", "The fault is ours, and nothing was changed.")
    return body, headers


def _of_framework(error: exceptions.APIException, *, takes_json: bool) -> Problem:
    code = str(error.get_codes()) if isinstance(error.detail, str) else "invalid"
    return problem(error.status_code, _CODES_OF_DRF.get(code, code), request_message(error, takes_json=takes_json))


def _headers_of_domain(error: errors.DomainError) -> dict[str, str]:
    if isinstance(error, errors.TooManyRequestsError):
        return {"Retry-After": str(math.ceil(error.wait or 1))}
    return {"Retry-After": str(STORAGE_RETRY_SECONDS)} if error.status == HTTPStatus.SERVICE_UNAVAILABLE else {}


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(max(1, round(wait + 0.5)))
    return headers


def _invalid(wrong: Sequence[InvalidField]) -> Problem:
    """Returns a problem with errors of fields. If they all have the same code, the problem has that code, too."""
    shown = wrong[:MAX_ERRORS]
    codes = {field.code for field in shown}
    code = codes.pop() if len(codes) == 1 else "invalid"
    return problem(400, code, " ".join(dict.fromkeys(field.detail for field in shown)), shown)


def _pointed(path: str, code: str, detail: str) -> InvalidField:
    return InvalidField(pointer=_sendable(f"#{path}"), code=code, detail=_sendable(detail))


def _parameter(path: str, code: str, detail: str) -> InvalidField:
    return InvalidField(parameter=_sendable(path.removeprefix("/")), code=code, detail=_sendable(detail))


def _flatten(detail: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Yields path, code and message of each of REST framework's nested error details."""
    if isinstance(detail, Mapping):
        for key, inner in detail.items():
            step = "" if key == api_settings.NON_FIELD_ERRORS_KEY else f"/{_escape(str(key))}"
            yield from _flatten(inner, path + step)
    elif isinstance(detail, list):
        for inner in detail:
            yield from _flatten(inner, path)
    else:
        yield path, detail.code, str(detail)


def _escape(key: str) -> str:
    """Returns a key escaped for a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")
