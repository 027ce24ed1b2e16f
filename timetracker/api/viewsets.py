"""What every endpoint shares."""

import hashlib
import json
import re
import uuid
from collections.abc import Container, Mapping, Sequence
from typing import Any, ClassVar

from django.http import HttpRequest
from django.utils.http import parse_etags
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, serializers, viewsets
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from timetracker.api.fields import QuerySerializer, RepeatedField, StrictSerializer
from timetracker.api.parsers import MergePatchParser
from timetracker.api.problems import InvalidQueryError
from timetracker.api.throttling import rate_limit_headers
from timetracker.errors import FieldError, InvalidInputError, NotFoundError, StaleVersionError


class LengthRequired(exceptions.APIException):
    """A body without Content-Length, sent in chunks."""

    status_code = 411
    default_code = "length_required"
    default_detail = _("Send the length of the body (Content-Length), not chunks.")


class ApiViewSet(viewsets.ViewSet):
    """Every endpoint. `json_names` gives the keys that fields of the domain have in JSON, where they differ."""

    http_method_names = ["get", "post", "put", "patch", "delete", "head"]
    json_names: ClassVar[dict[str, str]] = {}
    throttles: Sequence[Any] = ()

    def get_throttles(self) -> list[BaseThrottle]:
        self.throttles = super().get_throttles()
        return self.throttles

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        for name, value in rate_limit_headers(self.throttles).items():
            final[name] = value
        return final

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        request.encoding = "utf-8"  # whatever its Content-Type says
        return super().initialize_request(request, *args, **kwargs)

    def get_parsers(self) -> list[BaseParser]:
        """A PATCH may say that it is a merge patch."""
        method = getattr(self.request, "method", None)  # there is no request yet when the API describes itself
        return [*super().get_parsers(), *([MergePatchParser()] if method == "PATCH" else [])]


def parse_id(text: str) -> uuid.UUID:
    """The id that part of a path is. Raises NotFoundError when it is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFoundError from None


def read_body(serializer_class: type[StrictSerializer], request: Request, *, partial: bool = False) -> dict[str, Any]:
    """The body, judged; no body counts as {}. With `partial` nothing is required. Raises ValidationError."""
    if "Transfer-Encoding" in request.headers:
        raise LengthRequired  # Django reads no body of unknown length, and would ignore it
    serializer = serializer_class(data={} if request.data is None else request.data, partial=partial)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def read_query(serializer_class: type[QuerySerializer], request: Request) -> dict[str, Any]:
    """The query, judged. Raises InvalidQueryError."""
    lists = {name for name, field in serializer_class().fields.items() if isinstance(field, RepeatedField)}
    given = dict(request.query_params.lists())
    repeated = [key for key, values in given.items() if len(values) > 1 and key not in lists]
    if repeated:
        raise InvalidQueryError({key: [serializers.ErrorDetail("Give this once.", code="invalid")] for key in repeated})
    serializer = serializer_class(data={key: values if key in lists else values[0] for key, values in given.items()})
    try:
        serializer.is_valid(raise_exception=True)
    except serializers.ValidationError as error:
        raise InvalidQueryError(error.detail) from None
    return dict(serializer.validated_data)


def check_same_id(fields: dict[str, Any], address: uuid.UUID) -> None:
    """Takes the id, if any, out of the fields of a body. Raises InvalidInputError for another than the address has."""
    if fields.pop("id", address) != address:
        raise InvalidInputError(
            FieldError("id", "does_not_match", gettext("This id is not that of the address. Leave it out."))
        )


class _AnyVersion(Container[int]):
    def __contains__(self, version: object) -> bool:
        return True


def read_if_match(request: Request) -> Container[int] | None:
    """The versions that If-Match names, None without the header. Only strong tags count (RFC 9110, section 13.1.1)."""
    header = request.headers.get("If-Match")
    if header is None:
        return None
    tags = parse_etags(header)
    if "*" in tags:
        return _AnyVersion()
    return frozenset(int(tag.strip('"')) for tag in tags if re.fullmatch('"[0-9]{1,9}"', tag))


def matches_if_none_match(request: Request, tag: str) -> bool:
    """Whether the caller has this state already."""
    tags = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in tags or tag in [each.removeprefix("W/") for each in tags]


def version_tag(version: int) -> str:
    """The strong ETag of a version."""
    return f'"{version}"'


def content_tag(body: Mapping[str, Any]) -> str:
    """The strong ETag of what has no version: it changes with the content."""
    return f'"{hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:32]}"'


def check_content_tag(request: Request, tag: str, current: object) -> None:
    """Raises StaleVersionError when If-Match names other states than the present one, which has this content tag."""
    header = request.headers.get("If-Match")
    if header is not None and not {"*", tag} & set(parse_etags(header)):
        raise StaleVersionError(current)


def not_modified(tag: str) -> Response:
    """304: nothing new since the state with this tag."""
    return Response(status=304, headers={"ETag": tag})
