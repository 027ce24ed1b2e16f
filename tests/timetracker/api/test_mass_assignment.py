"""Whatever is sent of a model: only what the API lists can be chosen, the rest is refused or ignored as read-only"""

from decimal import Decimal
from uuid import uuid4

import pytest
from time_machine import travel

from sessions_app.models import Client, Project, SavedReport, Share, Tag, TimeSession
from tests.conftest import ApiClient
from tests.ownership import rows_of_all, with_everything
from tests.timetracker.api.test_ownership import TABLE
from users_app.models import AccessToken, Scope, User

pytestmark = pytest.mark.django_db

TIMES = {"start": "2026-11-19T08:00:00Z", "end": "2026-11-19T09:00:00Z"}
PROJECT = {"id", "name", "archived", "hourlyRate", "currency", "clientId", "colour", "billable"} | {
    "budgetSeconds",
    "budgetAmount",
    "budgetPeriod",
}
SESSION = {"id", "sessionName", "start", "timezone", "note", "projectId", "tags", "billable", "end"}
SESSION |= {"durationSeconds", "hourlyRate", "currency", "running"}
SHARE = {"id", "page", "query", "name", "hours", "amounts", "notes", "running", "frozen", "expiresAt", "password"}
# Each write, the model it writes, a body that is good, and the keys that may be chosen.
WRITES = {
    "POST session": (TimeSession, TIMES, SESSION),
    "POST sessions": (TimeSession, TIMES, SESSION),
    "PUT sessions/{session_id}": (TimeSession, TIMES, SESSION),
    "PATCH sessions/{session_id}": (TimeSession, {}, SESSION),
    "POST sessions/{trashed_id}/restore": (TimeSession, {}, set()),
    "POST sessions/{session_id}/continue": (TimeSession, {}, {"id"}),
    "POST timer/start": (TimeSession, {}, SESSION - {"end", "durationSeconds"} | {"ifRunning"}),
    "POST timer/toggle": (TimeSession, {}, SESSION - {"end", "durationSeconds"}),
    "POST timer/stop": (TimeSession, {}, {"id", "end", "discard"}),
    "POST clients": (Client, {"name": "x"}, {"id", "name", "archived", "hourlyRate", "currency"}),
    "PATCH clients/{client_id}": (Client, {}, {"id", "name", "archived", "hourlyRate", "currency"}),
    "POST projects": (Project, {"name": "x"}, PROJECT),
    "PATCH projects/{project_id}": (Project, {}, PROJECT),
    "POST tags": (Tag, {"name": "x"}, {"id", "name", "archived"}),
    "PATCH tags/{tag_id}": (Tag, {}, {"id", "name", "archived"}),
    "POST reports/saved": (SavedReport, {"name": "x"}, {"id", "name", "query", "default"}),
    "PATCH reports/saved/{report_id}": (SavedReport, {}, {"id", "name", "query", "default"}),
    "POST shares": (Share, {"page": "report"}, SHARE),
    "POST tokens": (AccessToken, {}, {"id", "name", "scopes", "expiresAt"}),
    "PATCH ": (
        User,
        {},
        {"displayName", "timezone", "weekStart", "clock", "dateFormat", "durationFormat", "longSessionHours"}
        | {"notesLastSeen", "wantsNotices", "hourlyRate", "currency", "theme", "dayGoalSeconds", "weekGoalSeconds"},
    ),
}
ANSWERED = {"version", "createdAt", "updatedAt", "deletedAt"}
ANSWERED_WITH_KIND = ANSWERED | {"kind"}  # among changes of several kinds
# What a resource says of itself and nobody can choose: ignored, so that what was read can be sent back.
READ_ONLY = {
    TimeSession: {"secondsInPeriod", "amount", "timesKnown", "source"} | ANSWERED_WITH_KIND,
    AccessToken: {"prefix", "current", "lastUsedAt", "createdAt"},
    User: {"id", "email", "createdAt"},
    Client: ANSWERED_WITH_KIND,
    Project: ANSWERED_WITH_KIND,
    Tag: ANSWERED_WITH_KIND,
    SavedReport: ANSWERED,
    Share: {"hasPassword", "accessCount", "lastUsedAt", "version", "createdAt"},
}
# Of other models, of Django, of what others' APIs have.
FURTHER = {
    "isStaff",
    "isSuperuser",
    "isActive",
    "is_staff",
    "userId",
    "user",
    "owner",
    "ownerId",
    "groups",
    "permissions",
}
FURTHER |= {
    "password",
    "pk",
    "_id",
    "__class__",
    "__proto__",
    "constructor",
    "token",
    "secretHash",
    "requestId",
    "batch",
    "kind",
}


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(each.capitalize() for each in rest)


def keys_of(model):
    """Every name that a column, relation or property of a model goes by, in both spellings."""
    names = {name for each in model._meta.get_fields() for name in (each.name, getattr(each, "attname", each.name))}
    names |= {name for name, value in vars(model).items() if isinstance(value, property)}
    return names | {camel(name) for name in names} | FURTHER | {"hourlyRate", "currency", "deletedAt", "rateIsOwn"}


TODAY = "2026-11-23T12:00:00Z"


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(TODAY, tick=False)


@pytest.fixture(scope="module")
def things(module_db):
    with travel(TODAY, tick=False):
        return with_everything("owner")


@pytest.fixture(scope="module")
def stranger_things(module_db):
    with travel(TODAY, tick=False):
        return with_everything("stranger")


def value_for(key, stranger):
    """A value of the right kind that nobody may choose."""
    name = key.lower().replace("_", "")
    if name in {"id", "pk", "batch", "requestid"} or name.endswith(("userid", "owner", "user", "ownerid")):
        return str(stranger.user.pk)
    if name.endswith(("at", "date", "seen", "used", "login")):
        return "1999-01-01T00:00:00Z"
    if name.startswith(("is", "needs", "rateis", "archived", "running")):
        return True
    return {"version": 99, "source": "admin", "hourlyrate": "999.99", "durationseconds": 1}.get(name, "hijacked")


def send(things, write, body):
    method, _space, path = write.partition(" ")
    address = f"/v1/users/me/{path.format(**things.ids)}".removesuffix("/")
    return ApiClient(things.secrets["all"])(method, address, body)


@pytest.mark.parametrize("write", WRITES)
def test_every_field_that_is_not_listed_is_rejected_and_nothing_happens(things, stranger_things, write):
    model, body, listed = WRITES[write]
    is_read = write.startswith("POST timer/stop") or write.endswith(("restore", "continue"))
    rejected = keys_of(model) - listed - (set() if is_read else READ_ONLY[model])
    rejected -= (
        {"durationSeconds"} if write in {"POST timer/start", "POST timer/toggle"} else set()
    )  # ignored there, as ever
    before = rows_of_all()

    for key in sorted(rejected):
        response = send(things, write, {**body, key: value_for(key, stranger_things)})

        assert response.status_code == 400, key
        wrong = [(each["pointer"], each["code"]) for each in response.data["errors"]]
        assert wrong == [(f"#/{key}", "unknown_field")]
    assert len(rejected) > 20
    assert rows_of_all() == before


@pytest.mark.parametrize("write", [write for write in WRITES if not write.endswith(("restore", "continue", "stop"))])
def test_what_is_read_only_is_ignored_all_at_once(things, stranger_things, write):
    """Of two people who send the same, one with all that nobody can choose: what is written differs in nothing."""
    model, body, _listed = WRITES[write]
    hostile = {key: value_for(key, stranger_things) for key in READ_ONLY[model]}
    told = [send(who, write, {**body, **more}) for who, more in ((things, hostile), (stranger_things, {}))]

    assert [each.status_code for each in told] == [told[1].status_code] * 2
    assert told[0].status_code < 300
    plain, attacked = (each.data.get("started") or each.data.get("stopped") or each.data for each in reversed(told))
    of_each = {"id", "email", "displayName", "name", "query", "tags", "projectId", "clientId", "token", "url", "prefix"}
    assert {key: value for key, value in attacked.items() if key not in of_each} == {
        key: value for key, value in plain.items() if key not in of_each
    }
    assert not {"hijacked", "1999-01-01T00:00:00Z", "admin", 99} & {str(value) for value in attacked.values()}


@pytest.mark.parametrize("write", WRITES)
def test_the_list_is_that_of_the_api(things, write):
    """What an unknown key is answered names the keys that may be chosen."""
    (error,) = send(things, write, {**WRITES[write][1], "nonsense": 1}).data["errors"]

    assert set(error["detail"].partition("Accepted: ")[2].removesuffix(".").split(", ")) - {""} == WRITES[write][2]


def test_every_write_is_listed():
    """But for the first call and batches, which are tested below."""
    writes = {
        route.replace("users/{user_id}", "").replace(" /", " ") for route in TABLE if route[:2] in {"PO", "PU", "PA"}
    }

    assert {write.replace("trashed_id", "session_id") for write in WRITES} == writes - {
        "POST users",
        "POST sessions/batch",
        "POST imports",  # whose body is a file
        "POST changesets/{changeset_id}/undo",
    }


def test_nobody_becomes_an_operator_or_another(things):
    """With every field of a person at once, in a patch and at the first call."""
    for key in keys_of(User) - WRITES["PATCH "][2]:
        ApiClient(None)("POST", "/v1/users", {key: True})
    api = ApiClient(things.secrets["all"])
    api("PATCH", "/v1/users/me", {"isStaff": True, "is_staff": True, "displayName": "x"})

    assert not User.objects.filter(is_staff=True).exists()
    assert not User.objects.filter(is_superuser=True).exists()
    assert User.objects.get(pk=things.user.pk).hourly_rate == Decimal("123.45")


def test_a_batch_takes_no_more_than_its_operations_would_alone(things):
    api = ApiClient(things.secrets["all"])
    before = rows_of_all()
    for key in sorted(keys_of(TimeSession) - SESSION - READ_ONLY[TimeSession]):
        for operation in (
            {"op": "create", "body": {**TIMES, key: "hijacked"}},
            {"op": "update", "id": things.ids["session_id"], "body": {key: "hijacked"}},
        ):
            (result,) = api("POST", "/v1/users/me/sessions/batch", {"operations": [operation]}).data["results"]
            assert result["problem"]["code"] == "unknown_field", key
    assert rows_of_all() == before


def test_a_token_cannot_make_one_that_may_more(things):
    secret = AccessToken.objects.issue(things.user, scopes=(Scope.ACCOUNT,))[1]
    api = ApiClient(secret)

    for scopes in (["write"], ["track"], ["account", "write"], list(Scope), None):
        body = {"id": str(uuid4())} if scopes is None else {"scopes": scopes}
        assert api("POST", "/v1/users/me/tokens", body).data["code"] == "missing_scope"
    assert api("POST", "/v1/users/me/tokens", {"scopes": ["account", "read"]}).status_code == 201
