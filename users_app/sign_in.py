"""Signing in: a browser becomes a user's, under a new key, and what is typed in its other tabs stays valid."""

from urllib.parse import urlencode

from allauth.core import context
from django.conf import settings
from django.contrib.auth import SESSION_KEY, login, update_session_auth_hash
from django.http import HttpRequest
from django.urls import reverse

from timetracker import clock
from timetracker.middleware.proxies import client_of
from users_app.browser_sessions import AGENT_KEY, HELD
from users_app.models import BrowserSession, Notice, User, hash_secret
from users_app.services.attempts import MAX_FOR_ACCOUNT, MAX_SIGN_INS, MAX_WHEN_SIGNED_IN, count_attempt
from users_app.services.devices import device_name
from users_app.services.notices import add_notice

DISMISSED = "keep_dismissed"
"""In the log-in session once the line about keeping sessions has been dealt with; the template of a day asks it."""

_REPLACES = "replaces"
"""In the log-in session: the hash of the cookie that the browser had before."""

_MAX_UNANSWERED = 20
"""Among how many browsers of a user, the last seen first, the one is looked for whose answer did not arrive."""

_KEPT = (HELD, "account_authentication_methods", "account_authentication_methods_user")
"""What outlives that Django empties the session of another user: the guest, and how somebody signed in."""


def sign_in(request: HttpRequest, user: User) -> None:
    """Makes this browser the user's. Its key is replaced, so that a planted one opens nothing."""
    secret = request.META.get("CSRF_COOKIE")
    cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    brought = hash_secret(cookie) if cookie else None
    if brought and SESSION_KEY not in request.session:
        _take_unanswered(request, user, brought)
    _note_guest(request, user)
    notes = {key: request.session[key] for key in _KEPT if key in request.session}
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session.update(notes)
    if brought:
        request.session[_REPLACES] = brought
    request.session[AGENT_KEY] = request.headers.get("User-Agent", "")[: BrowserSession.AGENT_LENGTH]
    device = device_name(request.headers.get("User-Agent", ""))
    add_notice(user, Notice.Kind.SIGNED_IN, now=clock.now(), details={"device": device})
    if secret is not None:
        # Signing in makes a new one; but other tabs of this browser show forms with this one.
        request.META.update({"CSRF_COOKIE": secret, "CSRF_COOKIE_NEEDS_UPDATE": True})


def name_form(request: HttpRequest, what: str = "") -> str:
    """Returns what tells a form of this browser from all others, however often it is sent; "" if that is not known.

    `what` is what it is about; without it, it is the page that the form was on, by its CSRF token.
    """
    secret, what = request.META.get("CSRF_COOKIE"), what or request.POST.get("csrfmiddlewaretoken", "")
    return f"{request.path} {secret} {what}" if secret and what else ""


def held_guest(request: HttpRequest) -> User | None:
    """Returns the guest whom this browser had before somebody signed in, while they still are one."""
    guest_id = request.session.get(HELD)
    return User.objects.filter(pk=guest_id, email=None, is_active=True).first() if guest_id else None


def way_on(request: HttpRequest, target: str) -> str:
    """Returns where to go after signing in: by way of the question whether a guest's sessions shall come along."""
    return f"{reverse('merge')}?{urlencode({'next': target})}" if request.session.get(HELD) else target


def stay_signed_in(request: HttpRequest, user: User) -> None:
    """Keeps this browser signed in after its user got another password or e-mail, under a new key, with its session."""
    update_session_auth_hash(request, user)


def _note_guest(request: HttpRequest, user: User) -> None:
    present = request.session.get(SESSION_KEY)
    before = User.objects.filter(pk=present, email=None, is_active=True).first() if present else None
    if before is not None and before != user and held_guest(request) in {None, user}:
        # Only the first of several: a code or passkey led to the others, and leads to them again.
        request.session[HELD] = str(before.pk)
    elif request.session.get(HELD) == str(user.pk):
        del request.session[HELD]


def _take_unanswered(request: HttpRequest, user: User, brought: str) -> None:
    """Goes on where this browser signed in before, if it still brings the cookie that was replaced by that.

    So the answer did not arrive, and the guest whom it had is held by a row to which no cookie leads.
    """
    for row in BrowserSession.objects.filter(user=user).order_by("-last_seen_at")[:_MAX_UNANSWERED]:
        notes = row.get_decoded()
        if notes.get(_REPLACES) == brought:
            if HELD in notes:
                request.session[HELD] = notes[HELD]
            row.delete()
            return


def count_for_address(request: HttpRequest | None = None, *, scope: str = "sign-in") -> None:
    """Counts an attempt to sign in from the address of a request, the present one. Raises TooManyRequestsError."""
    client = client_of((request or context.request).META)
    count_attempt(scope, client, limit=MAX_SIGN_INS, now=clock.now())


def count_for_account(account: str, *, scope: str = "sign-in") -> None:
    """Counts an attempt from the present address at an account, there or not, by its normalized e-mail or id, for both.

    Attempts of another `scope` do not count. Raises TooManyRequestsError.
    """
    count_for_address(scope=scope)
    count_attempt(f"{scope} account", account, limit=MAX_FOR_ACCOUNT, now=clock.now())


def count_when_signed_in(user: User) -> None:
    """Counts an attempt of whoever is signed in to say again that they are this user. Raises TooManyRequestsError."""
    count_attempt("signed in", str(user.pk), limit=MAX_WHEN_SIGNED_IN, now=clock.now())
