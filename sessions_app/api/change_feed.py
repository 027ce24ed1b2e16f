"""What changed since, over HTTP."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app.api.answers import ChangesSerializer
from sessions_app.api.serializers import SessionSerializer, session_context
from sessions_app.selectors.change_feed import read_change_feed
from timetracker import clock
from timetracker.api.fields import InstantField, QuerySerializer
from timetracker.api.pagination import CursorField, limit_field
from timetracker.api.viewsets import UserScopedViewSet, read_query
from users_app.models import Scope

_MAX_INTEGER = 2**63 - 1


class ChangeCursorField(CursorField):
    """A place in the record of changes: after the one with this number."""

    def to_internal_value(self, data: Any) -> int:
        key = super().to_internal_value(data)
        if not (key.isascii() and key.isdigit()) or int(key) > _MAX_INTEGER:
            raise serializers.ValidationError(
                _("This cursor is not one we gave. Leave it out to get everything."), code="invalid_cursor"
            )
        return int(key)


class ChangesQuerySerializer(QuerySerializer):
    """Since when, and how many at once."""

    cursor = ChangeCursorField(required=False)
    limit = limit_field()


class ChangesViewSet(UserScopedViewSet):
    """`/changes`."""

    scopes = {"changes": Scope.READ}

    @extend_schema(operation_id="listChanges", parameters=[ChangesQuerySerializer], responses={200: ChangesSerializer})
    def changes(self, request: Request, user_id: str) -> Response:
        """What changed since the cursor: the sessions as they are now, and the ids of those that are gone."""
        query = read_query(ChangesQuerySerializer, request)
        news = read_change_feed(self.owner, after=query.get("cursor", 0), limit=query["limit"])
        context = session_context(self.owner, news.changed, clock.now())
        body = {
            "changed": SessionSerializer(news.changed, many=True, context=context).data,
            "deleted": [
                {"id": str(each.id), "deletedAt": InstantField().to_representation(each.at)} for each in news.deleted
            ],
            "cursor": ChangeCursorField().to_representation(news.cursor),
            "hasMore": news.has_more,
        }
        return Response(body, headers={"Cache-Control": "private, no-cache"})
