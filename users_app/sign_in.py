"""Signing in: a browser becomes a user's, under a new key, and what is typed in its other tabs stays valid."""

from django.contrib.auth import login
from django.http import HttpRequest

from users_app.browser_sessions import AGENT_KEY
from users_app.models import BrowserSession, User

DISMISSED = "keep_dismissed"
"""In the log-in session once the line about keeping sessions has been dealt with; the template of a day asks it."""


def sign_in(request: HttpRequest, user: User) -> None:
    """Makes this browser the user's. Its key is replaced, so that a planted one opens nothing."""
    secret = request.META.get("CSRF_COOKIE")
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session[AGENT_KEY] = request.headers.get("User-Agent", "")[: BrowserSession.AGENT_LENGTH]
    if secret is not None:
        # Signing in makes a new one; but other tabs of this browser show forms with this one.
        request.META.update({"CSRF_COOKIE": secret, "CSRF_COOKIE_NEEDS_UPDATE": True})
