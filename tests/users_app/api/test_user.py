"""/v1/users/{userId}: the person themselves"""

import pytest

from sessions_app.models import Change, Project, TimeSession
from sessions_app.services import create_entry
from tests.conftest import ApiClient
from tests.factories import WEB, make_session, make_token, start_session
from users_app.models import AccessToken, Scope, User

URL = "/v1/users/me"


def test_says_who_one_is(api, owner):
    response = api("GET", URL)

    assert response.status_code == 200
    assert response.data["id"] == str(owner.id)
    assert response.data["displayName"] == "Owner"
    assert (response.data["timezone"], response.data["weekStart"]) == ("Europe/Berlin", "monday")
    assert api("GET", f"/v1/users/{owner.id}").data == response.data
    assert api("GET", URL, **{"If-None-Match": response["ETag"]}).status_code == 304


def test_a_patch_changes_what_is_given_and_moves_no_session(api, owner):
    session = make_session(owner, "2026-11-20T23:30:00Z", "2026-11-21T00:30:00Z")

    response = api("PATCH", URL, {"timezone": "Asia/Tokyo", "weekStart": "sunday", "longSessionHours": 10})

    assert response.status_code == 200
    assert {key: response.data[key] for key in ("displayName", "timezone", "weekStart", "longSessionHours")} == {
        "displayName": "Owner",
        "timezone": "Asia/Tokyo",
        "weekStart": "sunday",
        "longSessionHours": 10,
    }
    session.refresh_from_db()
    assert (session.timezone, str(session.first_date)) == ("Europe/Berlin", "2026-11-21")


def test_goals_and_colours_are_changed_and_taken_away(api, owner):
    read = api("GET", URL).data
    assert (read["theme"], read["dayGoalSeconds"], read["weekGoalSeconds"]) == ("system", None, None)

    response = api("PATCH", URL, {"theme": "dark", "dayGoalSeconds": 28_800, "weekGoalSeconds": 144_000})

    assert response.status_code == 200
    assert {**read, "theme": "dark", "dayGoalSeconds": 28_800, "weekGoalSeconds": 144_000} == response.data
    owner.refresh_from_db()
    assert (owner.theme, owner.day_goal_seconds, owner.week_goal_seconds) == ("dark", 28_800, 144_000)
    assert api("PATCH", URL, {"dayGoalSeconds": None}).data["dayGoalSeconds"] is None


def test_what_was_read_can_be_sent_back(api):
    read = api("GET", URL)

    assert api("PATCH", URL, read.data).data == read.data


def test_a_stale_patch_changes_nothing_and_shows_the_present_state(api, owner):
    seen = api("GET", URL)["ETag"]
    assert api("PATCH", URL, {"displayName": "Mira"}, **{"If-Match": seen}).status_code == 200

    stale = api("PATCH", URL, {"displayName": "Other"}, **{"If-Match": seen})

    assert (stale.status_code, stale.data["code"]) == (412, "version_mismatch")
    assert stale.data["current"]["displayName"] == "Mira"
    again = api("PATCH", URL, {"displayName": "Other"}, **{"If-Match": stale["ETag"]})
    assert again.data["displayName"] == "Other"


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"timezone": "Mars/Base"}, "#/timezone", "invalid_timezone"),
        ({"weekStart": "someday"}, "#/weekStart", "invalid_choice"),
        ({"clock": "13"}, "#/clock", "invalid_choice"),
        ({"theme": "pink"}, "#/theme", "invalid_choice"),
        ({"theme": None}, "#/theme", "null"),
        ({"dayGoalSeconds": 0}, "#/dayGoalSeconds", "min_value"),
        ({"dayGoalSeconds": 86_401}, "#/dayGoalSeconds", "max_value"),
        ({"dayGoalSeconds": "8:00"}, "#/dayGoalSeconds", "invalid"),
        ({"weekGoalSeconds": 604_801}, "#/weekGoalSeconds", "max_value"),
        ({"weekGoalSeconds": -1}, "#/weekGoalSeconds", "min_value"),
        ({"weekGoalSeconds": 2**70}, "#/weekGoalSeconds", "max_value"),
        ({"longSessionHours": 25}, "#/longSessionHours", "max_value"),
        ({"longSessionHours": 0}, "#/longSessionHours", "min_value"),
        ({"longSessionHours": "10"}, "#/longSessionHours", "invalid"),
        ({"longSessionHours": "1" * 1001}, "#/longSessionHours", "invalid"),
        ({"longSessionHours": True}, "#/longSessionHours", "invalid"),
        ({"longSessionHours": None}, "#/longSessionHours", "null"),
        ({"timezone": None}, "#/timezone", "null"),
        ({"timezone": ""}, "#/timezone", "blank"),
        ({"currency": ""}, "#/currency", "blank"),
        ({"notesLastSeen": "no"}, "#/notesLastSeen", "invalid"),
        ({"displayName": "a\nb"}, "#/displayName", "control_character"),
        ({"isStaff": True}, "#/isStaff", "unknown_field"),
    ],
)
def test_rejects_with_the_field_and_the_reason(api, owner, body, pointer, code):
    response = api("PATCH", URL, body)

    assert response.status_code == 400
    assert [(each["pointer"], each["code"]) for each in response.data["errors"]] == [(pointer, code)]


@pytest.mark.parametrize("hours", [0, 25, -(2**70), 2**70])
def test_what_is_out_of_range_is_told_with_the_range(api, owner, hours):
    response = api("PATCH", URL, {"longSessionHours": hours})

    assert response.data["detail"] == "Give a whole number from 1 to 24."


def test_a_zone_of_any_length_is_told_once_and_in_short(api, owner):
    response = api("PATCH", URL, {"timezone": "Mars/" + "x" * 10_000})

    assert [error["code"] for error in response.data["errors"]] == ["invalid_timezone"]
    assert len(response.data["detail"]) < 200


@pytest.mark.parametrize(("key", "name"), [("timezone", "time zone"), ("currency", "currency")])
def test_what_is_empty_is_told_by_its_name(api, owner, key, name):
    response = api("PATCH", URL, {key: ""})

    assert response.data["detail"] == f"The {name} cannot be empty. Give one, or leave it out."


def test_e_mail_and_id_are_read_only(api, owner):
    api("PATCH", URL, {"email": "new@example.org", "id": "0b4c8e8a-5f0e-4c39-9a55-6f2d0c1b7e11"})

    assert User.objects.get(pk=owner.pk).email is None


@pytest.mark.parametrize("body", [None, {}, {"confirm": "0b4c8e8a-5f0e-4c39-9a55-6f2d0c1b7e11"}, {"confirm": "yes"}])
def test_nobody_is_removed_without_the_id_once_more(api, owner, body):
    assert api("DELETE", URL, body).status_code == 400
    assert User.objects.filter(pk=owner.pk).exists()


def test_a_stale_removal_removes_nothing_and_shows_the_present_state(api, owner):
    seen = api("GET", URL)["ETag"]
    api("PATCH", URL, {"displayName": "Mira"})

    stale = api("DELETE", URL, {"confirm": str(owner.id)}, **{"If-Match": seen})

    assert (stale.status_code, stale.data["code"]) == (412, "version_mismatch")
    assert stale.data["current"]["displayName"] == "Mira"
    assert api("GET", URL)["ETag"] == stale["ETag"]


@pytest.mark.django_db(transaction=True)
def test_a_removal_of_the_present_state_is_done(api, owner):
    seen = api("GET", URL)["ETag"]

    assert api("DELETE", URL, {"confirm": str(owner.id)}, **{"If-Match": seen}).status_code == 204
    assert api("GET", URL).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_all_goes_with_the_user_and_nothing_of_others(api, owner, stranger):
    for user in (owner, stranger):
        project = create_entry(user, WEB, Project, name="Acme")
        make_session(user, "2026-11-20T08:00Z", "2026-11-20T09:00Z", project_id=project.id, tags=["talk"])
        start_session(user, "2026-11-20T10:00Z")
        make_token(user)

    assert api("DELETE", URL, {"confirm": str(owner.id)}).status_code == 204

    assert api("GET", URL).status_code == 401
    for model in (AccessToken, Change, Project, TimeSession):
        assert set(model._default_manager.values_list("user", flat=True)) == {stranger.id}


@pytest.mark.parametrize("scope", [Scope.READ, Scope.TRACK, Scope.WRITE])
def test_changes_need_the_scope_account(owner, scope):
    caller = ApiClient(make_token(owner, scope))

    assert caller("GET", URL).status_code == 200
    assert caller("PATCH", URL, {"displayName": "x"}).data["code"] == "missing_scope"
    assert caller("DELETE", URL, {"confirm": str(owner.id)}).data["code"] == "missing_scope"


def test_a_rate_and_its_currency(api, owner):
    assert (api("GET", URL).data["hourlyRate"], api("GET", URL).data["currency"]) == (None, "EUR")

    response = api("PATCH", URL, {"hourlyRate": "62.5", "currency": "chf"})

    assert (response.data["hourlyRate"], response.data["currency"]) == ("62.50", "CHF")
    assert api("PATCH", URL, response.data).data == response.data
    assert api("PATCH", URL, {"hourlyRate": None}).data["hourlyRate"] is None


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"hourlyRate": "-1"}, "#/hourlyRate", "out_of_range"),
        ({"hourlyRate": 100_000_000}, "#/hourlyRate", "out_of_range"),
        ({"hourlyRate": "1.00001"}, "#/hourlyRate", "too_precise"),
        ({"hourlyRate": "1,5"}, "#/hourlyRate", "invalid"),
        ({"currency": "EURO"}, "#/currency", "invalid_currency"),
        ({"currency": ""}, "#/currency", "blank"),
        ({"currency": None}, "#/currency", "null"),
    ],
)
def test_rates_that_cannot_be_are_rejected(api, owner, body, pointer, code):
    response = api("PATCH", URL, body)

    assert response.status_code == 400
    assert [(each["pointer"], each["code"]) for each in response.data["errors"]] == [(pointer, code)]
    owner.refresh_from_db()
    assert (owner.hourly_rate, owner.currency) == (None, "EUR")
