"""The browsers that a user is signed in with: listed, and ended at once."""

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
    """A browser that is signed in. `key` is the hash of its cookie, which opens nothing."""

    key: str
    name: str
    last_seen_at: datetime
    is_this: bool


def devices_of(user: User, session_key: str | None, *, now: datetime) -> list[Device]:
    """Returns the browsers of a user, the one that has `session_key` marked, the last seen first."""
    this = hash_secret(session_key or "")
    rows = BrowserSession.objects.filter(user=user, expire_date__gt=now).order_by("-last_seen_at", "session_key")
    return [Device(row.session_key, device_name(row.agent), row.last_seen_at, row.session_key == this) for row in rows]


def end_devices(user: User, *, key: str | None = None, but: str | None = None) -> int:
    """Ends the browser of a user that has this `key`, or all `but` the one of that cookie. Returns how many.

    One that had a guest before shows that guest's sessions again: nothing else leads to them.
    """
    rows = BrowserSession.objects.filter(user=user)
    if key is not None and "\0" in key:  # which PostgreSQL does not take
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
    """Returns what people call a browser by its header User-Agent, such as `Firefox on Linux`."""
    browser, system = _find(agent, _BROWSERS), _find(agent, _SYSTEMS)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown browser")


def _find(agent: str, names: list[tuple[str, str]]) -> str:
    return next((name for pattern, name in names if re.search(pattern, agent)), "")
