"""What changed since, over HTTP."""

import re
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app.api import shapes
from sessions_app.selectors.change_feed import FeedCursor, read_change_feed
from timetracker import clock
from timetracker.api.fields import QuerySerializer
from timetracker.api.pagination import CursorField, limit_field
from timetracker.api.viewsets import read_query
from users_app.api.user_scoped import UserScopedViewSet
from users_app.models import Scope


class FeedCursorField(CursorField):
    """A place in the change feed, as text that means nothing to others."""

    def to_internal_value(self, data: Any) -> FeedCursor:
        match = re.fullmatch(r"([0-9a-f]{32})\.([0-9]{1,18})\.([0-9]{1,9})", super().to_internal_value(data), re.ASCII)
        if match is None:
            message = _("This cursor is not one we gave. Leave it out to get everything.")
            raise serializers.ValidationError(message, code="invalid_cursor")
        return FeedCursor(UUID(match[1]), int(match[2]), int(match[3]))

    def to_representation(self, value: FeedCursor) -> str:
        return super().to_representation(f"{value.epoch.hex}.{value.revision}.{value.number}")


class ChangesQuerySerializer(QuerySerializer):
    """Since when, and how many at once."""

    cursor = FeedCursorField(required=False)
    limit = limit_field()


class ChangesViewSet(UserScopedViewSet):
    """`/changes`."""

    scopes = {"changes": Scope.READ}

    @extend_schema(
        operation_id="listChanges", parameters=[ChangesQuerySerializer], responses={200: shapes.Changes, 410: None}
    )
    def changes(self, request: Request, user_id: str) -> Response:
        """What changed since the cursor: the sessions as they are now, and the ids of those that are gone."""
        query = read_query(ChangesQuerySerializer, request)
        page = read_change_feed(self.user, after=query.get("cursor"), limit=query["limit"])
        context = shapes.SessionContext.read(self.user, page.changed, clock.now())
        body = shapes.Changes(
            changed=[shapes.Session.of_session(session, context) for session in page.changed],
            deleted=[shapes.Tombstone(id=each.id, deleted_at=each.at) for each in page.deleted],
            cursor=FeedCursorField().to_representation(page.cursor),
            has_more=page.has_more,
        )
        return Response(body, headers={"Cache-Control": "private, no-cache"})
