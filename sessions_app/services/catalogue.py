"""Creating, editing, archiving, merging and deleting clients, projects and tags, each with undo."""

from collections.abc import Container
from typing import TypeVar, Unpack, cast
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions_app.models import Change, Client, Project, SessionTag, Tag, TimeSession, prefetch_tags
from sessions_app.models.catalogue import COLOURS, CatalogueEntry, folded_name
from sessions_app.models.querysets import UserScopedQuerySet
from sessions_app.services.changeset import Actor, ChangesetWriter, changeset
from sessions_app.services.checks import check_version
from sessions_app.services.limits import check_entry_count
from sessions_app.services.validation import EntryFields, SessionFields, clean_entry
from timetracker.errors import ConflictError, FieldError, InvalidInputError, NotFoundError
from users_app.models import User

Entry = TypeVar("Entry", bound=CatalogueEntry)


def create_entry(
    user: User, actor: Actor, model: type[Entry], *, entry_id: UUID | None = None, **fields: Unpack[EntryFields]
) -> Entry:
    """Creates a client, project or tag; only `name` is required. By default a project gets the least used colour.

    Raises InvalidInputError, also beyond MAX_ENTRIES, and ConflictError `id_taken` or, when another entry has the name
    in whatever case, `name_taken`.
    """
    with changeset(user, actor) as changes:
        if entry_id is not None and _of(user, model).filter(id=entry_id).exists():
            raise ConflictError("id_taken", _("This id is in use already. Leave it out, or give another."))
        return add_entry(changes, model, fields, entry_id=entry_id)


def edit_entry(
    user: User,
    actor: Actor,
    model: type[Entry],
    entry_id: UUID,
    *,
    versions: Container[int | str] | None = None,
    **fields: Unpack[EntryFields],
) -> Entry:
    """Changes the given fields of an entry. Sessions keep their rate.

    Raises NotFoundError, StaleVersionError, and the errors of `create_entry`.
    """
    with changeset(user, actor) as changes:
        entry = _get(user, model, entry_id)
        check_version(entry, versions)
        fields = _resolve_client(changes, clean_entry(model, fields, before=entry))
        if "name" in fields:
            check_name_free(user, model, fields["name"], but=entry)
        return changes.change(entry, Change.Action.EDIT, fields)


def delete_entry(
    user: User,
    actor: Actor,
    model: type[Entry],
    entry_id: UUID,
    *,
    versions: Container[int | str] | None = None,
    detach: bool = True,
) -> Entry:
    """Deletes an entry and removes it from the rows that refer to it, as one changeset. Sessions keep their rates.

    With `detach` False, raises ConflictError `in_use` when a row refers to it. Raises NotFoundError, StaleVersionError.
    """
    with changeset(user, actor) as changes:
        entry = _get(user, model, entry_id)
        check_version(entry, versions)
        if not detach:
            check_not_in_use(user, entry)
        changes.change(entry, Change.Action.DELETE, {"deleted_at": changes.at})
        if isinstance(entry, Client):
            for project in Project.objects.for_user(user).filter(client=entry):
                changes.change(project, Change.Action.EDIT, {"client_id": None})
        elif isinstance(entry, Project):
            _move_sessions(changes, entry, None)
        else:
            _take_off(changes, cast("Tag", entry))
        return entry


def merge_projects(user: User, actor: Actor, project_id: UUID, into_id: UUID) -> Project:
    """Moves all sessions of a project to another and deletes it, as one changeset. Sessions keep their rates.

    Returns the deleted project. Raises NotFoundError, and InvalidInputError for merging a project into itself.
    """
    with changeset(user, actor) as changes:
        project, into = _get(user, Project, project_id), _get(user, Project, into_id)
        if project.id == into.id:
            raise InvalidInputError(FieldError("into", "does_not_match", _("Choose another project to merge into.")))
        changes.change(project, Change.Action.MERGE, {"deleted_at": changes.at})
        _move_sessions(changes, project, into)
        return project


def add_entry(
    changes: ChangesetWriter,
    model: type[Entry],
    fields: EntryFields,
    *,
    entry_id: UUID | None = None,
    field_name: str = "name",
) -> Entry:
    """Creates an entry as `create_entry` does, within an open changeset. Errors are reported at `field_name`."""
    check_entry_count(changes.user, model, field=field_name)
    fields = _resolve_client(changes, clean_entry(model, {"name": "", **fields}))
    check_name_free(changes.user, model, fields["name"])
    if model is Project and "colour" not in fields:
        fields["colour"] = _least_used_colour(changes.user)
    entry = model.new(id=entry_id, user=changes.user)
    return changes.add(entry, fields, Change.Action.CREATE, is_id_given=entry_id is not None)


def find_by_name(user: User, model: type[Entry], name: str) -> Entry | None:
    """Returns the entry with this name in whatever case, archived or not, else None."""
    return _of(user, model).not_deleted().filter(folded_name=folded_name(name)).first()


def check_name_free(user: User, model: type[CatalogueEntry], name: str, *, but: CatalogueEntry | None = None) -> None:
    """Raises ConflictError `name_taken` when another entry that is not deleted has this name."""
    taken = find_by_name(user, model, name)
    if taken is not None and (but is None or taken.id != but.id):
        message = _("There is “%(name)s” already. Choose another name, or use that one.")
        raise ConflictError("name_taken", message % {"name": taken})


def check_not_in_use(user: User, entry: CatalogueEntry) -> None:
    """Raises ConflictError `in_use` when sessions, or projects of a client, refer to it and are not deleted."""
    if isinstance(entry, Client):
        count = Project.objects.for_user(user).not_deleted().filter(client=entry).count()
        message = ngettext("“%(name)s” has %(count)d project.", "“%(name)s” has %(count)d projects.", count)
    else:
        sessions = TimeSession.objects.for_user(user).not_deleted()
        if isinstance(entry, Project):
            sessions = sessions.filter(project=entry)
        else:
            sessions = sessions.filter(id__in=_sessions_with(cast("Tag", entry)))
        count = sessions.count()
        message = ngettext("%(count)d session has “%(name)s”.", "%(count)d sessions have “%(name)s”.", count)
    if count:
        raise ConflictError("in_use", message % {"name": entry, "count": count})


def _of(user: User, model: type[Entry]) -> UserScopedQuerySet:
    return model.objects.for_user(user)


def _get(user: User, model: type[Entry], entry_id: UUID) -> Entry:
    entry: Entry | None = _of(user, model).not_deleted().filter(id=entry_id).first()
    if entry is None:
        raise NotFoundError
    return entry


def _resolve_client(changes: ChangesetWriter, fields: EntryFields) -> EntryFields:
    """Returns validated `fields` with `client_name` replaced by the id of the client, which is created if missing.

    Raises InvalidInputError.
    """
    fields = {**fields}
    if (name := fields.pop("client_name", "")) and fields.get("client_id") is None:
        fields["client_id"] = (
            find_by_name(changes.user, Client, name)
            or add_entry(changes, Client, {"name": name}, field_name="client_name")
        ).id
    client_id = fields.get("client_id")
    if client_id is not None and not Client.objects.for_user(changes.user).not_deleted().filter(id=client_id).exists():
        message = _("There is no client with this id. Make it first, or leave it out.")
        raise InvalidInputError(FieldError("client_id", "unknown_client", message))
    return fields


def _least_used_colour(user: User) -> int:
    """Returns the first of the colours that the fewest projects in use have."""
    projects = Project.objects.for_user(user).not_deleted().filter(archived=False).order_by()
    used = dict(projects.values_list("colour").annotate(count=Count("*")))
    return min(range(1, COLOURS + 1), key=lambda colour: (used.get(colour, 0), colour))


def _move_sessions(changes: ChangesetWriter, project: Project, into: Project | None) -> None:
    """Moves all sessions of a project, also in the Trash: a restored session must not refer to a deleted project."""
    sessions = TimeSession.objects.for_user(changes.user).filter(project=project)
    fields: SessionFields = {"project_id": None if into is None else into.id}
    changes.change_all(((session, fields) for session in list(sessions)), Change.Action.EDIT)


def _take_off(changes: ChangesetWriter, tag: Tag) -> None:
    sessions = list(TimeSession.objects.for_user(changes.user).filter(id__in=_sessions_with(tag)))
    prefetch_tags(sessions)
    changes.change_all(
        ((session, {"tag_ids": tuple(i for i in session.tag_ids if i != tag.id)}) for session in sessions),
        Change.Action.EDIT,
    )


def _sessions_with(tag: Tag) -> QuerySet[SessionTag, UUID]:
    return SessionTag.objects.filter(user=tag.user_id, tag=tag).values_list("session_id", flat=True)
