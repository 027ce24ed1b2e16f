"""The admin of versioned models: bounded lists, forms that write by the services, and the history of a row."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, cast
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets, model_ngettext
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sessions_app.admin.csv_action import download_csv
from sessions_app.admin.history import history_table
from sessions_app.models import Source, VersionedModel
from sessions_app.models.catalogue import CatalogueEntry
from sessions_app.services import Actor
from timetracker.admin_lists import LimitedChangeList, LimitedPaginator
from timetracker.errors import DomainError, InvalidInputError, NotFoundError
from users_app.models import User

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    ModelForm = forms.ModelForm[Any]
else:  # not generic at run time
    ModelAdmin, ModelForm = admin.ModelAdmin, forms.ModelForm

MAX_ROWS_PER_ACTION = 1_000
"""The most rows that an action changes. Each row takes a transaction, and the browser waits."""

MAX_SEARCHED = 20_000
"""The number of newest rows that a search or filter without an index looks through."""

FIELD_OF_CONFLICT = {"timer_running": "end", "name_taken": "name"}
"""The field that shows a conflict, by the code of the conflict. Other conflicts are shown above the form."""


def actor_of(request: HttpRequest) -> Actor:
    """Returns the actor of a request: the operator who is signed in."""
    return Actor(Source.ADMIN, operator=cast("User", request.user))


class VersionedForm(ModelForm):
    """Adds or changes a row through the services. `seen_version` is the version shown, so that no update is lost."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    actor: ClassVar[Actor]
    """The operator, set in the form class that `VersionedAdmin.get_form` makes for each request."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_new:
            self.initial["seen_version"] = self.instance.version

    @property
    def is_new(self) -> bool:
        """Whether the form adds a row."""
        return not self.instance.version

    @property
    def owner(self) -> User:
        """The user of the row. For a new row, it is known once the fields are clean."""
        return cast("User", self.cleaned_data["user"] if self.is_new else self.instance.user)

    def offer(self, name: str, model: type[CatalogueEntry]) -> None:
        """Limits the choices of a field to the user's entries that are in use, and the row's present one."""
        if name in self.fields and not self.is_new:
            owned = model.objects.for_user(self.instance.user).not_deleted()
            offered = owned.filter(Q(archived=False) | Q(pk=getattr(self.instance, f"{name}_id")))
            cast("forms.ModelChoiceField[CatalogueEntry]", self.fields[name]).queryset = offered.order_by(
                "folded_name", "id"
            )

    def changed_values(self) -> dict[str, Any]:
        """Returns the changed values by the services' field names. The services have defaults for all other fields."""
        values = {name: self.cleaned_data[name] for name in self.changed_data if name not in {"user", "seen_version"}}
        rows = {name for name in values if isinstance(self.fields[name], forms.ModelChoiceField)}
        return {
            f"{name}_id" if name in rows else name: value.pk if name in rows and value is not None else value
            for name, value in values.items()
        }

    def clean(self) -> None:
        """Writes the row if all fields are valid, and adds the service's errors to the form.

        The row is written here, because only the service can tell whether it is valid, and no error can be added later.
        The admin validates forms in a transaction, in which a service that fails rolls back its writes.
        """
        if self.errors:
            return
        try:
            self.write(self.changed_values())
        except NotFoundError:
            raise
        except InvalidInputError as invalid:
            for error in invalid.errors:
                self.add_error(self._name_of(error.field), ValidationError(error.message, error.code))
        except DomainError as error:
            field = FIELD_OF_CONFLICT.get(error.code, "")
            self.add_error(self._name_of(field), ValidationError(error.message, error.code))

    def write(self, values: dict[str, Any]) -> None:
        """Calls the service that adds or changes the row. Raises DomainError."""
        raise NotImplementedError

    def _get_validation_exclusions(self) -> set[str]:
        """Returns all columns, so that Django does not validate constraints and show their names as messages.

        This hook is private, but the only one that applies to fields, uniqueness and constraints alike.
        """
        return {field.name for field in self._meta.model._meta.fields}  # noqa: SLF001  # Django's documented API

    def _name_of(self, field: str) -> str | None:
        name = field.removesuffix("_id")
        return name if name in self.fields else None


class VersionedAdmin(ModelAdmin):
    """Finds any row, shows its history, and changes it through the services. A deleted row can only be viewed."""

    METADATA_SHOWN: ClassVar[tuple[str, ...]] = ("id", "created_at", "updated_at", "deleted_at", "history")
    single_user_ordering: ClassVar[tuple[str, ...]] = ("-id",)
    """The order when the list shows one user's rows: that of an index that begins with the user."""
    indexed_states: ClassVar[frozenset[str]] = frozenset()
    """The values of the filter by state for which there is an index."""
    list_prefetch_related: ClassVar[tuple[str, ...]] = ("user",)
    """Relations that are fetched after the rows of a page. If they were joined, SQLite would sort all rows."""

    list_select_related = ()
    list_per_page = 50
    ordering = ("-id",)  # newest first, by the primary key, since ids begin with their time
    sortable_by = ()  # any other order would sort the whole table
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # each would count the whole table
    paginator = LimitedPaginator
    search_fields = ("name", "user__email")
    autocomplete_fields = ("user",)
    actions: tuple[Any, ...] = (download_csv, "delete_selected")
    readonly_fields = METADATA_SHOWN

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[LimitedChangeList]:
        return LimitedChangeList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related(*self.list_prefetch_related)

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return self.single_user_ordering if "user__id__exact" in request.GET else self.ordering

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Searches for a row by id or a user's rows by index, and for anything else among the newest MAX_SEARCHED rows.

        Filters are limited to these rows, too, except for the filter by user and `indexed_states`.
        """
        user_id, row_id = _find_user_or_id(search_term.strip())
        if user_id is not None:
            return queryset.filter(user_id=user_id).order_by(*self.single_user_ordering), False
        if row_id is not None:
            return queryset.filter(pk=row_id), False
        filters = request.GET.keys() - {"p", "q", "_changelist_filters"}
        is_indexed = "user__id__exact" in filters or request.GET.get("state") in self.indexed_states
        if (filters or search_term) and not is_indexed:
            ids = self.model.objects.order_by("-pk").values_list("pk", flat=True)
            queryset = queryset.filter(pk__gte=oldest) if (oldest := ids[MAX_SEARCHED:].first()) else queryset
        return super().get_search_results(request, queryset, search_term)

    def get_readonly_fields(self, request: HttpRequest, obj: VersionedModel | None = None) -> tuple[str, ...]:
        return self.readonly_fields if obj is None else (*self.readonly_fields, "user")

    def get_form(
        self, request: HttpRequest, obj: VersionedModel | None = None, change: bool = False, **kwargs: Any
    ) -> type[VersionedForm]:
        form = cast("type[VersionedForm]", super().get_form(request, obj, change, **kwargs))
        form.actor = actor_of(request)
        for name in form.base_fields.keys() - flatten_fieldsets(self.get_fieldsets(request, obj)):
            del form.base_fields[name]  # declared fields would stay, shown or not
        return form

    def hidden_fields(self, request: HttpRequest, obj: VersionedModel) -> tuple[str, ...]:
        """Returns the fields of the form that are not shown."""
        return ("seen_version",) if self.has_change_permission(request, obj) else ()

    def has_change_permission(self, request: HttpRequest, obj: VersionedModel | None = None) -> bool:
        """Returns False for viewing a deleted row. If a row was deleted since it was shown, the service reports it."""
        if obj is not None and obj.deleted_at is not None and request.method == "GET":
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: VersionedModel | None = None) -> bool:
        return (obj is None or obj.deleted_at is None) and super().has_delete_permission(request, obj)

    # Writing

    def save_model(self, request: HttpRequest, obj: VersionedModel, form: forms.BaseForm, change: bool) -> None:
        """Does nothing: the form wrote the row when it was validated."""

    def apply(
        self, request: HttpRequest, queryset: QuerySet[Any], service: Callable[[User, Actor, UUID], object]
    ) -> None:
        """Calls a service for each row, unless there are too many, and shows a message with the number of rows."""
        rows = list(queryset[: MAX_ROWS_PER_ACTION + 1])
        if len(rows) > MAX_ROWS_PER_ACTION:
            message = _("Nothing was changed. An action takes at most %(count)d %(name)s: select fewer.")
            counted = {"count": MAX_ROWS_PER_ACTION, "name": self.opts.verbose_name_plural}
            self.message_user(request, message % counted, messages.ERROR)
            return
        for row in rows:
            service(row.user, actor_of(request), row.pk)
        message = ngettext("%(count)d %(name)s was changed.", "%(count)d %(name)s were changed.", len(rows))
        counted = {"count": len(rows), "name": model_ngettext(self.opts, len(rows))}
        self.message_user(request, message % counted, messages.SUCCESS)

    # Showing

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        changes = None if row is None else history_table(row)
        return super().history_view(request, object_id, {**(extra_context or {}), "changes": changes})

    @admin.display(description=gettext_lazy("History"))
    def history(self, row: VersionedModel) -> SafeString:
        """Returns the latest changes of a row."""
        return history_table(row)


def _find_user_or_id(term: str) -> tuple[UUID | None, UUID | None]:
    """Returns the id of the only user with the e-mail or id that was searched for, else the id as that of a row.

    One query for both, with OR, would make SQLite read every row.
    """
    if "@" in term:
        users = list(User.objects.filter(email__icontains=term).values_list("pk", flat=True)[:2])
        return (users[0] if len(users) == 1 else None), None
    try:
        wanted = UUID(term)
    except ValueError:
        return None, None
    return (wanted, None) if User.objects.filter(pk=wanted).exists() else (None, wanted)
