"""What the admin has in common for all that is recorded: bounded lists, forms that the services judge, the history."""

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
"""How many rows an action takes: each is a transaction of its own, and the browser waits."""

FIELD_OF_CONFLICT = {"timer_running": "end", "name_taken": "name"}
"""The field at which a conflict is told, by its code; any other is told above the form."""


def actor_of(request: HttpRequest) -> Actor:
    """The operator."""
    return Actor(Source.ADMIN, operator=cast("User", request.user))


class VersionedForm(ModelForm):
    """What may be chosen of a row. `seen_version` is the one that was shown, so that nobody's change is lost."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    refusal: DomainError | None = None
    """Why the service refused what was sent before."""

    @property
    def is_new(self) -> bool:
        """Whether it adds a row."""
        return not self.instance.version

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_new:
            self.initial["seen_version"] = self.instance.version

    def offer(self, name: str, model: type[CatalogueEntry]) -> None:
        """Lets a field choose among what the row's person has in use, and what it has already."""
        if name in self.fields and not self.is_new:
            owned = model.objects.for_user(self.instance.user).not_deleted()
            offered = owned.filter(Q(archived=False) | Q(pk=getattr(self.instance, f"{name}_id")))
            cast("forms.ModelChoiceField[CatalogueEntry]", self.fields[name]).queryset = offered.order_by(
                "folded_name", "id"
            )

    def chosen(self) -> dict[str, Any]:
        """What was changed, as the services take it; what is not in it stays, or is as they decide."""
        values = {name: self.cleaned_data[name] for name in self.changed_data if name not in {"user", "seen_version"}}
        rows = {name for name in values if isinstance(self.fields[name], forms.ModelChoiceField)}
        return {
            f"{name}_id" if name in rows else name: value.pk if name in rows and value is not None else value
            for name, value in values.items()
        }

    def clean(self) -> None:
        """Judges nothing, for the service does; tells what it refused."""
        if isinstance(self.refusal, InvalidInputError):
            for error in self.refusal.errors:
                self.add_error(self._name_of(error.field), ValidationError(error.message, error.code))
        elif self.refusal is not None:
            field = FIELD_OF_CONFLICT.get(self.refusal.code, "")
            self.add_error(self._name_of(field), ValidationError(self.refusal.message, self.refusal.code))

    def _get_validation_exclusions(self) -> set[str]:
        """All columns: Django would check its constraints, too, and show their names for a reason."""
        return {field.name for field in self._meta.model._meta.fields}  # noqa: SLF001  # Django's documented API

    def _name_of(self, field: str) -> str | None:
        name = field.removesuffix("_id")
        return name if name in self.fields else None


class VersionedAdmin(ModelAdmin):
    """Finds any row, shows its history, and changes it by the services. A deleted one is only looked at."""

    METADATA_SHOWN: ClassVar[tuple[str, ...]] = ("id", "created_at", "updated_at", "deleted_at", "history")
    single_user_ordering: ClassVar[tuple[str, ...]] = ("-id",)
    """The order of an index in which the rows of one person stand together."""
    fetched_after: ClassVar[tuple[str, ...]] = ("user",)
    """What is fetched for a page after it: joined, SQLite would begin there and sort all rows."""

    list_select_related = ()
    list_per_page = 50
    ordering = ("-id",)  # ids begin with the time they were made; the primary key is in their order
    sortable_by = ()  # any other order would sort the whole table
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # each would count the whole table
    paginator = LimitedPaginator
    search_fields = ("name", "user__email")
    autocomplete_fields = ("user",)
    actions: tuple[str, ...] = ("delete_selected",)
    readonly_fields = METADATA_SHOWN

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[LimitedChangeList]:
        return LimitedChangeList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related(*self.fetched_after)

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return self.single_user_ordering if "user__id__exact" in request.GET else self.ordering

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        try:
            wanted = UUID(search_term.strip())
        except ValueError:
            return super().get_search_results(request, queryset, search_term)
        # Asked for either at once, SQLite would look at every row.
        is_user = User.objects.filter(pk=wanted).exists()
        if is_user:
            return queryset.filter(user_id=wanted).order_by(*self.single_user_ordering), False
        return queryset.filter(pk=wanted), False

    def get_readonly_fields(self, request: HttpRequest, obj: VersionedModel | None = None) -> tuple[str, ...]:
        return self.readonly_fields if obj is None else (*self.readonly_fields, "user")

    def get_form(
        self, request: HttpRequest, obj: VersionedModel | None = None, change: bool = False, **kwargs: Any
    ) -> type[VersionedForm]:
        form = cast("type[VersionedForm]", super().get_form(request, obj, change, **kwargs))
        form.refusal = getattr(request, "refusal", None)
        for name in form.base_fields.keys() - flatten_fieldsets(self.get_fieldsets(request, obj)):
            del form.base_fields[name]  # what is declared stays otherwise, shown or not
        return form

    def hidden_fields(self, request: HttpRequest, obj: VersionedModel) -> tuple[str, ...]:
        """What a form has beside what is seen."""
        return ("seen_version",) if self.has_change_permission(request, obj) else ()

    def has_change_permission(self, request: HttpRequest, obj: VersionedModel | None = None) -> bool:
        """What is deleted is only looked at. What was deleted in the meantime is told by the service."""
        if obj is not None and obj.deleted_at is not None and request.method == "GET":
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: VersionedModel | None = None) -> bool:
        return (obj is None or obj.deleted_at is None) and super().has_delete_permission(request, obj)

    # Writing

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """What the service refuses is rolled back, and the form is shown again with the reason."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except NotFoundError:
            raise
        except DomainError as refusal:
            request.refusal = refusal  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def apply(
        self, request: HttpRequest, queryset: QuerySet[Any], service: Callable[[User, Actor, UUID], object]
    ) -> None:
        """Calls a service with each row, unless there are too many, and tells how many there were."""
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

    @admin.display(description=gettext_lazy("History"))
    def history(self, row: VersionedModel) -> SafeString:
        """Its latest changes."""
        return history_table(row)
