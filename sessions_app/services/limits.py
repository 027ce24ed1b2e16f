"""Limits of the clients, projects, tags and reports of a user, which keep pages and forms that list them small."""

from collections.abc import Collection

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from sessions_app.models import AddressedReport, Kind, VersionedModel
from timetracker.errors import FieldError, InvalidInputError
from users_app.models import User

MAX_ENTRIES = 2_000
"""The most clients, projects or tags of a user, each counted alone, archived ones included."""
MAX_REPORTS = 100
"""The most saved reports of a user, and the most share links."""
MAX_ENTRIES_EVER = 10_000
"""The most clients, projects or tags with the deleted ones, which stay for history and undo."""


def check_entry_count(
    user: User, model: type[VersionedModel], *, adding: int = 1, deleted: int = 0, field: str = "name"
) -> None:
    """Raises InvalidInputError at `field` if `adding` more rows, `deleted` of them deleted, are too many. One query.

    The caller must have locked the user. Restoring deleted rows is not checked.
    """
    of_user = model.objects.for_user(user)
    counts = of_user.aggregate(here=Count("id", filter=Q(deleted_at=None)), ever=Count("id"))
    most = MAX_REPORTS if issubclass(model, AddressedReport) else MAX_ENTRIES
    if counts["here"] + adding - deleted > most:
        message = {
            Kind.CLIENT: _("You can have %(count)d clients. Delete some that are not needed any more."),
            Kind.PROJECT: _("You can have %(count)d projects. Delete some that are not needed any more."),
            Kind.TAG: _("You can have %(count)d tags. Delete some that are not needed any more."),
            Kind.REPORT: _("You can save %(count)d reports. Delete some that are not needed any more."),
            Kind.SHARE: _("You can have %(count)d share links. Revoke some that are not needed any more."),
        }[model.KIND] % {"count": most}
    elif counts["ever"] + adding > MAX_ENTRIES_EVER:
        message = _("%(count)d of these were made, deleted ones included, and there can be no more. Rename some.") % {
            "count": MAX_ENTRIES_EVER
        }
    else:
        return
    raise InvalidInputError(FieldError(field, "too_many", message))


def check_rows_count(user: User, rows: Collection[VersionedModel]) -> None:
    """Raises InvalidInputError at `file` if adding these rows of one model, deleted or not, would be too many."""
    deleted = sum(row.deleted_at is not None for row in rows)
    model = type(next(iter(rows)))
    check_entry_count(user, model, adding=len(rows), deleted=deleted, field="file")
