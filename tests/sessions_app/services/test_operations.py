"""Many presses at once"""

from datetime import timedelta

import pytest

from sessions_app import services
from sessions_app.models import Change, TimeSession
from tests.factories import WEB, make_session, start_session
from tests.sessions_app.services.states import HOUR, NOW, changes, everything
from timetracker.db.ids import uuid7
from timetracker.errors import DomainError, NotFoundError

pytestmark = pytest.mark.django_db


def add(user, hours_ago, **fields):
    return lambda: services.save_session(
        user, WEB, start=NOW - timedelta(hours=hours_ago), end=NOW - timedelta(hours=hours_ago) + HOUR / 2, **fields
    )


def test_all_at_once_are_one_changeset(owner):
    session = make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z")
    before = len(changes(owner))

    outcomes = services.run_operations(
        owner,
        WEB,
        [
            add(owner, 3, name="A"),
            add(owner, 2, name="B", tags=["new"]),
            lambda: services.edit_session(owner, WEB, session.id, name="C"),
            lambda: services.delete_session(owner, WEB, session.id),
        ],
        atomic=True,
    )

    assert [outcome.name for outcome in outcomes] == ["A", "B", "C", "C"]
    written = changes(owner)[before:]
    assert len({(change.changeset_id, change.changeset.at) for change in written}) == 1
    services.undo_changeset(owner, WEB)
    assert [each.name for each in TimeSession.objects.for_user(owner).not_deleted()] == [""]


def test_one_rejection_rejects_all(owner):
    before = everything()

    with pytest.raises(services.OperationsFailedError) as raised:
        services.run_operations(
            owner,
            WEB,
            [add(owner, 3), lambda: services.delete_session(owner, WEB, uuid7()), add(owner, 2)],
            atomic=True,
        )

    assert everything() == before
    assert [isinstance(outcome, DomainError) for outcome in raised.value.outcomes] == [False, True, False]
    assert raised.value.code == "batch_failed"


def test_each_for_itself_writes_what_it_can(owner):
    running = start_session(owner, "2026-11-23T08:00Z")

    outcomes = services.run_operations(
        owner,
        WEB,
        [
            add(owner, 3),
            lambda: services.put_session(owner, WEB, uuid7(), start=NOW, end=None)[0],
            lambda: services.delete_session(owner, WEB, uuid7()),
            lambda: services.edit_session(owner, WEB, running.id, name="Named"),
        ],
        atomic=False,
    )

    rejected = [outcome.code if isinstance(outcome, DomainError) else None for outcome in outcomes]
    assert rejected == [None, "timer_running", NotFoundError().code, None]
    assert TimeSession.objects.for_user(owner).not_deleted().count() == 2
    assert len({(change.changeset_id, change.changeset.at) for change in changes(owner)[1:]}) == 1


def test_a_changeset_of_another_is_not_a_part_of_it(owner, stranger):
    services.run_operations(owner, WEB, [add(owner, 3), add(stranger, 3)], atomic=True)

    changeset_ids = Change.objects.values_list("user", "changeset")
    assert len(set(changeset_ids)) == 2
    assert services.undo_changeset(owner, WEB).changeset.user == owner
