"""A session store of Django with hashed keys, so that a stolen row of the database cannot be used as a cookie."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import DatabaseError, transaction

from timetracker import clock
from timetracker.db.errors import find_fault, is_busy
from users_app.models import BrowserSession, User, hash_secret

AGENT_KEY = "agent"
HELD = "held_guest"
"""The key in the log-in session for the id of the guest whom this browser had before, until the guest is merged."""

SEEN_PRECISION = timedelta(minutes=15)


class SessionStore(DatabaseStore):
    """A store whose `session_key` is the cookie; the row has its SHA-256, the user, and when the browser was seen."""

    model: type[BrowserSession]
    _last_seen_at: datetime | None = None

    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        return BrowserSession

    def note_use(self, *, now: datetime) -> None:
        """Stores that this browser was used at `now` (UTC), at most every 15 minutes.

        The page must not fail if the database is busy or cannot be written; the next page stores it.
        """
        if self._last_seen_at is None or now - self._last_seen_at < SEEN_PRECISION:
            return
        with suppress(DatabaseError), transaction.atomic():
            BrowserSession.objects.filter(pk=hash_secret(self.session_key or "")).update(last_seen_at=now)

    def save(self, must_create: bool = False) -> None:
        """Stores the session. Unlike Django, does not treat every database error as a session that was deleted.

        Raises UpdateError if the session was deleted meanwhile, or the browser fell back to its guest.
        """
        try:
            with transaction.atomic():
                if not must_create:
                    self._check_user()
                super().save(must_create)
        except UpdateError as error:
            cause = error.__context__
            if cause is not None and (find_fault(cause) or is_busy(cause)):
                raise cause from cause.__cause__
            raise

    def fall_back(self, row: BrowserSession, guest: User) -> None:
        """Gives the browser of a row back to the guest whom it had before the user signed in. The cookie stays."""
        data = {
            SESSION_KEY: str(guest.pk),
            BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
            HASH_SESSION_KEY: guest.get_session_auth_hash(),
            AGENT_KEY: row.agent,
        }
        BrowserSession.objects.filter(pk=row.pk).update(user=guest, session_data=self.encode(data))

    def exists(self, session_key: str) -> bool:
        return super().exists(hash_secret(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> BrowserSession:
        row = cast("BrowserSession", super().create_model_instance(data))
        row.session_key = hash_secret(row.session_key)
        row.user_id = data.get(SESSION_KEY)
        row.agent = data.get(AGENT_KEY, "")
        row.last_seen_at = clock.now()
        return row

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            super().delete(hash_secret(key))

    def load(self) -> dict[str, Any]:
        row = BrowserSession.objects.filter(pk=hash_secret(self.session_key or ""), expire_date__gt=clock.now()).first()
        if row is None:
            self._session_key = None
            return {}
        self._last_seen_at = row.last_seen_at
        return self.decode(row.session_data)

    def _check_user(self) -> None:
        """Locks the row. Raises UpdateError if it belongs to another user by now; signing in always makes a new row."""
        if self.session_key is None:
            return
        rows = BrowserSession.objects.select_for_update().filter(pk=hash_secret(self.session_key))
        user_id = rows.values_list("user_id", flat=True).first()
        if user_id is not None and str(user_id) != self.get(SESSION_KEY):
            raise UpdateError

    # Django's asynchronous methods would look up the cookie without hashing it.
    async def aexists(self, session_key: str) -> bool:
        return await sync_to_async(self.exists)(session_key)

    async def acreate_model_instance(self, data: dict[str, Any]) -> BrowserSession:
        return await sync_to_async(self.create_model_instance)(data)

    async def adelete(self, session_key: str | None = None) -> None:
        await sync_to_async(self.delete)(session_key)

    async def aload(self) -> dict[str, Any]:
        return await sync_to_async(self.load)()
