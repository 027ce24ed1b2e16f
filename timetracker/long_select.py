"""A choice among hundreds, without a template for each of them."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

Group = tuple[str, list[tuple[str, str]]]


class LongSelect(forms.Select):
    """A select whose options are made once for each language, and then only marked.

    `read_groups` returns what is offered, values and labels under the label of each group; a group without a label has
    no frame. A value that is not offered is added, so that what is stored stays selected; what the field adds to its
    choices, such as an empty one, comes first.
    """

    def __init__(self, attrs: Any = None, *, read_groups: Callable[[], list[Group]]) -> None:
        super().__init__(attrs)
        self.read_groups = read_groups

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        selected = str(self.format_value(value)[0] if value is not None else "")
        options = _options_of(self.read_groups, get_language())
        plain = format_html('<option value="{}">', selected)
        marked = format_html('<option value="{}" selected>', selected)
        added = [] if plain in options else [(selected, selected)] if selected else []
        first = format_options([*((key, label) for key, label in self._added_choices()), *added])
        found = (first + options).replace(plain, marked, 1)
        attributes = flatatt({"name": name, **self.build_attrs(self.attrs, attrs)})
        return format_html("<select{}>{}</select>", attributes, mark_safe(found))  # noqa: S308  # all of it was escaped

    def _added_choices(self) -> list[tuple[Any, Any]]:
        return [(key, label) for key, label in self.choices if key == ""]


def format_options(options: list[tuple[str, str]]) -> SafeString:
    """Returns the options of a select, none of them selected."""
    return format_html_join("\n", '<option value="{}">{}</option>', options)


@cache
def _options_of(read_groups: Callable[[], list[Group]], _language: str | None) -> str:
    return "".join(
        format_html('<optgroup label="{}">{}</optgroup>', label, format_options(options))
        if label
        else format_options(options)
        for label, options in read_groups()
    )
