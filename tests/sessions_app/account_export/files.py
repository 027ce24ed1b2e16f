"""Exports for tests, written by hand, and what must hold when one is rejected."""

import io
import json
import zipfile

import pytest
from django.forms.models import model_to_dict

from sessions_app.models import Client, Project, SessionTag, Tag
from tests.accounts import bring_in
from tests.sessions_app.services.states import everything
from timetracker.errors import InvalidInputError
from users_app.models import User

SESSION = {
    "id": "0198aaaa-0000-7000-8000-000000000001",
    "name": "Draft",
    "note": "one\ntwo",
    "start": "2026-11-23T07:00:00+00:00",
    "end": "2026-11-23T08:00:00+00:00",
    "timezone": "Europe/Berlin",
    "project_id": None,
    "tag_ids": [],
    "billable": True,
    "hourly_rate": "80.0000",
    "currency": "EUR",
    "rate_is_override": False,
    "confirmed_at": None,
    "needs_end_check": False,
    "times_known": True,
    "deleted_at": None,
    "source": "api",
    "version": 3,
    "created_at": "2026-11-23T07:00:00+00:00",
    "updated_at": "2026-11-23T08:00:00+00:00",
}
OTHER_ID = "0198aaaa-0000-7000-8000-000000000002"
STAMPS = {"version": 1, "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z", "deleted_at": None}
TAG = {"id": "0198aaaa-0000-7000-8000-00000000000a", "name": "call", "archived": False, **STAMPS}
CLIENT = {
    "id": "0198aaaa-0000-7000-8000-00000000000b",
    "name": "Acme",
    "hourly_rate": None,
    "currency": "",
    "archived": False,
    **STAMPS,
}
PROJECT = {
    **CLIENT,
    "id": "0198aaaa-0000-7000-8000-00000000000c",
    "name": "Logo",
    "client_id": CLIENT["id"],
    "colour": 8,
    "billable_by_default": True,
    "budget_seconds": 144_000,
    "budget_amount": None,
    "budget_period": "month",
}
SETTINGS = {
    "clock": "12",
    "currency": "USD",
    "date_format": "iso",
    "display_name": "Mira",
    "duration_format": "words",
    "hourly_rate": "70.0000",
    "long_session_hours": 5,
    "notes_last_seen": False,
    "timezone": "Asia/Tokyo",
    "theme": "dark",
    "day_goal_seconds": 28_800,
    "week_goal_seconds": None,
    "wants_notices": True,
    "week_start": 6,
}


def account_of(**changes):
    catalogue = {"clients": [CLIENT], "projects": [PROJECT], "tags": [TAG]}
    return {"format": "timetracker-export", "version": 1, "settings": SETTINGS, **catalogue, **changes}


def zip_of(*sessions, account=None, **parts):
    """An export of these sessions, each a dict or a line; `parts` are by their names without a dot."""
    lines = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in sessions]
    content = {
        "account.json": json.dumps(account_of() if account is None else account).encode(),
        "sessions.jsonl": b"\n".join(lines),
        **{name.replace("_", "."): part for name, part in parts.items()},
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, part in content.items():
            if part is not None:
                made.writestr(name, part)
    return file.getvalue()


def all_rows():
    users = [model_to_dict(user) for user in User.objects.order_by("pk")]
    others = [list(model.objects.order_by("pk").values()) for model in (Client, Project, Tag, SessionTag)]
    return [*everything(), *others, users]


def assert_rejected(user, content, message):
    """The file is rejected with this, at the field of the form, and nothing is written."""
    before = all_rows()
    with pytest.raises(InvalidInputError) as raised:
        bring_in(user, content)
    assert [each.field for each in raised.value.errors] == ["file"]
    assert raised.value.message.startswith(message)
    assert all_rows() == before
