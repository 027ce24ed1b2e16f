"""Clients, projects and tags over HTTP: three kinds, one way."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app import services
from sessions_app.api import shapes
from sessions_app.api.budgets import Budget
from sessions_app.api.idempotency import find_made, replayed
from sessions_app.api.serializers import ClientSerializer, ProjectSerializer, TagSerializer
from sessions_app.api.state_tags import revalidated
from sessions_app.api.versioned import VersionedViewSet
from sessions_app.models import Client, Project, Tag
from sessions_app.models.catalogue import CatalogueEntry
from sessions_app.models.querysets import UserScopedQuerySet
from sessions_app.reports.budgets import read_budgets
from sessions_app.selectors.catalogue import with_name_like
from timetracker import clock
from timetracker.api.etags import read_if_match
from timetracker.api.fields import QuerySerializer, SearchTextField, TrueOrFalseField
from timetracker.api.pagination import CursorField, add_next, limit_field, order_field
from timetracker.api.schema.headers import DELETES, MAKES, READS, WRITES
from timetracker.api.viewsets import check_same_id, parse_id, read_query
from timetracker.db.snapshot import snapshot
from timetracker.shapes import Shape
from users_app.models import Scope


class EntriesQuerySerializer(QuerySerializer):
    """Which of them, a page at a time."""

    archived = TrueOrFalseField(required=False, help_text="Only what is archived, or is not.")
    q = SearchTextField(
        required=False,
        length=CatalogueEntry.NAME_LENGTH,
        help_text="Only with this text in the name, in whatever case and with whatever accents.",
    )
    order = order_field(help_text="By name.")
    limit = limit_field()
    cursor = CursorField(required=False)


class RemovalQuerySerializer(QuerySerializer):
    """Whether something is to be deleted that is in use."""

    detach = TrueOrFalseField(default=False, help_text="Whether it is taken off what has it, instead of 409.")


class EntryViewSet(VersionedViewSet):
    """`/clients`, `/projects` or `/tags`, and one of them."""

    lookup_url_kwarg = "entry_id"
    queried = frozenset({"list", "destroy"})
    scopes = {
        "list": Scope.READ,
        "create": Scope.WRITE,
        "retrieve": Scope.READ,
        "partial_update": Scope.WRITE,
        "destroy": Scope.WRITE,
    }
    json_names = {
        "client_id": "clientId",
        "hourly_rate": "hourlyRate",
        "billable_by_default": "billable",
        "budget_seconds": "budgetSeconds",
        "budget_amount": "budgetAmount",
        "budget_period": "budgetPeriod",
    }
    model: ClassVar[type[CatalogueEntry]]
    shape: ClassVar[type[shapes.Entry]]
    page_shape: ClassVar[Callable[..., Shape]]

    def get_queryset(self) -> UserScopedQuerySet:
        return self.model.objects.for_user(self.user).not_deleted()

    @revalidated
    def list(self, request: Request, user_id: str) -> Response:
        """All that are not deleted, by name. `archived` and `q`, a part of the name, choose."""
        query = read_query(EntriesQuerySerializer, request)
        is_reversed = query["order"] == "desc"
        # No two of them share a folded name.
        entries = self.get_queryset().order_by("-folded_name" if is_reversed else "folded_name")
        entries = with_name_like(entries, query.get("q", ""))
        if "archived" in query:
            entries = entries.filter(archived=query["archived"])
        if "cursor" in query:
            entries = entries.filter(**{f"folded_name__{'lt' if is_reversed else 'gt'}": query["cursor"]})
        found = list(entries[: query["limit"] + 1])
        page = found[: query["limit"]]
        response = Response(type(self).page_shape([self.shape.of(entry) for entry in page], None))
        if len(page) < len(found):
            add_next(response, request, cursor=CursorField().to_representation(page[-1].folded_name))
        return response

    def create(self, request: Request, user_id: str) -> Response:
        """Makes a new one. `id` may be one of yours."""
        fields = self.read_body()
        with self.attempt(request) as attempt:
            if attempt.earlier is None:
                entry_id = fields.pop("id", attempt.new_id)
                entry = services.create_entry(self.user, attempt.actor, self.model, entry_id=entry_id, **fields)
                return self.respond(entry, is_new=True)
        return replayed(self.respond(find_made(attempt.earlier, self.model.KIND), is_new=True))

    def retrieve(self, request: Request, user_id: str, entry_id: str) -> Response:
        """One of them, by its id."""
        return self.respond_unless_known(request, self.get_object())

    def partial_update(self, request: Request, user_id: str, entry_id: str) -> Response:
        """Changes the given fields. This is a merge patch: absent fields are unchanged, null removes a value.

        Sessions keep the rate that they were saved with.
        """
        address = parse_id(entry_id)
        fields = self.read_body()
        check_same_id(fields, address)
        versions = read_if_match(request)
        return self.respond(
            services.edit_entry(self.user, self.actor, self.model, address, versions=versions, **fields)
        )

    def destroy(self, request: Request, user_id: str, entry_id: str) -> Response:
        """Deletes one that is not in use. With `detach` it is taken off whatever has it."""
        detach = read_query(RemovalQuerySerializer, request)["detach"]
        versions = read_if_match(request)
        services.delete_entry(self.user, self.actor, self.model, parse_id(entry_id), versions=versions, detach=detach)
        return Response(status=204)

    def to_shape(self, row: CatalogueEntry, now: datetime) -> shapes.Entry:
        """Returns one of them as JSON shows it, which does not depend on the time."""
        return self.shape.of(row)


def described(
    shape: type[shapes.Entry], page: type[Shape], *, new: dict[str, Any], change: dict[str, Any]
) -> Callable[[type[EntryViewSet]], type[EntryViewSet]]:
    """Returns a decorator that tells OpenAPI what a kind answers, with an example of a new one and of a change."""
    noun = shape.__name__.lower()
    return extend_schema_view(
        list=extend_schema(
            summary=f"All {noun}s, by name", parameters=[EntriesQuerySerializer, *READS], responses={200: page}
        ),
        create=extend_schema(
            summary=f"Makes a {noun}",
            responses={201: shape, 409: None},
            parameters=MAKES,
            examples=[OpenApiExample(f"A {noun}", new, request_only=True)],
        ),
        retrieve=extend_schema(summary=f"One {noun}", responses={200: shape}, parameters=READS),
        partial_update=extend_schema(
            summary=f"Changes a {noun}",
            responses={200: shape, 409: None},
            parameters=WRITES,
            examples=[OpenApiExample("One field", change, request_only=True)],
        ),
        destroy=extend_schema(
            summary=f"Deletes a {noun} that is not in use",
            responses={204: None, 409: None},
            parameters=[RemovalQuerySerializer, *DELETES],
        ),
    )


@described(
    shapes.Client,
    shapes.Clients,
    new={"name": "ACME", "hourlyRate": "80.00", "currency": "EUR"},
    change={"hourlyRate": "90.00"},
)
class ClientViewSet(EntryViewSet):
    """`/clients` and `/clients/{id}`."""

    collection, model, serializer_class = "clients", Client, ClientSerializer
    shape, page_shape = shapes.Client, shapes.Clients


@described(
    shapes.Project,
    shapes.Projects,
    new={"name": "Relaunch", "colour": 3, "billable": True},
    change={"archived": True},
)
class ProjectViewSet(EntryViewSet):
    """`/projects`, `/projects/{id}` and the use of its budget."""

    collection, model, serializer_class = "projects", Project, ProjectSerializer
    shape, page_shape = shapes.Project, shapes.Projects
    scopes = {**EntryViewSet.scopes, "budget": Scope.READ}

    @extend_schema(
        operation_id="getProjectBudget",
        summary="What is used of the budget of a project",
        responses={200: Budget},
        parameters=READS,
    )
    @action(detail=True)
    @revalidated
    def budget(self, request: Request, user_id: str, entry_id: str) -> Response:
        """What is used of a budget, of this month or in total: the number of the report, the running session included.

        All is null without a budget.
        """
        now = clock.now()
        with snapshot():
            project = self.get_object()
            use = read_budgets(self.user, [project], now=now).get(project.id)
        return Response(Budget.of_project(self.user, project, use, now))


@described(shapes.Tag, shapes.Tags, new={"name": "deep"}, change={"name": "focus"})
class TagViewSet(EntryViewSet):
    """`/tags` and `/tags/{id}`."""

    collection, model, serializer_class = "tags", Tag, TagSerializer
    shape, page_shape = shapes.Tag, shapes.Tags
