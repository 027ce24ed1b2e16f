"""Two downloads at a time for a user, whoever of the workers makes them"""

import pytest
from django.http import FileResponse, HttpResponse, StreamingHttpResponse

from tests.factories import make_session
from timetracker.errors import TooManyRequestsError
from timetracker.http.downloads import hold_slot


@pytest.fixture(autouse=True)
def limited(settings, tmp_path):
    settings.RATE_LIMITS_ARE_ON, settings.DATA_DIR = False, tmp_path  # which the bound has nothing to do with


def stream():
    return StreamingHttpResponse(iter([b"a", b"b"]))


def end(response):
    """Closes what a response holds, as the server does, which also closes connections to the database."""
    for close in response._resource_closers:
        close()


def test_a_third_waits_for_one_of_two():
    first, second = hold_slot("ada", stream), hold_slot("ada", stream)
    with pytest.raises(TooManyRequestsError) as raised:
        hold_slot("ada", stream)
    assert raised.value.wait == 5
    other = hold_slot("bo", stream)

    assert b"".join(first) == b"ab"
    end(first)
    third = hold_slot("ada", stream)

    for each in (second, third, other):
        end(each)


def test_given_up_before_it_began():
    for _download in range(4):
        end(hold_slot("ada", stream))


def test_a_file(tmp_path):
    (tmp_path / "file").write_bytes(b"content")
    for _download in range(4):
        file = (tmp_path / "file").open("rb")
        response = hold_slot("ada", lambda file=file: FileResponse(file))
        assert (response["Content-Length"], b"".join(response)) == ("7", b"content")
        end(response)
        assert file.closed


def test_what_is_sent_at_once_and_what_fails_hold_nothing():
    def fail():
        raise ValueError

    for _download in range(4):
        hold_slot("ada", HttpResponse)
        with pytest.raises(ValueError):
            hold_slot("ada", fail)


def test_strangers_and_a_disk_that_cannot_be_written_are_not_counted(settings, tmp_path):
    responses = [hold_slot(None, stream) for _download in range(4)]
    (tmp_path / "file").touch()
    settings.DATA_DIR = tmp_path / "file"
    responses += [hold_slot("ada", stream) for _download in range(4)]

    for each in responses:
        end(each)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/export/", "/reports/download.csv", "/reports/sessions/download.csv"])
def test_pages_say_so(signed_in, owner, path):
    make_session(owner, "2026-02-20T08:00", "2026-02-20T09:00", "Logo")
    held = [hold_slot(owner.pk, stream) for _download in range(2)]

    response = signed_in.get(path)

    assert (response.status_code, response["Retry-After"]) == (429, "5")
    assert "Two files are being made for you already" in response.text
    for each in held:
        end(each)
    assert b"".join(signed_in.get(path))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["export", "reports/summary?from=2026-02-01&to=2026-03-01&format=csv",
             "reports/timesheet?from=2026-02-01&to=2026-03-01&projectId=none"],
)  # fmt: skip
def test_the_api_says_so(api, owner, path):
    make_session(owner, "2026-02-20T08:00", "2026-02-20T09:00", "Logo")
    held = [hold_slot(owner.pk, stream) for _download in range(2)]

    response = api("GET", f"/v1/users/me/{path}")

    assert (response.status_code, response["Retry-After"], response.data["code"]) == (429, "5", "rate_limited")
    for each in held:
        end(each)
    for _download in range(3):
        assert api("GET", f"/v1/users/me/{path}").status_code == 200
