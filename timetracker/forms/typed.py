"""The text of a form that could not be accepted, for error pages that offer to send the form again."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext_lazy

# Fields that are secret or hold an id are left out.
_LABELS = {
    "name": gettext_lazy("Name"),
    "project_name": gettext_lazy("Project"),
    "client_name": gettext_lazy("Client"),
    "tags": gettext_lazy("Tags"),
    "note": gettext_lazy("Note"),
    "date": gettext_lazy("Day"),
    "day": gettext_lazy("Day"),
    "start": gettext_lazy("Start"),
    "end": gettext_lazy("End"),
    "end_date": gettext_lazy("Day of the end"),
    "at": gettext_lazy("Time"),
    "duration": gettext_lazy("Duration"),
    "timezone": gettext_lazy("Time zone"),
    "hourly_rate": gettext_lazy("Hourly rate"),
    "currency": gettext_lazy("Currency"),
    "budget": gettext_lazy("Budget"),
    "since": gettext_lazy("From"),
}
FORM_USER = "form-user"
"""The hidden field of every form with the id of the user for whom its page was rendered; absent without a user."""

_INITIAL = "initial-"
"""Django's prefix for the hidden field with the initial value of another field."""

_OF_PAGE = {"csrfmiddlewaretoken", FORM_USER}
"""Fields about the form's page, which the page that sends the form again renders anew."""


@dataclass(frozen=True, slots=True)
class TypedForm:
    """A sent form: the changed `texts` by label, and all `fields`."""

    texts: list[tuple[str, str]]
    fields: list[tuple[str, str]]


def read_typed(request: HttpRequest) -> TypedForm | None:
    """Returns the form of a POST to an existing view if something was typed into it, else None.

    Django has then checked its CSRF token, which it does not do for unknown URLs.
    """
    if request.method != "POST" or request.resolver_match is None:
        return None
    sent = request.POST
    texts = [
        (str(label), sent[name])
        for name, label in _LABELS.items()
        if sent.get(name, "").strip() and sent[name] != sent.get(_INITIAL + name)
    ]
    fields = [(name, each) for name in sent if name not in _OF_PAGE for each in sent.getlist(name)]
    return TypedForm(texts, fields) if texts else None
