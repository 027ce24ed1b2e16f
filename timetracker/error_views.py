"""What is answered when no view does: problem details under /v1, a page elsewhere."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt

from timetracker.api.problem_docs import EXPLANATIONS
from timetracker.api.problems import problem_response


@csrf_exempt
def not_found(request: HttpRequest, exception: Exception | None = None, **_path: str) -> HttpResponse:
    """404: no such address."""
    return _answer(request, 404, "not_found", "There is nothing at this address.")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: a request that Django itself refuses, such as one for another host."""
    return _answer(request, 400, "invalid", "The request is not valid.")


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """403: a form without its token, as when cookies are off. Also Django's CSRF_FAILURE_VIEW."""
    return _answer(request, 403, "forbidden", "This is not allowed.")


def server_error(request: HttpRequest) -> HttpResponse:
    """500: the fault is ours."""
    return _answer(request, 500, "internal_error", "The fault is ours, and nothing was changed.")


def problem_page(request: HttpRequest, code: str) -> HttpResponse:
    """What the `type` of an error of the API leads to: what happened, and how to mend it."""
    if code not in EXPLANATIONS:
        raise Http404
    title, happened, fix, example = EXPLANATIONS[code]
    texts = {"title": gettext(title), "happened": gettext(happened), "fix": gettext(fix)}
    return render(request, "errors/problem.html", {"code": code, "example": example, **texts})


def is_api(request: HttpRequest) -> bool:
    """Whether the address is one of the API's, where nothing is ever answered with a page."""
    return request.path_info == "/v1" or request.path_info.startswith("/v1/")


def _answer(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    if is_api(request):
        return problem_response(status, code, detail)
    return render(request, f"errors/{status}.html", status=status)
