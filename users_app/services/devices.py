"""The browsers in which a user is signed in: listing them and signing them out."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from timetracker import clock
from users_app.browser_sessions import HELD, SessionStore
from users_app.models import BrowserSession, User, hash_secret
from users_app.services.recovery import end_answers

_BROWSERS = [
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox|FxiOS", "Firefox"),
    ("Chrom|CriOS", "Chrome"),
    ("Safari", "Safari"),
]
_SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux|X11", "Linux"),
]


@dataclass(frozen=True)
class Device:
    """A browser that is signed in. `key` is the hash of its cookie, which gives no access."""

    key: str
    name: str
    last_seen_at: datetime
    is_this: bool


def devices_of(user: User, session_key: str | None, *, now: datetime) -> list[Device]:
    """Returns the browsers of a user, the last seen first, with the one of `session_key` marked as present."""
    this = hash_secret(session_key or "")
    rows = BrowserSession.objects.filter(user=user, expire_date__gt=now).order_by("-last_seen_at", "session_key")
    return [Device(row.session_key, device_name(row.agent), row.last_seen_at, row.session_key == this) for row in rows]


def end_devices(user: User, *, key: str | None = None, but: str | None = None) -> int:
    """Signs out the browser with this `key`, or all except the one with the cookie `but`. Returns their number.

    A browser that had a guest before gets the guest back, since nothing else gives access to that guest's sessions.
    """
    rows = BrowserSession.objects.filter(user=user)
    if key is not None and "\0" in key:  # PostgreSQL rejects it
        return 0
    rows = rows.filter(pk=key) if key is not None else rows.exclude(pk=hash_secret(but or ""))
    with transaction.atomic():
        ending = list(rows.select_for_update())
        held = {row: guest_id for row in ending if (guest_id := row.get_decoded().get(HELD))}
        guests = User.objects.filter(email=None, is_active=True).in_bulk(list(held.values())) if held else {}
        for row, guest_id in held.items():
            if guest := guests.get(UUID(guest_id)):
                SessionStore().fall_back(row, guest)
        rows.delete()
        end_answers(user, now=clock.now())
    return len(ending)


def device_name(agent: str) -> str:
    """Returns the usual name of a browser from its User-Agent, such as `Firefox on Linux`."""
    browser, system = _find(agent, _BROWSERS), _find(agent, _SYSTEMS)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown browser")


def _find(agent: str, names: list[tuple[str, str]]) -> str:
    return next((name for pattern, name in names if re.search(pattern, agent)), "")
