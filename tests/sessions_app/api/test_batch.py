"""POST /v1/users/{userId}/sessions/batch"""

from uuid import uuid4

import pytest

from sessions_app import services
from sessions_app.models import Change, Project, TimeSession
from sessions_app.selectors.sessions import find_running
from tests.conftest import ApiClient
from tests.factories import WEB, make_session, make_token, start_session
from users_app.models import Scope

URL = "/v1/users/me/sessions/batch"
TIMES = {"start": "2026-11-20T08:00:00Z", "end": "2026-11-20T09:00:00Z"}
GIVEN_ID = "0198abcd-0000-7000-8000-00000000abcd"
KEY = {"Idempotency-Key": "5f2b-1"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)


@pytest.fixture
def session(owner):
    return make_session(owner, "2026-11-19T08:00:00Z", "2026-11-19T09:00:00Z", "Before", note="stored")


def create(**body):
    return {"op": "create", "body": {**TIMES, **body}}


def update(session_id, **body):
    return {"op": "update", "id": str(session_id), "body": body}


def delete(session_id):
    return {"op": "delete", "id": str(session_id)}


def send(api, *operations, **more):
    headers = more.pop("headers", {})
    return api("POST", URL, {**more, "operations": list(operations)}, **headers)


def outcomes(response):
    """The status of each operation, and the code of those that were refused."""
    return [
        (each["status"], each["problem"]["code"] if "problem" in each else None) for each in response.data["results"]
    ]


def names(user):
    return sorted(TimeSession.objects.for_user(user).not_deleted().values_list("name", flat=True))


@pytest.mark.parametrize("more", [{}, {"atomic": True}, {"atomic": False}])
def test_does_all_in_order_and_answers_each_as_alone(api, owner, session, more):
    response = send(api, create(sessionName="New"), update(session.id, sessionName="After"), delete(session.id), **more)

    assert response.status_code == 200
    assert outcomes(response) == [(201, None), (200, None), (204, None)]
    made, changed, deleted = (each["body"] for each in response.data["results"])
    assert made == api("GET", f"/v1/users/me/sessions/{made['id']}").data
    assert (changed["sessionName"], changed["note"]) == ("After", "stored")
    assert deleted is None
    assert names(owner) == ["New"]


def test_later_operations_may_name_what_earlier_ones_made(api, owner):
    response = send(api, create(id=GIVEN_ID, tags=["new"]), update(GIVEN_ID, sessionName="Named", tags=["new", "more"]))

    assert outcomes(response) == [(201, None), (200, None)]
    assert response.data["results"][1]["body"]["tags"] == ["more", "new"]
    assert names(owner) == ["Named"]


@pytest.mark.parametrize("where", ["operation", "body", "both"])
def test_an_id_of_the_client_is_kept(api, where):
    operation = create(**({} if where == "operation" else {"id": GIVEN_ID}))
    response = send(api, operation | ({} if where == "body" else {"id": GIVEN_ID}))

    assert response.data["results"][0]["body"]["id"] == GIVEN_ID


def test_none_is_done_when_one_of_all_fails(api, owner, session):
    response = send(api, create(), update(session.id, sessionName="After"), delete(uuid4()), create(end=TIMES["start"]))

    assert (response.status_code, response.data["code"]) == (409, "batch_failed")
    assert response["Content-Type"] == "application/problem+json"
    assert outcomes(response) == [
        (409, "not_done"),
        (409, "not_done"),
        (404, "not_found"),
        (400, "end_not_after_start"),
    ]
    assert names(owner) == ["Before"]
    assert Change.objects.filter(user=owner).count() == 1


def test_each_for_itself_does_what_is_possible(api, owner, session):
    start_session(owner, "2026-11-23T11:00:00Z", "Running")
    response = send(
        api,
        create(sessionName="New"),
        create(sesionName="Typo"),
        update(session.id, end=None),
        update(session.id, sessionName="After"),
        delete(uuid4()),
        atomic=False,
    )

    assert response.status_code == 200
    assert outcomes(response) == [
        (201, None),
        (400, "unknown_field"),
        (409, "timer_running"),
        (200, None),
        (404, "not_found"),
    ]
    assert names(owner) == ["After", "New", "Running"]


def test_a_rejection_says_where_in_the_body_of_its_operation(api):
    (rejected,) = send(api, create(start="2026-11-20", billable="yes"), atomic=False).data["results"]

    assert {(each["pointer"], each["code"]) for each in rejected["problem"]["errors"]} == {
        ("#/start", "invalid_instant"),
        ("#/billable", "invalid"),
    }


@pytest.mark.parametrize("atomic", [True, False])
def test_all_of_it_is_undone_as_one(api, owner, session, atomic):
    send(api, create(tags=["new"]), update(session.id, sessionName="After"), atomic=atomic)
    services.undo_changeset(owner, WEB)

    assert names(owner) == ["Before"]


def test_one_running_session_stays_one(api, owner):
    running = start_session(owner, "2026-11-23T11:00:00Z")

    response = send(api, update(running.id, end="2026-11-23T11:30:00Z"), delete(running.id), create(sessionName="x"))

    assert outcomes(response) == [(200, None), (204, None), (201, None)]
    assert find_running(owner) is None


@pytest.mark.parametrize("atomic", [True, False])
def test_what_is_of_others_is_like_nothing_at_all(api, stranger, atomic):
    theirs = make_session(stranger, TIMES["start"], TIMES["end"], "Secret")
    project = services.create_entry(stranger, WEB, Project, name="Secret project")
    before = list(TimeSession.objects.values()), Change.objects.count()

    answers = [
        send(api, operation, atomic=atomic)
        for operation in (update(theirs.id, sessionName="x"), delete(theirs.id), create(id=str(theirs.id)))
    ]
    foreign_project = send(api, create(projectId=str(project.id)), atomic=atomic)

    assert [outcomes(answer) for answer in answers] == [[(404, "not_found")]] * 3
    assert outcomes(foreign_project) == [(400, "unknown_project")]
    assert "Secret" not in "".join(answer.content.decode() for answer in [*answers, foreign_project])
    assert (list(TimeSession.objects.values()), Change.objects.count()) == before


@pytest.mark.parametrize(("atomic", "status"), [(True, 409), (False, 200)])
def test_a_delete_needs_the_scope_write(owner, session, atomic, status):
    response = send(ApiClient(make_token(owner, Scope.TRACK)), create(), delete(session.id), atomic=atomic)

    assert response.status_code == status
    assert outcomes(response)[1] == (403, "missing_scope")
    assert "Before" in names(owner)


def test_five_hundred_at_once(api, owner):
    assert outcomes(send(api, *[create(note=str(number)) for number in range(500)])) == [(201, None)] * 500
    assert TimeSession.objects.for_user(owner).count() == 500


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, [("#/operations", "required")]),
        ({"operations": []}, [("#/operations", "required")]),
        ({"operations": None}, [("#/operations", "null")]),
        ({"operations": "x"}, [("#/operations", "not_a_list")]),
        ({"operations": {}}, [("#/operations", "not_a_list")]),
        ({"operations": [create()] * 501}, [("#/operations", "too_many")]),
        ({"operations": [1]}, [("#/operations/0", "invalid")]),
        ({"operations": [create()], "atomic": "no"}, [("#/atomic", "invalid")]),
        ({"operations": [create()], "atomc": True}, [("#/atomc", "unknown_field")]),
        (
            {
                "operations": [
                    create(),
                    {"op": "fly"},
                    {"op": "create"},
                    {"op": "update", "id": GIVEN_ID},
                    {"op": "update", "body": {}},
                    {"op": "delete"},
                    {"op": "delete", "id": "x"},
                    {"op": "create", "body": [1]},
                    {"op": "create", "body": {}, "bdy": {}},
                ]
            },
            [
                ("#/operations/1/op", "invalid_choice"),
                ("#/operations/2/body", "required"),
                ("#/operations/3/body", "required"),
                ("#/operations/4/id", "required"),
                ("#/operations/5/id", "required"),
                ("#/operations/6/id", "invalid"),
                ("#/operations/7/body", "not_an_object"),
                ("#/operations/8/bdy", "unknown_field"),
            ],
        ),
    ],
)
def test_a_body_that_cannot_be_read_does_nothing_and_names_all_that_is_wrong(api, owner, body, wrong):
    response = api("POST", URL, body)

    assert response.status_code == 400
    assert [(each["pointer"], each["code"]) for each in response.data["errors"]] == wrong
    assert not TimeSession.objects.for_user(owner).exists()


def test_sent_again_with_its_key_it_tells_what_was_done_and_does_nothing(api, owner, session):
    operations = [create(sessionName="New"), update(session.id, sessionName="After"), delete(session.id)]
    first = send(api, *operations, headers=KEY)
    before = Change.objects.filter(user=owner).count()
    services.restore_session(owner, WEB, session.id)
    services.edit_session(owner, WEB, session.id, name="Later")

    again = send(api, *operations, headers=KEY)

    assert (again.status_code, again["Idempotency-Replayed"]) == (200, "true")
    assert outcomes(again) == outcomes(first)
    assert again.data["results"][0] == first.data["results"][0]
    assert names(owner) == ["Later", "New"]
    assert Change.objects.filter(user=owner).count() == before + 2


def test_what_failed_at_first_is_not_called_done_later(owner, session):
    """Neither what was refused then, nor what cannot even be read."""
    caller = ApiClient(make_token(owner, Scope.TRACK))
    operations = [
        create(id=GIVEN_ID),
        create(id="nonsense"),
        create(end=TIMES["start"]),
        update(GIVEN_ID, end=None, start="2027-01-01T00:00:00Z"),
        update(session.id, sessionName="After"),
        delete(session.id),
    ]
    first = send(caller, *operations, atomic=False, headers=KEY)
    again = send(caller, *operations, atomic=False, headers=KEY)

    assert [status for status, _code in outcomes(first)] == [201, 400, 400, 400, 200, 403]
    assert again["Idempotency-Replayed"] == "true"
    assert outcomes(again) == [
        (201, None),
        (400, "invalid"),
        (409, "not_done"),
        (409, "not_done"),
        (200, None),
        (409, "not_done"),
    ]


def test_all_or_none_that_was_none_leaves_its_key_free(api, owner):
    operations = [create(), delete(GIVEN_ID)]
    rejected = send(api, *operations, headers=KEY)
    make_session(owner, TIMES["start"], TIMES["end"], session_id=GIVEN_ID)

    assert rejected.status_code == 409
    assert outcomes(send(api, *operations, headers=KEY)) == [(201, None), (204, None)]


UNREADABLE = [
    ({}, "#/op", "required"),
    ({"op": "frob"}, "#/op", "invalid_choice"),
    ({"op": "create"}, "#/body", "required"),
    ({"op": "create", "body": 5}, "#/body", "not_an_object"),
    ({"op": "delete"}, "#/id", "required"),
    ({"op": "delete", "id": "x"}, "#/id", "invalid"),
    ({**create(), "boddy": {}}, "#/boddy", "unknown_field"),
    (None, "#", "null"),
    (5, "#", "invalid"),
]


@pytest.mark.parametrize(("operation", "pointer", "code"), UNREADABLE)
def test_an_operation_that_cannot_be_read_keeps_no_other_from_being_done(api, owner, operation, pointer, code):
    response = send(api, create(sessionName="a"), operation, create(sessionName="b"), atomic=False)

    assert response.status_code == 200
    assert [each["status"] for each in response.data["results"]] == [201, 400, 201]
    (error,) = response.data["results"][1]["problem"]["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)
    assert names(owner) == ["a", "b"]


def test_an_operation_that_cannot_be_read_is_so_in_a_replay(api, owner):
    batch = (create(sessionName="a"), {"op": "frob"}, create(sessionName="b"))
    first = send(api, *batch, atomic=False, headers=KEY)

    again = send(api, *batch, atomic=False, headers=KEY)

    assert outcomes(again) == outcomes(first)
    assert names(owner) == ["a", "b"]
