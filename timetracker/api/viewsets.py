"""The base class of all viewsets, and functions that read requests."""

import uuid
from collections.abc import Sequence
from functools import cache
from typing import Any, ClassVar, cast

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from rest_framework import serializers, viewsets
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

from timetracker.api.fields import QuerySerializer, RepeatedField
from timetracker.api.parsers import MergePatchParser
from timetracker.api.problems import InvalidQueryError
from timetracker.api.throttling import rate_limit_headers
from timetracker.db.ids import parse_uuid
from timetracker.errors import FieldError, InvalidInputError, NotFoundError


class ApiViewSet(viewsets.GenericViewSet[Any]):
    """The base class of all viewsets.

    The serializer of an action validates the body of a request; responses are shapes (`timetracker.shapes`).
    `json_names` maps names of the domain's fields to their keys in JSON, where they differ. `queried` names the actions
    that accept a query string, which they read with `read_query`; all others reject query parameters.
    """

    http_method_names = ["get", "post", "put", "patch", "delete", "head"]
    json_names: ClassVar[dict[str, str]] = {}
    queried: ClassVar[frozenset[str]] = frozenset()
    throttles: Sequence[Any] = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action is not None and self.action not in self.queried:
            read_query(QuerySerializer, request)

    def get_throttles(self) -> list[BaseThrottle]:
        self.throttles = super().get_throttles()
        return self.throttles

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answers a request, and breaks the reference cycle of view and response.

        REST framework's view and response refer to each other. Python collects cycles seldom, so that the rows and
        bytes of many responses would stay in memory, 0.5 MB for each month that was asked for.
        """
        response = super().dispatch(request, *args, **kwargs)
        del self.response
        if isinstance(response, Response):
            response.add_post_render_callback(_forget_context)
        return response

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        for name, value in rate_limit_headers(self.throttles).items():
            final[name] = value
        final.setdefault("Cache-Control", "private, no-cache")
        return final

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        request.encoding = "utf-8"  # whatever charset its Content-Type names
        return super().initialize_request(request, *args, **kwargs)

    def get_parsers(self) -> list[BaseParser]:
        """Returns the parsers; PATCH also accepts the media type of JSON merge patches."""
        method = getattr(self.request, "method", None)  # there is no request while the schema is generated
        return [*super().get_parsers(), *([MergePatchParser()] if method == "PATCH" else [])]

    def read_body(self) -> dict[str, Any]:
        """Returns the body as validated by the serializer of the action. No body counts as {}; PATCH is partial.

        Raises ValidationError.
        """
        data: Any = self.request.data
        if isinstance(data, QueryDict):
            data = {}  # REST framework makes an empty form of a missing body with the type of a form
        of_action = cast("type[serializers.Serializer[Any]]", self.get_serializer_class())
        serializer = shared_serializer(of_action, partial=self.request.method == "PATCH")
        if data is None:  # JSON's null, which is not the same as no body
            is_needed = any(field.required for field in serializer.fields.values()) and not serializer.partial
            message = gettext("Send a JSON object.") if is_needed else gettext("Send a JSON object, or no body.")
            raise serializers.ValidationError({api_settings.NON_FIELD_ERRORS_KEY: [message]}, "invalid")
        return dict(serializer.run_validation(data))


def _forget_context(response: Response) -> None:
    """Deletes the renderer's context, which refers to response and view, after rendering."""
    del response.renderer_context  # type: ignore[attr-defined]  # the stubs lack it


def parse_id(text: str) -> uuid.UUID:
    """Returns the id in a part of a path. Raises NotFoundError for text that is no id."""
    try:
        return parse_uuid(text)
    except ValueError:
        raise NotFoundError from None


def read_query(serializer_class: type[QuerySerializer], request: Request) -> dict[str, Any]:
    """Returns the validated query parameters. Raises InvalidQueryError."""
    serializer = shared_serializer(serializer_class)
    lists = {name for name, field in serializer.fields.items() if isinstance(field, RepeatedField)}
    given = dict(request.query_params.lists())
    repeated = [key for key, values in given.items() if len(values) > 1 and key not in lists]
    if repeated:
        raise InvalidQueryError({key: [serializers.ErrorDetail("Give this once.", code="invalid")] for key in repeated})
    data = {key: values if key in lists else values[0] for key, values in given.items()}
    try:
        return dict(serializer.run_validation(data))
    except serializers.ValidationError as error:
        raise InvalidQueryError(error.detail) from None


@cache
def shared_serializer(serializer_class: type[serializers.Serializer[Any]], *, partial: bool = False) -> Any:
    """Returns an instance of a serializer that all requests share, for its `run_validation`.

    The instance has no state of a request, and takes longer to make than to use. With `partial` no field is required.
    """
    return serializer_class(partial=partial)


def check_same_id(fields: dict[str, Any], address: uuid.UUID) -> None:
    """Removes `id` from the fields of a body. Raises InvalidInputError if it differs from the id in the URL."""
    if fields.pop("id", address) != address:
        raise InvalidInputError(
            FieldError("id", "does_not_match", gettext("This id is not that of the address. Leave it out."))
        )
