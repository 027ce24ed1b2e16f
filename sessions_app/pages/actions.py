"""Helpers for views that call a service: the user, messages with Undo, and recovery codes of guests."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from sessions_app.models import Source, VersionedModel
from sessions_app.services import Actor
from timetracker.errors import NotFoundError
from timetracker.pages import next_url, now_of, respond
from users_app.guests import current_user
from users_app.models import User
from users_app.services.recovery import find_answer, replace_code
from users_app.sign_in import name_form

WEB = Actor(Source.WEB)
SECONDS_OF_WORK = 5.0
"""How long a request does long work before it shows the progress."""


def going_on_url(changeset_id: UUID | None, next_url: str) -> str:
    """Returns the URL of the page that goes on with unfinished work, then redirects to `next_url`."""
    return f"{reverse('undo_list')}?{urlencode({'going': str(changeset_id), 'next': next_url})}"


def require_user(request: HttpRequest) -> User:
    """Returns the user of this browser. Raises NotFoundError without one, since there is no data then."""
    user = current_user(request)
    if user is None:
        raise NotFoundError
    return user


def name_guests_form(request: HttpRequest, what: str = "") -> str:
    """Returns `name_form` for the signed-in user only, so that the next user of this browser gets no guest's code."""
    return name_form(request, f"{request.user.pk} {what or request.POST.get('csrfmiddlewaretoken', '')}")


def show_guests_code(request: HttpRequest, guest: User, *, form: str) -> HttpResponse:
    """Responds with a new recovery code of a guest whom this browser had.

    No other response has the code, except one to the same `form` sent again (`show_code_again`), since the first
    response may not have arrived.
    """
    return _show_code(request, replace_code(guest, now=now_of(request), form=form))


def show_code_again(request: HttpRequest, *, form: str) -> HttpResponse | None:
    """Returns the response of `show_guests_code` again if the same form was answered with it just now, else None."""
    answer = find_answer(form, now=now_of(request))
    return None if answer is None else _show_code(request, answer[1])


def _show_code(request: HttpRequest, code: str) -> HttpResponse:
    context = {"code": code, "is_of_guest": True, "target": next_url(request)}
    response = respond(request, "account/recovery_code.html", context)
    patch_cache_control(response, no_store=True)
    return response


def add_undo_message(request: HttpRequest, text: str, *rows: VersionedModel | None) -> None:
    """Adds a message about what a changeset did, with an Undo button; or that nothing changed.

    `rows` are the rows that the service returned.
    """
    written = (each.changeset_id for each in rows if each is not None)
    changeset_id = next((each for each in written if each is not None), None)
    if changeset_id is None:
        messages.info(request, _("Nothing changed."))
    else:
        messages.success(request, text, extra_tags=str(changeset_id))
