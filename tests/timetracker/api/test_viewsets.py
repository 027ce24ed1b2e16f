"""What every endpoint shares"""

import gc
import weakref

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.http import QueryDict
from django.test import RequestFactory
from rest_framework.fields import empty

from tests.factories import make_session, start_session
from timetracker.api.fields import StrictBooleanField

FORMS = ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]


@pytest.fixture(params=["", "text/plain", "application/json", *FORMS])
def post_nothing(api, request):
    """Sends an empty body, said to be of some type."""

    def send(path):
        headers = {"Authorization": f"Bearer {api.token}"}
        return api.client.post(f"/v1/users/me/{path}", b"", content_type=request.param, headers=headers)

    return send


@pytest.mark.parametrize(("path", "status"), [("timer/start", 201), ("timer/toggle", 201), ("timer/stop", 200)])
def test_the_timer_needs_no_body_of_any_type(post_nothing, path, status):
    assert post_nothing(path).status_code == status


def test_nothing_in_a_form_is_not_false(post_nothing, owner):
    start_session(owner, "2026-03-02T08:00:00Z")

    response = post_nothing("timer/stop")

    assert response.json()["stopped"]["running"] is False


def test_a_session_is_continued_and_restored_without_a_body_of_any_type(post_nothing, owner):
    session = make_session(owner, "2026-03-02T08:00:00Z", "2026-03-02T09:00:00Z")

    assert post_nothing(f"sessions/{session.id}/restore").status_code == 200
    assert post_nothing(f"sessions/{session.id}/continue").status_code == 201


@pytest.mark.parametrize("content_type", FORMS)
def test_a_user_is_made_without_a_body_of_any_type(client, db, content_type):
    assert client.post("/v1/users", b"", content_type=content_type).status_code == 201


def test_a_boolean_that_a_form_lacks_is_absent():
    field = StrictBooleanField(required=False)
    field.field_name = "discard"

    assert field.get_value(QueryDict("")) is empty


@pytest.fixture
def without_collector():
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize(
    ("path", "status"), [("users/me/sessions", 200), ("users/me/sessions?from=then", 400), ("openapi.json", 200)]
)
def test_an_answer_is_gone_when_it_was_sent(api, without_collector, path, status):
    request = RequestFactory().get(f"/v1/{path}", headers={"Authorization": f"Bearer {api.token}"})
    response = WSGIHandler().get_response(request)
    assert response.status_code == status

    is_kept = weakref.ref(response)
    del response

    assert is_kept() is None
