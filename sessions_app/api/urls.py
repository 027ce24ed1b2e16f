"""Below /v1/users/{userId}; no trailing slashes. What is one of its kind has no id, so that no router knows it."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from sessions_app.api.account_export import AccountExportViewSet
from sessions_app.api.batch import BatchViewSet
from sessions_app.api.catalogue import ClientViewSet, ProjectViewSet, TagViewSet
from sessions_app.api.change_feed import ChangesViewSet
from sessions_app.api.changesets import ChangesetViewSet
from sessions_app.api.imports import ImportViewSet
from sessions_app.api.reports import ReportViewSet
from sessions_app.api.saved_reports import SavedReportViewSet
from sessions_app.api.sessions import SessionViewSet
from sessions_app.api.shares import ShareViewSet
from sessions_app.api.timer import TimerViewSet

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("sessions", SessionViewSet, "session")
router.register("timer", TimerViewSet, "timer")
router.register("clients", ClientViewSet, "client")
router.register("projects", ProjectViewSet, "project")
router.register("tags", TagViewSet, "tag")
router.register("changesets", ChangesetViewSet, "changeset")
router.register("reports/saved", SavedReportViewSet, "saved-report")
router.register("shares", ShareViewSet, "share")
router.register("reports", ReportViewSet, "report")

urlpatterns = [
    path("session", SessionViewSet.as_view({"post": "add"})),
    path("sessions/batch", BatchViewSet.as_view({"post": "batch"})),
    path("export", AccountExportViewSet.as_view({"get": "export"})),
    path("imports", ImportViewSet.as_view({"post": "bring_in"})),
    path("changes", ChangesViewSet.as_view({"get": "changes"})),
    path("timer", TimerViewSet.as_view({"get": "current"})),
    *router.urls,
]
