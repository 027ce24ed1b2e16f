from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessions_app import services
from sessions_app.management.users import iterate_users


class Command(BaseCommand):
    help = "Compares the days and durations stored with sessions with what their times and zones give."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="Write those that are wrong anew.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints a line for each wrong session. Exits with 1 if any stays wrong."""
        wrong = 0
        for user in iterate_users():
            for session in list(services.find_inconsistent_sessions(user)):
                wrong += 1
                self.stdout.write(f"Session {session.id} of user {user.id} has wrong days or a wrong duration.")
                if options["repair"]:
                    services.refresh_derived_fields(user, session.id)
        if wrong and not options["repair"]:
            raise CommandError(f"Wrong: {wrong}. Repair them with manage.py check_sessions --repair.")
        self.stdout.write(f"Repaired: {wrong}." if wrong else "All is well.")
