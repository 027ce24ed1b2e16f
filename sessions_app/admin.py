"""Sessions as an operator sees them. Every write goes through the services, as everybody's does."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sessions_app import services
from sessions_app.catalogue import Catalogue, read_catalogue
from sessions_app.models import Change, Source, TimeSession
from sessions_app.neighbours import differences
from sessions_app.timekeeping.durations import format_clock
from sessions_app.validation import SessionFields
from timetracker.admin_lists import LimitedChangeList, LimitedPaginator
from timetracker.errors import DomainError, InvalidInputError, NotFoundError
from users_app.models import User

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[TimeSession]
    ModelForm = forms.ModelForm[TimeSession]
else:  # not generic at run time
    ModelAdmin, ModelForm = admin.ModelAdmin, forms.ModelForm

MOST_AT_ONCE = 1_000
"""How many sessions an action takes: each is a transaction of its own, and the browser waits."""

MOST_CHANGES = 100

BY_START = ("-start", "-id")
"""The order of an index in which one person's sessions stand together, newest first."""


class SessionForm(ModelForm):
    """What may be chosen of a session. `seen_version` is the one that was shown, so that nobody's change is lost."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    refusal: DomainError | None = None
    """Why the service refused what was sent before."""

    class Meta:
        model = TimeSession
        fields = ("user", "name", "note", "start", "end", "timezone", "billable")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.version:
            self.initial["seen_version"] = self.instance.version
        elif "timezone" in self.fields:
            self.fields["timezone"].required = False

    def clean(self) -> None:
        """Judges nothing, for the service does; tells what it refused."""
        if isinstance(self.refusal, InvalidInputError):
            for error in self.refusal.errors:
                self.add_error(self._name_of(error.field), ValidationError(error.message, error.code))
        elif self.refusal is not None:
            field = "end" if self.refusal.code == "timer_running" else ""
            self.add_error(self._name_of(field), ValidationError(self.refusal.message, self.refusal.code))

    def _get_validation_exclusions(self) -> set[str]:
        """Without these columns Django cannot check the constraints, whose names it would show for a reason."""
        exclusions: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # not in the stubs
        return exclusions | {"user", "start", "end"}

    def _name_of(self, field: str) -> str | None:
        return field if field in self.fields else None


class StateFilter(admin.SimpleListFilter):
    """Running, finished or in the Trash."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("running", _("Running")), ("finished", _("Finished")), ("trash", _("In the Trash"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[TimeSession]) -> QuerySet[TimeSession]:
        match self.value():
            case "running":
                return queryset.filter(end__isnull=True)
            case "finished":
                return queryset.filter(end__isnull=False, deleted_at__isnull=True)
            case "trash":
                return queryset.filter(deleted_at__isnull=False)
            case _:
                return queryset


@admin.register(TimeSession)
class TimeSessionAdmin(ModelAdmin):
    """Finds any session, shows its history, and corrects, deletes or restores it."""

    form = SessionForm
    list_display = ("title", "user", "start_utc", "end_utc", "length", "source", "billable", "in_trash")
    list_filter = (StateFilter, "start", "source", "billable")
    list_select_related = ()  # the users are fetched after the page: joined, SQLite begins at them and sorts all rows
    list_per_page = 50
    ordering = ("-id",)  # ids begin with the time they were made; the primary key is in their order
    sortable_by = ()  # any other order would sort the whole table
    date_hierarchy = "start"
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # each would count the whole table
    paginator = LimitedPaginator
    search_fields = ("name", "user__email")
    search_help_text = gettext_lazy("Name or e-mail, or the id of a session or of a user.")
    autocomplete_fields = ("user",)
    actions = ("delete_selected", "restore_selected")
    readonly_fields = (
        "id", "source", "first_date", "last_date", "length", "created_at", "updated_at", "deleted_at", "history",
    )  # fmt: skip

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[LimitedChangeList]:
        return LimitedChangeList

    def get_queryset(self, request: HttpRequest) -> QuerySet[TimeSession]:
        return super().get_queryset(request).prefetch_related("user")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return BY_START if "user__id__exact" in request.GET else self.ordering

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[TimeSession], search_term: str
    ) -> tuple[QuerySet[TimeSession], bool]:
        try:
            wanted = UUID(search_term.strip())
        except ValueError:
            return super().get_search_results(request, queryset, search_term)
        # Asked for either at once, SQLite would look at every session.
        is_user = User.objects.filter(pk=wanted).exists()
        if is_user:
            return queryset.filter(user_id=wanted).order_by(*BY_START), False
        return queryset.filter(pk=wanted), False

    def get_fieldsets(self, request: HttpRequest, obj: TimeSession | None = None) -> Any:
        times = {
            "fields": ("start", "end", "timezone"),
            "description": _(
                "All times are in UTC. Without an end the session runs. Its days are judged in its own zone, "
                "such as Europe/Berlin; a new session without one takes the user’s."
            ),
        }
        what = ("user", "name", "note", "billable")
        if obj is None:
            return ((None, {"fields": what}), (_("Time"), times))
        return (
            (None, {"fields": (*what, "seen_version")}),
            (_("Time"), times),
            (_("Derived"), {"fields": ("length", "first_date", "last_date")}),
            (_("Record"), {"fields": ("id", "source", "created_at", "updated_at", "deleted_at", "history")}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: TimeSession | None = None) -> tuple[str, ...]:
        return self.readonly_fields if obj is None else (*self.readonly_fields, "user")

    def get_form(
        self, request: HttpRequest, obj: TimeSession | None = None, change: bool = False, **kwargs: Any
    ) -> type[SessionForm]:
        form = cast("type[SessionForm]", super().get_form(request, obj, change, **kwargs))
        form.refusal = getattr(request, "refusal", None)
        if not change:
            form.base_fields.pop("seen_version", None)
        return form

    def has_change_permission(self, request: HttpRequest, obj: TimeSession | None = None) -> bool:
        """What is in the Trash is only looked at. What was sent to it in the meantime is told by the service."""
        if obj is not None and obj.deleted_at is not None and request.method == "GET":
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: TimeSession | None = None) -> bool:
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

    def save_model(self, request: HttpRequest, obj: TimeSession, form: forms.BaseForm, change: bool) -> None:
        fields = {name: value for name, value in form.cleaned_data.items() if name not in {"user", "seen_version"}}
        if not fields["timezone"]:
            del fields["timezone"]
        chosen = cast("SessionFields", fields)
        if change:
            versions = {form.cleaned_data["seen_version"]}
            services.edit_session(obj.user, _actor(request), obj.pk, versions=versions, **chosen)
        else:
            services.put_session(obj.user, _actor(request), obj.pk, **chosen)

    def delete_model(self, request: HttpRequest, obj: TimeSession) -> None:
        services.delete_session(obj.user, _actor(request), obj.pk)

    @admin.action(description=gettext_lazy("Move to the Trash"), permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[TimeSession]) -> None:
        """Asks nothing, for it can be undone. Takes the name and so the place of Django's own action, which cannot."""
        self._apply(request, queryset.filter(deleted_at__isnull=True), services.delete_session)

    @admin.action(description=gettext_lazy("Restore from the Trash"), permissions=["change"])
    def restore_selected(self, request: HttpRequest, queryset: QuerySet[TimeSession]) -> None:
        """Takes those that are in the Trash out of it."""
        self._apply(request, queryset.filter(deleted_at__isnull=False), services.restore_session)

    def _apply(
        self,
        request: HttpRequest,
        queryset: QuerySet[TimeSession],
        service: Callable[[User, services.Actor, UUID], TimeSession],
    ) -> None:
        sessions = list(queryset[: MOST_AT_ONCE + 1])
        if len(sessions) > MOST_AT_ONCE:
            message = _("Nothing was changed. An action takes at most %(count)d sessions: select fewer.")
            self.message_user(request, message % {"count": MOST_AT_ONCE}, messages.ERROR)
            return
        for session in sessions:
            service(session.user, _actor(request), session.pk)
        message = ngettext("%(count)d session was changed.", "%(count)d sessions were changed.", len(sessions))
        self.message_user(request, message % {"count": len(sessions)}, messages.SUCCESS)

    # Showing

    @admin.display(description=gettext_lazy("Session"))
    def title(self, session: TimeSession) -> str:
        """Its name, or that it has none."""
        return str(session)

    @admin.display(description=gettext_lazy("Start (UTC)"))
    def start_utc(self, session: TimeSession) -> str:
        """When it began."""
        return _format_instant(session.start)

    @admin.display(description=gettext_lazy("End (UTC)"))
    def end_utc(self, session: TimeSession) -> str | None:
        """When it ended."""
        return _format_instant(session.end) if session.end else None

    @admin.display(description=gettext_lazy("Duration"))
    def length(self, session: TimeSession) -> str:
        """Its hours and minutes; of the running session since when."""
        if session.duration_seconds is None:
            return _("running since %(start)s") % {"start": _format_instant(session.start)}
        return format_clock(session.duration_seconds)

    @admin.display(description=gettext_lazy("In the Trash"), boolean=True)
    def in_trash(self, session: TimeSession) -> bool:
        """Whether it was deleted."""
        return session.deleted_at is not None

    @admin.display(description=gettext_lazy("History"))
    def history(self, session: TimeSession) -> SafeString:
        """Its latest changes: when, who, what they did, and what that made of it."""
        changes = (
            Change.objects.filter(user_id=session.user_id, object_id=session.pk)
            .select_related("operator", "token")
            .order_by("-id")[:MOST_CHANGES]
        )
        catalogue = read_catalogue(session.user)
        return format_html(
            "<table><thead><tr><th>{}</th><th>{}</th><th>{}</th><th>{}</th></tr></thead><tbody>{}</tbody></table>",
            _("When (UTC)"),
            _("Who"),
            _("Action"),
            _("What changed"),
            format_html_join(
                "",
                "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                (_history_row(change, catalogue) for change in changes),
            ),
        )


def _actor(request: HttpRequest) -> services.Actor:
    return services.Actor(Source.ADMIN, operator=cast("User", request.user))


def _history_row(change: Change, catalogue: Catalogue) -> tuple[object, ...]:
    who = f"{change.get_source_display()}: {change.operator or change.token or ''}".removesuffix(": ")
    rows = ((each.label, _format(each.before), _format(each.after)) for each in differences(change, catalogue))
    changed = format_html_join("", "{}: {} → {}<br>", rows)
    return _format_instant(change.at), who, change.get_action_display(), changed


def _format(value: object) -> str:
    if value in {None, ""}:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _format_instant(value) if isinstance(value, datetime) else str(value)


def _format_instant(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
