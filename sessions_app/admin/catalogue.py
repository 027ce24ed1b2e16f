"""The admin of clients, projects and tags."""

from typing import Any, ClassVar, cast
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions_app import services
from sessions_app.admin.versioned import VersionedAdmin, VersionedForm, actor_of
from sessions_app.formatting import format_colour, format_hourly_rate
from sessions_app.models import Client, Project, Tag
from sessions_app.models.catalogue import COLOURS, CatalogueEntry
from timetracker.admin_lists import ConditionFilter
from timetracker.errors import ConflictError, NotFoundError
from users_app.models import User


class EntryForm(VersionedForm):
    """Adds or changes a client, project or tag."""

    def write(self, values: dict[str, Any]) -> None:
        model, pk = self._meta.model, self.instance.pk
        if self.is_new:
            services.create_entry(self.owner, self.actor, model, entry_id=pk, **values)
            return
        versions = {self.cleaned_data["seen_version"]}
        try:
            services.edit_entry(self.owner, self.actor, model, pk, versions=versions, **values)
        except NotFoundError as error:
            raise ConflictError("deleted", _("This was deleted in the meantime. It cannot be changed.")) from error


class ProjectForm(EntryForm):
    """Adds or changes a project. A new project's client is typed by name, since no user's clients can be listed yet."""

    client = forms.ModelChoiceField(Client.objects.none(), required=False, label=gettext_lazy("Client"))
    client_name = forms.CharField(
        required=False,
        label=gettext_lazy("Client"),
        help_text=gettext_lazy("The name of one of the user’s clients. One that is not there yet is made."),
    )
    colour = forms.TypedChoiceField(
        choices=lambda: [(number, _numbered(number)) for number in range(1, COLOURS + 1)],
        coerce=int,
        label=gettext_lazy("Colour"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("client", Client)
        if self.is_new and "colour" in self.fields:
            colour = cast("forms.TypedChoiceField", self.fields["colour"])
            colour.required = False
            colour.choices = [("", _("the least used")), *cast("Any", colour.choices)]


class EntryStateFilter(ConditionFilter):
    """Lists the entries that are in use, archived or deleted."""

    title = gettext_lazy("state")
    parameter_name = "state"
    conditions: ClassVar = {
        "used": (gettext_lazy("In use"), Q(archived=False, deleted_at__isnull=True)),
        "archived": (gettext_lazy("Archived"), Q(archived=True, deleted_at__isnull=True)),
        "deleted": (gettext_lazy("Deleted"), Q(deleted_at__isnull=False)),
    }


class EntryAdmin(VersionedAdmin):
    """Finds any client, project or tag, shows its history, and adds, changes or deletes it."""

    change_fields: ClassVar[tuple[str, ...]]
    add_fields: ClassVar[tuple[str, ...]]
    delete_effect: ClassVar[Promise]
    """A sentence about what happens to the sessions or projects of a deleted entry."""

    form: type[EntryForm] = EntryForm
    list_filter = (EntryStateFilter,)
    search_help_text = gettext_lazy("Name or e-mail, or the id of one of these or of a user.")

    def get_fieldsets(self, request: HttpRequest, obj: CatalogueEntry | None = None) -> Any:
        if obj is None:
            return ((None, {"fields": ("user", *self.add_fields)}),)
        return (
            (None, {"fields": ("user", *self.change_fields, *self.hidden_fields(request, obj))}),
            (_("Record"), {"fields": self.METADATA_SHOWN}),
        )

    # Writing

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().delete_view(request, object_id, {**(extra_context or {}), "delete_effect": self.delete_effect})

    def delete_model(self, request: HttpRequest, obj: CatalogueEntry) -> None:
        self._delete(obj.user, actor_of(request), obj.pk)

    @admin.action(description=gettext_lazy("Delete"), permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Deletes entries without asking, since users can undo it. Replaces Django's action of this name."""
        self.apply(request, queryset.filter(deleted_at__isnull=True), self._delete)

    def _delete(self, user: User, actor: services.Actor, entry_id: UUID) -> None:
        services.delete_entry(user, actor, self.model, entry_id)

    # Showing

    @admin.display(description=gettext_lazy("Deleted"), boolean=True)
    def is_deleted(self, entry: CatalogueEntry) -> bool:
        """Returns whether the entry was deleted."""
        return entry.deleted_at is not None

    @admin.display(description=gettext_lazy("Hourly rate"))
    def rate(self, entry: Client | Project) -> str | None:
        """Returns the rate of the entry itself, not a rate inherited from its client or user."""
        return format_hourly_rate(entry) or None


@admin.register(Client)
class ClientAdmin(EntryAdmin):
    """The admin of clients."""

    change_fields = ("name", "hourly_rate", "currency", "archived")
    add_fields = ("name", "hourly_rate", "currency")
    delete_effect = gettext_lazy("Its projects stay, without a client.")
    list_display = ("name", "user", "rate", "archived", "is_deleted")


@admin.register(Project)
class ProjectAdmin(EntryAdmin):
    """The admin of projects."""

    change_fields = (
        "name",
        "client",
        "colour",
        "billable_by_default",
        "hourly_rate",
        "currency",
        "budget_seconds",
        "budget_amount",
        "budget_period",
        "archived",
    )
    add_fields = ("name", "client_name", "colour", "billable_by_default", "hourly_rate", "currency")
    delete_effect = gettext_lazy("Its sessions stay, without a project, and keep their rates.")
    form = ProjectForm
    list_display = ("name", "user", "client", "colour_name", "rate", "archived", "is_deleted")
    list_prefetch_related = ("user", "client")

    @admin.display(description=gettext_lazy("Colour"))
    def colour_name(self, project: Project) -> str:
        """Returns `3 – Teal`: the colour's number in the API, and its name."""
        return _numbered(project.colour)


@admin.register(Tag)
class TagAdmin(EntryAdmin):
    """The admin of tags."""

    change_fields = ("name", "archived")
    add_fields = ("name",)
    delete_effect = gettext_lazy("Its sessions stay, without this tag.")
    list_display = ("name", "user", "archived", "is_deleted")


def _numbered(colour: int) -> str:
    return f"{colour} – {format_colour(colour)}"
