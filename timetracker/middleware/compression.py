"""Answers are compressed by the server itself, whatever stands in front of it."""

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
    """Django's compression, of texts that show no secret, with the ETag left as it is.

    A version's ETag names the state of an object and not the bytes of an answer. Django would make it weak, and weak
    ones never match If-Match, so that no client which asks for gzip could write any more.

    What is compressed lets its length be watched, which tells of a secret that stands beside what an attacker can
    choose (BREACH). A page that shows a secret is therefore sent as it is. CSRF tokens stand on all pages: Django masks
    each anew in every answer, and its compression adds a random length.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
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
    """Tells whether an answer is a text that shows no secret. One that shows one is kept nowhere, and is no file."""
    shows_secret = "no-store" in response.get("Cache-Control", "") and "Content-Disposition" not in response
    return not shows_secret and response.get("Content-Type", "").startswith(COMPRESSIBLE)
