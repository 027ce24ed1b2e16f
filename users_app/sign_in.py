"""Signing in: a browser becomes a user's, under a new key, and what is typed in its other tabs stays valid."""

from allauth.core import context
from django.contrib.auth import login, update_session_auth_hash
from django.http import HttpRequest

from timetracker import clock
from timetracker.api.throttling import AddressThrottle, client_network
from users_app.browser_sessions import AGENT_KEY
from users_app.models import BrowserSession, User
from users_app.services.attempts import MAX_FOR_ACCOUNT, MAX_SIGN_INS, count_attempt

DISMISSED = "keep_dismissed"
"""In the log-in session once the line about keeping sessions has been dealt with; the template of a day asks it."""

_KEPT = ("account_authentication_methods", "account_authentication_methods_user")
"""What django-allauth notes of how somebody signed in, before Django empties the session of another user."""


def sign_in(request: HttpRequest, user: User) -> None:
    """Makes this browser the user's. Its key is replaced, so that a planted one opens nothing."""
    secret = request.META.get("CSRF_COOKIE")
    notes = {key: request.session[key] for key in _KEPT if key in request.session}
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session.update(notes)
    request.session[AGENT_KEY] = request.headers.get("User-Agent", "")[: BrowserSession.AGENT_LENGTH]
    if secret is not None:
        # Signing in makes a new one; but other tabs of this browser show forms with this one.
        request.META.update({"CSRF_COOKIE": secret, "CSRF_COOKIE_NEEDS_UPDATE": True})


def stay_signed_in(request: HttpRequest, user: User) -> None:
    """Keeps this browser signed in after its user got another password, under a new key; the session stays as it is."""
    update_session_auth_hash(request, user)


def count_for_address(request: HttpRequest | None = None) -> None:
    """Counts an attempt to sign in from the address of a request, the present one. Raises TooManyRequestsError."""
    address = AddressThrottle().get_ident(request or context.request)
    count_attempt("sign-in", client_network(address), limit=MAX_SIGN_INS, now=clock.now())


def count_for_account(account: str) -> None:
    """Counts an attempt from the present address at an account, there or not, by e-mail or id, for both.

    Raises TooManyRequestsError.
    """
    count_for_address()
    count_attempt("account", account.lower(), limit=MAX_FOR_ACCOUNT, now=clock.now())
