from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from timetracker import clock
from timetracker.errors import DomainError
from users_app.services.links import issue_sign_in_link


class Command(BaseCommand):
    help = "Prints a link that signs an account in, once, for 24 hours: for who forgot the password."

    def add_arguments(self, parser: CommandParser) -> None:
        """Adds the argument for the account's e-mail address."""
        parser.add_argument("email")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        """Prints the link, which cannot be shown again. Raises CommandError if no account has the address."""
        try:
            self.stdout.write(issue_sign_in_link(email, now=clock.now()))
        except DomainError as error:
            raise CommandError(error.message) from None
