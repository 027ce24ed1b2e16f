"""Reports that are saved under a name."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from sessions_app.models import SavedReport


class SavedReportForm(forms.Form):
    """The name of a saved report, and whether Reports opens with it. The domain says what a name may be."""

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
    """The same for a report that is shown just now, with the query of its address."""

    query = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
