"""What the fields of the API take and refuse, each seen through an endpoint that has it."""

import json
from datetime import datetime, timedelta

import pytest

from sessions_app.models import TimeSession

URL = "/v1/users/me/session"


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)


def create(api, **body):
    return api("POST", URL, {"start": "2026-11-23T08:00:00Z", "end": "2026-11-23T09:30:00Z", **body})


def errors_of(response):
    """(place, code) of each error."""
    return [(each.get("pointer") or each["parameter"], each["code"]) for each in response.data["errors"]]


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("2026-11-23T08:00:00Z", "2026-11-23T08:00:00Z"),
        ("2026-11-23t08:00:00z", "2026-11-23T08:00:00Z"),
        ("2026-11-23 08:00:00Z", "2026-11-23T08:00:00Z"),
        ("2026-11-23T08:00:00+00:00", "2026-11-23T08:00:00Z"),
        ("2026-11-23T08:00:00-00:00", "2026-11-23T08:00:00Z"),
        ("2026-11-23T08:00:00+02:00", "2026-11-23T06:00:00Z"),
        ("2026-11-23T08:00:00+0200", "2026-11-23T06:00:00Z"),
        ("2026-11-23 08:00:00-0330", "2026-11-23T11:30:00Z"),
        ("2026-11-23T01:00:00+05:45", "2026-11-22T19:15:00Z"),
        ("2026-11-23T08:00:00.999999Z", "2026-11-23T08:00:00Z"),
        ("2026-11-23T08:00:00.123456789123+01:00", "2026-11-23T07:00:00Z"),
        ("2024-02-29T08:00:00Z", "2024-02-29T08:00:00Z"),
        ("2026-11-23T09:00+01:00", "2026-11-23T08:00:00Z"),  # date -Iminutes
        ("2026-11-23T08:00Z", "2026-11-23T08:00:00Z"),
        ("2026-11-23 09:00:00+01", "2026-11-23T08:00:00Z"),  # PostgreSQL
        ("2026-11-23 09:00:00.25+01", "2026-11-23T08:00:00Z"),
        ("2026-11-23 13:30:00+05:30", "2026-11-23T08:00:00Z"),
        ("1971-06-01 07:15:30-00:44:30", "1971-06-01T08:00:00Z"),
        ("2026-11-23T09:00:00+01:00[Europe/Berlin]", "2026-11-23T08:00:00Z"),  # Temporal
        ("2026-11-23T09:00:00.123456789+01:00[!Europe/Berlin]", "2026-11-23T08:00:00Z"),
        ("2026-11-23T09:00+0100[Europe/Berlin]", "2026-11-23T08:00:00Z"),
        ("2026-11-23T08:00Z[Europe/London]", "2026-11-23T08:00:00Z"),  # Java
        ("2026-11-23T08:00:00Z[Europe/Berlin]", "2026-11-23T08:00:00Z"),  # Z says nothing of the zone (RFC 9557)
        ("2026-10-25T02:30:00+01:00[Europe/Berlin]", "2026-10-25T01:30:00Z"),  # the second of two
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
        (0, "1970-01-01T00:00:00Z"),
        (0.9, "1970-01-01T00:00:00Z"),
        (1795420800, "2026-11-23T08:00:00Z"),
        (1795420800.999, "2026-11-23T08:00:00Z"),
        (1795420800000, "2026-11-23T08:00:00Z"),
        (1795420800999, "2026-11-23T08:00:00Z"),
        (1795420800999.9, "2026-11-23T08:00:00Z"),
        (100_000_000_000, "1973-03-03T09:46:40Z"),
    ],
)
def test_understands_a_point_in_time(api, sent, stored):
    end = (datetime.fromisoformat(stored) + timedelta(hours=1)).isoformat()

    response = api("POST", URL, {"start": sent, "end": end})

    assert response.status_code == 201
    assert response.data["start"] == stored


@pytest.mark.parametrize(
    "sent",
    [
        "2026-11-23",
        "2026-W48-1T08:00:00Z",
        "2026-W48-1",
        "2026-327T08:00:00Z",
        "20261123T080000Z",
        "2026-11-23T08:00:00",
        "2026-11-23 08:00:00",
        "2026-11-23T08Z",
        "2026-11-23T08+01:00",
        "2026-11-23T08:00.5Z",
        "2026-11-23T0800Z",
        "2026-11-23T08:00:00+01:00:60",
        "2026-11-23T08:00:00+010000",
        "2026-11-23T08:00:00+24",
        "2026-11-23T08:00:00Z+01:00",
        "2026-11-23T08:00:00+01:00Z",
        "2026-11-23T08:00:00[Europe/Berlin]",
        "2026-11-23T08:00:00+01:00[Europe/Berlin",
        "2026-11-23T08:00:00+01:00[]",
        "2026-11-23T08:00:00+01:00[Europe/Berlin][u-ca=hebrew]",
        "2026-13-01T08:00:00Z",
        "2026-00-01T08:00:00Z",
        "2026-11-31T08:00:00Z",
        "2025-02-29T08:00:00Z",
        "0000-01-01T08:00:00Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T25:00:00Z",
        "2026-11-23T08:60:00Z",
        "2026-11-23T08:00:60Z",
        "2026-11-23T08:00:00.Z",
        "2026-11-23T08:00:00,5Z",
        "2026-11-23T08:00:00+25:00",
        "2026-11-23T08:00:00+02:60",
        "2026-11-23T08:00:00+2:00",
        "2026-11-23T08:00:00 +02:00",
        "2026-11-23T08:00:00\N{MINUS SIGN}02:00",
        "2026-11-23T08:00:00 Z",
        "2026-11-23T08:00:00 Europe/Berlin",
        "2026-11-23T08:00:00Z\n",
        " 2026-11-23T08:00:00Z",
        "2026-11-23_08:00:00Z",
        "-2026-11-23T08:00:00Z",
        "12026-11-23T08:00:00Z",
        "23.11.2026 08:00",
        "11/23/2026 08:00",
        "Mon, 23 Nov 2026 08:00:00 GMT",
        "٢٠٢٦-11-23T08:00:00Z",
        "２０２６-11-23T08:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "1795420800",
        "1795420800000",
        "now",
        "",
        " ",
        "\ud800",
        "\x00",
        True,
        False,
        [],
        ["2026-11-23T08:00:00Z"],
        {},
        {"$date": "2026-11-23T08:00:00Z"},
        10**15,
        10**400,
        -(10**400),
        1e300,
    ],
    ids=repr,
)
def test_rejects_what_is_no_point_in_time(api, owner, sent):
    response = create(api, start=sent)

    assert response.status_code == 400
    assert errors_of(response) == [("#/start", "invalid_instant")]
    assert response.data["code"] == "invalid_instant"
    assert "2026-11-23T08:00:00Z" in response.data["detail"]
    assert not TimeSession.objects.for_user(owner).exists()


@pytest.mark.parametrize(
    ("sent", "code", "told"),
    [
        ("2026-11-23T09:00:00+02:00[Europe/Berlin]", "does_not_match", "In Europe/Berlin the offset is +01:00 then"),
        ("2026-07-01T09:00+01:00[Europe/Berlin]", "does_not_match", "In Europe/Berlin the offset is +02:00 then"),
        ("2026-11-23T09:00+00:00[Europe/Berlin]", "does_not_match", "In Europe/Berlin the offset is +01:00 then"),
        ("2026-03-29T02:30+01:00[Europe/Berlin]", "does_not_match", "In Europe/Berlin the offset is +02:00 then"),
        ("2026-11-23T09:00+01:00[Europe/Bielefeld]", "invalid_timezone", "“Europe/Bielefeld” is not a time zone"),
        ("2026-11-23T09:00+01:00[europe/berlin]", "invalid_timezone", "“europe/berlin” is not a time zone"),
        ("2026-11-23T09:00+01:00[../../etc/passwd]", "invalid_timezone", "is not a time zone"),
        ("2026-11-23T09:00+01:00[u-ca=hebrew]", "invalid_timezone", "is not a time zone"),
    ],
)
def test_a_zone_in_brackets_must_agree_with_the_offset(api, owner, sent, code, told):
    response = create(api, start=sent)

    assert errors_of(response) == [("#/start", code)]
    assert told in response.data["detail"]
    assert not TimeSession.objects.for_user(owner).exists()


@pytest.mark.parametrize("number", ["1e999", "-1e999"])
def test_rejects_a_number_without_end(api, number):
    response = send_text(api, '{"start": %s, "end": "2026-11-23T09:30:00Z"}' % number)  # noqa: UP031 - the braces are those of JSON

    assert response.status_code == 400
    assert errors_of(response) == [("#/start", "invalid_instant")]


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_words_that_only_python_takes_for_numbers_are_not_json(api, word):
    response = send_text(api, '{"start": %s, "end": "2026-11-23T09:30:00Z"}' % word)  # noqa: UP031 - the braces are those of JSON

    assert response.status_code == 400
    assert response.data["code"] == "malformed_json"


def send_text(api, text):
    response = api.client.generic(
        "POST", URL, text, content_type="application/json", headers={"Authorization": f"Bearer {api.token}"}
    )
    response.data = json.loads(response.content)
    return response
