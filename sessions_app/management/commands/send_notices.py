from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from sessions_app.services.notices import note_forgotten_sessions
from timetracker import clock
from users_app.services.notices import send_notices


class Command(BaseCommand):
    help = "Sends what is to be told by e-mail: forgotten sessions, new sign-ins, changed passwords. Run it often."

    def handle(self, *args: Any, **options: Any) -> None:
        """Sends up to 100 mails, each only once. Does nothing without EMAIL_URL."""
        if not settings.MAIL_IS_CONFIGURED:
            self.stdout.write("No mail is configured. Set EMAIL_URL.")
            return
        note_forgotten_sessions(now=clock.now())
        self.stdout.write(f"Sent notices: {send_notices(now=clock.now())}.")
