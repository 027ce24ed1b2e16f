"""Clients, projects and tags over HTTP: three kinds, one way."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_view, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app import services
from sessions_app.api.versioned import VersionedViewSet
from sessions_app.models import Client, Kind, Project, Tag
from sessions_app.models.catalogue import CatalogueEntry
from sessions_app.models.querysets import UserScopedQuerySet
from timetracker.api.fields import (
    IdField,
    InstantField,
    MoneyField,
    QuerySerializer,
    StrictBooleanField,
    StrictIntegerField,
    StrictSerializer,
    TextField,
    TrueOrFalseField,
)
from timetracker.api.pagination import CursorField, add_next, limit_field
from timetracker.api.schema import DELETES, MAKES, READS, WRITES
from timetracker.api.viewsets import check_same_id, parse_id, read_body, read_if_match, read_query
from timetracker.errors import NotFoundError
from users_app.models import Scope


class CurrencyField(TextField):
    """Three letters, such as EUR. Null and "" are none: that of whom it belongs to counts."""

    def to_representation(self, value: str) -> str | None:  # type: ignore[override]
        return value or None


class EntrySerializer(StrictSerializer):
    """What clients, projects and tags have in common. Only the name is needed."""

    id = IdField(required=False)
    name = TextField(required=True, allow_null=False, max_length=CatalogueEntry.NAME_LENGTH)
    archived = StrictBooleanField(required=False)
    version = serializers.IntegerField(read_only=True)
    createdAt = InstantField(source="created_at", read_only=True)
    updatedAt = InstantField(source="updated_at", read_only=True)

    def get_fields(self) -> dict[str, Any]:
        """With what a kind has of its own in the middle."""
        fields = super().get_fields()
        return fields | {name: fields.pop(name) for name in ("archived", "version", "createdAt", "updatedAt")}


class ClientSerializer(EntrySerializer):
    """Somebody who pays."""

    hourlyRate = MoneyField(required=False, allow_null=True, source="hourly_rate")
    currency = CurrencyField()


class ProjectSerializer(EntrySerializer):
    """What sessions are for. `billable` says what new sessions of it are."""

    clientId = IdField(required=False, allow_null=True, source="client_id")
    colour = StrictIntegerField(required=False)
    billable = StrictBooleanField(required=False, source="billable_by_default")
    hourlyRate = MoneyField(required=False, allow_null=True, source="hourly_rate")
    currency = CurrencyField()


class TagSerializer(EntrySerializer):
    """A word about sessions."""


class EntriesQuerySerializer(QuerySerializer):
    """Which of them, a page at a time."""

    archived = TrueOrFalseField(required=False)
    limit = limit_field()
    cursor = CursorField(required=False)


class RemovalQuerySerializer(QuerySerializer):
    """Whether something is to be deleted that is in use."""

    detach = TrueOrFalseField(default=False)


class EntryViewSet(VersionedViewSet):
    """`/clients`, `/projects` or `/tags`, and one of them."""

    scopes = {
        "list": Scope.READ,
        "create": Scope.WRITE,
        "retrieve": Scope.READ,
        "partial_update": Scope.WRITE,
        "destroy": Scope.WRITE,
    }
    json_names = {"client_id": "clientId", "hourly_rate": "hourlyRate", "billable_by_default": "billable"}
    model: ClassVar[type[CatalogueEntry]]
    serializer_class: ClassVar[type[EntrySerializer]]

    def list(self, request: Request, user_id: str) -> Response:
        """All that are not deleted, by name. `archived` chooses."""
        query = read_query(EntriesQuerySerializer, request)
        entries = self._not_deleted().order_by("folded_name")  # which no two of them share
        if "archived" in query:
            entries = entries.filter(archived=query["archived"])
        if "cursor" in query:
            entries = entries.filter(folded_name__gt=query["cursor"])
        found = list(entries[: query["limit"] + 1])
        page = found[: query["limit"]]
        response = Response({self.collection: self.serializer_class(page, many=True).data, "next": None})
        response["Cache-Control"] = "private, no-cache"
        if len(page) < len(found):
            add_next(response, request, cursor=CursorField().to_representation(page[-1].folded_name))
        return response

    def create(self, request: Request, user_id: str) -> Response:
        """Makes a new one. `id` may be one of yours."""
        fields = read_body(self.serializer_class, request)

        def make(actor: services.Actor, entry_id: UUID | None) -> Response:
            entry = services.create_entry(self.user, actor, self.model, entry_id=entry_id, **fields)
            return self.answer(entry, is_new=True)

        return self.once(request, fields.pop("id", None), make, self.made)

    def retrieve(self, request: Request, user_id: str, entry_id: str) -> Response:
        """One of them, by its id."""
        entry = self._not_deleted().filter(id=parse_id(entry_id)).first()
        if entry is None:
            raise NotFoundError
        return self.show(request, entry)

    def partial_update(self, request: Request, user_id: str, entry_id: str) -> Response:
        """Changes what is given. This is a merge patch: what is absent stays, null takes away.

        Sessions keep the rate that they were saved with.
        """
        address = parse_id(entry_id)
        fields = read_body(self.serializer_class, request, partial=True)
        check_same_id(fields, address)
        versions = read_if_match(request)
        return self.answer(services.edit_entry(self.user, self.actor, self.model, address, versions=versions, **fields))

    def destroy(self, request: Request, user_id: str, entry_id: str) -> Response:
        """Deletes one that is not in use. With `detach` it is taken off whatever has it."""
        detach = read_query(RemovalQuerySerializer, request)["detach"]
        versions = read_if_match(request)
        services.delete_entry(self.user, self.actor, self.model, parse_id(entry_id), versions=versions, detach=detach)
        return Response(status=204)

    def represent(self, row: CatalogueEntry, now: datetime) -> dict[str, Any]:
        """One of them as JSON, which does not depend on the time."""
        return dict(self.serializer_class(row).data)

    def _not_deleted(self) -> UserScopedQuerySet:
        return self.model.objects.for_user(self.user).not_deleted()


def described(
    page: str, serializer: type[EntrySerializer], collection: str
) -> Callable[[type[EntryViewSet]], type[EntryViewSet]]:
    """Tells the description of the API what a kind takes and answers."""
    entries = inline_serializer(
        page, {collection: serializer(many=True), "next": serializers.CharField(allow_null=True)}
    )
    noun = collection.removesuffix("s")
    return extend_schema_view(
        list=extend_schema(
            summary=f"All {collection}, by name", parameters=[EntriesQuerySerializer], responses={200: entries}
        ),
        create=extend_schema(
            summary=f"Makes a {noun}", request=serializer, responses={201: serializer, 409: None}, parameters=MAKES
        ),
        retrieve=extend_schema(summary=f"One {noun}", responses={200: serializer}, parameters=READS),
        partial_update=extend_schema(
            summary=f"Changes a {noun}", request=serializer, responses={200: serializer, 409: None}, parameters=WRITES
        ),
        destroy=extend_schema(
            summary=f"Deletes a {noun} that is not in use",
            responses={204: None, 409: None},
            parameters=[RemovalQuerySerializer, *DELETES],
        ),
    )


@described("Clients", ClientSerializer, "clients")
class ClientViewSet(EntryViewSet):
    """`/clients` and `/clients/{id}`."""

    collection, kind, model, serializer_class = "clients", Kind.CLIENT, Client, ClientSerializer


@described("Projects", ProjectSerializer, "projects")
class ProjectViewSet(EntryViewSet):
    """`/projects` and `/projects/{id}`."""

    collection, kind, model, serializer_class = "projects", Kind.PROJECT, Project, ProjectSerializer


@described("Tags", TagSerializer, "tags")
class TagViewSet(EntryViewSet):
    """`/tags` and `/tags/{id}`."""

    collection, kind, model, serializer_class = "tags", Kind.TAG, Tag, TagSerializer
