"""The admin of users: guests, accounts and operators."""

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.forms import BaseUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import IntegerField, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions_app.admin.credentials import AccessTokenInline, AuthenticatorInline, CalendarFeedInline, ShareInline
from sessions_app.admin.csv_action import download_csv
from sessions_app.admin.history import changesets_table
from sessions_app.admin.user_actions import end_all_devices, make_sign_in_link, stop_running
from sessions_app.models import Change, Changeset, Client, Project, Tag, TimeSession
from sessions_app.services.deletion import SECONDS_OF_WORK, remove_deleted_users
from timetracker import clock
from timetracker.admin_lists import ConditionFilter, LimitedChangeList, LimitedPaginator
from timetracker.pages import now_of
from users_app.models import AccessToken, User
from users_app.services.accounts import change_email, finish_reset, keeps_second_factors
from users_app.services.deletion import begin_deletion

if TYPE_CHECKING:
    ModelAdmin = auth_admin.UserAdmin[User]
    AddForm = BaseUserCreationForm[User]
    ChangeForm = UserChangeForm[User]
else:  # not generic at run time
    ModelAdmin = auth_admin.UserAdmin
    AddForm, ChangeForm = BaseUserCreationForm, UserChangeForm

MAX_COUNTED = 1_000

admin.site.site_header = admin.site.site_title = "Timetracker"


class AccountAddForm(AddForm):
    """Adds an account. Guests are created only by using the product."""

    class Meta:
        model = User
        fields = ("email",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True


class AccountChangeForm(ChangeForm):
    """Changes a guest or an account."""

    class Meta:
        model = User
        fields = "__all__"

    def clean_email(self) -> str | None:
        """Returns the address, None for a guest. Raises ValidationError when an account would lose its address."""
        email: str | None = self.cleaned_data["email"] or None
        if email is None and not self.instance.is_guest:
            raise ValidationError(_("An account needs an e-mail address. Give another one, or delete the user."))
        return email

    def clean_currency(self) -> str:
        """Returns the currency in capitals, as it is stored."""
        return str(self.cleaned_data["currency"]).upper()


class GuestFilter(ConditionFilter):
    """Lists guests, who have no e-mail, or accounts."""

    title = gettext_lazy("kind")
    parameter_name = "kind"
    conditions: ClassVar = {
        "guest": (gettext_lazy("Guests"), Q(email__isnull=True)),
        "account": (gettext_lazy("Accounts"), Q(email__isnull=False)),
    }


class _LimitedCount(Subquery):
    """Counts the rows of a query with a limit, so that it never reads more rows than the limit."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


admin.site.unregister(Group)  # superusers have all rights; other operators are given theirs one by one


@admin.register(User)
class UserAdmin(ModelAdmin):
    """Finds any user, adds accounts, and sets passwords and rights."""

    form = AccountChangeForm
    add_form = AccountAddForm
    add_form_template = None
    list_display = ("who", "kind", "session_count", "last_activity", "created_at", "is_active", "is_staff")
    list_filter = (GuestFilter, "created_at", "is_active", "is_staff")
    list_per_page = 50
    ordering = ("-created_at", "-id")
    sortable_by = ()  # sorting would compute the counts for all rows, not only for a page
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # each would count the whole table
    paginator = LimitedPaginator
    search_fields = ("email", "display_name")
    search_help_text = gettext_lazy("E-mail, name or id.")
    inlines = (AccessTokenInline, CalendarFeedInline, ShareInline, AuthenticatorInline)
    actions = (download_csv, end_all_devices, stop_running, make_sign_in_link)
    readonly_fields = ("id", "kind", "sessions", "last_activity", "last_login", "created_at")
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("email", "password1", "password2")}),)
    fieldsets = (
        (None, {"fields": ("id", "email", "password", "display_name", "timezone", "week_start")}),
        (gettext_lazy("Money"), {"fields": ("hourly_rate", "currency")}),
        (gettext_lazy("Activity"), {"fields": ("kind", "sessions", "last_activity", "last_login", "created_at")}),
        (
            gettext_lazy("Rights"),
            {"fields": ("is_active", "is_staff", "is_superuser", "user_permissions")},
        ),
    )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[LimitedChangeList]:
        return LimitedChangeList

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        sessions = TimeSession.objects.for_user(OuterRef("pk")).not_deleted().values("pk")[: MAX_COUNTED + 1]
        changes = Changeset.objects.filter(user=OuterRef("pk")).order_by("-revision").values("at")[:1]
        return (
            super().get_queryset(request).annotate(session_count=_LimitedCount(sessions), active_at=Subquery(changes))
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        try:
            return queryset.filter(pk=UUID(search_term.strip())), False
        except ValueError:
            return super().get_search_results(request, queryset, search_term)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or not obj.is_guest:
            return fieldsets
        # A guest has no e-mail to sign in with, so a password would be of no use.
        (title, options), *others = fieldsets
        return [(title, {**options, "fields": [name for name in options["fields"] if name != "password"]}), *others]

    def get_inlines(self, request: HttpRequest, obj: User | None) -> Any:
        return () if obj is None else self.inlines

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Returns the read-only fields. Only superusers may edit rights; others could give themselves all of them."""
        if getattr(request.user, "is_superuser", False):
            return self.readonly_fields
        return (*self.readonly_fields, "is_staff", "is_superuser", "user_permissions")

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Saves a user. A changed address is set by the service, so that the old one no longer opens the account."""
        if change and obj.email is not None and "email" in form.changed_data:
            this = request.session.session_key
            change_email(obj, obj.email, now=now_of(request), but=this, is_confirmed=True)
        super().save_model(request, obj, form, change)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002
        """Sets the password of a user. As a reset, it ends all other access to the account."""
        user = self.get_object(request, id)
        if user is not None and user.is_guest:
            self.message_user(request, _("A guest has no password. Give the user an e-mail first."), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:users_app_user_change", args=[user.pk]))
        with transaction.atomic():
            response: HttpResponse = super().user_change_password(request, id, form_url)
            if user is not None and not User.objects.filter(pk=user.pk, password=user.password).exists():
                finish_reset(user, now=now_of(request), but=request.session.session_key)
                self.message_user(request, _ended(user), messages.INFO)
        return response

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and _may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_change(request, obj)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        user = self.get_object(request, object_id)
        changes = None if user is None else changesets_table(user)
        return super().history_view(request, object_id, {**(extra_context or {}), "changes": changes})

    # Deleting

    def get_deleted_objects(
        self, objs: QuerySet[User] | Iterable[User], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Returns the number of rows that are deleted with the users. Django would list every session and change."""
        users = list(objs)
        counts = {
            str(User._meta.verbose_name_plural): len(users),  # noqa: SLF001  # Django's documented API
            _("sessions, with those in the Trash"): sum(TimeSession.objects.for_user(user).count() for user in users),
            _("clients, projects and tags, with deleted ones"): sum(
                model.objects.filter(user__in=users).count() for model in (Client, Project, Tag)
            ),
            _("recorded changes"): Change.objects.filter(user__in=users).count(),
            _("access tokens"): AccessToken.objects.filter(user__in=users).count(),
        }
        withheld = {str(user) for user in users if not _may_change(request, user)}
        return [str(user) for user in users], counts, withheld, []

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """Ends all access at once. The rows are removed after Django's transaction; housekeeping removes the rest."""
        begin_deletion(obj, now=clock.now(), sends_notice=False)
        transaction.on_commit(partial(remove_deleted_users, seconds=SECONDS_OF_WORK))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        with transaction.atomic():
            for user in queryset:
                self.delete_model(request, user)

    # Showing

    @admin.display(description=gettext_lazy("User"))
    def who(self, user: User) -> str:
        """Returns the e-mail, the name, or the beginning of the id."""
        return str(user)

    @admin.display(description=gettext_lazy("Kind"))
    def kind(self, user: User) -> str:
        """Returns the kind of user: guest or account."""
        return _("Guest") if user.is_guest else _("Account")

    @admin.display(description=gettext_lazy("Sessions"))
    def session_count(self, user: User) -> str:
        """Returns the number of sessions that are not in the Trash, counted up to MAX_COUNTED."""
        count: int = user.session_count  # type: ignore[attr-defined]
        return _("over %(count)s") % {"count": f"{MAX_COUNTED:,}"} if count > MAX_COUNTED else str(count)

    @admin.display(description=gettext_lazy("Sessions"))
    def sessions(self, user: User) -> SafeString:
        """Returns the number of sessions as a link to their list."""
        address = reverse("admin:sessions_app_timesession_changelist")
        return format_html('<a href="{}?user__id__exact={}">{}</a>', address, user.pk, self.session_count(user))

    @admin.display(description=gettext_lazy("Last activity"))
    def last_activity(self, user: User) -> str | None:
        """Returns when a row of the user was last changed."""
        at = user.active_at  # type: ignore[attr-defined]
        return at and date_format(at, "DATETIME_FORMAT")


def _ended(user: User) -> str:
    """Returns a sentence about the access that ended when the account got a new password."""
    if keeps_second_factors(user):
        return _(
            "Its browsers, recovery code, links and tokens have ended. Passkeys and the authenticator app stay, since "
            "the admin demands them."
        )
    return _("Nothing else opens the account any more: its browsers, passkeys, codes, links and tokens have ended.")


def _may_change(request: HttpRequest, user: User | None) -> bool:
    """Returns whether an operator may change a user. Only superusers may change operators, lest others take over."""
    return user is None or not user.is_staff or bool(getattr(request.user, "is_superuser", False))
