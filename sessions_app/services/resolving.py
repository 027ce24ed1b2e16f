"""Resolving a session's project, tags, rate and billable mark from what the caller gave."""

from collections.abc import Collection
from decimal import Decimal
from typing import cast
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions_app.models import Client, Project, Tag, TimeSession
from sessions_app.services.catalogue import add_entry, find_by_name
from sessions_app.services.changeset import ChangesetWriter
from sessions_app.services.validation import SessionFields, SessionInput
from timetracker.errors import FieldError, InvalidInputError
from users_app.models import User

CURRENCY_NEEDS_RATE = gettext_lazy("A currency needs a rate. Give an hourlyRate beside it, or leave the currency out.")


def resolve_fields(
    changes: ChangesetWriter, fields: SessionFields, before: TimeSession | None = None, *, is_whole: bool = False
) -> SessionFields:
    """Returns validated `fields` as they are stored: project and tags found or created, rate copied, billable set.

    A session that is new or changes its project takes the project's rate, unless it was given a rate itself. A new
    session, or one that is replaced as a whole (`is_whole`), is billable if its project is. A session that only changes
    its project becomes billable if the project is, but never stops being billable. Raises InvalidInputError
    `unknown_project`, and `does_not_match` for a currency without a rate given to the session.
    """
    fields = {**fields}
    if (name := fields.pop("project_name", "")) and fields.get("project_id") is None:
        fields["project_id"] = (
            find_by_name(changes.user, Project, name)
            or add_entry(changes, Project, {"name": name}, field_name="project_name")
        ).id
    project_id = fields.get("project_id", None if before is None else before.project_id)
    is_moved = before is None or project_id != before.project_id
    project = _find_project(changes.user, project_id, is_new=is_moved)
    if "tags" in fields:
        fields["tag_ids"] = _find_tags(changes, fields.pop("tags"))
    if "billable" not in fields and (is_moved or is_whole):
        offered = project is not None and project.billable_by_default
        if before is None or is_whole or offered:
            fields["billable"] = offered
    _copy_rate(changes.user, fields, before, project, is_moved=is_moved)
    return fields


def without_shown_rate(fields: SessionInput, session: TimeSession) -> SessionInput:
    """Returns `fields` without the rate if it equals the present one and the session stays in its project."""
    if "hourly_rate" not in fields or fields.get("project_id", session.project_id) != session.project_id:
        return fields
    currency = fields.get("currency", "").strip().upper() or session.currency
    if (fields["hourly_rate"], currency) != (session.hourly_rate, session.currency):
        return fields
    return cast("SessionInput", {key: value for key, value in fields.items() if key not in {"hourly_rate", "currency"}})


def existing_references(user: User, session: TimeSession) -> tuple[UUID | None, tuple[UUID, ...]]:
    """Returns the project and tags of a session without those that were deleted since."""
    projects = Project.objects.for_user(user).not_deleted().filter(id=session.project_id)
    tags = Tag.objects.for_user(user).not_deleted().filter(id__in=session.tag_ids)
    return (
        session.project_id if session.project_id is not None and projects.exists() else None,
        tuple(sorted(tags.values_list("id", flat=True))) if session.tag_ids else (),
    )


def resolve_rate(user: User, project: Project | None) -> tuple[Decimal | None, str]:
    """Returns the present hourly rate for a project (None: no project) and its currency; None and "" for no rate."""
    levels = _levels(user, project)
    for number, level in enumerate(levels):
        if level.hourly_rate is not None:
            return level.hourly_rate, _currency(levels[number:])
    return None, ""


def resolve_currency(user: User, project: Project) -> str:
    """Returns the currency of a project's rate and budget: the project's, else the client's, else the user's."""
    return _currency(_levels(user, project))


def _copy_rate(
    user: User, fields: SessionFields, before: TimeSession | None, project: Project | None, *, is_moved: bool
) -> None:
    drops_override = "hourly_rate" in fields and fields["hourly_rate"] is None
    rate, currency = fields.pop("hourly_rate", None), fields.pop("currency", "")
    if currency and not drops_override and rate is None and before is not None:
        if not before.rate_is_override:
            raise InvalidInputError(FieldError("currency", "does_not_match", str(CURRENCY_NEEDS_RATE)))
        rate = before.hourly_rate  # in another currency
    is_override = rate is not None
    if is_override:
        override_currency = before.currency if before is not None and before.rate_is_override else ""
        fields["hourly_rate"] = rate
        fields["currency"] = currency or override_currency or _currency(_levels(user, project))
    elif before is None or drops_override or (is_moved and not before.rate_is_override):
        fields["hourly_rate"], fields["currency"] = resolve_rate(user, project)
    else:
        return
    fields["rate_is_override"] = is_override


def _levels(user: User, project: Project | None) -> list[User | Client | Project]:
    """Returns the rows that may have a rate, the most specific first."""
    if project is None:
        return [user]
    return [project, user] if project.client is None else [project, project.client, user]


def _currency(levels: list[User | Client | Project]) -> str:
    currency: str = next(level.currency for level in levels if level.currency)
    return currency


def _find_project(user: User, project_id: UUID | None, *, is_new: bool) -> Project | None:
    if project_id is None:
        return None
    project = Project.objects.for_user(user).filter(id=project_id).select_related("client").first()
    if project is None or (is_new and project.deleted_at is not None):
        message = _("There is no project with this id. Make it first, or leave it out.")
        raise InvalidInputError(FieldError("project_id", "unknown_project", message))
    return cast("Project", project)


def _find_tags(changes: ChangesetWriter, names: Collection[str]) -> tuple[UUID, ...]:
    """Returns the ids of the tags with these names, without duplicates; creates missing tags."""
    tags = [
        find_by_name(changes.user, Tag, name) or add_entry(changes, Tag, {"name": name}, field_name="tags")
        for name in names
    ]
    return tuple(sorted({tag.id for tag in tags}))
