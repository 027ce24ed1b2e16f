"""ETag, If-Match and If-None-Match, against lost updates and repeated responses."""

import hashlib
import re
from collections.abc import Container

from django.utils.http import parse_etags
from rest_framework.request import Request
from rest_framework.response import Response

from timetracker.errors import StaleVersionError
from timetracker.shapes import Shape, encode_json


class _AnyEdition(Container[str]):
    def __contains__(self, edition: object) -> bool:
        return True


def read_if_match(request: Request) -> Container[str] | None:
    """Returns the editions in If-Match, None without the header. Only strong tags count (RFC 9110, 13.1.1)."""
    header = request.headers.get("If-Match")
    if header is None:
        return None
    tags = parse_etags(header)
    if "*" in tags:
        return _AnyEdition()
    return frozenset(tag.strip('"') for tag in tags if re.fullmatch('"[0-9]{1,9}(-[0-9a-f]{16})?"', tag))


def names_any_state(request: Request) -> bool:
    """Returns whether a request has `If-None-Match: *`, which a write has that must only create."""
    return "*" in parse_etags(request.headers.get("If-None-Match", ""))


def matches_if_none_match(request: Request, tag: str) -> bool:
    """Returns whether If-None-Match has this tag, so that the client has the present state."""
    tags = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in tags or tag.removeprefix("W/") in [each.removeprefix("W/") for each in tags]


def edition_tag(edition: str) -> str:
    """Returns the strong ETag of an edition (`selectors.editions`)."""
    return f'"{edition}"'


def content_tag(body: Shape) -> str:
    """Returns a strong ETag computed from the content, for objects without a version."""
    return f'"{hashlib.sha256(encode_json(body)).hexdigest()[:32]}"'


def check_content_tag(request: Request, tag: str, current: object) -> None:
    """Raises StaleVersionError unless If-Match is absent or has this content tag, that of the present state."""
    header = request.headers.get("If-Match")
    if header is not None and not {"*", tag} & set(parse_etags(header)):
        raise StaleVersionError(current)


def not_modified(tag: str) -> Response:
    """Returns a response with status 304 and this tag."""
    return Response(status=304, headers={"ETag": tag})
