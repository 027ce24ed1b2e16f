"""Saving, renaming and deleting reports, each with undo."""

from collections.abc import Container
from contextlib import suppress
from typing import TypedDict, Unpack
from uuid import UUID

from django.utils.translation import gettext as _

from sessions_app.models import AddressedReport, Change, SavedReport, replace_ids
from sessions_app.models.catalogue import folded_name
from sessions_app.selectors.saved_reports import get_saved_report, saved_reports_of
from sessions_app.services.changeset import Actor, ChangesetWriter, changeset
from sessions_app.services.checks import check_version
from sessions_app.services.limits import check_entry_count
from timetracker.errors import ConflictError, FieldError, InvalidInputError
from timetracker.texts import clean_text
from users_app.models import User

QUERY_LENGTH = AddressedReport.QUERY_LENGTH


class ReportFields(TypedDict, total=False):
    """The fields of a saved report. `query` is the query string of the report's page."""

    name: str
    query: str
    is_default: bool


def save_report(
    user: User, actor: Actor, *, report_id: UUID | None = None, **fields: Unpack[ReportFields]
) -> SavedReport:
    """Saves a report; `name` is required. A new default replaces the previous one, in the same changeset.

    Raises InvalidInputError, also beyond MAX_REPORTS, and ConflictError `id_taken` or, when another report has the name
    in whatever case, `name_taken`.
    """
    fields = clean_report({"name": "", "query": "", **fields})
    with changeset(user, actor) as changes:
        if report_id is not None and SavedReport.objects.for_user(user).filter(id=report_id).exists():
            raise ConflictError("id_taken", _("This id is in use already. Leave it out, or give another."))
        check_entry_count(user, SavedReport)
        _check_name_free(user, fields["name"])
        _take_default(changes, fields)
        report = SavedReport.new(id=report_id, user=user)
        return changes.add(report, fields, Change.Action.CREATE, is_id_given=report_id is not None)


def edit_report(
    user: User,
    actor: Actor,
    report_id: UUID,
    *,
    versions: Container[int | str] | None = None,
    **fields: Unpack[ReportFields],
) -> SavedReport:
    """Changes the given fields. Raises NotFoundError, StaleVersionError, and the errors of `save_report`."""
    fields = clean_report(fields)
    with changeset(user, actor) as changes:
        report = get_saved_report(user, report_id)
        check_version(report, versions)
        if "name" in fields and folded_name(fields["name"]) != folded_name(report.name):
            _check_name_free(user, fields["name"])
        _take_default(changes, fields, but=report)
        return changes.change(report, Change.Action.EDIT, fields)


def delete_report(
    user: User, actor: Actor, report_id: UUID, *, versions: Container[int | str] | None = None
) -> SavedReport:
    """Deletes a saved report. Raises NotFoundError, StaleVersionError."""
    with changeset(user, actor) as changes:
        report = get_saved_report(user, report_id)
        check_version(report, versions)
        return changes.change(report, Change.Action.DELETE, {"deleted_at": changes.at})


def clean_report(fields: ReportFields) -> ReportFields:
    """Returns validated fields as they are stored. Raises InvalidInputError."""
    errors: list[FieldError] = []
    cleaned: ReportFields = {**fields}
    if "name" in fields:
        cleaned["name"] = clean_text(fields["name"], "name", AddressedReport.NAME_LENGTH, errors)
        if not cleaned["name"]:
            errors.append(FieldError("name", "required", _("Give a name.")))
    if "query" in fields:
        cleaned["query"] = clean_query(fields["query"], errors)
    if errors:
        raise InvalidInputError(*errors)
    return cleaned


def clean_query(query: str, errors: list[FieldError]) -> str:
    """Returns a query string encoded as browsers do, so that replacing ids does not change its length."""
    with suppress(UnicodeEncodeError):  # half a surrogate pair, which is reported with other forbidden characters
        query = replace_ids(query.removeprefix("?"), lambda *_id: None)
    return clean_text(query, "query", QUERY_LENGTH, errors)


def check_default_free(user: User, *, but: SavedReport) -> None:
    """Raises ConflictError `changed_since` when another saved report is the default."""
    other = _default_of(user, but)
    if other is not None:
        message = _("“%(name)s” is the default by now. Undo that first.")
        raise ConflictError("changed_since", message % {"name": other})


def _check_name_free(user: User, name: str) -> None:
    """Raises ConflictError `name_taken` when a saved report has this name.

    There is no constraint for it: merged, imported and restored reports keep their names, as do those of old releases.
    """
    taken = next((each for each in saved_reports_of(user) if folded_name(each.name) == folded_name(name)), None)
    if taken is not None:
        message = _("There is “%(name)s” already. Choose another name, or use that one.")
        raise ConflictError("name_taken", message % {"name": taken})


def _take_default(changes: ChangesetWriter, fields: ReportFields, *, but: SavedReport | None = None) -> None:
    other = _default_of(changes.user, but) if fields.get("is_default") else None
    if other is not None:
        changes.change(other, Change.Action.EDIT, {"is_default": False})


def _default_of(user: User, but: SavedReport | None) -> SavedReport | None:
    defaults = SavedReport.objects.for_user(user).not_deleted().filter(is_default=True)
    found: SavedReport | None = (defaults if but is None else defaults.exclude(id=but.id)).first()
    return found
