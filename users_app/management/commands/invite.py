from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from timetracker import clock
from timetracker.errors import DomainError
from users_app.services.links import issue_invitation


class Command(BaseCommand):
    help = "Prints a link by which one account is made, within 7 days, also with REGISTRATION=closed."

    def add_arguments(self, parser: CommandParser) -> None:
        """Adds the argument for the e-mail address to invite."""
        parser.add_argument("email")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        """Prints the link, which cannot be shown again. Raises CommandError for an invalid or used address."""
        try:
            validate_email(email)
            self.stdout.write(issue_invitation(email, now=clock.now()))
        except ValidationError as error:
            raise CommandError(error.messages[0]) from None
        except DomainError as error:
            raise CommandError(error.message) from None
