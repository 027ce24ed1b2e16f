"""The API's description of itself, and the page that shows it. Public, and cheap, so not counted."""

import hashlib
import json
from functools import cache
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from drf_spectacular.utils import extend_schema
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from timetracker.api.etags import matches_if_none_match
from timetracker.api.negotiation import OneForm
from timetracker.api.reference import Subject, read_subjects
from timetracker.api.schema.headers import READS
from timetracker.api.viewsets import ApiViewSet
from timetracker.shapes import Shape

PATH = settings.BASE_DIR / "docs" / "openapi.json"


class Root(Shape):
    """The version of the API, and where to go on. What is below a user needs a token."""

    version: Annotated[str, Meta(examples=["1"])]
    links: Annotated[dict[str, str], Meta(examples=[{"users": "/v1/users", "docs": "/v1/docs"}])]


class DescriptionViewSet(ApiViewSet):
    """`/v1`, `/v1/openapi.json` and `/v1/docs`."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    content_negotiation_class = OneForm
    queried = frozenset({"root", "document", "page"})  # any: with one browsers and caches fetch anew

    @extend_schema(operation_id="getRoot", responses={200: Root})
    def root(self, request: Request) -> Response:
        """The version of the API, and where to go on."""
        links = {
            "users": "/v1/users",
            "me": "/v1/users/me",
            "timer": "/v1/users/me/timer",
            "sessions": "/v1/users/me/sessions",
            "openapi": "/v1/openapi.json",
            "docs": "/v1/docs",
        }
        version = str(settings.SPECTACULAR_SETTINGS["VERSION"])
        return Response(Root(version=version, links=links), headers={"Cache-Control": "public, no-cache"})

    @extend_schema(operation_id="getOpenApi", responses={200: dict[str, Any]}, parameters=READS)
    def document(self, request: Request) -> HttpResponse | Response:
        """What you are reading, as OpenAPI 3.1."""
        content, tag = _read_document()
        headers = {"ETag": tag, "Cache-Control": "public, no-cache"}
        if matches_if_none_match(request, tag):
            return Response(status=304, headers=headers)
        return HttpResponse(content, content_type="application/json", headers=headers)

    @extend_schema(operation_id="getDocs", responses={(200, "text/html"): str})
    def page(self, request: Request) -> HttpResponse:
        """A page that shows this."""
        return render(request, "errors/api_docs.html", {"subjects": _read_subjects()})


@cache
def _read_document() -> tuple[bytes, str]:
    """The committed file, which a test keeps up with the code, and its tag."""
    content = PATH.read_bytes()
    return content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'


@cache
def _read_subjects() -> tuple[Subject, ...]:
    """The same file, as the page shows it."""
    return read_subjects(json.loads(PATH.read_bytes()))
