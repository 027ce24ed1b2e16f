"""Fragments with suggestions while a zone or currency is typed."""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from timetracker.forms.suggestions import MAX_SUGGESTIONS, format_options
from timetracker.money import find_currencies
from users_app.zones import find_zones


@require_safe
def zone_options(request: HttpRequest) -> HttpResponse:
    """Responds with the zones that match `timezone`."""
    return _options(find_zones(request.GET.get("timezone", ""), most=MAX_SUGGESTIONS))


@require_safe
def currency_options(request: HttpRequest) -> HttpResponse:
    """Responds with the currencies that match `currency`."""
    return _options(find_currencies(request.GET.get("currency", ""), most=MAX_SUGGESTIONS))


def _options(values: list[str]) -> HttpResponse:
    response = HttpResponse(format_options(values))
    patch_cache_control(response, private=True, max_age=3600)  # the same for every user
    return response
