"""Pages of a list."""

from urllib.parse import urlencode

from rest_framework.request import Request

from timetracker.api.fields import WholeNumberField

DEFAULT_LIMIT = 100
LARGEST_LIMIT = 500


def limit_field() -> WholeNumberField:
    """How many items a page has."""
    return WholeNumberField(min_value=1, max_value=LARGEST_LIMIT, default=DEFAULT_LIMIT)


def page_url(request: Request, **parameters: object) -> str:
    """The address of another page of the list that was asked for."""
    return request.build_absolute_uri(f"{request.path}?{urlencode(parameters)}")
