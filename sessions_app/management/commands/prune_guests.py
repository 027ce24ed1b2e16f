from typing import Any

from django.core.management.base import BaseCommand

from sessions_app.services.deletion import remove_deleted_users
from sessions_app.services.guests import prune_guests
from timetracker import clock
from users_app.browser_sessions import SessionStore
from users_app.services.attempts import forget_attempts
from users_app.services.links import forget_links


class Command(BaseCommand):
    help = (
        "Removes guests who left nothing behind for 30 days, cookies that ended, and the rest of deleted users. "
        "Run it daily; safe to repeat."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Removes the rows, in a transaction for each batch of guests."""
        SessionStore.clear_expired()
        forget_attempts(now=clock.now())
        forget_links(now=clock.now())
        remove_deleted_users()
        self.stdout.write(f"Removed guests: {prune_guests(now=clock.now())}.")
