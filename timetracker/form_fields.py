"""What the forms of both apps share."""

from django import forms
from django.core.exceptions import ValidationError

from timetracker.errors import InvalidInputError


def add_domain_errors(form: forms.BaseForm, error: InvalidInputError) -> None:
    """Puts each error at its field, or above the form when the form has no such field."""
    for each in error.errors:
        form.add_error(each.field if each.field in form.fields else None, ValidationError(each.message, code=each.code))


def focus_first_error(form: forms.BaseForm) -> None:
    """Puts the cursor into the first field that is wrong, where the correction is typed."""
    for field in form:
        if field.errors and not field.is_hidden:
            field.field.widget.attrs["autofocus"] = True
            return
