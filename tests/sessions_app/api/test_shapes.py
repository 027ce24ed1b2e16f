"""What the API answers of sessions: quickly, and from what is read already"""

import json
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from sessions_app.api import shapes
from sessions_app.models import TimeSession
from tests.factories import make_session, start_session
from timetracker.shapes import encode_json

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
AT_MOST_MS = 10
"""On a slow and busy machine; about 1 on a quiet one (benchmarks/shapes.py), where DRF's serializers take 18."""


def make_unsaved(number, tag_ids):
    session = TimeSession(
        id=uuid4(),
        name=f"API design {number}",
        start=NOW - timedelta(hours=number + 1),
        end=None if number == 0 else NOW - timedelta(hours=number),
        timezone="Europe/Berlin",
        project_id=uuid4(),
        source="api",
        created_at=NOW,
        updated_at=NOW,
    )
    session.tag_ids = tag_ids
    session.set_derived_fields()
    return session


def test_300_sessions_are_written_in_little_time():
    tag_ids = [uuid4(), uuid4()]
    context = shapes.SessionContext(NOW, {tag_id.int: ("tag", "Tag") for tag_id in tag_ids})
    sessions = [make_unsaved(number, tag_ids) for number in range(300)]
    times = []
    for _round in range(20):
        begun = time.process_time()
        encode_json([shapes.ListedSession.of_session(each, context, seconds_in_period=3600) for each in sessions])
        times.append(time.process_time() - begun)

    assert min(times) * 1000 < AT_MOST_MS


@pytest.fixture
def sessions(owner):
    names = {"tags": ["call", "Äther", "Deep"]}
    finished = make_session(owner, "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z", "Report", **names)
    return [finished, start_session(owner, "2026-11-20T14:30:00Z", tags=["deep"])]


def test_a_running_session_lasts_until_now_and_a_finished_one_as_long_as_it_did(owner, sessions):
    context = shapes.SessionContext.read(owner, sessions, NOW)

    finished, running = (json.loads(encode_json(shapes.Session.of_session(each, context))) for each in sessions)

    assert (finished["durationSeconds"], finished["running"]) == (3600, False)
    assert (running["durationSeconds"], running["running"], running["end"]) == (1800, True, None)


def test_tags_stand_in_the_order_of_their_names(owner, sessions):
    context = shapes.SessionContext.read(owner, sessions, NOW)

    assert [shapes.Session.of_session(each, context).tags for each in sessions] == [["Äther", "call", "Deep"], ["Deep"]]


def test_names_are_read_once_for_all_and_not_at_all_without_tags(owner, sessions, django_assert_num_queries):
    for session in sessions:
        assert session.tag_ids
    with django_assert_num_queries(1):
        shapes.SessionContext.read(owner, sessions, NOW)
    sessions[0].tag_ids = sessions[1].tag_ids = ()
    with django_assert_num_queries(0):
        context = shapes.SessionContext.read(owner, sessions, NOW)

    assert shapes.Session.of_session(sessions[0], context).tags == []
