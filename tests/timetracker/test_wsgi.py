"""What gunicorn serves, called as gunicorn does."""

import io
import json

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
