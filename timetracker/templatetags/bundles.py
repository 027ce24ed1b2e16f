"""The stylesheets and scripts of a page."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from timetracker.http.static_bundles import files_of

register = template.Library()


@register.simple_tag
def stylesheets(bundle: str) -> SafeString:
    """`{% stylesheets "css/timetracker.css" %}`: links to a bundle of stylesheets."""
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', ((static(each),) for each in files_of(bundle)))


@register.simple_tag
def scripts(bundle: str) -> SafeString:
    """`{% scripts "js/timetracker.js" %}`: a bundle of scripts, which run in its order when the page is there."""
    return format_html_join("\n", '<script src="{}" defer></script>', ((static(each),) for each in files_of(bundle)))
