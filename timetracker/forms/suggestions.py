"""A text input with suggestions, for values of which there are hundreds."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

MAX_SUGGESTIONS = 12


class SuggestingInput(forms.TextInput):
    """A text input with a `datalist`, whose options the page's script replaces while the user types.

    `suggestions` are the first options. The view `url_name` gets the typed text under the field's name, and responds
    with `format_options`. The field validates the text, which need not be among the suggestions.
    """

    def __init__(self, attrs: Any = None, *, suggestions: Iterable[str], url_name: str) -> None:
        super().__init__({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none", **(attrs or {})})
        self.suggestions = tuple(suggestions)
        self.url_name = url_name

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        list_id = f"{(attrs or {}).get('id', name)}_list"
        script = {
            "hx-get": reverse(self.url_name),
            "hx-trigger": "input changed delay:120ms",
            "hx-target": f"#{list_id}",
            "hx-swap": "innerHTML",
            "hx-sync": "this:replace",
        }
        field = super().render(name, value, {**(attrs or {}), "list": list_id, **script}, renderer)
        offered = [each for each in dict.fromkeys([str(value or ""), *self.suggestions]) if each]
        options = format_options(offered[:MAX_SUGGESTIONS])
        return format_html('{}<datalist id="{}">{}</datalist>', field, list_id, options)


def format_options(values: Iterable[str]) -> SafeString:
    """Returns the options of a `datalist`. A value with underscores is labelled with spaces.

    Browsers match the typed text with value and label: `new y` would not find `America/New_York` without a label.
    """
    labelled = ((each, each.replace("_", " ") if "_" in each else "") for each in values)
    return format_html_join("", '<option value="{}">{}</option>', labelled)
