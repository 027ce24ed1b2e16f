"""The base class of viewsets below /v1/users/{userId}."""

from typing import Any, ClassVar, cast

from rest_framework.request import Request

from timetracker.api.viewsets import ApiViewSet, parse_id
from timetracker.errors import NotFoundError
from users_app.api.permissions import lacks_scope
from users_app.models import AccessToken, Scope, User
from users_app.services.merged import is_alias


class UserScopedViewSet(ApiViewSet):
    """A viewset for the data of the token's user.

    The id in the URL is the user's, `me`, or that of a guest who was merged into the user; any other is not found.
    `scopes` maps each action to the scope that it requires.
    """

    scopes: ClassVar[dict[str, Scope]]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        user_id = kwargs["user_id"]
        if user_id == "me":
            return
        asked = parse_id(user_id)
        if asked != self.user.id and not is_alias(asked, self.user):
            raise NotFoundError

    @property
    def user(self) -> User:
        """The user whose data the request is about."""
        return cast("User", self.request.user)

    @property
    def token(self) -> AccessToken:
        """The token that made the request."""
        return cast("AccessToken", self.request.auth)

    def check_scope(self, scope: Scope) -> None:
        """Raises PermissionDenied unless the token has the scope, which only some bodies of an action need."""
        if not self.token.allows(scope):
            raise lacks_scope(scope)

    def perform_authentication(self, request: Request) -> None:
        # Counted here, so that requests without a valid token are counted, too, before they are rejected.
        try:
            super().perform_authentication(request)
        finally:
            super().check_throttles(request)

    def check_throttles(self, request: Request) -> None:
        """Does nothing: perform_authentication() checks them."""
