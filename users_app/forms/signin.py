"""The form for a recovery code."""

from django import forms
from django.utils.translation import gettext_lazy as _

from users_app.services.recovery import read_code


class RecoveryCodeForm(forms.Form):
    """A recovery code, typed with or without blanks, dashes and capitals."""

    code = forms.CharField(
        label=_("Recovery code"),
        max_length=100,
        help_text=_("Seven groups of four, without 0, O, 1 and I. It works once; you get a new one then."),
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "maxlength": 100}
        ),
        error_messages={"required": _("Give the code that you wrote down.")},
    )

    def clean_code(self) -> str:
        """Returns the typed code. Raises ValidationError for a malformed one. No query."""
        typed: str = self.cleaned_data["code"]
        if read_code(typed) is None:
            raise forms.ValidationError(_("A sign of this code is wrong or missing. Compare it with what you wrote."))
        return typed
