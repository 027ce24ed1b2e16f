"""Query parameters that filter sessions, in the overview and in reports."""

from collections.abc import Collection, Mapping
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sessions_app.models import Client, Project, Tag, TimeSession
from sessions_app.models.catalogue import CatalogueEntry, folded_name
from sessions_app.models.querysets import SessionFilter
from sessions_app.services.validation import MAX_TAGS
from timetracker.api.fields import (
    IdField,
    QuerySerializer,
    RepeatedField,
    SearchTextField,
    TrueOrFalseField,
)
from timetracker.api.problems import InvalidQueryError
from timetracker.db.ids import uuid7
from users_app.models import User

MAX_IDS = 50  # the most ids of projects, and of clients, in a query; so many fit into a URL
TOO_MANY_TAGS = gettext_lazy("A session has at most {count} tags. Leave some out.")


@extend_schema_field({"type": "string", "anyOf": [{"const": "none"}, {"format": "uuid"}]})
class IdOrNoneField(IdField):
    """A UUID, or `none` for what has none."""

    default_error_messages = {"invalid": gettext_lazy("“{value}” is not an id. Give one, or “none”.")}

    def to_internal_value(self, data: Any) -> Any:
        return data if data == "none" else super().to_internal_value(data)


class FilterSerializer(QuerySerializer):
    """Which sessions are meant; what is absent is not asked."""

    projectId = RepeatedField(child=IdOrNoneField(), max_length=MAX_IDS, required=False, help_text="Any of these.")
    clientId = RepeatedField(child=IdOrNoneField(), max_length=MAX_IDS, required=False, help_text="Any of these.")
    tag = RepeatedField(
        child=SearchTextField(length=Tag.NAME_LENGTH, allow_blank=False),
        max_length=MAX_TAGS,
        required=False,
        error_messages={"too_many": TOO_MANY_TAGS},
        help_text="All of these, by their names.",
    )
    billable = TrueOrFalseField(required=False, help_text="Only what is billable, or is not.")
    q = SearchTextField(
        required=False,
        length=TimeSession.NAME_LENGTH,
        help_text="Only with this text in name or note, in whatever case and with whatever accents.",
    )


def read_filter(user: User, query: Mapping[str, Any]) -> SessionFilter:
    """Returns the filter of a validated query, with `name` and `running` if the action has these parameters.

    One database query for each of projects, clients and tags in it. Raises InvalidQueryError for an unknown project or
    client; an unknown tag matches no session.
    """
    projects, clients = frozenset(query.get("projectId", ())), frozenset(query.get("clientId", ()))
    wrong = {}
    if not _are_there(user, Project, projects):
        message = _("There is no project with this id. Leave it out, or give another.")
        wrong["projectId"] = [serializers.ErrorDetail(message, code="unknown_project")]
    if not _are_there(user, Client, clients):
        message = _("There is no client with this id. Leave it out, or give another.")
        wrong["clientId"] = [serializers.ErrorDetail(message, code="unknown_client")]
    if wrong:
        raise InvalidQueryError(wrong)
    return SessionFilter(
        project=next(iter(projects)) if len(projects) == 1 else None,
        client=next(iter(clients)) if len(clients) == 1 else None,
        projects=projects if len(projects) > 1 else frozenset(),
        clients=clients if len(clients) > 1 else frozenset(),
        tag_ids=_find_tags(user, query.get("tag", ())),
        name=query.get("name"),
        billable=query.get("billable"),
        running=query.get("running"),
        text=query.get("q", ""),
    )


def _are_there(user: User, model: type[CatalogueEntry], ids: Collection[UUID | Literal["none"]]) -> bool:
    """Returns whether all ids are of entries of the user that are not deleted. One query; none without ids."""
    wanted = {each for each in ids if isinstance(each, UUID)}
    if not wanted:
        return True
    entries = model.objects.for_user(user).not_deleted().filter(id__in=wanted)
    return entries.count() == len(wanted)


def _find_tags(user: User, names: Collection[str]) -> frozenset[UUID]:
    keys = {folded_name(name.removeprefix("#")) for name in names}
    if not keys:
        return frozenset()
    found = Tag.objects.for_user(user).not_deleted().filter(folded_name__in=keys).values_list("id", flat=True)
    return frozenset(found if len(found) == len(keys) else [uuid7()])  # a new id, which no tag has
