"""What views of forms and buttons do before and after a service."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from sessions_app.models import Source, VersionedModel
from sessions_app.services import Actor
from timetracker.errors import NotFoundError
from users_app.guests import current_user
from users_app.models import User

WEB = Actor(Source.WEB)
SECONDS_OF_WORK = 5.0
"""How long a page works before it shows how far it is."""


def going_on_url(changeset_id: UUID | None, next_url: str) -> str:
    """Returns the page that goes on with unfinished work, and leads to `next_url` when it is done."""
    return f"{reverse('undo_list')}?{urlencode({'going': str(changeset_id), 'next': next_url})}"


def require_user(request: HttpRequest) -> User:
    """Returns the user of this browser. Raises NotFoundError for a stranger, to whom nothing belongs yet."""
    user = current_user(request)
    if user is None:
        raise NotFoundError
    return user


def say_done(request: HttpRequest, text: str, *rows: VersionedModel | None) -> None:
    """Tells on the next page what a changeset did, with a button that takes it back; or that nothing changed.

    `rows` are what the service gave back.
    """
    written = (each.changeset_id for each in rows if each is not None)
    changeset_id = next((each for each in written if each is not None), None)
    if changeset_id is None:
        messages.info(request, _("Nothing changed."))
    else:
        messages.success(request, text, extra_tags=str(changeset_id))
