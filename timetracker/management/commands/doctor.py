from typing import Any

from django.core.management.base import BaseCommand, CommandError

from timetracker.management.doctor import examine


class Command(BaseCommand):
    help = "Checks settings, disk, clock, database, migrations, backups and proxies; names the fix of what is wrong."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints a line for each finding. Exits with 1 if anything is wrong."""
        wrong = 0
        for finding in examine():
            wrong += finding.is_wrong
            label = "WRONG" if finding.is_wrong else "note" if finding.fix else "ok"
            self.stdout.write(f"{label:<6}{finding.about}: {finding.text}")
            if finding.fix:
                self.stdout.write(f"      {finding.fix}")
        if wrong:
            raise CommandError(f"Wrong: {wrong}.")
