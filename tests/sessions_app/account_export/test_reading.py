"""Rejects an export that is not one, naming the part and the line, and writes nothing."""

import pytest

from tests.sessions_app.account_export.files import (
    CLIENT,
    OTHER_ID,
    PROJECT,
    SESSION,
    SETTINGS,
    TAG,
    account_of,
    assert_rejected,
    zip_of,
)

WRONG_LINES = {
    "not JSON": (b"{", "This is not JSON in UTF-8."),
    "not UTF-8": (b'{"id": "\xff"}', "This is not JSON in UTF-8."),
    "nested": (b"[" * 100_000, "This is not JSON in UTF-8."),
    "a long number": (b"1" * 5000, "This is not JSON in UTF-8."),
    "no object": (b"[]", "This must be an object, in braces."),
    "a key that is missing": (b"{}", "“id” is missing."),
}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        *WRONG_LINES.values(),
        ({**SESSION, "id": OTHER_ID, "name": None}, "“name” must be text, in quotes."),
        (
            {**SESSION, "id": OTHER_ID, "project_id": OTHER_ID},
            f"“project_id” names {OTHER_ID}, which is not in the file.",
        ),
        ({**SESSION, "id": OTHER_ID, "tag_ids": [OTHER_ID]}, f"“tag_ids” names {OTHER_ID}, which is not in the file."),
        (SESSION, f"The id {SESSION['id']} was used before."),
    ],
)
def test_a_wrong_line_is_reported_and_nothing_is_written(owner, line, message):
    assert_rejected(owner, zip_of(SESSION, line), f"sessions.jsonl, line 2: {message}")


def test_a_second_running_session_in_the_file_is_rejected(owner):
    running = {**SESSION, "end": None}

    assert_rejected(
        owner, zip_of(running, {**running, "id": OTHER_ID}), "sessions.jsonl, line 2: A second session is running."
    )


WRONG_ACCOUNTS = [
    ([], "account.json: This is not an export of Timetracker."),
    (account_of(format="other"), "account.json: This is not an export of Timetracker."),
    (account_of(version=2), "account.json: This server reads version 1 of the format only."),
    (account_of(version=True), "account.json: This server reads version 1 of the format only."),
    (account_of(more=1), "account.json: “more” is not known here. Leave it out."),
    (account_of(tags={}), "account.json: “tags” must be a list."),
    (account_of(settings=[]), "account.json: This must be an object, in braces."),
    (account_of(settings={**SETTINGS, "is_staff": True}), "account.json: “is_staff” is not known here."),
    (account_of(settings={**SETTINGS, "timezone": "Mars"}), "account.json: “timezone”: “Mars” is not a time zone."),
    (account_of(settings={**SETTINGS, "week_start": 7}), "account.json: “week_start”: "),
    (account_of(settings={**SETTINGS, "hourly_rate": "NaN"}), "account.json: “hourly_rate”: "),
    (account_of(settings={**SETTINGS, "display_name": "x" * 101}), "account.json: This has 101 characters"),
    (account_of(tags=[TAG, {**TAG, "id": OTHER_ID, "name": "two words"}]), "account.json, tags, entry 2: “two words”"),
    (account_of(tags=[TAG, TAG]), f"account.json, tags, entry 2: The id {TAG['id']} was used before."),
    (
        account_of(tags=[TAG, {**TAG, "id": OTHER_ID, "name": "CALL"}]),
        "account.json, tags, entry 2: Another one has the name “CALL”, too.",
    ),
    (account_of(clients=[]), f"account.json, projects, entry 1: “client_id” names {CLIENT['id']}, which is not in"),
    (account_of(projects=[{**PROJECT, "colour": 9}]), "account.json, projects, entry 1: Colours are numbered"),
    (account_of(projects=[{**PROJECT, "name": " "}]), "account.json, projects, entry 1: Give a name."),
]


@pytest.mark.parametrize(("account", "message"), WRONG_ACCOUNTS)
def test_a_wrong_account_is_reported_and_nothing_is_written(owner, account, message):
    assert_rejected(owner, zip_of(SESSION, account=account), message)
