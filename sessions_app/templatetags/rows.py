"""What the rows of a list of sessions are made of."""

from functools import lru_cache
from typing import cast
from urllib.parse import quote
from uuid import UUID

from django import template
from django.template.context import Context
from django.urls import get_script_prefix, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from sessions_app.models import TimeSession
from users_app.models import User

register = template.Library()

_TITLES = {
    "name": gettext_lazy("Change the name"),
    "project": gettext_lazy("Change the project"),
    "tags": gettext_lazy("Change the tags"),
    "start": gettext_lazy("Change the start"),
    "end": gettext_lazy("Change the end"),
    "duration": gettext_lazy("Change the duration"),
    "billable": gettext_lazy("Billable"),
}


@register.simple_tag(takes_context=True)
def cell(
    context: Context,
    session: TimeSession,
    field: str,
    text: object,
    kind: str = "",
    *,
    title: str = "",
    hidden_text: str = "",
    colour: int | None = None,
    counts: int | None = None,
) -> SafeString:
    """`{% cell session "name" session "name" %}`: a value of a session that is edited where it stands (rows.js).

    `kind` has more classes, `colour` is that of a project, `hidden_text` is read out behind the text, and of a running
    session clock.js counts on from `counts` seconds. A function, since a page has hundreds and an included template
    takes ten times as long.
    """
    style = cast("User", context["page"].user).duration_format if counts is not None else ""
    return _cell(
        session.id,
        field,
        text=str(text),
        kind=kind if colour is None else f"{kind} p{colour}",
        title=title or str(_TITLES[field]),
        hidden_text=hidden_text,
        attributes="" if counts is None else format_html(' data-counts="{}" data-style="{}"', counts, style),
        here=context["here"],
        script_prefix=get_script_prefix(),
    )


@lru_cache(maxsize=10_000, typed=True)  # text that is safe as it is, and the same that is not, differ
def _cell(
    session_id: UUID,
    field: str,
    *,
    text: str,
    kind: str,
    title: str,
    hidden_text: str,
    attributes: str,
    here: str,
    script_prefix: str,  # of which the URLs are made
) -> SafeString:
    """Returns the HTML of a cell, which is kept, since a page is mostly shown again with one row changed."""
    url = f"{reverse('session_edit_field', args=[session_id, field])}?next={quote(here)}"
    return format_html(
        '<span class="cell {}"><a id="{}-{}" href="{}" title="{}"{}>{}{}</a></span>',
        kind,
        field,
        session_id,
        url,
        title,
        attributes,
        text,
        format_html('<span class="visually-hidden"> {}</span>', hidden_text) if hidden_text else "",
    )
