"""Users over HTTP."""

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from timetracker.api.fields import ChoiceField, IdField, StrictSerializer, TextField
from timetracker.api.throttling import AddressThrottle, NewUsersThrottle
from timetracker.api.viewsets import ApiViewSet, read_body
from users_app.models import AccessToken, WeekStart
from users_app.registration import register_guest


class NewUserSerializer(StrictSerializer):
    """What may be said of oneself at the first call: nothing is required."""

    id = IdField(required=False, source="user_id")
    displayName = TextField(source="display_name")
    timezone = TextField(allow_null=False)
    weekStart = ChoiceField(choices=[day.name.lower() for day in WeekStart], required=False, source="week_start")

    def validate_weekStart(self, name: str) -> WeekStart:  # noqa: N802
        return WeekStart[name.upper()]


class UserViewSet(ApiViewSet):
    """`/v1/users`, the one endpoint that needs no token: it gives the first."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = (AddressThrottle, NewUsersThrottle)
    json_names = {"display_name": "displayName"}

    def create(self, request: Request) -> Response:
        """A new user and a token for everything, shown this once."""
        fields = read_body(NewUserSerializer, request)
        with transaction.atomic():  # nobody is left without a token
            user = register_guest(**fields)
            _token, secret = AccessToken.objects.issue(user, name="First token")
        below = f"/v1/users/{user.id}"
        body = {
            "id": str(user.id),
            "token": secret,
            "timezone": user.timezone,
            "weekStart": user.get_week_start_name(),
            "links": {
                "session": f"{below}/session",
                "sessions": f"{below}/sessions",
                "timer": f"{below}/timer",
                "start": f"{below}/timer/start",
                "stop": f"{below}/timer/stop",
            },
        }
        return Response(body, status=201, headers={"Cache-Control": "no-store"})
