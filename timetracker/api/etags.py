"""ETag, If-Match and If-None-Match: no lost updates, and nothing is sent twice."""

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
    """Returns the editions that If-Match names, None without the header.

    Only strong tags count (RFC 9110, section 13.1.1).
    """
    header = request.headers.get("If-Match")
    if header is None:
        return None
    tags = parse_etags(header)
    if "*" in tags:
        return _AnyEdition()
    return frozenset(tag.strip('"') for tag in tags if re.fullmatch('"[0-9]{1,9}(-[0-9a-f]{16})?"', tag))


def names_any_state(request: Request) -> bool:
    """Tells whether it says `If-None-Match: *`: a write of that is meant for what is not there yet."""
    return "*" in parse_etags(request.headers.get("If-None-Match", ""))


def matches_if_none_match(request: Request, tag: str) -> bool:
    """Returns whether the caller has this state already."""
    tags = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in tags or tag.removeprefix("W/") in [each.removeprefix("W/") for each in tags]


def edition_tag(edition: str) -> str:
    """Returns the strong ETag of an edition: a version, or more."""
    return f'"{edition}"'


def content_tag(body: Shape) -> str:
    """Returns the strong ETag of what has no version: it changes with the content."""
    return f'"{hashlib.sha256(encode_json(body)).hexdigest()[:32]}"'


def check_content_tag(request: Request, tag: str, current: object) -> None:
    """Raises StaleVersionError when If-Match names other states than the present one, which has this content tag."""
    header = request.headers.get("If-Match")
    if header is not None and not {"*", tag} & set(parse_etags(header)):
        raise StaleVersionError(current)


def not_modified(tag: str) -> Response:
    """Returns 304: nothing new since the state with this tag."""
    return Response(status=304, headers={"ETag": tag})
