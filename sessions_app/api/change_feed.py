"""What changed since, over HTTP."""

import re
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app.api.change_shapes import (
    ChangedClient,
    ChangedProject,
    ChangedSession,
    ChangedTag,
    Changes,
    KindChanges,
    KindTombstone,
    Tombstone,
)
from sessions_app.api.shapes import Session, SessionContext
from sessions_app.models import Client, Kind, Project, TimeSession, VersionedModel
from sessions_app.selectors.change_feed import FEED_KINDS, FeedCursor, read_change_feed
from timetracker import clock
from timetracker.api.fields import ChoiceField, QuerySerializer
from timetracker.api.pagination import CursorField, limit_field
from timetracker.api.schema.annotations import either
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


_ONE = f"({'|'.join(FEED_KINDS)})"


@extend_schema_field(
    {
        "type": "string",
        "pattern": f"^{_ONE}(,{_ONE})*$",
        "default": "session",
        "examples": ["session,client,project,tag"],
    }
)
class KindsField(ChoiceField):
    """Kinds between commas."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=FEED_KINDS, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        return [Kind(super(KindsField, self).to_internal_value(each)) for each in dict.fromkeys(data.split(","))]


class ChangesQuerySerializer(QuerySerializer):
    """Since when, of which kinds, and how many at once."""

    cursor = FeedCursorField(required=False)
    kinds = KindsField(required=False, help_text="Any of these, between commas; without it sessions.")
    limit = limit_field()


class ChangesViewSet(UserScopedViewSet):
    """`/changes`."""

    queried = frozenset({"changes"})
    scopes = {"changes": Scope.READ}

    @extend_schema(
        operation_id="listChanges",
        parameters=[ChangesQuerySerializer],
        responses={
            200: either("AnyChanges", Changes, KindChanges),
            410: None,
        },
    )
    def changes(self, request: Request, user_id: str) -> Response:
        """Returns the changes since the cursor: changed objects in their present state, and the ids of deleted objects.

        Of sessions, unless `kinds` names others, too; then each says its kind.
        """
        query = read_query(ChangesQuerySerializer, request)
        kinds = query.get("kinds", [Kind.SESSION])
        page = read_change_feed(self.user, after=query.get("cursor"), limit=query["limit"], kinds=kinds)
        sessions = [row for row in page.changed if isinstance(row, TimeSession)]
        context = SessionContext.read(self.user, sessions, clock.now())
        cursor = FeedCursorField().to_representation(page.cursor)
        body: Changes | KindChanges
        if "kinds" in query:
            body = KindChanges(
                changed=[_changed(row, context) for row in page.changed],
                deleted=[KindTombstone(each.id, each.at, each.kind.value) for each in page.deleted],
                cursor=cursor,
                has_more=page.has_more,
            )
        else:
            body = Changes(
                changed=[Session.of_session(session, context) for session in sessions],
                deleted=[Tombstone(id=each.id, deleted_at=each.at) for each in page.deleted],
                cursor=cursor,
                has_more=page.has_more,
            )
        return Response(body, headers={"Cache-Control": "private, no-cache"})


def _changed(
    row: VersionedModel, context: SessionContext
) -> ChangedSession | ChangedProject | ChangedClient | ChangedTag:
    """Returns a row as JSON shows it among those of other kinds."""
    match row:
        case TimeSession():
            return ChangedSession.of_session(row, context)
        case Project():
            return ChangedProject.of(row)
        case Client():
            return ChangedClient.of(row)
    return ChangedTag.of(row)
