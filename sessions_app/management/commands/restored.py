from typing import Any

from django.core.management.base import BaseCommand

from sessions_app.services.change_feed import renew_epoch


class Command(BaseCommand):
    help = (
        "Tells the server that its database was restored from a backup: scripts that keep a copy by /changes are told "
        "to read everything again. Run it once after each restore, before the server starts."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        renew_epoch()
        self.stdout.write("Done. Cursors of before the restore are answered with 410 from now on.")
