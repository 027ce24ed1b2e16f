"""The admin of sessions."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions_app import services
from sessions_app.admin.history import format_instant
from sessions_app.admin.versioned import VersionedAdmin, VersionedForm, actor_of
from sessions_app.formatting import format_hourly_rate
from sessions_app.models import Project, Tag, TimeSession
from sessions_app.timekeeping.durations import format_clock
from timetracker.admin_lists import ConditionFilter

MAX_RUNNING = 1_000
"""The most running sessions that are listed."""


class SessionForm(VersionedForm):
    """Adds or changes a session. A new session's project is typed by name, as no user's projects can be listed yet."""

    project = forms.ModelChoiceField(Project.objects.none(), required=False, label=gettext_lazy("Project"))
    project_name = forms.CharField(
        required=False,
        label=gettext_lazy("Project"),
        help_text=gettext_lazy("The name of one of the user’s projects. One that is not there yet is made."),
    )
    tags = forms.CharField(
        required=False,
        label=gettext_lazy("Tags"),
        help_text=gettext_lazy("Separate tags with spaces. A tag that is not there yet is made."),
    )

    class Meta:
        labels = {"hourly_rate": gettext_lazy("Own hourly rate"), "currency": gettext_lazy("Its currency")}
        help_texts = {
            "hourly_rate": gettext_lazy(
                "Without one the session has the rate that its project, client or user had when it was saved."
            ),
            "currency": gettext_lazy("Three letters, such as EUR. Of a new rate: empty is that of the project."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("project", Project)
        if self.is_new:
            if "timezone" in self.fields:
                self.fields["timezone"].required = False
            return
        self.initial["tags"] = _tag_words(self.instance)
        if not self.instance.rate_is_override:
            self.initial.update(hourly_rate=None, currency="")

    def clean(self) -> None:
        """Writes the session. A currency without a rate is an error here, because the service would ignore it."""
        rate = {"hourly_rate", "currency"} & set(self.changed_data)
        if rate == {"currency"} and self.cleaned_data.get("currency") and self.cleaned_data.get("hourly_rate") is None:
            message = _("A currency needs a rate. Give one, or leave the currency empty.")
            self.add_error("currency", ValidationError(message, "required"))
        super().clean()

    def changed_values(self) -> dict[str, Any]:
        """Returns the changed values, with the tags as a list, and with a changed currency also the rate."""
        values = super().changed_values()
        if "tags" in values:
            values["tags"] = values["tags"].replace(",", " ").split()
        if "currency" in values:
            values["hourly_rate"] = self.cleaned_data["hourly_rate"]
        return values

    def write(self, values: dict[str, Any]) -> None:
        if self.is_new:
            services.put_session(self.owner, self.actor, self.instance.pk, **values)
            return
        versions = {self.cleaned_data["seen_version"]}
        services.edit_session(self.owner, self.actor, self.instance.pk, versions=versions, **values)


class SessionStateFilter(ConditionFilter):
    """Lists the sessions that are running, finished or in the Trash."""

    title = gettext_lazy("state")
    parameter_name = "state"
    conditions: ClassVar = {
        "running": (gettext_lazy("Running"), Q(end__isnull=True)),
        "finished": (gettext_lazy("Finished"), Q(end__isnull=False, deleted_at__isnull=True)),
        "trash": (gettext_lazy("In the Trash"), Q(deleted_at__isnull=False)),
    }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filters by state. Ids of running sessions are read by index first: in list order, all rows would be read."""
        if self.value() != "running":
            return super().queryset(request, queryset)
        ids = queryset.filter(self.conditions["running"][1]).order_by().values_list("pk", flat=True)
        return queryset.filter(pk__in=list(ids[:MAX_RUNNING]))


@admin.register(TimeSession)
class TimeSessionAdmin(VersionedAdmin):
    """Finds any session, shows its history, and corrects, deletes or restores it."""

    form = SessionForm
    list_display = ("title", "user", "project", "start_utc", "end_utc", "length", "source", "billable", "in_trash")
    list_filter = (SessionStateFilter, "start", "source", "billable")
    list_prefetch_related = ("user", "project")
    indexed_states = frozenset({"running"})
    single_user_ordering = ("-start", "-id")
    date_hierarchy = "start"
    search_help_text = gettext_lazy(
        "E-mail of a user, id of a user or session; a name, or what is filtered, among the newest 20,000 sessions."
    )
    actions = (*VersionedAdmin.actions, "restore_selected")
    readonly_fields = (*VersionedAdmin.METADATA_SHOWN, "source", "first_date", "last_date", "length", "rate")

    def get_fieldsets(self, request: HttpRequest, obj: TimeSession | None = None) -> Any:
        times = {
            "fields": ("start", "end", "timezone"),
            "description": _(
                "All times are in UTC. Without an end the session runs. Its days are those of its own zone, "
                "such as Europe/Berlin; a new session without one takes the user’s."
            ),
        }
        rate = (_("Rate"), {"fields": ("hourly_rate", "currency")})
        if obj is None:
            fields: tuple[str, ...] = ("user", "name", "note", "project_name", "tags", "billable")
            return ((None, {"fields": fields}), (_("Time"), times), rate)
        fields = ("user", "name", "note", "project", "tags", "billable", *self.hidden_fields(request, obj))
        return (
            (None, {"fields": fields}),
            (_("Time"), times),
            rate,
            (_("Derived"), {"fields": ("length", "first_date", "last_date", "rate")}),
            (_("Record"), {"fields": ("source", *self.METADATA_SHOWN)}),
        )

    # Writing

    def delete_model(self, request: HttpRequest, obj: TimeSession) -> None:
        services.delete_session(obj.user, actor_of(request), obj.pk)

    @admin.action(description=gettext_lazy("Move to the Trash"), permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Moves sessions to the Trash without asking. Replaces Django's action of this name, which removes rows."""
        self.apply(request, queryset.filter(deleted_at__isnull=True), services.delete_session)

    @admin.action(description=gettext_lazy("Restore from the Trash"), permissions=["change"])
    def restore_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Restores the selected sessions that are in the Trash."""
        self.apply(request, queryset.filter(deleted_at__isnull=False), services.restore_session)

    # Showing

    @admin.display(description=gettext_lazy("Session"))
    def title(self, session: TimeSession) -> str:
        """Returns the name, or a text for sessions without one."""
        return str(session)

    @admin.display(description=gettext_lazy("Start (UTC)"))
    def start_utc(self, session: TimeSession) -> str:
        """Returns the start in UTC."""
        return format_instant(session.start)

    @admin.display(description=gettext_lazy("End (UTC)"))
    def end_utc(self, session: TimeSession) -> str | None:
        """Returns the end in UTC, None while the session runs."""
        return format_instant(session.end) if session.end else None

    @admin.display(description=gettext_lazy("Duration"))
    def length(self, session: TimeSession) -> str:
        """Returns the duration in hours and minutes, or "running"; the start is in the column beside it."""
        return _("running") if session.duration_seconds is None else format_clock(session.duration_seconds)

    @admin.display(description=gettext_lazy("Rate"))
    def rate(self, session: TimeSession) -> str | None:
        """Returns the hourly rate with its currency."""
        return format_hourly_rate(session) or None

    @admin.display(description=gettext_lazy("Tags"))
    def tags(self, session: TimeSession) -> str:
        """Returns the tags as text, for the read-only page of a deleted session."""
        return _tag_words(session)

    @admin.display(description=gettext_lazy("In the Trash"), boolean=True)
    def in_trash(self, session: TimeSession) -> bool:
        """Returns whether the session was deleted."""
        return session.deleted_at is not None


def _tag_words(session: TimeSession) -> str:
    tags = Tag.objects.for_user(session.user).filter(id__in=session.tag_ids).order_by("folded_name")
    return " ".join(tags.values_list("name", flat=True))
