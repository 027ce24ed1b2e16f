"""Parts of pages that are rendered once, as long as they show the same.

Django renders some thousand nodes for a page, most of them again and again with the same values.
"""

from collections.abc import Hashable
from functools import lru_cache

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.urls import get_script_prefix
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

MAX_PARTS = 1000
"""For how many parts their HTML stays in memory, of one to six kilobytes each."""


@register.simple_tag
def include_cached(template_name: str, **values: Hashable) -> SafeString:
    """`{% include_cached "timer/_nav.html" tab=tab %}`: as `include … only`, whose HTML stays in memory.

    The template knows nothing but the values: neither the user nor the request, so no form with a token of its own. Of
    what can be changed the values are texts and numbers, which do not change themselves.
    """
    # The template of a developer changes.
    render = _render.__wrapped__ if settings.DEBUG else _render
    # Addresses begin with the prefix, and texts are those of the language.
    return render(template_name, tuple(sorted(values.items())), get_script_prefix(), get_language())


@lru_cache(MAX_PARTS)
def _render(
    template_name: str, values: tuple[tuple[str, Hashable], ...], _script_prefix: str, _language: str | None
) -> SafeString:
    return SafeString(get_template(template_name).render(dict(values)))
