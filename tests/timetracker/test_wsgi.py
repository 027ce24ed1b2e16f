"""What gunicorn serves, called as gunicorn does."""

import io
import json
import os
import subprocess
import sys

import pytest

from tests.server import CHECKOUT


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


def test_the_server_on_sqlite_loads_nothing_that_few_requests_need(tmp_path):
    program = "import sys, timetracker.wsgi; print(*sys.modules)"
    environment = {
        "DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "timetracker.settings",
        "PATH": os.environ["PATH"],
    }

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=CHECKOUT, env=environment, capture_output=True, check=True
    )

    loaded = set(done.stdout.decode().split())
    assert loaded & {"django.test", "psycopg", "python_calamine", "typst", "xlsxwriter"} == set()
    assert "sessions_app.api.imports" in loaded
