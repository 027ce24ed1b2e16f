"""Cursor pagination of lists."""

import base64
from typing import Any
from urllib.parse import urlencode

from drf_spectacular.utils import extend_schema_field
from rest_framework.request import Request
from rest_framework.response import Response

from timetracker.api.fields import ChoiceField, WholeNumberField
from timetracker.api.texts import WordedField

DEFAULT_LIMIT = 100
MAX_LIMIT = 500


@extend_schema_field({"type": "string", "pattern": "^[A-Za-z0-9_-]+=*$", "description": "As the page before gave it."})
class CursorField(WordedField):
    """A position in a list, after the entry with a key, as opaque text."""

    default_error_messages = {
        "invalid_cursor": "This cursor is not one we gave. Leave it out to begin at the first page."
    }

    def to_internal_value(self, data: Any) -> Any:
        try:
            key = base64.urlsafe_b64decode(str(data).encode()).decode()
        except ValueError:
            self.fail("invalid_cursor")
        if not key or "\0" in key:  # no database stores it
            self.fail("invalid_cursor")
        return key

    def to_representation(self, value: Any) -> str:
        return base64.urlsafe_b64encode(str(value).encode()).decode()


def limit_field() -> WholeNumberField:
    """Returns the field for the size of a page."""
    return WholeNumberField(
        min_value=1, max_value=MAX_LIMIT, default=DEFAULT_LIMIT, help_text="The most entries of a page."
    )


def order_field(**options: Any) -> ChoiceField:
    """Returns the field for the order of a list: `asc`, the documented order, or `desc`, its reverse."""
    return ChoiceField(choices=["asc", "desc"], **{"default": "asc", **options})


def add_next(response: Response, request: Request, **parameters: object) -> None:
    """Adds the URL of the next page: that of the request with these parameters replaced; None removes a parameter."""
    asked = {**dict(request.query_params.lists()), **parameters}
    query = urlencode({name: value for name, value in asked.items() if value is not None}, doseq=True)
    response.data.next = request.build_absolute_uri(f"{request.path}?{query}")
    add_link(response)


def add_link(response: Response) -> None:
    """Adds a Link header for the next page if the response has one."""
    if getattr(response.data, "next", None) is not None:
        response["Link"] = f'<{response.data.next}>; rel="next"'
