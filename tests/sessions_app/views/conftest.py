"""What the pages' tests share: a Monday morning in Berlin, and the owner's browser."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # 10:30 in Berlin


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as travel:
        yield travel


@pytest.fixture
def signed_in(owner) -> Client:
    client = Client()
    client.force_login(owner)
    return client
