"""What every test may ask for: an owner of the data under test, a stranger, and a client for the API."""

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.factories import make_guest, make_token
from tests.pages import NOW
from users_app.models import User


@pytest.fixture
def owner(db) -> User:
    return make_guest(timezone="Europe/Berlin", display_name="Owner")


@pytest.fixture
def stranger(db) -> User:
    return make_guest(timezone="Europe/Berlin", display_name="Stranger")


@pytest.fixture
def clock(time_machine):
    """Stands at NOW until a test moves it."""
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def signed_in(owner) -> Client:
    """The owner's browser."""
    client = Client()
    client.force_login(owner)
    return client


class ApiClient:
    """Calls the API as a script does: a token, JSON, nothing else. `token` None sends none."""

    def __init__(self, token: str | None) -> None:
        self.token = token
        self.client = Client(raise_request_exception=False)

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        if self.token is not None:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        content = b"" if body is None else json.dumps(body)
        response = self.client.generic(
            method, path, content, content_type="application/json" if body is not None else "", headers=headers
        )
        if response.content and response["Content-Type"].startswith("application/"):
            response.data = json.loads(response.content)
        return response


@pytest.fixture
def api(owner) -> ApiClient:
    """The API called by the owner."""
    return ApiClient(make_token(owner))


@pytest.fixture
def stranger_api(stranger) -> ApiClient:
    return ApiClient(make_token(stranger))
