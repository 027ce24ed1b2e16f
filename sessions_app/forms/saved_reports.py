"""Forms for saved reports."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from sessions_app.models import SavedReport


class SavedReportForm(forms.Form):
    """The name of a saved report, and whether it is the default. The domain validates the name."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        strip=False,
        widget=forms.TextInput({"maxlength": SavedReport.NAME_LENGTH, "autocomplete": "off"}),
    )
    is_default = forms.BooleanField(label=gettext_lazy("Reports opens with it"), required=False)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="id_saved_%s", **kwargs)


class NewSavedReportForm(SavedReportForm):
    """A new saved report, with the query string of the report that the page shows."""

    query = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
