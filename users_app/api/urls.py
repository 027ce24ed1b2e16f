"""Below /v1; no trailing slashes."""

from django.urls import path

from users_app.api.viewsets import UserViewSet

urlpatterns = [
    path("users", UserViewSet.as_view({"post": "create"})),
]
