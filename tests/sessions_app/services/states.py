"""What a press left behind, and that one that was refused left nothing."""

from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest

from sessions_app.models import VERSIONED_MODELS, Change, SessionTag, TimeSession
from tests.factories import instant
from timetracker.errors import InvalidInputError

NOW = instant("2026-11-23T09:00Z")
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
GIVEN_ID = UUID("0198aaaa-0000-7000-8000-000000000001")


@contextmanager
def rejected(error, code, *messages):
    """The change is rejected with this code, or these codes of fields, and neither a row nor a change is written."""
    before = everything()
    with pytest.raises(error) as raised:
        yield raised
    if error is InvalidInputError:
        assert [(each.field, each.code) for each in raised.value.errors] == [code]
    else:
        assert raised.value.code == code
    for message in messages:
        assert raised.value.message == message
    assert everything() == before


def everything():
    return [list(model.objects.order_by("pk").values()) for model in (*VERSIONED_MODELS.values(), SessionTag, Change)]


def changes(user):
    return list(Change.objects.filter(user=user).order_by("pk"))


def actions(user):
    return [change.action for change in changes(user)]


def tracked(user):
    """All that this person chose of each session, those in the Trash included."""
    return {
        session.id: {name: getattr(session, name) for name in TimeSession.TRACKED_FIELDS}
        for session in TimeSession.objects.for_user(user)
    }


def times(session):
    """Start and end as hours and minutes of UTC; a running session has no end."""
    return f"{session.start:%H:%M}-" + ("" if session.end is None else f"{session.end:%H:%M}")


def not_deleted(user):
    """The sessions that are not in the Trash, in the order of lists."""
    return list(TimeSession.objects.for_user(user).not_deleted().order_by("start", "id"))
