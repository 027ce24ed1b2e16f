"""Credentials on a user's page: access tokens, calendar feeds, share links and second factors, without secrets."""

from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from sessions_app.models import Share
from users_app.models import AccessToken, CalendarFeed, User

if TYPE_CHECKING:
    TabularInline = admin.TabularInline[Any, User]
else:  # not generic at run time
    TabularInline = admin.TabularInline


class CredentialInline(TabularInline):
    """Lists credentials, which can be deleted, but neither added nor changed."""

    ordering = ("-created_at",)
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields


class AccessTokenInline(CredentialInline):
    """The access tokens of a user. Deleting one revokes it."""

    model = AccessToken
    verbose_name_plural = gettext_lazy("access tokens (delete one to revoke it)")
    fields = ("prefix", "name", "scope_names", "created_at", "last_used_at", "expires_at")

    @admin.display(description=gettext_lazy("scopes"))
    def scope_names(self, token: AccessToken) -> str:
        """Returns the names of the token's scopes."""
        return ", ".join(token.scopes)


class CalendarFeedInline(CredentialInline):
    """The addresses at which calendars read a user's sessions. Deleting one revokes it."""

    model = CalendarFeed
    verbose_name_plural = gettext_lazy("calendar feeds (delete one to revoke it)")
    fields = ("prefix", "name", "created_at", "last_used_at")


class AuthenticatorInline(CredentialInline):
    """The second factors and passkeys of a user. Deleting one helps a user who lost it. Secrets are not shown."""

    model = Authenticator
    verbose_name_plural = gettext_lazy("second factors and passkeys (delete those that were lost)")
    fields = ("type", "created_at", "last_used_at")


class ShareInline(CredentialInline):
    """The share links of a user that were not revoked. Only the user revokes them, so that it can be undone."""

    model = Share
    can_delete = False
    fields = ("name", "page", "is_frozen", "expires_at", "created_at", "access_count", "last_used_at")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Share]":
        """Returns the share links without the contents of frozen reports."""
        found: QuerySet[Share] = super().get_queryset(request)
        return found.filter(deleted_at=None).defer("content")
