"""Times as scripts have them: a length in place of the end, and local times beside their zone"""

from datetime import timedelta

import pytest

from sessions_app import services
from sessions_app.models import TimeSession
from tests.factories import WEB, instant, make_session, start_session

START, END = "2026-11-20T08:00:00Z", "2026-11-20T09:30:00Z"
URL = "/v1/users/me/sessions"
NEW_ID = "0198aaaa-0000-7000-8000-000000000001"
DAY = 86_400


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)


@pytest.fixture
def session(owner):
    return make_session(owner, START, END, "Logo")


def errors_of(response):
    return [(each["pointer"], each["code"]) for each in response.data["errors"]]


def batched(api, operation):
    """What one operation of a batch answers, as if it had been asked alone."""
    response = api("POST", f"{URL}/batch", {"atomic": False, "operations": [operation]})
    (result,) = response.data["results"]
    response.status_code, response.data = result["status"], result.get("body") or result["problem"]
    return response


CREATE = {
    "session": lambda api, body: api("POST", "/v1/users/me/session", body),
    "sessions": lambda api, body: api("POST", URL, body),
    "put": lambda api, body: api("PUT", f"{URL}/{NEW_ID}", body),
    "batch": lambda api, body: batched(api, {"op": "create", "body": body}),
}
EDIT = {
    "patch": lambda api, session, body: api("PATCH", f"{URL}/{session.id}", body),
    "put": lambda api, session, body: api("PUT", f"{URL}/{session.id}", {"start": START, **body}),
    "batch": lambda api, session, body: batched(api, {"op": "update", "id": str(session.id), "body": body}),
}
creates = pytest.mark.parametrize("create", CREATE.values(), ids=CREATE)
edits = pytest.mark.parametrize("edit", EDIT.values(), ids=EDIT)


class TestLength:
    @creates
    def test_stands_for_the_end(self, api, create):
        response = create(api, {"start": START, "durationSeconds": 5400})

        assert response.status_code == 201
        assert (response.data["end"], response.data["durationSeconds"]) == (END, 5400)

    @creates
    def test_may_stand_beside_an_end_that_agrees(self, api, create):
        assert create(api, {"start": START, "end": END, "durationSeconds": 5400}).status_code == 201

    @creates
    @pytest.mark.parametrize("seconds", [5399, 5401, 0, -5400, 10**30])
    def test_that_contradicts_the_end_is_rejected(self, api, owner, create, seconds):
        response = create(api, {"start": START, "end": END, "durationSeconds": seconds})

        assert (response.status_code, errors_of(response)) == (400, [("#/durationSeconds", "does_not_match")])
        assert not TimeSession.objects.for_user(owner).exists()

    @creates
    @pytest.mark.parametrize("seconds", [0, -1, 31 * DAY + 1, 10**30])
    def test_out_of_range_is_rejected(self, api, create, seconds):
        response = create(api, {"start": START, "durationSeconds": seconds})

        assert (response.status_code, errors_of(response)) == (400, [("#/durationSeconds", "out_of_range")])

    @creates
    def test_is_taken_as_a_float_without_a_fraction(self, api, create):
        """JSON Schema counts 5400.0 as an integer, and Python's `total_seconds()` returns it."""
        assert create(api, {"start": START, "durationSeconds": 5400.0}).data["durationSeconds"] == 5400

    @creates
    @pytest.mark.parametrize("seconds", ["5400", 5400.5, True])
    def test_is_a_whole_number(self, api, create, seconds):
        assert errors_of(create(api, {"start": START, "durationSeconds": seconds})) == [
            ("#/durationSeconds", "invalid")
        ]

    @creates
    def test_of_31_days_is_taken(self, api, create):
        assert create(api, {"start": START, "durationSeconds": 31 * DAY}).data["durationSeconds"] == 31 * DAY

    @pytest.mark.parametrize("create", [CREATE["session"], CREATE["sessions"], CREATE["batch"]])
    def test_does_not_let_an_end_of_null_pass(self, api, create):
        assert errors_of(create(api, {"start": START, "end": None, "durationSeconds": 60})) == [("#/end", "null")]

    @creates
    def test_needs_a_start(self, api, create):
        assert errors_of(create(api, {"durationSeconds": 60})) == [("#/start", "required")]

    @creates
    def test_or_an_end_is_needed(self, api, create):
        assert errors_of(create(api, {"start": START})) == [("#/end", "required")]

    @edits
    def test_moves_the_end_of_a_finished_session(self, api, session, edit):
        response = edit(api, session, {"durationSeconds": 60})

        assert (response.status_code, response.data["end"]) == (200, "2026-11-20T08:01:00Z")

    @edits
    def test_counts_from_a_start_beside_it(self, api, session, edit):
        response = edit(api, session, {"start": "2026-11-20T07:00:00Z", "durationSeconds": 60})

        assert response.data["end"] == "2026-11-20T07:01:00Z"

    @edits
    def test_ends_the_running_session(self, api, owner, edit):
        running = start_session(owner, START)

        response = edit(api, running, {"durationSeconds": 5400})

        assert (response.data["running"], response.data["end"]) == (False, END)

    @edits
    def test_beside_an_end_of_null_says_nothing(self, api, owner, edit):
        """As a running session is read: it has lasted longer when it is sent back."""
        running = start_session(owner, START)

        response = edit(api, running, {"end": None, "durationSeconds": 1, "note": "x"})

        assert (response.data["running"], response.data["note"]) == (True, "x")

    @edits
    @pytest.mark.parametrize("more", [{"end": END}, {"end": END, "start": START}])
    def test_of_before_beside_a_new_end_is_rejected(self, api, session, edit, more):
        services.edit_session(session.user, WEB, session.id, length_seconds=60)

        assert errors_of(edit(api, session, {**more, "durationSeconds": 60})) == [
            ("#/durationSeconds", "does_not_match")
        ]

    @edits
    @pytest.mark.parametrize("days", [0, 40])
    def test_that_nobody_may_enter_is_taken_as_it_was_read(self, api, owner, edit, time_machine, days):
        """A timer that was stopped in its first second, or forgotten for longer than 31 days."""
        running = start_session(owner, START)
        time_machine.move_to(instant(START) + timedelta(days=days), tick=False)
        services.stop_timer(owner, WEB)
        read = api("GET", f"{URL}/{running.id}").data

        response = edit(api, running, read)

        assert (response.status_code, response.data) == (200, read)
        assert read["durationSeconds"] == days * DAY

    def test_of_a_stranger_is_not_found(self, stranger_api, session):
        assert stranger_api("PATCH", f"{URL}/{session.id}", {"durationSeconds": 60}).status_code == 404


class TestLocalTimes:
    @creates
    @pytest.mark.parametrize("start", ["2026-11-20T09:00", "2026-11-20 09:00:00", "2026-11-20t09:00:00.9"])
    def test_are_those_of_the_zone_in_the_same_body(self, api, create, start):
        response = create(api, {"timezone": "Europe/Berlin", "start": start, "end": "2026-11-20T10:30"})

        assert response.status_code == 201
        assert (response.data["start"], response.data["end"]) == (START, END)
        assert response.data["timezone"] == "Europe/Berlin"

    def test_may_stand_beside_an_offset_and_a_length(self, api):
        body = {"timezone": "America/New_York", "start": "2026-11-20T03:00"}

        assert api("POST", URL, {**body, "end": END}).data["start"] == START
        assert api("POST", URL, {**body, "durationSeconds": 5400}).data["end"] == END

    @edits
    def test_change_a_session(self, api, session, edit):
        body = {"timezone": "Europe/Berlin", "start": "2026-11-20T09:00", "end": "2026-11-20T10:00"}

        assert edit(api, session, body).data["end"] == "2026-11-20T09:00:00Z"

    def test_start_a_timer(self, api):
        response = api("POST", "/v1/users/me/timer/start", {"timezone": "Europe/Berlin", "start": "2026-11-23T12:15"})

        assert response.data["started"]["start"] == "2026-11-23T11:15:00Z"

    @creates
    def test_without_a_zone_are_rejected(self, api, owner, create):
        response = create(api, {"start": "2026-11-20T09:00", "end": END})

        assert (response.status_code, errors_of(response)) == (400, [("#/start", "invalid_instant")])
        assert "“2026-11-20T09:00” has no offset" in response.data["detail"]
        assert not TimeSession.objects.for_user(owner).exists()

    @edits
    def test_are_not_those_of_the_zone_that_the_session_has(self, api, session, edit):
        assert errors_of(edit(api, session, {"end": "2026-11-20T10:00"})) == [("#/end", "invalid_instant")]

    @pytest.mark.parametrize("zone", ["Europe/Bielefeld", "", "europe/berlin", "+01:00"])
    def test_of_a_zone_that_is_not_there_are_rejected(self, api, zone):
        body = {"timezone": zone, "start": "2026-11-20T09:00", "end": END}

        assert errors_of(api("POST", URL, body)) == [("#/timezone", "invalid_timezone")]

    def test_that_came_twice_are_rejected_with_both_readings(self, api):
        body = {"timezone": "Europe/Berlin", "start": "2026-10-25T02:30", "end": "2026-10-25T04:00"}

        response = api("POST", URL, body)

        assert errors_of(response) == [("#/start", "ambiguous_time")]
        readings = ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"]
        assert f"Give {readings[0]} or {readings[1]}" in response.data["detail"]
        assert [api("POST", URL, {**body, "start": each}).data["start"] for each in readings] == [
            "2026-10-25T00:30:00Z",
            "2026-10-25T01:30:00Z",
        ]

    def test_that_the_clock_skipped_are_rejected_with_both_readings(self, api):
        body = {"timezone": "Europe/Berlin", "start": "2026-03-29T01:00", "end": "2026-03-29T02:30"}

        response = api("POST", URL, body)

        assert errors_of(response) == [("#/end", "nonexistent_time")]
        readings = ["2026-03-29T01:30:00+01:00", "2026-03-29T03:30:00+02:00"]
        assert f"Give {readings[0]} or {readings[1]}" in response.data["detail"]
        assert [api("POST", URL, {**body, "end": each}).status_code for each in readings] == [201, 201]

    def test_say_all_that_is_unclear_at_once(self, api):
        body = {"timezone": "Europe/Berlin", "start": "2026-03-29T02:15", "end": "2026-10-25T02:30"}

        codes = errors_of(api("POST", URL, body))

        assert codes == [("#/start", "nonexistent_time"), ("#/end", "ambiguous_time")]

    @pytest.mark.parametrize(
        ("zone", "local"), [("Asia/Tokyo", "0001-01-01T00:00"), ("America/New_York", "9999-12-31T23:00")]
    )
    def test_at_the_ends_of_the_calendar_are_rejected(self, api, zone, local):
        response = api("POST", URL, {"timezone": zone, "start": local, "end": local})

        assert response.status_code == 400
        assert response.data["errors"][0]["pointer"] in {"#/start", "#/end"}

    def test_are_no_end_of_a_timer_since_there_is_no_zone_beside_it(self, api, owner):
        start_session(owner, START)

        response = api("POST", "/v1/users/me/timer/stop", {"end": "2026-11-20T09:00"})

        assert errors_of(response) == [("#/end", "invalid_instant")]
