"""What the frame of a page does beside being shown."""

from django import template
from django.template.context import Context

from users_app.services.last_seen import update_last_seen

register = template.Library()


@register.simple_tag(takes_context=True)
def note_last_seen(context: Context) -> str:
    """`{% note_last_seen %}`: notes that the user sees a page now, at most once a minute.

    Not while the running session may be forgotten: its end is guessed from the time before. Nor when an open page
    follows what was changed elsewhere: nobody need sit before it.
    """
    page, frame = context["page"], context["frame"]
    is_following = context["request"].headers.get("HX-Trigger") == "timer-bar"
    if not is_following and not page.is_anonymous and frame.forgotten is None:
        update_last_seen(page.user, now=page.now)
    return ""
