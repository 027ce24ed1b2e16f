"""Error responses: problem details under /v1, a page elsewhere.

The pages for 404 and 403 are like any other, with the timer bar. Pages for a request that Django rejects, and for
errors of the server, make no queries, since the database may be the cause.
"""

import logging
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import (
    REASON_BAD_ORIGIN,
    REASON_BAD_REFERER,
    REASON_INSECURE_REFERER,
    REASON_MALFORMED_REFERER,
    REASON_NO_REFERER,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt

from timetracker.api.problem_docs import EXPLANATIONS
from timetracker.api.problems import STORAGE_RETRY_SECONDS, problem_response
from timetracker.errors import DomainError
from timetracker.forms.typed import read_typed
from timetracker.pages import respond

logger = logging.getLogger(__name__)


@csrf_exempt
def not_found(request: HttpRequest, exception: Exception | None = None, **_path: str) -> HttpResponse:
    """Responds with 404: no such URL, or no such object of this user. The page offers to send a typed form again."""
    if is_api(request):
        return problem_response(404, "not_found", "There is nothing at this address.")
    return _framed_page(request, "errors/404.html", {"typed": read_typed(request)}, status=404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Responds with 400 to a request that Django rejects, such as one for another host; with 413 to one too large."""
    if isinstance(exception, RequestDataTooBig):
        return _too_large(request)
    told = ""
    if isinstance(exception, DisallowedHost):
        logger.warning(
            "The host %r was asked for, which is not that of BASE_URL", request.META.get("HTTP_HOST", "")[:100]
        )
        told = gettext(
            "This server has another address: %(address)s. Whoever runs it sets BASE_URL to the address that people "
            "type, and lets the proxy pass on the header Host."
        ) % {"address": settings.BASE_URL}
    if is_api(request):
        return problem_response(400, "invalid", told or "The request is not valid.")
    return render(request, "errors/400.html", {"told": told}, status=400)


def _too_large(request: HttpRequest) -> HttpResponse:
    if is_api(request):
        return problem_response(413, "too_large", "The body is over 1 MB. Send less at once.")
    return render(request, "errors/413.html", {"megabytes": settings.FILE_UPLOAD_MAX_SIZE // 1_000_000}, status=413)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Responds with 403: the user may not do this."""
    if is_api(request):
        return problem_response(403, "forbidden", "This is not allowed.")
    return _framed_page(request, "errors/403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Responds with 403 to a form without a valid CSRF token, and says why."""
    if is_api(request):
        return problem_response(403, "forbidden", "This is not allowed.")
    return render(
        request, "errors/csrf_failure.html", {"explanation": describe_csrf_failure(request, reason)}, status=403
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Responds with 500."""
    if is_api(request):
        return problem_response(500, "internal_error", "The fault is ours, and nothing was changed.")
    return render(request, "errors/500.html", status=500)


def domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Responds with the status and message of a domain error."""
    return _framed_page(request, "errors/not_possible.html", {"message": error.message}, status=error.status)


def database_busy(request: HttpRequest) -> HttpResponse:
    """Responds with 503 when the database was busy for longer than a request may wait."""
    response = render(request, "errors/503.html", status=503)
    response["Retry-After"] = "1"
    return response


def storage_unavailable(request: HttpRequest, sentence: str) -> HttpResponse:
    """Responds with 503 when nothing can be stored until the operator has repaired it."""
    response = render(request, "errors/storage.html", {"sentence": sentence}, status=503)
    response["Retry-After"] = str(STORAGE_RETRY_SECONDS)
    return response


def problem_page(request: HttpRequest, code: str) -> HttpResponse:
    """Shows the page that the `type` of a problem of the API refers to: what happened, and what to do."""
    if code not in EXPLANATIONS:
        raise Http404
    title, happened, fix, example = EXPLANATIONS[code]
    texts = {"title": gettext(title), "happened": gettext(happened), "fix": gettext(fix)}
    return render(request, "errors/problem.html", {"code": code, "example": example, **texts})


def is_api(request: HttpRequest) -> bool:
    """Returns whether the URL belongs to the API, which never responds with a page."""
    return request.path_info == "/v1" or request.path_info.startswith("/v1/")


def describe_csrf_failure(request: HttpRequest, reason: str) -> str:
    """Returns a sentence for Django's `reason` of a CSRF failure that says what is wrong and who can repair it."""
    origin = request.headers.get("Origin", "")
    if origin == "null" or reason in {REASON_NO_REFERER, REASON_MALFORMED_REFERER}:
        return gettext(
            "This form could not be checked, since the browser was told not to say from which page it comes. Whoever "
            "runs this site lets the proxy send Referrer-Policy: same-origin, as we do; in the browser, an extension "
            "or a setting that hides referrers may be the cause."
        )
    if reason == REASON_INSECURE_REFERER or reason in {
        template % told
        for template, told in ((REASON_BAD_ORIGIN, origin), (REASON_BAD_REFERER, request.headers.get("Referer", "")))
    }:
        return gettext(
            "This form comes from another address than the one this site has. Open the site at its own address, and "
            "repeat. Whoever runs it sets BASE_URL to the address that people type, and lets the proxy pass on the "
            "headers Host and X-Forwarded-Proto."
        )
    return gettext("This form could not be checked. Allow cookies for this site, load the page again, and repeat.")


def _framed_page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int
) -> HttpResponse:
    """Responds with a page whose timer forms lead to Today, since there is no page here to come back to."""
    return respond(request, template, {"here": reverse("today"), **(context or {})}, status=status)
