"""URLs below /v1, without trailing slashes."""

from django.urls import path

from timetracker.api.description import DescriptionViewSet

urlpatterns = [
    path("openapi.json", DescriptionViewSet.as_view({"get": "document"})),
    path("docs", DescriptionViewSet.as_view({"get": "page"}), name="api_docs"),
]
