"""Below /v1/users/{userId}; no trailing slashes."""

from django.urls import path

from sessions_app.api.viewsets import SessionViewSet, TimerViewSet

urlpatterns = [
    path("session", SessionViewSet.as_view({"post": "create"})),
    path("sessions", SessionViewSet.as_view({"get": "overview", "post": "create"})),
    path("sessions/<str:session_id>", SessionViewSet.as_view({"get": "retrieve", "put": "replace"})),
    path("timer", TimerViewSet.as_view({"get": "retrieve"})),
    path("timer/start", TimerViewSet.as_view({"post": "start"})),
    path("timer/stop", TimerViewSet.as_view({"post": "stop"})),
]
