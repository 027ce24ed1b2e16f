"""Compression of responses."""

from http import HTTPStatus

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

from timetracker.http.weights import read_unwanted

COMPRESSIBLE = (
    "text/",
    "application/json",
    "application/problem+json",
    "application/merge-patch+json",
    "application/javascript",
    "image/svg+xml",
)


class CompressionMiddleware(GZipMiddleware):
    """Django's GZipMiddleware, restricted to text without secrets, and leaving ETags strong.

    Our strong ETags identify the state of an object, not the bytes of a response. Django would make them weak, and weak
    ones never match If-Match, so that no client that accepts gzip could write.

    The length of a compressed response can reveal a secret in it if an attacker controls other text in it (BREACH).
    Pages that show a secret are therefore not compressed. CSRF tokens are on all pages, but Django masks them anew in
    every response, and its compression adds a random length.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            patch_vary_headers(response, ("Accept-Encoding",))  # as the full response (RFC 9110, 15.4.5)
            response.headers.pop("Content-Length", None)  # Django's is 0, not that of the full response (8.6)
            return response
        if not is_compressible(response):
            return response
        if "gzip" in read_unwanted(request.headers.get("Accept-Encoding", "")):
            patch_vary_headers(response, ("Accept-Encoding",))
            return response
        tag = response.headers.get("ETag")
        compressed = super().process_response(request, response)
        if tag is not None:
            compressed["ETag"] = tag
        return compressed


def is_compressible(response: HttpResponseBase) -> bool:
    """Returns whether a response is text without a secret. One with a secret has no-store, and is no file."""
    shows_secret = "no-store" in response.get("Cache-Control", "") and "Content-Disposition" not in response
    return not shows_secret and response.get("Content-Type", "").startswith(COMPRESSIBLE)
