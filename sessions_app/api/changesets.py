"""Endpoints for the list of changesets and their undo."""

import re
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app import services
from sessions_app.api.change_shapes import Changeset, Changesets, Undone
from sessions_app.api.idempotency import attempt_in_parts, replayed
from sessions_app.api.serializers import NothingSerializer
from sessions_app.api.versioned import VersionedViewSet
from sessions_app.selectors.history import read_changesets
from timetracker import clock
from timetracker.api.fields import QuerySerializer
from timetracker.api.pagination import CursorField, add_next, limit_field
from timetracker.api.schema.headers import REPEATS
from timetracker.api.viewsets import parse_id, read_query
from timetracker.db.snapshot import snapshot
from timetracker.errors import ConflictError, NotFoundError
from users_app.models import Scope


class RevisionField(CursorField):
    """A place in the list of changesets."""

    def to_internal_value(self, data: Any) -> int:
        text = super().to_internal_value(data)
        if not re.fullmatch("[0-9]{1,18}", text, re.ASCII):
            self.fail("invalid_cursor")
        return int(text)


class ChangesetsQuerySerializer(QuerySerializer):
    """A page of them."""

    limit = limit_field()
    cursor = RevisionField(required=False)


class ChangesetViewSet(VersionedViewSet):
    """`/changesets` and `/changesets/{id}/undo`."""

    lookup_url_kwarg = "changeset_id"
    serializer_class = NothingSerializer
    queried = frozenset({"list"})
    scopes = {"list": Scope.READ, "undo": Scope.WRITE}

    @extend_schema(parameters=[ChangesetsQuerySerializer], responses={200: Changesets})
    def list(self, request: Request, user_id: str) -> Response:
        """Lists changesets, newest first: what each click, request or command wrote, and whether it can be undone."""
        query = read_query(ChangesetsQuerySerializer, request)
        limit = query["limit"]
        with snapshot():
            found = read_changesets(self.user, before=query.get("cursor"), limit=limit + 1)
            undoable = services.undoable_ids(self.user, now=clock.now())
        page = found[:limit]
        body = Changesets(
            [
                Changeset.of(each.changeset, undoable=each.changeset.id in undoable, undone_by=each.undone_by)
                for each in page
            ],
            None,
        )
        response = Response(body, headers={"Cache-Control": "private, no-cache"})
        if len(page) < len(found):
            add_next(response, request, cursor=RevisionField().to_representation(page[-1].changeset.revision))
        return response

    @extend_schema(operation_id="undoChangeset", responses={200: Undone, 409: None}, parameters=REPEATS)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, user_id: str, changeset_id: str) -> Response:
        """Takes back all that a changeset wrote, or nothing. Undoing the answer's changeset does it again.

        Of an import it takes back what was not changed since, and names what stays.
        """
        self.read_body()
        attempt = attempt_in_parts(request, self.user, self.actor)
        if attempt.earlier is None:
            try:
                undone = services.undo_changeset(self.user, attempt.actor, parse_id(changeset_id), is_listed_only=True)
                return Response(Undone.of_undo(undone.undone_by, undone.left_count, undone.left))
            except (ConflictError, NotFoundError):  # maybe this very request, which came twice at once, has done it
                attempt = attempt_in_parts(request, self.user, self.actor)
                if attempt.earlier is None:
                    raise
        body = Undone(attempt.earlier.id)
        if attempt.earlier.unfinished is not None:
            state = services.go_on(self.user, attempt.actor, attempt.earlier.id).state
            body = Undone.of_undo(attempt.earlier.id, state["left_count"], state["left"])
        return replayed(Response(body))
