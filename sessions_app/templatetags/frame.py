"""A template tag that stores when the user was last seen, for the frame of all pages."""

from django import template
from django.template.context import Context

from users_app.services.last_seen import update_last_seen

register = template.Library()


@register.simple_tag(takes_context=True)
def note_last_seen(context: Context) -> str:
    """`{% note_last_seen %}`: stores that the user sees a page now, at most once a minute.

    While the running session may be forgotten, nothing is stored, since its end is guessed from when the user was last
    seen. Nor is it when an open page updates itself after a change elsewhere, as the user may be away.
    """
    page, frame = context["page"], context["frame"]
    is_following = context["request"].headers.get("HX-Trigger") == "timer-bar"
    if not is_following and not page.is_anonymous and frame.forgotten is None:
        update_last_seen(page.user, now=page.now)
    return ""
