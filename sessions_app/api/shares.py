"""Share links over HTTP."""

from datetime import datetime
from uuid import uuid5

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app import services
from sessions_app.api import report_shapes
from sessions_app.api.serializers import ShareSerializer
from sessions_app.api.versioned import VersionedViewSet
from sessions_app.models import Share
from sessions_app.reports.sharing import Shown, read_shared
from sessions_app.selectors.shares import get_share, shares_of
from timetracker import clock
from timetracker.api.etags import read_if_match
from timetracker.api.idempotency import read_key
from timetracker.api.schema.headers import DELETES, MAKES_SECRET
from timetracker.api.viewsets import parse_id
from users_app.models import Scope


class ShareViewSet(VersionedViewSet):
    """`/shares` and `/shares/{id}`."""

    collection, serializer_class = "shares", ShareSerializer
    lookup_url_kwarg = "share_id"
    scopes = {"list": Scope.READ, "create": Scope.WRITE, "retrieve": Scope.READ, "destroy": Scope.WRITE}
    json_names = {
        "shows_hours": "hours",
        "shows_amounts": "amounts",
        "shows_notes": "notes",
        "shows_running": "running",
        "is_frozen": "frozen",
        "expires_at": "expiresAt",
    }

    @extend_schema(responses={200: report_shapes.Shares})
    def list(self, request: Request, user_id: str) -> Response:
        """All that were not revoked, the newest first, without the links themselves."""
        found = [report_shapes.Share.of(each) for each in shares_of(self.user)]
        return Response(report_shapes.Shares(found, next=None))

    @extend_schema(
        responses={201: report_shapes.MadeShare, 409: None},
        parameters=MAKES_SECRET,
        examples=[
            OpenApiExample(
                "Live, hours and amounts",
                {"page": "report", "query": "period=month&group=project", "hours": True, "amounts": True},
                request_only=True,
            )
        ],
    )
    def create(self, request: Request, user_id: str) -> Response:
        """A new link to a report or a timesheet; the link is shown this once.

        `query` is what stands after the `?` of the address of its page. An Idempotency-Key stands for an id: sent
        again, it makes no second link and shows none, but is refused.
        """
        fields = self.read_body()
        share_id = fields.pop("id", None)
        if share_id is None and (key := read_key(request)) is not None:
            share_id = uuid5(self.user.id, f"/shares {key}")
        shown = Shown(*(fields.get(name, default) for name, default in _SHOWN.items()))
        content = read_shared(self.user, fields["page"], fields.get("query", ""), shown, now=clock.now())
        found, secret = services.share(self.user, self.actor, share_id=share_id, content=content, **fields)
        url = settings.BASE_URL + reverse("shared", args=[secret])
        response = Response(report_shapes.MadeShare.of(found, url=url), status=201)
        response["Cache-Control"] = "no-store"
        return response

    @extend_schema(responses={200: report_shapes.Share})
    def retrieve(self, request: Request, user_id: str, share_id: str) -> Response:
        """One of them, by its id, and how often it was opened."""
        return self.respond(get_share(self.user, parse_id(share_id)))

    @extend_schema(operation_id="revokeShare", responses={204: None}, parameters=DELETES)
    def destroy(self, request: Request, user_id: str, share_id: str) -> Response:
        """Revokes one: it opens nothing any more. What it showed stays as it is."""
        services.revoke_share(self.user, self.actor, parse_id(share_id), versions=read_if_match(request))
        return Response(status=204)

    def to_shape(self, row: Share, now: datetime) -> report_shapes.Share:
        """Returns one of them as JSON shows it, which does not depend on the time."""
        return report_shapes.Share.of(row)


_SHOWN = {"shows_hours": True, "shows_amounts": False, "shows_notes": False, "shows_running": False}
