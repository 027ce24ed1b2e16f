"""Answers are compressed when a client takes it, with their ETags, but not those that show a secret"""

import gzip
import json

import pytest
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from tests.conftest import ApiClient
from tests.factories import make_session, make_token
from timetracker.middleware.compression import CompressionMiddleware
from users_app.services.feeds import issue_feed

GZIP = {"Accept-Encoding": "gzip, deflate, br"}
LONG = "A long note. " * 200


@pytest.fixture
def session(owner):
    return make_session(owner, "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z", "Work", note=LONG)


def body_of(response):
    return gzip.decompress(response.getvalue() if response.streaming else response.content)


@pytest.mark.parametrize(
    "page",
    ["/", "/week/", "/month/", "/settings/", "/reports/", "/projects/", "/nowhere/"],
)
def test_pages_are_compressed(signed_in, session, page):
    compressed, plain = (signed_in.get(page, headers=headers) for headers in (GZIP, {}))

    assert compressed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in compressed["Vary"]
    assert "Accept-Encoding" in plain["Vary"]
    assert "Content-Encoding" not in plain
    assert int(compressed["Content-Length"]) == len(compressed.content) < len(plain.content) / 2
    assert b"<!DOCTYPE html>" in body_of(compressed)


@pytest.mark.parametrize(
    "path",
    [
        "/reports/sessions/download.csv?first=2026-11-01&last=2026-11-30",
        "/reports/sessions/download.json?first=2026-11-01&last=2026-11-30",
    ],
)
def test_files_that_are_streamed_are_compressed(signed_in, owner, clock, path):
    for hour in range(9):
        make_session(owner, f"2026-11-20T0{hour}:00:00Z", f"2026-11-20T0{hour}:30:00Z", "Work")
    compressed = signed_in.get(path, headers=GZIP)

    assert compressed.streaming
    assert compressed["Content-Encoding"] == "gzip"
    assert "Content-Length" not in compressed
    assert body_of(compressed) == signed_in.get(path).getvalue()


def test_a_calendar_is_compressed(owner, session):
    _feed, secret = issue_feed(owner, "Phone")
    compressed, plain = (Client().get(f"/feeds/{secret}.ics", headers=headers) for headers in (GZIP, {}))

    assert compressed["Content-Encoding"] == "gzip"
    assert body_of(compressed).decode().count("BEGIN:VEVENT") == 1
    assert compressed["ETag"] == plain["ETag"]


@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])
def test_what_was_read_compressed_can_be_written(api, session, method):
    """Django's own compression would make the tag weak, which never matches If-Match."""
    path = f"/v1/users/me/sessions/{session.id}"
    found = api.client.get(path, headers={**GZIP, "Authorization": f"Bearer {api.token}"})
    assert found["Content-Encoding"] == "gzip"
    assert json.loads(body_of(found))["note"] == LONG.strip()
    assert found["ETag"] == '"1"'

    body = None if method == "DELETE" else {"start": "2026-11-20T08:00:00Z", "end": "2026-11-20T08:30:00Z"}
    assert api(method, path, body, **{"If-Match": found["ETag"]}).status_code in {200, 204}
    stale = api(method, path, body, **{"If-Match": found["ETag"]})
    assert stale.status_code == 412


def test_a_problem_of_the_api_is_compressed(api):
    path = "/v1/users/me/session"
    headers = {**GZIP, "Authorization": f"Bearer {api.token}"}
    response = api.client.post(path, dict.fromkeys("abcdefgh", 1), "application/json", headers=headers)
    assert (response.status_code, response["Content-Encoding"]) == (400, "gzip")
    assert json.loads(body_of(response))["status"] == 400


def test_pages_that_show_a_secret_are_not(signed_in):
    made = signed_in.post("/settings/tokens/", {"scopes": ["read"], "lifetime": ""}, headers=GZIP)
    feed = signed_in.post("/settings/calendar/", {"name": "Phone"}, headers=GZIP)

    for response, begin in ((made, b"tt_"), (feed, b"ttf_")):
        assert response.status_code == 200
        assert "Content-Encoding" not in response
        assert begin in response.content


def test_answers_of_the_api_that_show_a_secret_are_not(owner):
    api = ApiClient(make_token(owner))
    for path, body in (("/v1/users/me/tokens", {"name": "x" * 100}), ("/v1/users", {"displayName": "x" * 100})):
        response = api("POST", path, body, **GZIP)
        assert response.status_code == 201
        assert "Content-Encoding" not in response


@pytest.mark.parametrize(
    ("response", "is_compressed"),
    [
        (HttpResponse(LONG, content_type="text/plain"), True),
        (HttpResponse(LONG, content_type="application/json"), True),
        (HttpResponse(LONG, content_type="application/problem+json"), True),
        (HttpResponse("short", content_type="text/plain"), False),
        (HttpResponse(LONG, content_type="application/zip"), False),
        (HttpResponse(LONG, content_type="text/html", headers={"Cache-Control": "private, no-store"}), False),
        (
            HttpResponse(
                LONG,
                content_type="text/csv",
                headers={"Cache-Control": "no-store", "Content-Disposition": "attachment"},
            ),
            True,
        ),
        (HttpResponse(LONG, content_type="text/plain", headers={"Content-Encoding": "br"}), False),
        (StreamingHttpResponse([b"a" * 500] * 3, content_type="text/csv"), True),
        (FileResponse(iter([b"a" * 500]), content_type="application/pdf"), False),
        (HttpResponse(status=304), False),
    ],
)
def test_texts_are_compressed_and_nothing_else(response, is_compressed):
    request = RequestFactory().get("/", headers=GZIP)
    answer = CompressionMiddleware(lambda _request: response)(request)

    assert (answer.get("Content-Encoding") == "gzip") is is_compressed


def test_a_stream_is_sent_while_it_is_made():
    made = []

    def rows():
        for number in range(1_000):
            made.append(number)
            yield f"{number * 7919 % 1_000_003},{number**3}\n".encode() * 50

    response = StreamingHttpResponse(rows(), content_type="text/csv")
    answer = CompressionMiddleware(lambda _request: response)(RequestFactory().get("/", headers=GZIP))
    next(iter(answer.streaming_content))
    assert len(made) < 1_000


@pytest.mark.parametrize(
    ("accepts", "encoding"), [("gzip;q=0", None), ("br, gzip; q=0.0", None), ("gzip;q=0.1", "gzip")]
)
def test_a_weight_of_0_is_no_gzip(signed_in, session, accepts, encoding):
    response = signed_in.get("/", headers={"Accept-Encoding": accepts})

    assert response.get("Content-Encoding") == encoding
    assert "Accept-Encoding" in response["Vary"]
