"""What a share link shows, from the address of the page that it is of. Pages and API share links alike."""

from datetime import datetime

from django.http import QueryDict
from django.utils.translation import gettext as _

from sessions_app.forms.reports import ReportForm, TimesheetForm
from sessions_app.models import Share
from sessions_app.reports.sharing import SharedContent, Shown, read_shared_report, read_shared_timesheet
from sessions_app.selectors.catalogue import read_catalogue
from sessions_app.timekeeping.periods import day_of
from timetracker.db.snapshot import snapshot
from timetracker.errors import FieldError, InvalidInputError
from users_app.models import User


def read_shared(user: User, page: str, query: str, shown: Shown, *, now: datetime) -> SharedContent:
    """Reads what the page with this address has, and returns what is to be shown of it.

    Raises InvalidInputError at `query` when any of the address is not understood: without a filter that it had, such as
    a project that was deleted since, it would show what was never shared. Raises DomainError for too much to show.
    """
    is_timesheet = page == Share.Page.TIMESHEET
    with snapshot():
        catalogue = read_catalogue(user)
        kind = TimesheetForm if is_timesheet else ReportForm
        form = kind(QueryDict(query), user=user, today=day_of(now, user.zone), catalogue=catalogue)
        if not form.is_valid():
            first = next(iter(form.errors.values()))[0]
            raise InvalidInputError(FieldError("query", "invalid", str(first)))
        if isinstance(form, TimesheetForm) and not form.has_client_or_project:
            message = _("A timesheet is for a client or a project. Choose one.")
            raise InvalidInputError(FieldError("query", "required", message))
        read = read_shared_timesheet if is_timesheet else read_shared_report
        return read(user, form.query, shown, now=now, catalogue=catalogue)


def shown_by(found: Share) -> Shown:
    """Returns what a link shows."""
    return Shown(found.shows_hours, found.shows_amounts, found.shows_notes, found.shows_running)
