from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Brings the database and the static files up to date with the code. Run before serving; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        """Quiet when there is nothing to do."""
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
