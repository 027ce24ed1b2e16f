"""The API's description of itself, and the page that shows it. Public, and cheap, so not counted."""

import hashlib
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from timetracker.api.etags import matches_if_none_match, not_modified
from timetracker.api.schema.headers import READS
from timetracker.api.viewsets import ApiViewSet

PATH = settings.BASE_DIR / "docs" / "openapi.json"


class OneForm(BaseContentNegotiation):
    """Whatever `Accept` says, there is one form."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        return next(iter(parsers))

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class DescriptionViewSet(ApiViewSet):
    """`/v1/openapi.json` and `/v1/docs`."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    content_negotiation_class = OneForm

    @extend_schema(operation_id="getOpenApi", responses={200: dict[str, Any]}, parameters=READS)
    def document(self, request: Request) -> HttpResponse | Response:
        """What you are reading, as OpenAPI 3.1."""
        content, tag = _read_document()
        if matches_if_none_match(request, tag):
            return not_modified(tag)
        headers = {"ETag": tag, "Cache-Control": "public, no-cache"}
        return HttpResponse(content, content_type="application/json", headers=headers)

    @extend_schema(operation_id="getDocs", responses={(200, "text/html"): str})
    def page(self, request: Request) -> HttpResponse:
        """A page that shows this, and tries calls out."""
        return render(request, "errors/api_docs.html")


@cache
def _read_document() -> tuple[bytes, str]:
    """The committed file, which a test keeps up with the code, and its tag."""
    content = PATH.read_bytes()
    return content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'
