"""What sessions, clients, projects and tags share over HTTP: versions, and the record of who changed them."""

from datetime import datetime
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app import services
from sessions_app.models import Recorded, Source
from timetracker import clock
from timetracker.api.viewsets import OwnViewSet, matches_if_none_match, not_modified, version_tag
from timetracker.errors import StaleVersionError


class RecordedApi(OwnViewSet):
    """Endpoints of what is versioned and recorded. `collection` is the part of the path that all of a kind share."""

    collection: ClassVar[str]

    @property
    def actor(self) -> services.Actor:
        """The token's holder, through the API."""
        return services.Actor(Source.API, token=self.token)

    def handle_exception(self, exc: Exception) -> Response:
        """A write to a state that is gone is answered with the state that is."""
        response = super().handle_exception(exc)
        if isinstance(exc, StaleVersionError) and isinstance(exc.current, Recorded):
            response.data["current"] = self.represent(exc.current, clock.now())
            response["ETag"] = version_tag(exc.current.version)
        return response

    def represent(self, row: Any, now: datetime) -> dict[str, Any]:
        """A row as JSON, as of `now`."""
        raise NotImplementedError

    def answer(self, row: Recorded, *, is_new: bool = False) -> Response:
        """A single row, 201 with its address or 200."""
        headers = {"ETag": version_tag(row.version)}
        if is_new:
            headers["Location"] = f"/v1/users/{row.user_id}/{self.collection}/{row.id}"
        return Response(self.represent(row, clock.now()), status=201 if is_new else 200, headers=headers)

    def show(self, request: Request, row: Recorded) -> Response:
        """A single row, or 304 when the caller has this version."""
        tag = version_tag(row.version)
        return not_modified(tag) if matches_if_none_match(request, tag) else self.answer(row)
