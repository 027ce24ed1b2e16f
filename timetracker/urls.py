"""Every address of the product."""

from django.contrib import admin
from django.urls import include, path, re_path

from timetracker.api.description import DescriptionViewSet
from timetracker.error_views import bad_request, forbidden, not_found, problem_page, server_error

urlpatterns = [
    path("admin/", admin.site.urls),
    path("v1/", include("users_app.api.urls")),
    path("v1/users/<str:user_id>/", include("sessions_app.api.urls")),
    path("v1/", include("timetracker.api.urls")),
    path("v1", DescriptionViewSet.as_view({"get": "root"})),
    # Whatever else is asked of the API, so that a missing or trailing slash is an answer and never a redirect.
    re_path(r"^v1(/.*)?$", not_found),
    path("problems/<slug:code>", problem_page),
    path("", include("sessions_app.urls")),
    path("", include("users_app.urls")),
]

handler400 = bad_request
handler403 = forbidden
handler404 = not_found
handler500 = server_error
