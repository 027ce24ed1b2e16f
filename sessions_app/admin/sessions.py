"""Sessions."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions_app import services
from sessions_app.admin.history import format_instant
from sessions_app.admin.versioned import VersionedAdmin, VersionedForm, actor_of
from sessions_app.formatting import format_hourly_rate
from sessions_app.models import Project, Tag, TimeSession
from sessions_app.timekeeping.durations import format_clock


class SessionForm(VersionedForm):
    """Of a session. Its project is one of the same person; until it is known whose it is, the project is named."""

    project = forms.ModelChoiceField(Project.objects.none(), required=False, label=gettext_lazy("Project"))
    project_name = forms.CharField(
        required=False,
        label=gettext_lazy("Project"),
        help_text=gettext_lazy("The name of one of the user’s projects. One that is not there yet is made."),
    )
    tags = forms.CharField(
        required=False,
        label=gettext_lazy("Tags"),
        help_text=gettext_lazy("Words with spaces between. A tag that is not there yet is made."),
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
        """As for any row; a currency alone would be dropped in silence."""
        super().clean()
        rate = {"hourly_rate", "currency"} & set(self.changed_data)
        if rate == {"currency"} and self.cleaned_data.get("currency") and self.cleaned_data.get("hourly_rate") is None:
            message = _("A currency needs a rate. Give one, or leave the currency empty.")
            self.add_error("currency", ValidationError(message, "required"))

    def chosen(self) -> dict[str, Any]:
        """As of any row; the tags one by one, and with a currency the rate that is in it."""
        values = super().chosen()
        if "tags" in values:
            values["tags"] = values["tags"].replace(",", " ").split()
        if "currency" in values:
            values["hourly_rate"] = self.cleaned_data["hourly_rate"]
        return values


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
class TimeSessionAdmin(VersionedAdmin):
    """Finds any session, shows its history, and corrects, deletes or restores it."""

    form = SessionForm
    list_display = ("title", "user", "project", "start_utc", "end_utc", "length", "source", "billable", "in_trash")
    list_filter = (StateFilter, "start", "source", "billable")
    fetched_after = ("user", "project")
    single_user_ordering = ("-start", "-id")
    date_hierarchy = "start"
    search_help_text = gettext_lazy("Name or e-mail, or the id of a session or of a user.")
    actions = ("delete_selected", "restore_selected")
    readonly_fields = (*VersionedAdmin.METADATA_SHOWN, "source", "first_date", "last_date", "length", "rate")

    def get_fieldsets(self, request: HttpRequest, obj: TimeSession | None = None) -> Any:
        times = {
            "fields": ("start", "end", "timezone"),
            "description": _(
                "All times are in UTC. Without an end the session runs. Its days are judged in its own zone, "
                "such as Europe/Berlin; a new session without one takes the user’s."
            ),
        }
        rate = (_("Rate"), {"fields": ("hourly_rate", "currency")})
        if obj is None:
            added = ("user", "name", "note", "project_name", "tags", "billable")
            return ((None, {"fields": added}), (_("Time"), times), rate)
        chosen = ("user", "name", "note", "project", "tags", "billable", *self.hidden_fields(request, obj))
        return (
            (None, {"fields": chosen}),
            (_("Time"), times),
            rate,
            (_("Derived"), {"fields": ("length", "first_date", "last_date", "rate")}),
            (_("Record"), {"fields": ("source", *self.METADATA_SHOWN)}),
        )

    # Writing

    def save_model(self, request: HttpRequest, obj: TimeSession, form: forms.BaseForm, change: bool) -> None:
        form = cast("SessionForm", form)
        if change:
            versions = {form.cleaned_data["seen_version"]}
            services.edit_session(obj.user, actor_of(request), obj.pk, versions=versions, **form.chosen())
        else:
            services.put_session(obj.user, actor_of(request), obj.pk, **form.chosen())

    def delete_model(self, request: HttpRequest, obj: TimeSession) -> None:
        services.delete_session(obj.user, actor_of(request), obj.pk)

    @admin.action(description=gettext_lazy("Move to the Trash"), permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Asks nothing, for it can be undone. Takes the name and so the place of Django's own action, which cannot."""
        self.apply(request, queryset.filter(deleted_at__isnull=True), services.delete_session)

    @admin.action(description=gettext_lazy("Restore from the Trash"), permissions=["change"])
    def restore_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Takes those that are in the Trash out of it."""
        self.apply(request, queryset.filter(deleted_at__isnull=False), services.restore_session)

    # Showing

    @admin.display(description=gettext_lazy("Session"))
    def title(self, session: TimeSession) -> str:
        """Its name, or that it has none."""
        return str(session)

    @admin.display(description=gettext_lazy("Start (UTC)"))
    def start_utc(self, session: TimeSession) -> str:
        """When it began."""
        return format_instant(session.start)

    @admin.display(description=gettext_lazy("End (UTC)"))
    def end_utc(self, session: TimeSession) -> str | None:
        """When it ended."""
        return format_instant(session.end) if session.end else None

    @admin.display(description=gettext_lazy("Duration"))
    def length(self, session: TimeSession) -> str:
        """Its hours and minutes; of the running session since when."""
        if session.duration_seconds is None:
            return _("running since %(start)s") % {"start": format_instant(session.start)}
        return format_clock(session.duration_seconds)

    @admin.display(description=gettext_lazy("Rate"))
    def rate(self, session: TimeSession) -> str | None:
        """What an hour of it costs."""
        return format_hourly_rate(session) or None

    @admin.display(description=gettext_lazy("Tags"))
    def tags(self, session: TimeSession) -> str:
        """What the form shows when nothing can be changed."""
        return _tag_words(session)

    @admin.display(description=gettext_lazy("In the Trash"), boolean=True)
    def in_trash(self, session: TimeSession) -> bool:
        """Whether it was deleted."""
        return session.deleted_at is not None


def _tag_words(session: TimeSession) -> str:
    tags = Tag.objects.for_user(session.user).filter(id__in=session.tag_ids).order_by("folded_name")
    return " ".join(tags.values_list("name", flat=True))
