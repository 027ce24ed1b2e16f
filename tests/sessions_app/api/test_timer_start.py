"""POST /v1/users/{userId}/timer/start"""

from sessions_app.models import TimeSession


def test_starts_without_a_body(api, owner):
    response = api("POST", "/v1/users/me/timer/start")

    assert response.status_code == 201
    assert response.data["started"]["running"] is True
    assert response.data["stopped"] is None
    assert TimeSession.objects.for_user(owner).running().get().source == "api"
