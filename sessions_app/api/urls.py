"""Below /v1/users/{userId}; no trailing slashes."""

from django.urls import path

from sessions_app.api.batch import BatchViewSet
from sessions_app.api.catalogue import ClientViewSet, EntryViewSet, ProjectViewSet, TagViewSet
from sessions_app.api.change_feed import ChangesViewSet
from sessions_app.api.reports import ReportViewSet
from sessions_app.api.sessions import SessionViewSet, TimerViewSet

KINDS: list[type[EntryViewSet]] = [ClientViewSet, ProjectViewSet, TagViewSet]

urlpatterns = [
    path("session", SessionViewSet.as_view({"post": "add"})),
    path("sessions", SessionViewSet.as_view({"get": "overview", "post": "create"})),
    path("sessions/batch", BatchViewSet.as_view({"post": "batch"})),
    path(
        "sessions/<str:session_id>",
        SessionViewSet.as_view({"get": "retrieve", "put": "replace", "patch": "partial_update", "delete": "destroy"}),
    ),
    path("sessions/<str:session_id>/restore", SessionViewSet.as_view({"post": "restore"})),
    path("sessions/<str:session_id>/continue", TimerViewSet.as_view({"post": "continue_session"})),
    path("changes", ChangesViewSet.as_view({"get": "changes"})),
    path("timer", TimerViewSet.as_view({"get": "retrieve"})),
    path("timer/start", TimerViewSet.as_view({"post": "start"})),
    path("timer/stop", TimerViewSet.as_view({"post": "stop"})),
    *(path(kind.collection, kind.as_view({"get": "list", "post": "create"})) for kind in KINDS),
    *(
        path(
            f"{kind.collection}/<str:entry_id>",
            kind.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        )
        for kind in KINDS
    ),
    path("reports/summary", ReportViewSet.as_view({"get": "summary"})),
]
