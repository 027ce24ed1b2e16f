"""The page that shows the description of the API."""

import json
from html import unescape

import pytest

from timetracker.api.description import PATH
from timetracker.api.reference import read_subjects

DOCUMENT = json.loads(PATH.read_text())
OPERATIONS = {each.id: each for subject in read_subjects(DOCUMENT) for each in subject.operations}


def test_every_operation_is_shown_once_with_all_it_takes_and_answers():
    described = {each["operationId"]: each for path in DOCUMENT["paths"].values() for each in path.values()}

    assert set(OPERATIONS) == set(described)
    for name, operation in OPERATIONS.items():
        taken = {field.name for field in operation.fields if field.where != "body"}
        assert taken == {each["name"] for each in described[name].get("parameters", ())}
        assert {answer.status for answer in operation.answers} == set(described[name]["responses"])
        assert operation.curl.startswith("curl ")


def test_the_keys_of_a_body_have_their_types():
    fields = {field.name: field for field in OPERATIONS["addSession"].fields if field.where == "body"}

    assert (fields["start"].kind, fields["start"].is_required) == ("string or number", True)
    assert (fields["billable"].kind.split(" or ")[0], fields["billable"].is_required) == ("boolean", False)


@pytest.mark.parametrize(
    ("text", "html"), [("`<a>` & b", "<code>&lt;a&gt;</code> &amp; b"), ("<script>", "&lt;script&gt;")]
)
def test_texts_are_escaped(text, html):
    document = {
        "tags": [{"name": "One", "description": ""}],
        "paths": {
            "/x": {
                "get": {
                    "tags": ["One"], "operationId": "x", "summary": "", "description": text, "x-codeSamples": [],
                    "responses": {},
                }
            }
        },
    }  # fmt: skip

    assert read_subjects(document)[0].operations[0].texts == (html,)


def test_the_page_has_all_of_it_and_asks_no_database(client):
    page = client.get("/v1/docs")

    assert page.status_code == 200
    for operation in OPERATIONS.values():
        assert f'<div id="{operation.id}">' in page.text
        assert operation.curl in unescape(page.text)
