"""What every endpoint below /v1/users/{userId} shares."""

from typing import Any, ClassVar, cast

from rest_framework.request import Request

from timetracker.api.viewsets import ApiViewSet, parse_id
from timetracker.errors import NotFoundError
from users_app.api.permissions import lacks_scope
from users_app.models import AccessToken, Scope, User
from users_app.services.merged import is_alias


class UserScopedViewSet(ApiViewSet):
    """Endpoints of the user whom the token names.

    `me` stands for their id, as does that of a guest who was merged into them; any other id is not found. `scopes`
    names the scope that each action needs.
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
        """The user whose data this is about."""
        return cast("User", self.request.user)

    @property
    def token(self) -> AccessToken:
        """The token that made the request."""
        return cast("AccessToken", self.request.auth)

    def check_scope(self, scope: Scope) -> None:
        """Raises PermissionDenied unless the token has the scope; for what only some bodies of an action need."""
        if not self.token.allows(scope):
            raise lacks_scope(scope)

    def perform_authentication(self, request: Request) -> None:
        # Counted here, so that requests without a token, or with a wrong one, are counted before they are refused.
        try:
            super().perform_authentication(request)
        finally:
            super().check_throttles(request)

    def check_throttles(self, request: Request) -> None:
        """Done with the authentication."""
