"""The access tokens of the user's scripts."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from timetracker.pages import SeeOther, form_to_service, now_of, respond
from users_app.forms.tokens import TokenForm
from users_app.guests import call_as_user, leads_to_sign_in_where_closed, user_or_unsaved
from users_app.models import AccessToken, Scope
from users_app.services.tokens import find_token, issue_token, revoke_token, tokens_of


@require_http_methods(["GET", "HEAD", "POST"])
@leads_to_sign_in_where_closed
def token_list(request: HttpRequest) -> HttpResponse:
    """Lists the tokens. A POST creates one, whose secret is only in this response."""
    now = now_of(request)
    if request.method != "POST":
        return _list_page(request, TokenForm(user=user_or_unsaved(request), now=now))
    form = TokenForm(request.POST, user=user_or_unsaved(request), now=now)
    issued = form_to_service(
        form, lambda: call_as_user(request, issue_token, now=now, **form.cleaned_data), catch_conflict=False
    )
    if issued is None:
        return _list_page(request, form, status=422)
    token, secret = issued
    form = TokenForm(user=user_or_unsaved(request), now=now)
    response = _list_page(request, form, secret=secret, first_call=_first_call(token, secret))
    patch_cache_control(response, no_store=True)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def token_revoke(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """Asks for confirmation, since revoking cannot be undone; a POST revokes the token."""
    user = user_or_unsaved(request)
    token = find_token(user, token_id)
    if request.method == "POST":
        revoke_token(user, token_id)
        messages.success(request, _("Revoked “%(name)s”. It is refused from now on.") % {"name": token})
        return SeeOther(reverse("token_list"))
    context = {"tab": "settings", "section": "tokens", "token": token, "here": reverse("token_list")}
    return respond(request, "settings/token_revoke.html", context)


def _list_page(request: HttpRequest, form: TokenForm, *, status: int = 200, **context: Any) -> HttpResponse:
    context = {
        "tab": "settings",
        "section": "tokens",
        "here": reverse("token_list"),
        "form": form,
        "tokens": tokens_of(user_or_unsaved(request)),
        **context,
    }
    return respond(request, "settings/token_list.html", context, status=status)


def _first_call(token: AccessToken, secret: str) -> str:
    """Returns a shell command for a request that the token allows."""
    users = f"{settings.BASE_URL}/v1/users/me"
    asked = f"X POST {users}/timer/start" if token.allows(Scope.TRACK) else f' "{users}/sessions?duration=week"'
    return f'curl -s{asked} -H "Authorization: Bearer {secret}"'
