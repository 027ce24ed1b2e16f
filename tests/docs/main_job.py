"""The main job, done by a client that openapi-python-client generated. Run in an environment of that client's own."""

import datetime as dt
import os
import sys
from uuid import UUID

from timetracker_client import AuthenticatedClient, Client
from timetracker_client.api.changesets import list_changesets, undo_changeset
from timetracker_client.api.reports import get_report
from timetracker_client.api.sessions import batch_sessions, create_session, list_sessions, update_session
from timetracker_client.api.timer import get_timer, start_timer, stop_timer, toggle_timer
from timetracker_client.api.users import create_user
from timetracker_client.models import (
    BatchRequest,
    NewSessionRequest,
    OperationRequest,
    OperationRequestOp,
    PatchedWholeSessionRequest,
    StartRequest,
)

HOST = os.environ["HOST"]


def instant(hour):
    return dt.datetime(2026, 11, 20, hour, tzinfo=dt.UTC).isoformat()


made = create_user.sync(client=Client(HOST))
client = AuthenticatedClient(HOST, token=made.token, raise_on_unexpected_status=True)

assert start_timer.sync("me", client=client).started.running  # without a body
switched = start_timer.sync("me", client=client, body=StartRequest(session_name="Design"))
assert (switched.started.session_name, switched.stopped.running) == ("Design", False)
assert get_timer.sync("me", client=client).running.id == switched.started.id
assert stop_timer.sync("me", client=client).stopped.session_name == "Design"
assert toggle_timer.sync("me", client=client).started.running
assert not toggle_timer.sync("me", client=client).stopped.running

session = create_session.sync("me", client=client, body=NewSessionRequest(start=instant(8), end=instant(9)))
changed = update_session.sync(
    "me", str(session.id), client=client, body=PatchedWholeSessionRequest(session_name="Mail", billable=True)
)
assert changed.session_name == "Mail"
operations = [
    OperationRequest(OperationRequestOp.CREATE, body=PatchedWholeSessionRequest(start=instant(10), end=instant(11))),
    OperationRequest(
        OperationRequestOp.UPDATE, UUID(str(session.id)), body=PatchedWholeSessionRequest(note="With Ada")
    ),
]
answer = batch_sessions.sync("me", client=client, body=BatchRequest(operations=operations))
assert [each.status for each in answer.results] == [201, 200]

day = {"from_": dt.date(2026, 11, 20), "to": dt.date(2026, 11, 21)}
assert list_sessions.sync("me", client=client, **day).total_seconds == 7200
report = get_report.sync("me", client=client, **day)
assert (report.total_seconds, report.session_count) == (7200, 2)

latest = list_changesets.sync("me", client=client).changesets[0]
undo_changeset.sync_detailed("me", str(latest.id), client=client)
assert list_sessions.sync("me", client=client, **day).total_seconds == 3600
sys.stdout.write("done\n")
