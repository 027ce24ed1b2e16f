"""Clients, projects and tags."""

from typing import Any, ClassVar, cast
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions_app import services
from sessions_app.admin.versioned import VersionedAdmin, VersionedForm, actor_of
from sessions_app.formatting import format_colour, format_hourly_rate
from sessions_app.models import Client, Project, Tag
from sessions_app.models.catalogue import COLOURS, CatalogueEntry
from timetracker.errors import ConflictError, NotFoundError
from users_app.models import User


class ProjectForm(VersionedForm):
    """Of a project. Its client is one of the same person; until it is known whose it is, the client is named."""

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


class EntryStateFilter(admin.SimpleListFilter):
    """In use, archived or deleted."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("used", _("In use")), ("archived", _("Archived")), ("deleted", _("Deleted"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "used":
                return queryset.filter(archived=False, deleted_at__isnull=True)
            case "archived":
                return queryset.filter(archived=True, deleted_at__isnull=True)
            case "deleted":
                return queryset.filter(deleted_at__isnull=False)
            case _:
                return queryset


class EntryAdmin(VersionedAdmin):
    """Finds any client, project or tag, shows its history, and adds, changes or deletes it."""

    chosen_fields: ClassVar[tuple[str, ...]]
    added_fields: ClassVar[tuple[str, ...]]
    """What may be chosen of a new one."""
    aftermath: ClassVar[Promise]
    """What becomes of what it was on when it is deleted."""

    form: type[VersionedForm] = VersionedForm
    list_filter = (EntryStateFilter,)
    search_help_text = gettext_lazy("Name or e-mail, or the id of one of these or of a user.")

    def get_fieldsets(self, request: HttpRequest, obj: CatalogueEntry | None = None) -> Any:
        if obj is None:
            return ((None, {"fields": ("user", *self.added_fields)}),)
        return (
            (None, {"fields": ("user", *self.chosen_fields, *self.hidden_fields(request, obj))}),
            (_("Record"), {"fields": self.METADATA_SHOWN}),
        )

    # Writing

    def save_model(self, request: HttpRequest, obj: CatalogueEntry, form: forms.BaseForm, change: bool) -> None:
        form = cast("VersionedForm", form)
        if not change:
            services.create_entry(obj.user, actor_of(request), self.model, entry_id=obj.pk, **form.chosen())
            return
        versions = {form.cleaned_data["seen_version"]}
        try:
            services.edit_entry(obj.user, actor_of(request), self.model, obj.pk, versions=versions, **form.chosen())
        except NotFoundError as error:
            raise ConflictError("deleted", _("This was deleted in the meantime. It cannot be changed.")) from error

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().delete_view(request, object_id, {**(extra_context or {}), "aftermath": self.aftermath})

    def delete_model(self, request: HttpRequest, obj: CatalogueEntry) -> None:
        self._delete(obj.user, actor_of(request), obj.pk)

    @admin.action(description=gettext_lazy("Delete"), permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Asks nothing, for it can be undone. Takes the name and so the place of Django's own action, which cannot."""
        self.apply(request, queryset.filter(deleted_at__isnull=True), self._delete)

    def _delete(self, user: User, actor: services.Actor, entry_id: UUID) -> None:
        services.delete_entry(user, actor, self.model, entry_id)

    # Showing

    @admin.display(description=gettext_lazy("Deleted"), boolean=True)
    def is_deleted(self, entry: CatalogueEntry) -> bool:
        """Whether it was deleted."""
        return entry.deleted_at is not None

    @admin.display(description=gettext_lazy("Hourly rate"))
    def rate(self, entry: Client | Project) -> str | None:
        """Its own, not that of its client or user."""
        return format_hourly_rate(entry) or None


@admin.register(Client)
class ClientAdmin(EntryAdmin):
    """Who pays."""

    chosen_fields = ("name", "hourly_rate", "currency", "archived")
    added_fields = ("name", "hourly_rate", "currency")
    aftermath = gettext_lazy("Its projects stay, without a client.")
    list_display = ("name", "user", "rate", "archived", "is_deleted")


@admin.register(Project)
class ProjectAdmin(EntryAdmin):
    """What sessions are for."""

    chosen_fields = ("name", "client", "colour", "billable_by_default", "hourly_rate", "currency", "archived")
    added_fields = ("name", "client_name", "colour", "billable_by_default", "hourly_rate", "currency")
    aftermath = gettext_lazy("Its sessions stay, without a project, and keep their rates.")
    form = ProjectForm
    list_display = ("name", "user", "client", "colour_name", "rate", "archived", "is_deleted")
    fetched_after = ("user", "client")

    @admin.display(description=gettext_lazy("Colour"))
    def colour_name(self, project: Project) -> str:
        """`3 – Teal`, by the number that the API has for it."""
        return _numbered(project.colour)


@admin.register(Tag)
class TagAdmin(EntryAdmin):
    """Words about sessions."""

    chosen_fields = ("name", "archived")
    added_fields = ("name",)
    aftermath = gettext_lazy("Its sessions stay, without this tag.")
    list_display = ("name", "user", "archived", "is_deleted")


def _numbered(colour: int) -> str:
    return f"{colour} – {format_colour(colour)}"
