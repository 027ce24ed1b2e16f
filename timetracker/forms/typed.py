"""What was typed into a form that leads nowhere any more, so that it is not lost with the answer."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext_lazy

# No field that is secret, or holds an id.
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
DRAWN_FOR = "drawn-for"
"""The hidden field of every form with the id of the user whom its page was drawn for; absent for a stranger."""

_INITIAL = "initial-"
"""What Django calls the hidden field with what another one had when the page was drawn."""

_OF_PAGE = {"csrfmiddlewaretoken", DRAWN_FOR}
"""Fields of the page that a form was on; the one that sends it again has its own."""


@dataclass(frozen=True, slots=True)
class TypedForm:
    """A form that was sent: `texts` by their label, without those that stayed as they were, and all `fields`."""

    texts: list[tuple[str, str]]
    fields: list[tuple[str, str]]


def read_typed(request: HttpRequest) -> TypedForm | None:
    """Returns the form of a POST to a page that there is, if something was typed into it.

    Django has checked its CSRF token by then, which it does not do for an address that is no page's.
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
