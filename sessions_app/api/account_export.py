"""Everything of a user as one file, over HTTP."""

from django.http import FileResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from sessions_app.account_export import build_account_export
from timetracker.api.negotiation import OneForm
from timetracker.http.downloads import hold_slot
from users_app.api.user_scoped import UserScopedViewSet
from users_app.models import Scope


class AccountExportViewSet(UserScopedViewSet):
    """`/export`."""

    scopes = {"export": Scope.READ}
    content_negotiation_class = OneForm

    @extend_schema(operation_id="exportAccount", tags=["Users"], responses={(200, "application/zip"): bytes})
    def export(self, request: Request, user_id: str) -> FileResponse:
        """Returns all data of the user as one ZIP, which any Timetracker server can import."""
        return hold_slot(
            self.user.pk,
            lambda: FileResponse(
                build_account_export(self.user),
                as_attachment=True,
                filename="timetracker-export.zip",
                content_type="application/zip",
                headers={"Cache-Control": "private, no-store"},
            ),
        )
