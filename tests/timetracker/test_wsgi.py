"""What gunicorn serves, called as gunicorn does."""

import io
import json
import resource
import sys

import pytest


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["rot13", "hex", "utf-7", "no-such-thing"])
def test_odd_charsets_are_answered_like_any_other_request(charset):
    from timetracker.wsgi import application

    statuses = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/v1/users/me/sessions",
        "QUERY_STRING": "q=\xc3\xa9",
        "CONTENT_TYPE": f"application/json; charset={charset}",
        "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
    }

    body = b"".join(application(environ, lambda status, headers: statuses.append(status)))

    assert statuses == ["401 Unauthorized"]
    assert json.loads(body)["code"] == "not_authenticated"


def most_page_faults(calls: int) -> int:
    """The page faults of so many calls in a loop, at the depth of the stack where they are most."""

    def at(depth: int) -> int:
        if depth:
            return at(depth - 1)
        before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
        for _number in range(calls):
            str.join("", (part for part in "abc"))
        return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before

    return max(at(depth) for depth in range(200))


def test_no_loop_asks_the_kernel_for_its_frames():
    from timetracker.wsgi import _call_with_room

    if sys.version_info < (3, 13):  # else what is tried here proves nothing
        assert most_page_faults(500) >= 500
    assert _call_with_room(most_page_faults, 500) < 100
