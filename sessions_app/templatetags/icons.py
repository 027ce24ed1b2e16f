"""Icons of the sprite `_sprite.html`, which every page has."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """`{% icon "play" %}`: an icon in the colour of the text, hidden from screen readers; label its button or link."""
    return format_html('<svg class="icon" aria-hidden="true" focusable="false"><use href="#icon-{}"/></svg>', name)
