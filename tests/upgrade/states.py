"""What the API shows of every user of a database, by addresses that every release answers."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from unittest.mock import patch

PERIOD = "from=2026-10-01&to=2026-12-01"
ADDRESSES = (
    f"sessions?{PERIOD}&limit=500",
    "timer",
    "projects?limit=500",
    "clients?limit=500",
    "tags?limit=500",
    *(f"reports/summary?{PERIOD}&groupBy={each}" for each in ("project", "client", "tag", "name", "day", "month")),
    f"reports/summary?{PERIOD}&groupBy=project,day&roundMinutes=15&roundDirection=up",
)


@contextmanager
def at(now: datetime) -> Iterator[None]:
    """Stops the clock, so that what runs has the same length again."""
    with patch("timetracker.clock.now", lambda: now):
        yield


def new_token(user: Any) -> str:
    from users_app.models import AccessToken

    return AccessToken.objects.issue(user)[1]


def call(token: str, method: str, path: str, body: Any = None) -> Any:
    from django.test import Client

    response = Client(SERVER_NAME="localhost").generic(
        method,
        f"/v1/users/me/{path}",
        *(() if body is None else (json.dumps(body), "application/json")),
        headers={"Authorization": f"Bearer {token}"},
    )
    assert response.status_code < 300, f"{method} {path}: {response.status_code} {response.content[:500]!r}"
    return response.json() if response.content else None


def read_all(now: datetime) -> dict[str, Any]:
    """Returns the answers by user and address."""
    from users_app.models import User

    with at(now):
        return {
            str(user.id): {address: call(token, "GET", address) for address in ADDRESSES}
            for user in User.objects.order_by("id")
            for token in [new_token(user)]
        }


def differences(before: Any, after: Any, where: str = "") -> list[str]:
    """Returns where answers of a later release lack or contradict something of before. They may have more."""
    if isinstance(before, dict) and isinstance(after, dict):
        return [each for key in before for each in differences(before[key], after.get(key), f"{where}/{key}")]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [
            found
            for number, pair in enumerate(zip(before, after, strict=True))
            for found in differences(*pair, f"{where}/{number}")
        ]
    return [] if before == after else [f"{where}: {before!r} became {after!r}"]
