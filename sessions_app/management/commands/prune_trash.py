from typing import Any

from django.core.management.base import BaseCommand

from sessions_app import services
from sessions_app.imports.waiting import prune_imports
from sessions_app.management.users import iterate_users
from timetracker import clock


class Command(BaseCommand):
    help = (
        "Removes for good the sessions that have been in the Trash for 30 days, and files that waited for their import "
        "for a day. Run it daily; safe to repeat."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Removes the rows, in a transaction for each user."""
        now = clock.now()
        removed = sum(services.prune_trash(user, now=now) for user in iterate_users())
        prune_imports(now=now)
        self.stdout.write(f"Removed for good: {removed}.")
