"""Below /v1; no trailing slashes."""

from django.urls import path

from users_app.api.viewsets import CurrentUserViewSet, TokenViewSet, UserViewSet

urlpatterns = [
    path("users", UserViewSet.as_view({"post": "create"})),
    path(
        "users/<str:user_id>",
        CurrentUserViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
    ),
    path("users/<str:user_id>/tokens", TokenViewSet.as_view({"get": "list", "post": "create"})),
    path("users/<str:user_id>/tokens/<str:token_id>", TokenViewSet.as_view({"delete": "destroy"})),
]
