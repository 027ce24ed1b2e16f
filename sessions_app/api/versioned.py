"""The base class of viewsets for versioned models: sessions, clients, projects, tags, reports and changesets."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app import services
from sessions_app.api.idempotency import Attempt, attempt
from sessions_app.models import Source, VersionedModel
from sessions_app.selectors.editions import edition_of
from timetracker import clock
from timetracker.api.etags import edition_tag, matches_if_none_match, not_modified
from timetracker.api.viewsets import parse_id
from timetracker.errors import StaleVersionError
from timetracker.shapes import Shape
from users_app.api.user_scoped import UserScopedViewSet


class VersionedViewSet(UserScopedViewSet):
    """A viewset for a versioned model. `collection` is the part of the path for all objects of a kind."""

    collection: ClassVar[str]
    lookup_field = "id"

    @property
    def actor(self) -> services.Actor:
        """The actor of a request: the user's token, through the API."""
        return services.Actor(Source.API, token=self.token)

    def attempt(self, request: Request, *, is_always_remembered: bool = False) -> AbstractContextManager[Attempt]:
        """Yields the attempt of a request, which may have been done before if it has an Idempotency-Key."""
        return attempt(request, self.user, self.actor, is_always_remembered=is_always_remembered)

    def handle_exception(self, exc: Exception) -> Response:
        """Adds the present state to the response to a write that names an outdated version."""
        response = super().handle_exception(exc)
        if isinstance(exc, StaleVersionError) and isinstance(exc.current, VersionedModel):
            response["ETag"] = edition_tag(edition_of(exc.current))
            response.data.current = self.to_shape(exc.current, clock.now())
        return response

    def get_object(self) -> Any:
        """Returns the row of the path. Raises NotFoundError also for text that Django would accept as an id."""
        parse_id(self.kwargs[self.lookup_url_kwarg or self.lookup_field])
        return super().get_object()

    def to_shape(self, row: Any, now: datetime) -> Shape:
        """Returns the shape of a row, as of `now`."""
        raise NotImplementedError

    def respond(
        self, row: VersionedModel, *, is_new: bool = False, now: datetime | None = None, tag: str | None = None
    ) -> Response:
        """Returns a response with a row as of `now`, by default this moment: 201 with its URL, or 200 with `tag`."""
        # The tag is read before the row's other data, which may therefore be newer than the tag, never older.
        tag = tag or edition_tag(edition_of(row))
        response = Response(self.to_shape(row, now or clock.now()), headers={"ETag": tag})
        if is_new:
            response.status_code = 201
            response["Location"] = f"/v1/users/{row.user_id}/{self.collection}/{row.id}"
        return response

    def respond_unless_known(self, request: Request, row: VersionedModel) -> Response:
        """Returns a response with a row, or 304 if the client has its present state."""
        tag = edition_tag(edition_of(row))
        return not_modified(tag) if matches_if_none_match(request, tag) else self.respond(row, tag=tag)
