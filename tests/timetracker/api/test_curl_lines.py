"""Each line of the description can be pasted into a shell, with HOST, TOKEN and the ids that it asks for"""

import json
import subprocess
import urllib.request

import pytest

from tests.server import Server
from timetracker.api.description import PATH
from timetracker.api.schema.document import operations

pytestmark = pytest.mark.slow(reason="starts a server, and curl for each line")

LINES = {
    operation["operationId"]: (operation["x-codeSamples"][0]["source"], operation)
    for _path, _method, operation in operations(json.loads(PATH.read_text()))
}
TIMES = {"start": "2026-01-05T08:00:00Z", "end": "2026-01-05T09:00:00Z"}


@pytest.fixture(scope="module")
def server():
    with Server() as started:
        yield started


def send(server, path, body, token=""):
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(f"{server.url}/v1/users{path}", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def find_changeset(server, token):
    request = urllib.request.Request(
        f"{server.url}/v1/users/me/changesets", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)["changesets"][0]["id"]


@pytest.mark.parametrize("name", LINES)
def test_a_pasted_line_works(server, name, tmp_path):
    (tmp_path / "sessions.csv").write_text("description,start,end\nLogo,2026-03-02T08:00:00Z,2026-03-02T09:00:00Z\n")
    line, operation = LINES[name]
    user = send(server, "", {})
    kind = operation["tags"][0].lower()
    entries = kind if kind in {"clients", "projects", "tags"} else "tags"
    variables = {
        "PATH": server.environment["PATH"],
        "HOST": server.url,
        "TOKEN": user["token"],
        "USER_ID": user["id"],
        "SESSION_ID": send(server, "/me/sessions", TIMES, user["token"])["id"],
        "ENTRY_ID": send(server, f"/me/{entries}", {"name": "one"}, user["token"])["id"],
        "REPORT_ID": send(server, "/me/reports/saved", {"name": "one"}, user["token"])["id"],
        "SHARE_ID": send(server, "/me/shares", {"page": "report"}, user["token"])["id"],
        "CHANGESET_ID": find_changeset(server, user["token"]),
        "TOKEN_ID": send(server, "/me/tokens", {}, user["token"])["id"],
    }

    done = subprocess.run(
        line.replace("curl ", "curl --silent --output /dev/null --write-out '%{http_code} %{content_type}' ", 1),
        shell=True, check=True, cwd=tmp_path, env=variables, capture_output=True, text=True, timeout=30,
    )  # fmt: skip

    status, _space, content_type = done.stdout.partition(" ")
    assert status.startswith("2"), line
    content = operation["responses"][status].get("content", {"": None})
    assert content_type.partition(";")[0] in content
