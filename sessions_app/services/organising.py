"""Clients, projects and tags: made by name alone, changed, archived, merged, deleted. All of it can be undone."""

from collections.abc import Container
from typing import TypeVar, Unpack, cast
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions_app.models import Change, Client, Project, SessionTag, Tag, TimeSession, read_tags
from sessions_app.models.organising import COLOURS, Named, name_key
from sessions_app.querysets import OwnedQuerySet
from sessions_app.services.press import Actor, Press, press, refuse_stale
from sessions_app.validation import ItemFields, SessionFields, clean_item
from timetracker.errors import ConflictError, FieldError, InvalidInputError, NotFoundError
from users_app.models import User

Item = TypeVar("Item", bound=Named)


def create_item(
    user: User, actor: Actor, model: type[Item], *, item_id: UUID | None = None, **fields: Unpack[ItemFields]
) -> Item:
    """A new client, project or tag; only `name` is required. A project gets the colour that is least used.

    Raises InvalidInputError, ConflictError `name_taken` when another has this name, in whatever case, `id_taken`.
    """
    with press(user, actor) as this:
        if item_id is not None and _of(user, model).filter(id=item_id).exists():
            raise ConflictError("id_taken", _("This id is in use already. Leave it out, or give another."))
        return add_item(this, model, fields, item_id=item_id)


def edit_item(
    user: User,
    actor: Actor,
    model: type[Item],
    item_id: UUID,
    *,
    versions: Container[int] | None = None,
    **fields: Unpack[ItemFields],
) -> Item:
    """Changes the given fields; sessions keep the rate they have. Errors as of `create_item`, and StaleVersionError."""
    with press(user, actor) as this:
        item = _get(user, model, item_id)
        refuse_stale(item, versions)
        fields = _settle_client(this, clean_item(model, fields))
        if "name" in fields:
            refuse_taken_name(user, model, fields["name"], but=item)
        return this.change(item, Change.Action.EDIT, fields)


def delete_item(
    user: User,
    actor: Actor,
    model: type[Item],
    item_id: UUID,
    *,
    versions: Container[int] | None = None,
    detach: bool = True,
) -> Item:
    """Deletes it, and takes it off what it was on, as one batch: its sessions then have no project, or a tag less.

    Sessions keep their rates. With `detach` False raises ConflictError `in_use` when it is on anything.
    """
    with press(user, actor) as this:
        item = _get(user, model, item_id)
        refuse_stale(item, versions)
        if not detach:
            refuse_used(user, item)
        this.change(item, Change.Action.DELETE, {"deleted_at": this.at})
        if isinstance(item, Client):
            for project in Project.objects.for_user(user).filter(client=item):
                this.change(project, Change.Action.EDIT, {"client_id": None})
        elif isinstance(item, Project):
            _move_sessions(this, item, None)
        else:
            _take_off(this, cast("Tag", item))
        return item


def merge_projects(user: User, actor: Actor, project_id: UUID, into_id: UUID) -> Project:
    """Moves all sessions of a project to another and deletes it, as one batch. Sessions keep their rates.

    Gives back the one that is gone. Raises NotFoundError, and InvalidInputError for a project and itself.
    """
    with press(user, actor) as this:
        project, into = _get(user, Project, project_id), _get(user, Project, into_id)
        if project.id == into.id:
            raise InvalidInputError(FieldError("into", "does_not_match", _("Choose another project to merge into.")))
        this.change(project, Change.Action.MERGE, {"deleted_at": this.at})
        _move_sessions(this, project, into)
        return project


def add_item(this: Press, model: type[Item], fields: ItemFields, *, item_id: UUID | None = None) -> Item:
    """As `create_item`, within a press."""
    fields = _settle_client(this, clean_item(model, {"name": "", **fields}))
    refuse_taken_name(this.user, model, fields["name"])
    if model is Project and "colour" not in fields:
        fields["colour"] = _least_used_colour(this.user)
    item = model.new(id=item_id, user=this.user)
    return this.add(item, fields, Change.Action.CREATE, is_id_given=item_id is not None)


def find_by_name(user: User, model: type[Item], name: str) -> Item | None:
    """The one with this name, in whatever case, archived or not."""
    return _of(user, model).kept().filter(name_key=name_key(name)).first()


def refuse_taken_name(user: User, model: type[Named], name: str, *, but: Named | None = None) -> None:
    """Raises ConflictError `name_taken` when another one that is not deleted has this name."""
    taken = find_by_name(user, model, name)
    if taken is not None and (but is None or taken.id != but.id):
        message = _("There is “%(name)s” already. Choose another name, or use that one.")
        raise ConflictError("name_taken", message % {"name": taken})


def refuse_used(user: User, item: Named) -> None:
    """Raises ConflictError `in_use` when sessions, or projects of a client, that are not deleted have it."""
    if isinstance(item, Client):
        count = Project.objects.for_user(user).kept().filter(client=item).count()
        message = ngettext("“%(name)s” has %(count)d project.", "“%(name)s” has %(count)d projects.", count)
    else:
        sessions = TimeSession.objects.for_user(user).kept()
        if isinstance(item, Project):
            sessions = sessions.filter(project=item)
        else:
            sessions = sessions.filter(id__in=_sessions_with(cast("Tag", item)))
        count = sessions.count()
        message = ngettext("%(count)d session has “%(name)s”.", "%(count)d sessions have “%(name)s”.", count)
    if count:
        raise ConflictError("in_use", message % {"name": item, "count": count})


def _of(user: User, model: type[Item]) -> OwnedQuerySet:
    return model.objects.for_user(user)


def _get(user: User, model: type[Item], item_id: UUID) -> Item:
    item: Item | None = _of(user, model).kept().filter(id=item_id).first()
    if item is None:
        raise NotFoundError
    return item


def _settle_client(this: Press, fields: ItemFields) -> ItemFields:
    """`fields`, judged already, as they are stored: the client found or made. Raises InvalidInputError."""
    fields = {**fields}
    if (name := fields.pop("client_name", "")) and fields.get("client_id") is None:
        fields["client_id"] = (find_by_name(this.user, Client, name) or add_item(this, Client, {"name": name})).id
    client_id = fields.get("client_id")
    if client_id is not None and not Client.objects.for_user(this.user).kept().filter(id=client_id).exists():
        message = _("There is no client with this id. Make it first, or leave it out.")
        raise InvalidInputError(FieldError("client_id", "unknown_client", message))
    return fields


def _least_used_colour(user: User) -> int:
    """The colour that the fewest projects in use have, the first of several."""
    projects = Project.objects.for_user(user).kept().filter(archived=False).order_by()
    used = dict(projects.values_list("colour").annotate(count=Count("*")))
    return min(range(1, COLOURS + 1), key=lambda colour: (used.get(colour, 0), colour))


def _move_sessions(this: Press, project: Project, into: Project | None) -> None:
    """Also those in the Trash: what is restored later must not have a project that is gone."""
    sessions = TimeSession.objects.for_user(this.user).filter(project=project)
    fields: SessionFields = {"project_id": None if into is None else into.id}
    this.change_all(((session, fields) for session in list(sessions)), Change.Action.EDIT)


def _take_off(this: Press, tag: Tag) -> None:
    sessions = list(TimeSession.objects.for_user(this.user).filter(id__in=_sessions_with(tag)))
    read_tags(sessions)
    this.change_all(
        ((session, {"tag_ids": tuple(i for i in session.tag_ids if i != tag.id)}) for session in sessions),
        Change.Action.EDIT,
    )


def _sessions_with(tag: Tag) -> QuerySet[SessionTag, UUID]:
    return SessionTag.objects.filter(user=tag.user_id, tag=tag).values_list("session_id", flat=True)
