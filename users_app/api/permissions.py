"""The permission check of a token's scopes."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from users_app.models import AccessToken, Scope

if TYPE_CHECKING:  # a circular import: rest_framework.views reads the settings, which name this module
    from rest_framework.views import APIView


class HasScope(BasePermission):
    """Requires that the token has the scope of the action. The view's `scopes` must have every action."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not isinstance(request.auth, AccessToken):
            raise NotAuthenticated(_("Send a token: Authorization: Bearer tt_…"))
        # Not `view.action`, which is `metadata` for OPTIONS.
        action: str | None = view.action_map.get(str(request.method).lower())  # type: ignore[attr-defined]
        if action is None:
            return True  # REST framework responds with 405 next
        scopes: dict[str, Scope] = view.scopes  # type: ignore[attr-defined]
        if not request.auth.allows(scopes[action]):
            raise lacks_scope(scopes[action])
        return True


def lacks_scope(scope: Scope) -> PermissionDenied:
    """Returns the error of a token without this scope."""
    return PermissionDenied(_("This token lacks the scope “%s”.") % scope.value)
