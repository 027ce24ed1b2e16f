"""What sessions, clients, projects and tags share over HTTP: versions, and the record of who changed them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app import services
from sessions_app.api.idempotency import read_repeated
from sessions_app.models import Changeset, Kind, Source, VersionedModel
from sessions_app.selectors.idempotency import find_first, find_made
from timetracker import clock
from timetracker.api.viewsets import matches_if_none_match, not_modified, version_tag
from timetracker.errors import StaleVersionError
from users_app.api.user_scoped import UserScopedViewSet


class VersionedViewSet(UserScopedViewSet):
    """Endpoints of what is versioned and recorded. `collection` is the part of the path that all of a kind share."""

    collection: ClassVar[str]
    kind: ClassVar[Kind]

    @property
    def actor(self) -> services.Actor:
        """The token's holder, through the API."""
        return services.Actor(Source.API, token=self.token)

    def once(
        self,
        request: Request,
        given_id: UUID | None,
        make: Callable[[services.Actor, UUID | None], Response],
        replay: Callable[[Changeset], Response],
    ) -> Response:
        """What `make` answers, or `replay` of the batch in which it did, when the request was sent before with its key.

        Of two that arrive together one waits for the other, and finds what it made. Without an id in the body the
        Idempotency-Key determines the new one. Raises ReusedKeyError for a key that was sent with another body.
        """
        repeated = read_repeated(request, self.user)
        if repeated is None:
            return make(self.actor, given_id)
        actor = replace(self.actor, request=str(repeated))
        with services.changeset(self.user, actor):
            made_by = find_first(self.user, repeated)
            if made_by is None:
                return make(actor, given_id or UUID(repeated.key))
        response = replay(made_by)
        response["Idempotency-Replayed"] = "true"
        return response

    def handle_exception(self, exc: Exception) -> Response:
        """A write to a state that is gone is answered with the state that is."""
        response = super().handle_exception(exc)
        if isinstance(exc, StaleVersionError) and isinstance(exc.current, VersionedModel):
            response.data["current"] = self.represent(exc.current, clock.now())
            response["ETag"] = version_tag(exc.current.version)
        return response

    def represent(self, row: Any, now: datetime) -> dict[str, Any]:
        """A row as JSON, as of `now`."""
        raise NotImplementedError

    def answer(self, row: VersionedModel, *, is_new: bool = False) -> Response:
        """A single row, 201 with its address or 200."""
        headers = {"ETag": version_tag(row.version)}
        if is_new:
            headers["Location"] = f"/v1/users/{row.user_id}/{self.collection}/{row.id}"
        return Response(self.represent(row, clock.now()), status=201 if is_new else 200, headers=headers)

    def made(self, made_by: Changeset) -> Response:
        """What a batch made, as `answer` gave it then."""
        return self.answer(find_made(made_by, self.kind), is_new=True)

    def show(self, request: Request, row: VersionedModel) -> Response:
        """A single row, or 304 when the caller has this version."""
        tag = version_tag(row.version)
        return not_modified(tag) if matches_if_none_match(request, tag) else self.answer(row)
