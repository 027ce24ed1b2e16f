"""What a session is worth over the API, and the rate that it may be given"""

from decimal import Decimal

import pytest

from sessions_app import services
from sessions_app.models import Project, TimeSession
from tests.factories import WEB, make_session, start_session
from tests.work import make_client, make_project
from users_app.models import User

START, END = "2026-11-20T08:00:00Z", "2026-11-20T09:30:00Z"
URL = "/v1/users/me/sessions"
NEW_ID = "0198aaaa-0000-7000-8000-000000000001"


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)


@pytest.fixture
def project(owner):
    return make_project(owner, "Site", make_client(owner, "Acme", "70", "USD"), "80.5")


@pytest.fixture
def session(owner, project):
    return make_session(owner, START, END, "Logo", project_id=project.id, billable=True)


def money(data):
    return data["hourlyRate"], data["currency"], data["amount"]


def errors_of(response):
    return [(each["pointer"], each["code"]) for each in response.data["errors"]]


def read(api, session):
    return api("GET", f"{URL}/{session.id}").data


class TestShown:
    def test_is_the_rate_that_it_was_saved_with(self, api, owner, project, session):
        services.edit_entry(owner, WEB, Project, project.id, hourly_rate=Decimal(99))

        assert money(read(api, session)) == ("80.50", "USD", "120.75")
        assert money(api("GET", f"{URL}?date=2026-11-20").data["sessions"][0]) == ("80.50", "USD", "120.75")
        assert money(api("GET", "/v1/users/me/changes").data["changed"][0]) == ("80.50", "USD", "120.75")

    def test_is_nothing_without_a_rate_and_no_amount_when_not_billable(self, api, owner, project):
        plain = make_session(owner, START, END, billable=True)
        free = make_session(owner, START, END, project_id=project.id, billable=False)

        assert money(read(api, plain)) == (None, None, None)
        assert money(read(api, free)) == ("80.50", "USD", None)

    @pytest.mark.parametrize(
        ("seconds", "rate", "currency", "amount"),
        [
            (1, "18", "EUR", "0.01"),  # half a cent
            (1, "17.9999", "EUR", "0.00"),
            (1800, "81", "JPY", "41"),  # half a yen
            (60, "10", "KWD", "0.167"),
            (3600, "33.3333", "EUR", "33.33"),
            (3600, "0", "EUR", "0.00"),
        ],
    )
    def test_is_seconds_by_the_rate_rounded_half_up_in_the_minor_unit(self, api, seconds, rate, currency, amount):
        response = api(
            "POST",
            URL,
            {"start": START, "durationSeconds": seconds, "billable": True, "hourlyRate": rate, "currency": currency},
        )

        assert (response.status_code, response.data["amount"]) == (201, amount)

    def test_of_the_running_session_is_as_of_now(self, api, owner, project):
        running = start_session(owner, "2026-11-23T11:30:00Z", project_id=project.id, billable=True)

        assert read(api, running)["amount"] == "40.25"
        assert api("GET", "/v1/users/me/timer").data["running"]["amount"] == "40.25"

    def test_tells_when_only_the_length_is_known(self, api, session):
        assert read(api, session)["timesKnown"] is True
        TimeSession.objects.filter(id=session.id).update(times_known=False)
        assert read(api, session)["timesKnown"] is False

    def test_times_are_known_once_they_are_given(self, api, session):
        TimeSession.objects.filter(id=session.id).update(times_known=False)

        assert api("PATCH", f"{URL}/{session.id}", {"note": "x"}).data["timesKnown"] is False
        assert api("PATCH", f"{URL}/{session.id}", {"end": "2026-11-20T09:00:00Z"}).data["timesKnown"] is True


def _batched(api, body):
    response = api("POST", f"{URL}/batch", {"atomic": False, "operations": [{"op": "create", "body": body}]})
    (result,) = response.data["results"]
    response.status_code, response.data = result["status"], result.get("body") or result["problem"]
    return response


WRITE = {
    "session": lambda api, body: api("POST", "/v1/users/me/session", body),
    "put": lambda api, body: api("PUT", f"{URL}/{NEW_ID}", body),
    "batch": _batched,
}


@pytest.mark.parametrize("write", WRITE.values(), ids=WRITE)
class TestWritten:
    def send(self, api, write, project, **body):
        return write(api, {"start": START, "end": END, "billable": True, "projectId": str(project.id), **body})

    def test_is_an_override(self, api, project, write):
        response = self.send(api, write, project, hourlyRate="100", currency="CHF")

        assert (response.status_code, *money(response.data)) == (201, "100.00", "CHF", "150.00")
        assert TimeSession.objects.get(id=response.data["id"]).rate_is_override

    def test_may_be_a_number_and_has_the_currency_of_its_project(self, api, project, write):
        assert money(self.send(api, write, project, hourlyRate=62.5).data) == ("62.50", "USD", "93.75")

    @pytest.mark.parametrize("more", [{}, {"currency": None}, {"currency": ""}])
    def test_null_is_that_of_the_project(self, api, project, write, more):
        response = self.send(api, write, project, hourlyRate=None, **more)

        assert money(response.data)[:2] == ("80.50", "USD")
        assert not TimeSession.objects.get(id=response.data["id"]).rate_is_override

    @pytest.mark.parametrize(
        ("body", "pointer", "code"),
        [
            ({"hourlyRate": "-1", "currency": "EUR"}, "#/hourlyRate", "out_of_range"),
            ({"hourlyRate": "100000000", "currency": "EUR"}, "#/hourlyRate", "out_of_range"),
            ({"hourlyRate": "1.00001", "currency": "EUR"}, "#/hourlyRate", "too_precise"),
            ({"hourlyRate": "1,5", "currency": "EUR"}, "#/hourlyRate", "invalid"),
            ({"hourlyRate": True, "currency": "EUR"}, "#/hourlyRate", "invalid"),
            ({"hourlyRate": "80", "currency": "EURO"}, "#/currency", "invalid_currency"),
            ({"hourlyRate": "80", "currency": "XXX"}, "#/currency", "invalid_currency"),
            ({"currency": "EUR"}, "#/currency", "does_not_match"),
            ({"hourlyRate": None, "currency": "EUR"}, "#/currency", "does_not_match"),
        ],
    )
    def test_names_what_is_wrong(self, api, project, write, body, pointer, code):
        response = self.send(api, write, project, **body)

        assert (response.status_code, errors_of(response)) == (400, [(pointer, code)])
        assert not TimeSession.objects.exists()


def test_a_timer_may_be_started_with_a_rate(api):
    started = api("POST", "/v1/users/me/timer/start", {"hourlyRate": "90", "currency": "EUR"}).data["started"]

    assert money(started) == ("90.00", "EUR", None)


def _updated(api, session, body):
    operation = {"op": "update", "id": str(session.id), "body": body}
    response = api("POST", f"{URL}/batch", {"operations": [operation]})
    response.data = response.data["results"][0]["body"]
    return response


EDIT = {
    "patch": lambda api, session, body: api("PATCH", f"{URL}/{session.id}", body),
    "put": lambda api, session, body: api("PUT", f"{URL}/{session.id}", body),
    "batch": _updated,
}


@pytest.mark.parametrize("edit", EDIT.values(), ids=EDIT)
class TestSentBack:
    def test_changes_nothing_also_when_rates_are_others_by_now(self, api, owner, project, session, edit):
        without = make_session(owner, START, END)
        services.edit_entry(owner, WEB, Project, project.id, hourly_rate=Decimal(99))
        User.objects.filter(pk=owner.pk).update(hourly_rate=Decimal(50))

        for each in (session, without):
            before = read(api, each)
            assert edit(api, each, before).data == before
            assert not TimeSession.objects.get(id=each.id).rate_is_override

    def test_an_override_stays_one(self, api, owner, project, edit):
        session = make_session(owner, START, END, project_id=project.id, hourly_rate=Decimal(80), currency="EUR")
        before = read(api, session)

        assert edit(api, session, before).data == before
        assert TimeSession.objects.get(id=session.id).rate_is_override

    def test_another_rate_becomes_an_override_and_null_the_present_one(self, api, owner, project, session, edit):
        before = read(api, session)

        assert money(edit(api, session, {**before, "hourlyRate": "90"}).data) == ("90.00", "USD", "135.00")
        assert TimeSession.objects.get(id=session.id).rate_is_override
        services.edit_entry(owner, WEB, Project, project.id, hourly_rate=Decimal(99))
        again = edit(api, session, {**before, "hourlyRate": None, "currency": None}).data
        assert money(again) == ("99.00", "USD", "148.50")
        assert not TimeSession.objects.get(id=session.id).rate_is_override

    def test_with_another_project_the_rate_that_is_sent_is_kept(self, api, owner, session, edit):
        other = make_project(owner, "Other", None, "10")

        moved = edit(api, session, {**read(api, session), "projectId": str(other.id)}).data

        assert money(moved) == ("80.50", "USD", "120.75")


def test_a_put_without_a_rate_keeps_an_override(api, owner, project):
    session = make_session(owner, START, END, project_id=project.id, hourly_rate=Decimal(80), currency="EUR")
    body = {"start": START, "end": END, "projectId": str(project.id)}

    assert money(api("PUT", f"{URL}/{session.id}", body).data)[:2] == ("80.00", "EUR")


def test_a_currency_goes_with_the_rate_there_is(api, owner):
    session = make_session(owner, START, END, hourly_rate=Decimal(5), currency="EUR")

    changed = api("PATCH", f"/v1/users/me/sessions/{session.id}", {"currency": "USD"})

    assert changed.status_code == 200
    assert (changed.data["hourlyRate"], changed.data["currency"]) == ("5.00", "USD")


@pytest.mark.parametrize("body", [{"currency": "USD"}, {"currency": "USD", "hourlyRate": None}])
def test_a_patch_gives_no_currency_to_a_rate_of_the_project(api, owner, project, body):
    session = make_session(owner, START, END, project_id=project.id)

    answer = api("PATCH", f"/v1/users/me/sessions/{session.id}", body)

    assert answer.status_code == 400
    assert [(each["pointer"], each["code"]) for each in answer.data["errors"]] == [("#/currency", "does_not_match")]
