"""Users and tokens over HTTP."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from timetracker import clock
from timetracker.api.etags import check_content_tag, content_tag, matches_if_none_match, not_modified
from timetracker.api.idempotency import read_key
from timetracker.api.schema.headers import DELETES, EXAMPLE_USER_ID, MAKES_SECRET, READS, WRITES
from timetracker.api.throttling import AddressThrottle
from timetracker.api.viewsets import ApiViewSet, parse_id
from timetracker.errors import FieldError, InvalidInputError, StaleVersionError
from users_app.api import shapes
from users_app.api.serializers import ConfirmSerializer, NewUserSerializer, TokenSerializer, UserSerializer
from users_app.api.throttling import NewUsersThrottle
from users_app.api.user_scoped import UserScopedViewSet
from users_app.models import AccessToken, Scope, User
from users_app.services.deletion import delete_user
from users_app.services.preferences import save_preferences
from users_app.services.registration import register_guest
from users_app.services.tokens import issue_token, revoke_token

_JSON_NAMES = {
    "display_name": "displayName",
    "week_start": "weekStart",
    "date_format": "dateFormat",
    "duration_format": "durationFormat",
    "long_session_hours": "longSessionHours",
    "notes_last_seen": "notesLastSeen",
    "wants_notices": "wantsNotices",
    "day_goal_seconds": "dayGoalSeconds",
    "week_goal_seconds": "weekGoalSeconds",
    "hourly_rate": "hourlyRate",
    "expires_at": "expiresAt",
}


class UserViewSet(ApiViewSet):
    """`/v1/users`, the one endpoint that needs no token: it gives the first."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = (AddressThrottle, NewUsersThrottle)
    serializer_class = NewUserSerializer
    json_names = _JSON_NAMES

    @extend_schema(
        responses={201: shapes.MadeUser, 403: None, 409: None},
        parameters=MAKES_SECRET,
        examples=[
            OpenApiExample("With a zone", {"displayName": "Ada", "timezone": "Europe/Berlin"}, request_only=True)
        ],
    )
    def create(self, request: Request) -> Response:
        """A new user and a token for everything, shown this once.

        An Idempotency-Key stands for an id: sent again, it makes no second user and shows no token, but is refused.
        """
        fields = self.read_body()
        if (key := read_key(request)) is not None:
            fields.setdefault("user_id", uuid5(NAMESPACE_URL, f"/v1/users {key}"))
        with transaction.atomic():  # nobody is left without a token
            user = register_guest(**fields)
            _token, secret = AccessToken.objects.issue(user, name="First token")
        return Response(shapes.MadeUser.of(user, token=secret), status=201, headers={"Cache-Control": "no-store"})


class CurrentUserViewSet(UserScopedViewSet):
    """`/v1/users/{userId}`: the user themselves."""

    serializer_class = UserSerializer
    scopes = {"retrieve": Scope.READ, "partial_update": Scope.ACCOUNT, "destroy": Scope.ACCOUNT}
    json_names = _JSON_NAMES

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return ConfirmSerializer if self.action == "destroy" else super().get_serializer_class()

    def handle_exception(self, exc: Exception) -> Response:
        """A write to a state that is gone is answered with the state that is."""
        response = super().handle_exception(exc)
        if isinstance(exc, StaleVersionError) and isinstance(exc.current, User):
            response.data.current = shapes.User.of(exc.current)
            response["ETag"] = content_tag(response.data.current)
        return response

    @extend_schema(responses={200: shapes.User}, parameters=READS)
    def retrieve(self, request: Request, user_id: str) -> Response:
        """The user and how they want times written."""
        tag = content_tag(shapes.User.of(self.user))
        return not_modified(tag) if matches_if_none_match(request, tag) else self._answer(self.user)

    @extend_schema(
        responses={200: shapes.User},
        parameters=WRITES,
        examples=[
            OpenApiExample("Two settings", {"weekStart": "sunday", "durationFormat": "decimal"}, request_only=True)
        ],
    )
    def partial_update(self, request: Request, user_id: str) -> Response:
        """Changes the given fields. This is a merge patch: absent fields are unchanged. Sessions are not changed."""
        fields = self.read_body()
        with transaction.atomic():
            present = User.objects.select_for_update(no_key=True).get(pk=self.user.pk)
            self._check_if_match(present)
            return self._answer(save_preferences(present, **fields))

    @extend_schema(
        request=ConfirmSerializer,
        responses={204: None},
        parameters=DELETES,
        examples=[OpenApiExample("One's own id", {"confirm": EXAMPLE_USER_ID}, request_only=True)],
    )
    def destroy(self, request: Request, user_id: str) -> Response:
        """Removes the user and all they have, for good. `confirm` is their id once more."""
        if self.read_body()["confirm"] != self.user.id:
            message = _("Send your own id as “confirm”: this removes all your data for good.")
            raise InvalidInputError(FieldError("confirm", "does_not_match", message))
        delete_user(self.user, now=clock.now(), check=self._check_if_match)
        return Response(status=204)

    def _check_if_match(self, present: User) -> None:
        check_content_tag(self.request, content_tag(shapes.User.of(present)), present)

    def _answer(self, user: User) -> Response:
        body = shapes.User.of(user)
        return Response(body, headers={"ETag": content_tag(body), "Cache-Control": "private, no-cache"})


class TokenViewSet(UserScopedViewSet):
    """`/v1/users/{userId}/tokens`: what lets scripts in."""

    serializer_class = TokenSerializer
    lookup_url_kwarg = "token_id"
    scopes = {"list": Scope.ACCOUNT, "create": Scope.ACCOUNT, "destroy": Scope.ACCOUNT, "current": Scope.READ}
    json_names = _JSON_NAMES

    def get_queryset(self) -> QuerySet[AccessToken]:
        return AccessToken.objects.filter(user=self.user)

    @extend_schema(responses={200: shapes.Tokens})
    def list(self, request: Request, user_id: str) -> Response:
        """All tokens of the user, the oldest first, without their secrets."""
        tokens = self.get_queryset().order_by("created_at", "id")
        return Response(
            shapes.Tokens([shapes.Token.of(token, current=token == self.token) for token in tokens], next=None)
        )

    @extend_schema(
        responses={201: shapes.MadeToken, 409: None},
        parameters=MAKES_SECRET,
        examples=[OpenApiExample("To read", {"name": "Report script", "scopes": ["read"]}, request_only=True)],
    )
    def create(self, request: Request, user_id: str) -> Response:
        """A new token; its secret is shown this once. It gets no scope that the asking token does not have.

        An Idempotency-Key stands for an id, as for users.
        """
        fields = self.read_body()
        if (key := read_key(request)) is not None:
            fields.setdefault("token_id", uuid5(self.user.id, f"/tokens {key}"))
        token, secret = issue_token(self.user, now=clock.now(), by=self.token, **fields)
        body = shapes.MadeToken.of(token, current=token == self.token, token=secret)
        return Response(body, status=201, headers={"Cache-Control": "no-store"})

    @extend_schema(operation_id="getCurrentToken", responses={200: shapes.Token})
    @action(detail=False)
    def current(self, request: Request, user_id: str) -> Response:
        """The token that asks: its name, scopes and end."""
        return Response(shapes.Token.of(self.token, current=True), headers={"Cache-Control": "private, no-cache"})

    @extend_schema(operation_id="revokeToken", responses={204: None})
    def destroy(self, request: Request, user_id: str, token_id: str) -> Response:
        """Revokes a token. It may be the one that asks."""
        revoke_token(self.user, parse_id(token_id))
        return Response(status=204)
