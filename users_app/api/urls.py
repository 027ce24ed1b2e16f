"""URLs below /v1, without trailing slashes. The user is a single object, for which routers have no URLs."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from users_app.api.viewsets import CurrentUserViewSet, TokenViewSet, UserViewSet

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("users/<str:user_id>/tokens", TokenViewSet, "token")

urlpatterns = [
    path("users", UserViewSet.as_view({"post": "create"})),
    path(
        "users/<str:user_id>",
        CurrentUserViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
    ),
    *router.urls,
]
