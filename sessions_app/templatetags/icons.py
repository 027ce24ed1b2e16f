"""Icons of the sprite `static/icons/sprite.svg`."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """`{% icon "play" %}`: an icon in the colour of the text. It says nothing; its button or link has a name."""
    sprite = static("icons/sprite.svg")
    return format_html('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>', sprite, name)
