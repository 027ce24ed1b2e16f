"""The values of one row: exact types, then the rules of all input."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from sessions_app.account_export.validation import check_keys, validate_entry, validate_session, validate_settings
from sessions_app.models import Client, Project, Tag
from tests.sessions_app.account_export.files import CLIENT, PROJECT, SESSION, SETTINGS, TAG
from tests.sessions_app.services.states import NOW
from timetracker.errors import InvalidInputError

WRONG_FIELDS = [
    ({"colour": 1}, "“colour” is not known here. Leave it out."),
    ({"id": "1"}, "“id” must be an id, such as 0198aaaa-0000-7000-8000-000000000001."),
    ({"id": None}, "“id” must be an id"),
    ({"name": None}, "“name” must be text, in quotes."),
    ({"name": "x" * 201}, "This has 201 characters, at most 200 are kept."),
    ({"note": "a\0b"}, "Control characters cannot be kept."),
    ({"name": "\ud800"}, "Control characters cannot be kept."),
    ({"timezone": "Mars/Olympus"}, "“Mars/Olympus” is not a time zone."),
    ({"start": None}, "“start” must be an instant with its offset"),
    ({"start": "2026-11-23T07:00:00"}, "“start” must be an instant with its offset"),
    ({"start": "1969-12-31T23:59:59Z"}, "“start” is before 1970, or in the future."),
    ({"start": "0001-01-01T00:00:00+14:00"}, "“start” is before 1970, or in the future."),
    ({"end": "9999-12-31T23:59:59-14:00"}, "“end” is before 1970, or in the future."),
    ({"end": "2026-11-23T06:59:59Z"}, "The end is before the start. Give a later end."),
    ({"end": None, "start": "2026-11-23T09:00:01Z"}, "This start hasn't come yet."),
    ({"end": None, "deleted_at": "2026-11-23T07:00:00Z"}, "A session in the Trash cannot be running."),
    ({"deleted_at": "2027-01-01T00:00:00Z"}, "“deleted_at” is before 1970, or in the future."),
    ({"billable": 1}, "“billable” must be true or false."),
    ({"hourly_rate": 80}, "“hourly_rate” must be a number in quotes"),
    ({"hourly_rate": "eighty"}, "“hourly_rate” must be a number in quotes"),
    ({"hourly_rate": "NaN"}, "Give an hourly rate from 0"),
    ({"hourly_rate": "1e999999"}, "Give an hourly rate from 0"),
    ({"hourly_rate": "0.00001"}, "Give a rate of at most 4 decimal places."),
    ({"currency": "XXX"}, "“XXX” is not a currency."),
    ({"currency": ""}, "A rate needs a currency"),
    ({"hourly_rate": None}, "A rate needs a currency"),
    (
        {"hourly_rate": None, "currency": "", "rate_is_override": True},
        "“rate_is_override” is true, but there is no rate.",
    ),
    ({"source": "fax"}, "“source” must be one of web, api, import, admin, system."),
    ({"version": 0}, "“version” must be from 1 to 1,000,000,000."),
    ({"version": 10**30}, "“version” must be from 1 to 1,000,000,000."),
    ({"version": True}, "“version” must be a whole number."),
    ({"tag_ids": [TAG["id"]] * 2}, "“tag_ids” has an id twice."),
    ({"tag_ids": "x"}, "“tag_ids” must be a list of ids."),
]


@pytest.mark.parametrize(("changes", "message"), WRONG_FIELDS)
def test_a_wrong_session_is_rejected(changes, message):
    with pytest.raises(InvalidInputError) as raised:
        validate_session({**SESSION, **changes}, now=NOW)

    assert len(raised.value.errors) == 1
    assert raised.value.message.startswith(message)


def test_a_session_has_the_values_of_an_instance():
    values = validate_session({**SESSION, "project_id": PROJECT["id"], "tag_ids": [TAG["id"]]}, now=NOW)

    assert values["start"] == datetime(2026, 11, 23, 7, tzinfo=UTC)
    assert (values["hourly_rate"], values["currency"]) == (Decimal(80), "EUR")
    assert (values["project_id"], values["tag_ids"]) == (UUID(PROJECT["id"]), (UUID(TAG["id"]),))
    assert (values["version"], values["source"], values["deleted_at"]) == (3, "api", None)


def test_a_forgotten_session_may_be_longer_than_a_typed_one():
    values = validate_session({**SESSION, "start": "2026-01-01T00:00:00Z"}, now=NOW)

    assert values["end"] - values["start"] > 300 * (NOW - NOW.replace(day=22))


@pytest.mark.parametrize(
    ("model", "record", "changes", "message"),
    [
        (Client, CLIENT, {"name": " "}, "Give a name."),
        (Client, CLIENT, {"colour": 1}, "“colour” is not known here. Leave it out."),
        (Project, PROJECT, {"colour": 9}, "Colours are numbered"),
        (Project, PROJECT, {"colour": "1"}, "“colour” must be a whole number."),
        (Project, PROJECT, {"client_id": "Acme"}, "“client_id” must be an id"),
        (Tag, TAG, {"name": "two words"}, "“two words”"),
        (Tag, TAG, {"archived": None}, "“archived” must be true or false."),
    ],
)
def test_a_wrong_entry_of_the_catalogue_is_rejected(model, record, changes, message):
    assert validate_entry(model, record, now=NOW)["name"] == record["name"]
    with pytest.raises(InvalidInputError) as raised:
        validate_entry(model, {**record, **changes}, now=NOW)

    assert raised.value.message.startswith(message)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"is_staff": True}, "“is_staff” is not known here."),
        ({"timezone": "Mars"}, "“timezone”: “Mars” is not a time zone."),
        ({"week_start": 7}, "“week_start”: "),
        ({"hourly_rate": "NaN"}, "“hourly_rate”: "),
        ({"display_name": "x" * 101}, "This has 101 characters"),
        ({"theme": "pink"}, "“theme”: "),
        ({"day_goal_seconds": 86_401}, "“day_goal_seconds”: A day has 24 hours."),
        ({"week_goal_seconds": 0}, "“week_goal_seconds”: Give a goal of a minute or more"),
    ],
)
def test_wrong_settings_are_rejected(changes, message):
    assert validate_settings(SETTINGS) == {**SETTINGS, "hourly_rate": Decimal(70)}
    with pytest.raises(InvalidInputError) as raised:
        validate_settings({**SETTINGS, **changes})

    assert raised.value.message.startswith(message)


def test_settings_of_an_older_export_leave_out_what_came_later():
    later = {"wants_notices", "theme", "day_goal_seconds", "week_goal_seconds"}
    older = {name: value for name, value in SETTINGS.items() if name not in later}

    assert validate_settings(older) == {**older, "hourly_rate": Decimal(70)}


def test_a_project_of_an_older_export_has_no_budget():
    older = {name: value for name, value in PROJECT.items() if not name.startswith("budget_")}

    read = validate_entry(Project, older, now=NOW)

    assert (read["budget_seconds"], read["budget_amount"], read["budget_period"]) == (None, None, "total")
    with pytest.raises(InvalidInputError, match="in time or in money"):
        validate_entry(Project, {**PROJECT, "budget_amount": "5000.0000"}, now=NOW)


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ([], "This must be an object, in braces."),
        ({}, "“id” is missing."),
        ({"id": 1, "x" * 50: 2}, f"“{'x' * 40}” is not known here."),
    ],
)
def test_keys_are_exact(record, message):
    assert check_keys({"id": 1}, ["id"]) == {"id": 1}
    with pytest.raises(InvalidInputError) as raised:
        check_keys(record, ["id"])

    assert raised.value.message.startswith(message)
