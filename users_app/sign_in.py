"""Signing a browser in, with a new session key, while forms in its other tabs stay valid."""

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
"""The key in the log-in session set when the line about keeping sessions was dismissed. The day template reads it."""

_REPLACES = "replaces"
"""The key in the log-in session for the hash of the browser's previous cookie."""

_MAX_UNANSWERED = 20
"""The number of a user's browsers, last seen first, that are searched for one whose response did not arrive."""

_KEPT = (HELD, "account_authentication_methods", "account_authentication_methods_user")
"""The keys that are kept when Django flushes the session of another user: the guest, and how the user signed in."""


def sign_in(request: HttpRequest, user: User) -> None:
    """Signs this browser in. The session key is replaced, against session fixation."""
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
        # Django makes a new CSRF secret at sign-in, but other tabs of this browser have forms with the present one.
        request.META.update({"CSRF_COOKIE": secret, "CSRF_COOKIE_NEEDS_UPDATE": True})


def name_form(request: HttpRequest, what: str = "") -> str:
    """Returns an identifier of a form in this browser, the same each time that it is sent; "" if there is none.

    `what` identifies the form's subject; without it, the page is identified by its CSRF token.
    """
    secret, what = request.META.get("CSRF_COOKIE"), what or request.POST.get("csrfmiddlewaretoken", "")
    return f"{request.path} {secret} {what}" if secret and what else ""


def held_guest(request: HttpRequest) -> User | None:
    """Returns the guest whom this browser had before the user signed in, if there still is that guest, else None."""
    guest_id = request.session.get(HELD)
    return User.objects.filter(pk=guest_id, email=None, is_active=True).first() if guest_id else None


def url_after_sign_in(request: HttpRequest, target: str) -> str:
    """Returns the URL after signing in: `target`, or first the page that offers to merge this browser's guest."""
    return f"{reverse('merge')}?{urlencode({'next': target})}" if request.session.get(HELD) else target


def stay_signed_in(request: HttpRequest, user: User) -> None:
    """Keeps this browser signed in, with a new session key, after its user changed the password or e-mail."""
    update_session_auth_hash(request, user)


def _note_guest(request: HttpRequest, user: User) -> None:
    present = request.session.get(SESSION_KEY)
    before = User.objects.filter(pk=present, email=None, is_active=True).first() if present else None
    if before is not None and before != user and held_guest(request) in {None, user}:
        # Only the first of several guests: the others were signed in to with a code or passkey, which still work.
        request.session[HELD] = str(before.pk)
    elif request.session.get(HELD) == str(user.pk):
        del request.session[HELD]


def _take_unanswered(request: HttpRequest, user: User, brought: str) -> None:
    """Takes over the session of an earlier sign-in of this browser whose response, with the cookie, did not arrive.

    The browser still sends the cookie from before. The session has the browser's guest, to whom no other cookie leads.
    """
    for row in BrowserSession.objects.filter(user=user).order_by("-last_seen_at")[:_MAX_UNANSWERED]:
        notes = row.get_decoded()
        if notes.get(_REPLACES) == brought:
            if HELD in notes:
                request.session[HELD] = notes[HELD]
            row.delete()
            return


def count_for_address(request: HttpRequest | None = None, *, scope: str = "sign-in") -> None:
    """Counts an attempt to sign in from the IP address of a request, by default the current one.

    Raises TooManyRequestsError.
    """
    client = client_of((request or context.request).META)
    count_attempt(scope, client, limit=MAX_SIGN_INS, now=clock.now())


def count_for_account(account: str, *, scope: str = "sign-in") -> None:
    """Counts an attempt for the current IP address and for an account, given by normalized e-mail or id.

    The account need not exist. Attempts of another `scope` are counted separately. Raises TooManyRequestsError.
    """
    count_for_address(scope=scope)
    count_attempt(f"{scope} account", account, limit=MAX_FOR_ACCOUNT, now=clock.now())


def count_when_signed_in(user: User) -> None:
    """Counts an attempt of a signed-in user to authenticate again. Raises TooManyRequestsError."""
    count_attempt("signed in", str(user.pk), limit=MAX_WHEN_SIGNED_IN, now=clock.now())
