"""Reads the reports that a user saved."""

from uuid import UUID

from sessions_app.models import SavedReport
from timetracker.errors import NotFoundError
from users_app.models import User


def saved_reports_of(user: User) -> list[SavedReport]:
    """Returns the saved reports of a user by name. One query."""
    return sorted(SavedReport.objects.for_user(user).not_deleted(), key=lambda each: (each.name.casefold(), each.id))


def get_saved_report(user: User, report_id: UUID) -> SavedReport:
    """Returns a saved report of a user. Raises NotFoundError. One query."""
    report: SavedReport | None = SavedReport.objects.for_user(user).not_deleted().filter(id=report_id).first()
    if report is None:
        raise NotFoundError
    return report
