"""/v1/users/{userId}/clients, /projects and /tags"""

import json
import uuid
from urllib.parse import urlsplit

import pytest

from sessions_app import services
from sessions_app.models import (
    VERSIONED_MODELS,
    Change,
    Changeset,
    Client,
    Project,
    SavedReport,
    Share,
    Tag,
    TimeSession,
)
from tests.conftest import ApiClient
from tests.factories import WEB, make_session, make_token
from users_app.models import Scope

BASE = "/v1/users/me"
MODELS = {"clients": Client, "projects": Project, "tags": Tag}
EACH_KIND = pytest.mark.parametrize("kind", MODELS)
GIVEN_ID = "0198abcd-0000-7000-8000-00000000abcd"
PRICED = ["clients", "projects"]


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)


def create(api, kind, name="ACME", **body):
    response = api("POST", f"{BASE}/{kind}", {"name": name, **body})
    assert response.status_code == 201, response.data
    return response.data


def session_with(owner, **fields):
    return make_session(owner, "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z", **fields)


def errors_of(response):
    assert response["Content-Type"] == "application/problem+json"
    return [(each.get("pointer", each.get("parameter")), each["code"]) for each in response.data["errors"]]


COMMON = {
    "archived": False,
    "version": 1,
    "createdAt": "2026-11-23T12:00:00Z",
    "updatedAt": "2026-11-23T12:00:00Z",
}


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("clients", {"hourlyRate": None, "currency": None}),
        (
            "projects",
            {
                "clientId": None,
                "colour": 1,
                "billable": False,
                "hourlyRate": None,
                "currency": None,
                "budgetSeconds": None,
                "budgetAmount": None,
                "budgetPeriod": "total",
            },
        ),
        ("tags", {}),
    ],
)
def test_a_name_is_enough(api, owner, kind, given):
    response = api("POST", f"{BASE}/{kind}", {"name": " ACME "})

    entry = MODELS[kind].objects.for_user(owner).get()
    assert response.status_code == 201
    assert response["Location"] == f"/v1/users/{owner.id}/{kind}/{entry.id}"
    assert response["ETag"] == '"1"'
    assert response.data == {"id": str(entry.id), "name": "ACME", **given, **COMMON}
    assert list(response.data) == ["id", "name", *given, *COMMON]
    assert api("GET", response["Location"]).data == response.data
    assert Changeset.objects.get().source == "api"


def test_a_project_takes_all_of_its_fields(api):
    client = create(api, "clients")
    body = {
        "id": GIVEN_ID,
        "name": "Relaunch",
        "clientId": client["id"],
        "colour": 8,
        "billable": True,
        "hourlyRate": "80.50",
        "currency": "USD",
        "budgetSeconds": None,
        "budgetAmount": "5000.00",
        "budgetPeriod": "month",
        "archived": True,
    }

    response = api("POST", f"{BASE}/projects", {**body, "id": GIVEN_ID.upper(), "currency": "usd"})

    assert response.status_code == 201
    assert response.data == {**COMMON, **body}


def test_a_budget_is_in_time_or_in_money(api):
    url = f"{BASE}/projects/{create(api, 'projects', budgetSeconds=144_000)['id']}"

    response = api("PATCH", url, {"budgetAmount": "5000"})
    assert (response.status_code, errors_of(response)) == (400, [("#/budgetAmount", "does_not_match")])
    changed = api("PATCH", url, {"budgetAmount": 5000.5, "budgetSeconds": None, "budgetPeriod": "month"}).data
    assert (changed["budgetSeconds"], changed["budgetAmount"], changed["budgetPeriod"]) == (None, "5000.50", "month")
    assert api("PATCH", url, changed).data["version"] == changed["version"]
    response = api("PATCH", url, {"budgetSeconds": 60})
    assert errors_of(response) == [("#/budgetSeconds", "does_not_match")]
    assert api("PATCH", url, {"budgetAmount": None}).data["budgetAmount"] is None


def test_projects_get_the_colour_that_is_least_used(api):
    assert [create(api, "projects", f"P{number}")["colour"] for number in range(10)] == [1, 2, 3, 4, 5, 6, 7, 8, 1, 2]


@pytest.mark.parametrize("kind", PRICED)
@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("80", "80.00"),
        ("80.5", "80.50"),
        ("33.3333", "33.3333"),
        ("33.3000", "33.30"),
        (80, "80.00"),
        (80.1, "80.10"),
        (0.0001, "0.0001"),
        (99999999.9999, "99999999.9999"),
        (0, "0.00"),
        ("-0", "0.00"),
        (-0.0, "0.00"),
        (None, None),
    ],
)
def test_a_rate_is_exact(api, kind, sent, stored):
    entry = create(api, kind, hourlyRate=sent)

    assert entry["hourlyRate"] == stored
    assert api("GET", f"{BASE}/{kind}/{entry['id']}").data["hourlyRate"] == stored


@pytest.mark.parametrize("sent", [None, ""])
def test_no_currency_is_that_of_whom_it_belongs_to(api, sent):
    project = create(api, "projects", currency="EUR")

    response = api("PATCH", f"{BASE}/projects/{project['id']}", {"currency": sent})

    assert response.data["currency"] is None


@pytest.mark.parametrize(
    ("kinds", "key", "sent", "code"),
    [
        (MODELS, "name", "", "required"),
        (MODELS, "name", "  ", "required"),
        (MODELS, "name", None, "null"),
        (MODELS, "name", 5, "invalid"),
        (MODELS, "name", "x" * 101, "max_length"),
        (MODELS, "name", "nul\x00", "control_character"),
        (["tags"], "name", "two words", "invalid_tag"),
        (MODELS, "archived", "true", "invalid"),
        (MODELS, "archived", None, "null"),
        (MODELS, "id", "1", "invalid"),
        (MODELS, "id", None, "null"),
        (MODELS, "title", "typo", "unknown_field"),
        (["tags"], "hourlyRate", "80", "unknown_field"),
        (["clients", "tags"], "colour", 1, "unknown_field"),
        (["clients", "tags"], "clientId", None, "unknown_field"),
        (PRICED, "hourlyRate", "80,50", "invalid"),
        (PRICED, "hourlyRate", "8e1", "invalid"),
        (PRICED, "hourlyRate", "1_000", "invalid"),
        (PRICED, "hourlyRate", "٨٠", "invalid"),
        (PRICED, "hourlyRate", "", "invalid"),
        (PRICED, "hourlyRate", "NaN", "invalid"),
        (PRICED, "hourlyRate", True, "invalid"),
        (PRICED, "hourlyRate", ["80"], "invalid"),
        (PRICED, "hourlyRate", "80.12345", "too_precise"),
        (PRICED, "hourlyRate", 1e-9, "too_precise"),
        (PRICED, "hourlyRate", "1." + "0" * 50_000 + "1", "too_precise"),
        (PRICED, "hourlyRate", -1, "out_of_range"),
        (PRICED, "hourlyRate", "100000000", "out_of_range"),
        (PRICED, "hourlyRate", 1e300, "out_of_range"),
        (PRICED, "hourlyRate", "9" * 50_000, "out_of_range"),
        (PRICED, "currency", "EURO", "invalid_currency"),
        (PRICED, "currency", "XYZ", "invalid_currency"),
        (PRICED, "currency", 5, "invalid"),
        (["projects"], "budgetSeconds", 0, "out_of_range"),
        (["projects"], "budgetSeconds", 3_600_000_001, "out_of_range"),
        (["projects"], "budgetSeconds", 1.5, "invalid"),
        (["projects"], "budgetAmount", 0, "out_of_range"),
        (["projects"], "budgetAmount", "100000000", "out_of_range"),
        (["projects"], "budgetAmount", "0.00001", "too_precise"),
        (["projects"], "budgetPeriod", "week", "invalid_choice"),
        (["projects"], "budgetPeriod", None, "null"),
        (["projects"], "colour", 0, "out_of_range"),
        (["projects"], "colour", 9, "out_of_range"),
        (["projects"], "colour", 10**30, "out_of_range"),
        (["projects"], "colour", "1", "invalid"),
        (["projects"], "colour", 1.5, "invalid"),
        (["projects"], "colour", True, "invalid"),
        (["projects"], "colour", None, "null"),
        (["projects"], "billable", 1, "invalid"),
        (["projects"], "clientId", "none", "invalid"),
        (["projects"], "clientId", str(uuid.UUID(int=1)), "unknown_client"),
    ],
)
def test_names_what_is_wrong(api, kinds, key, sent, code):
    for kind in kinds:
        entry = create(api, kind, f"Kept{kind}")
        answers = [
            api("POST", f"{BASE}/{kind}", {"name": "ACME", key: sent}),
            api("PATCH", f"{BASE}/{kind}/{entry['id']}", {key: sent}),
        ]

        for response in answers:
            assert response.status_code == 400
            assert errors_of(response) == [(f"#/{key}", code)]
            assert response.data["code"] == code
            assert response.data["errors"][0]["detail"]
        assert api("GET", f"{BASE}/{kind}/{entry['id']}").data == entry
        assert api("GET", f"{BASE}/{kind}").data[kind] == [entry]


@EACH_KIND
def test_a_name_is_required(api, kind):
    assert errors_of(api("POST", f"{BASE}/{kind}", {})) == [("#/name", "required")]


@EACH_KIND
def test_a_name_is_there_once_in_whatever_case(api, kind):
    create(api, kind, "Straße")
    other = create(api, kind, "Other")

    answers = [
        api("POST", f"{BASE}/{kind}", {"name": "STRASSE"}),
        api("PATCH", f"{BASE}/{kind}/{other['id']}", {"name": "strasse"}),
    ]

    assert [(each.status_code, each.data["code"]) for each in answers] == [(409, "name_taken")] * 2


@EACH_KIND
def test_an_id_in_use_is_a_conflict_and_that_of_a_stranger_not_found(api, stranger_api, kind):
    given, theirs = create(api, kind), create(stranger_api, kind)

    taken = api("POST", f"{BASE}/{kind}", {"name": "Next", "id": given["id"]})
    strange = api("POST", f"{BASE}/{kind}", {"name": "Next", "id": theirs["id"]})

    assert (taken.status_code, taken.data["code"]) == (409, "id_taken")
    assert (strange.status_code, strange.data["code"]) == (404, "not_found")
    assert api("GET", f"{BASE}/{kind}").data[kind] == [given]


@EACH_KIND
@pytest.mark.parametrize("content_type", ["application/json", "application/merge-patch+json"])
def test_a_patch_changes_what_it_names(api, kind, content_type):
    entry = create(api, kind)

    response = api.client.patch(
        f"{BASE}/{kind}/{entry['id']}",
        json.dumps({"name": "Bolt"}),
        content_type=content_type,
        headers={"Authorization": f"Bearer {api.token}"},
    )

    assert response.status_code == 200
    assert response["ETag"] == '"2"'
    assert response.json() == {**entry, "name": "Bolt", "version": 2}


@EACH_KIND
def test_only_a_patch_may_be_of_the_type_of_patches(api, kind):
    response = api.client.post(
        f"{BASE}/{kind}",
        '{"name": "x"}',
        content_type="application/merge-patch+json",
        headers={"Authorization": f"Bearer {api.token}"},
    )

    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")


@EACH_KIND
def test_what_was_read_can_be_sent_back(api, kind):
    entry = create(api, kind)

    patched = api("PATCH", f"{BASE}/{kind}/{entry['id']}", {**entry, "version": 77, "createdAt": "x"})
    nothing = api("PATCH", f"{BASE}/{kind}/{entry['id']}", {})

    assert patched.data == nothing.data == entry
    assert Change.objects.count() == 1


@EACH_KIND
def test_an_id_does_not_change(api, kind):
    entry = create(api, kind)

    response = api("PATCH", f"{BASE}/{kind}/{entry['id']}", {"id": GIVEN_ID, "name": "Bolt"})

    assert errors_of(response) == [("#/id", "does_not_match")]
    assert api("GET", f"{BASE}/{kind}/{entry['id']}").data == entry


def test_a_null_takes_away(api):
    client = create(api, "clients")
    project = create(api, "projects", clientId=client["id"], hourlyRate="80", currency="EUR")

    response = api(
        "PATCH", f"{BASE}/projects/{project['id']}", {"clientId": None, "hourlyRate": None, "currency": None}
    )

    assert response.data == {**project, "clientId": None, "hourlyRate": None, "currency": None, "version": 2}


def test_a_new_rate_leaves_old_sessions_as_they_are(api, owner):
    project = create(api, "projects", hourlyRate="80", currency="EUR", billable=True)
    session = session_with(owner, project_id=uuid.UUID(project["id"]))

    api("PATCH", f"{BASE}/projects/{project['id']}", {"hourlyRate": "90"})

    session.refresh_from_db()
    assert (session.hourly_rate, session.currency, session.version) == (80, "EUR", 1)


@EACH_KIND
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_write_to_a_state_that_is_gone_is_answered_with_the_present(api, kind, method):
    entry = create(api, kind)
    url = f"{BASE}/{kind}/{entry['id']}"
    api("PATCH", url, {"name": "Bolt"}, **{"If-Match": '"1"'})

    response = api(method, url, {"name": "Late"} if method == "PATCH" else None, **{"If-Match": '"1"'})

    assert (response.status_code, response.data["code"]) == (412, "version_mismatch")
    assert response["ETag"] == '"2"'
    assert response.data["current"] == api("GET", url).data == {**entry, "name": "Bolt", "version": 2}
    assert api(method, url, {} if method == "PATCH" else None, **{"If-Match": '"2"'}).status_code in {200, 204}


@EACH_KIND
def test_what_is_known_is_not_sent_again(api, kind):
    url = f"{BASE}/{kind}/{create(api, kind)['id']}"

    response = api("GET", url, **{"If-None-Match": '"1"'})

    assert (response.status_code, response["ETag"], response.content) == (304, '"1"', b"")
    assert api("GET", url, **{"If-None-Match": '"2"'}).status_code == 200


@EACH_KIND
def test_a_list_is_in_the_order_of_names_and_whole_page_by_page(api, kind):
    names = ["delta", "Alpha", "CHARLIE", "bravo", "echo"]
    for name in names:
        create(api, kind, name)

    pages, address = [], f"{BASE}/{kind}?limit=2&archived=false"
    while address is not None:
        parts = urlsplit(address)
        response = api("GET", f"{parts.path}?{parts.query}")
        assert response.status_code == 200
        assert response.get("Link") == (f'<{response.data["next"]}>; rel="next"' if response.data["next"] else None)
        pages.append([entry["name"] for entry in response.data[kind]])
        address = response.data["next"]

    assert pages == [["Alpha", "bravo"], ["CHARLIE", "delta"], ["echo"]]
    assert api("GET", f"{BASE}/{kind}").data["next"] is None
    assert response["Cache-Control"] == "private, no-cache"


@EACH_KIND
@pytest.mark.parametrize(
    ("query", "names"), [("", ["New", "Old"]), ("?archived=true", ["Old"]), ("?archived=false", ["New"])]
)
def test_the_archived_are_there_unless_they_are_left_out(api, kind, query, names):
    create(api, kind, "New")
    create(api, kind, "Old", archived=True)

    assert [entry["name"] for entry in api("GET", f"{BASE}/{kind}{query}").data[kind]] == names


@EACH_KIND
@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("archived=yes", ("archived", "invalid_choice")),
        ("archived=", ("archived", "invalid_choice")),
        ("archived=true&archived=true", ("archived", "invalid")),
        ("limit=0", ("limit", "min_value")),
        ("limit=501", ("limit", "max_value")),
        ("cursor=", ("cursor", "invalid_cursor")),
        ("cursor=%C3%BC", ("cursor", "invalid_cursor")),
        ("cursor=AGFi", ("cursor", "invalid_cursor")),  # a zero byte
        ("cursor=_w%3D%3D", ("cursor", "invalid_cursor")),  # no UTF-8
        ("name=x", ("name", "unknown_parameter")),
    ],
)
def test_a_wrong_query_is_rejected(api, kind, query, wrong):
    response = api("GET", f"{BASE}/{kind}?{query}")

    assert response.status_code == 400
    assert errors_of(response) == [wrong]


@EACH_KIND
def test_one_that_nothing_has_is_deleted(api, kind):
    url = f"{BASE}/{kind}/{create(api, kind)['id']}"

    response = api("DELETE", url)

    assert (response.status_code, response.content) == (204, b"")
    assert [
        api(method, url, body).status_code for method, body in (("GET", None), ("PATCH", {}), ("DELETE", None))
    ] == [404] * 3
    assert api("GET", f"{BASE}/{kind}").data[kind] == []
    create(api, kind)  # the name is free again


@EACH_KIND
def test_one_in_use_is_kept_unless_it_is_to_be_taken_off(api, owner, kind):
    entry = create(api, kind)
    project = create(api, "projects", "Relaunch", clientId=entry["id"]) if kind == "clients" else entry
    fields = {"tags": ["acme"]} if kind == "tags" else {"project_id": uuid.UUID(project["id"])}
    session = session_with(owner, **fields)
    url = f"{BASE}/{kind}/{entry['id']}"

    for query in ("", "?detach=false"):
        response = api("DELETE", url + query)
        assert (response.status_code, response.data["code"]) == (409, "in_use")
        assert "1 " in response.data["detail"]
        assert "“ACME”" in response.data["detail"]
    before = api("GET", f"{BASE}/sessions/{session.id}").data
    deleted = api("DELETE", f"{url}?detach=true")

    after = api("GET", f"{BASE}/sessions/{session.id}").data
    assert deleted.status_code == 204
    assert api("GET", url).status_code == 404
    if kind == "clients":
        assert api("GET", f"{BASE}/projects/{project['id']}").data["clientId"] is None
    else:
        assert (after["projectId"], after["tags"]) == (None, [])
    services.undo_changeset(owner, WEB)
    assert api("GET", url).status_code == 200
    restored = api("GET", f"{BASE}/sessions/{session.id}").data
    assert (restored["projectId"], restored["tags"]) == (before["projectId"], before["tags"])


@pytest.mark.parametrize("query", ["detach=1", "detach=", "detach=true&detach=true", "force=true"])
def test_a_wrong_query_deletes_nothing(api, query):
    url = f"{BASE}/tags/{create(api, 'tags')['id']}"

    assert api("DELETE", f"{url}?{query}").status_code == 400
    assert api("GET", url).status_code == 200


@EACH_KIND
@pytest.mark.parametrize(
    ("scope", "writes"), [(Scope.READ, 403), (Scope.TRACK, 403), (Scope.ACCOUNT, 403), (Scope.WRITE, 200)]
)
def test_needs_the_scope_to_write(api, owner, kind, scope, writes):
    url = f"{BASE}/{kind}/{create(api, kind)['id']}"
    limited = ApiClient(make_token(owner, scope))

    reads = [limited("GET", f"{BASE}/{kind}"), limited("GET", url)]
    answers = [
        limited("POST", f"{BASE}/{kind}", {"name": "Next"}),
        limited("PATCH", url, {"name": "Changed"}),
        limited("DELETE", url),
    ]

    assert [each.status_code for each in reads] == [200, 200]
    assert [each.status_code for each in answers] == ([403] * 3 if writes == 403 else [201, 200, 204])
    assert all(each.data["code"] == "missing_scope" for each in answers if each.status_code == 403)


@EACH_KIND
def test_needs_a_token(api, owner, kind):
    entry = create(api, kind)
    nobody, below = ApiClient(None), f"/v1/users/{owner.id}/{kind}"

    answers = [
        nobody(*call)
        for call in (
            ("GET", below),
            ("POST", below, {"name": "x"}),
            ("GET", f"{below}/{entry['id']}"),
            ("PATCH", f"{below}/{entry['id']}", {"name": "x"}),
            ("DELETE", f"{below}/{entry['id']}"),
        )
    ]

    assert [(each.status_code, each["WWW-Authenticate"]) for each in answers] == [(401, "Bearer")] * 5


@EACH_KIND
def test_those_of_a_stranger_are_like_none_at_all(api, stranger_api, owner, kind):
    entry = create(api, kind)
    paths = [
        f"{BASE}/{kind}/{entry['id']}",
        f"{BASE}/{kind}/{uuid.uuid4()}",
        f"{BASE}/{kind}/1",
        f"/v1/users/{owner.id}/{kind}/{entry['id']}",
        f"/v1/users/{owner.id}/{kind}",
        f"/v1/users/{uuid.uuid4()}/{kind}",
    ]
    calls = [("GET", None), ("PATCH", {"name": "Mine"}), ("DELETE", None)]

    answers = [stranger_api(method, path, body) for path in paths[:4] for method, body in calls]
    answers += [stranger_api("GET", path) for path in paths[4:]]
    answers += [stranger_api("POST", path, {"name": "Mine"}) for path in paths[4:]]

    assert {each.status_code for each in answers} == {404}
    assert len({json.dumps({**each.data, "requestId": ""}) for each in answers}) == 1
    assert api("GET", paths[0]).data == entry
    assert stranger_api("GET", f"{BASE}/{kind}").data == {kind: [], "next": None}


def test_a_strangers_client_or_project_is_like_one_that_is_not_there(api, stranger_api, owner):
    client, project = create(stranger_api, "clients")["id"], create(stranger_api, "projects")["id"]
    given = create(api, "projects")["id"]
    times = {"start": "2026-11-23T08:00:00Z", "end": "2026-11-23T09:00:00Z"}

    def calls(client, project):
        return [
            ("POST", f"{BASE}/projects", {"name": "Mine", "clientId": client}),
            ("PATCH", f"{BASE}/projects/{given}", {"clientId": client}),
            ("POST", f"{BASE}/session", {**times, "projectId": project}),
            ("POST", f"{BASE}/sessions", {**times, "projectId": project}),
            ("PUT", f"{BASE}/sessions/{GIVEN_ID}", {**times, "projectId": project}),
            ("POST", f"{BASE}/timer/start", {"projectId": project}),
            ("GET", f"{BASE}/sessions?projectId={project}"),
            ("GET", f"{BASE}/sessions?clientId={client}"),
            ("GET", f"{BASE}/reports/summary?from=2026-11-01&to=2026-12-01&projectId={project}"),
            ("GET", f"{BASE}/reports/summary?from=2026-11-01&to=2026-12-01&clientId={client}"),
        ]

    answers = [api(*call) for call in calls(client, project)]
    nobodys = [api(*call) for call in calls(str(uuid.uuid4()), str(uuid.uuid4()))]

    wrong = [errors_of(each) for each in answers]
    assert [{**each.data, "requestId": ""} for each in answers] == [{**each.data, "requestId": ""} for each in nobodys]
    assert wrong == [
        [("#/clientId", "unknown_client")],
        [("#/clientId", "unknown_client")],
        *[[("#/projectId", "unknown_project")]] * 4,
        [("projectId", "unknown_project")],
        [("clientId", "unknown_client")],
        [("projectId", "unknown_project")],
        [("clientId", "unknown_client")],
    ]
    assert not TimeSession.objects.for_user(owner).exists()


@EACH_KIND
def test_other_methods_are_not_possible(api, kind):
    entry = create(api, kind)

    answers = [api("PUT", f"{BASE}/{kind}", {}), api("PUT", f"{BASE}/{kind}/{entry['id']}", {})]

    assert [(each.status_code, each["Allow"]) for each in answers] == [
        (405, "GET, POST, HEAD"),
        (405, "GET, PATCH, DELETE, HEAD"),
    ]


@EACH_KIND
def test_a_long_list_takes_one_query(api, owner, kind, django_assert_num_queries):
    create(api, kind)
    with django_assert_num_queries(1 + 2):
        api("GET", f"{BASE}/{kind}")
    for number in range(20):
        create(api, kind, f"Nr{number}")
    with django_assert_num_queries(1 + 2):
        assert len(api("GET", f"{BASE}/{kind}").data[kind]) == 21


def test_every_kind_that_is_tracked_is_here_a_session_or_a_report():
    assert set(VERSIONED_MODELS.values()) - {TimeSession, SavedReport, Share} == set(MODELS.values())
