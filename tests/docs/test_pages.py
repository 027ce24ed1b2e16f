"""docs/api.md and README.md: every line to be pasted does what it says, in order, for whoever begins at the top"""

import json
import re

import pytest

from sessions_app.api.urls import urlpatterns as of_sessions
from tests.docs.conftest import blocks
from tests.server import CHECKOUT
from users_app.api.urls import urlpatterns as of_users

pytestmark = pytest.mark.slow(reason="starts a server, and a shell for each line")

# Stops at the first request that is rejected, and keeps what is answered.
WATCH = """set -eu
curl() { command curl --fail-with-body "$@" | tee -a answers; }
"""


def run_page(shell, page, host):
    lines = "\n".join(blocks(page)).replace("HOST=http://127.0.0.1:8000", f"HOST={host}")
    # Without pipefail a refusal shows in what was kept.
    shell.run("sh", "-c", WATCH + lines.replace("script/server", ":").replace("script/test", ":"))
    return (shell.home / "answers").read_text()


def test_every_line_of_the_api_page_succeeds(shell, server):
    answers = run_page(shell, "docs/api.md", server.url)

    assert "/problems/" not in answers
    assert re.findall(r"HTTP/1.1 (\d+)", answers) == ["201", "304"]
    assert "Idempotency-Replayed: true" in answers
    assert "version_mismatch" not in answers
    assert [path.suffix for path in shell.home.glob("report-2026-11-01-2026-12-01.*")] == [".xlsx"]


def test_every_line_of_the_readme_succeeds(shell, server, caller):
    answers = run_page(shell, "README.md", server.url)

    assert "/problems/" not in answers
    assert caller.call("GET", "/v1/users/me/sessions?from=2026-11-23&to=2026-11-24").data["sessionCount"] >= 1
    assert caller.call("GET", "/v1/users/me/timer").data["running"] is None


def test_five_lines_are_enough(shell, server):
    first, *_rest = blocks("docs/api.md")
    assert len(first.splitlines()) == 5

    shell.run("sh", "-c", WATCH + first.replace("HOST=http://127.0.0.1:8000", f"HOST={server.url}"))

    *_others, overview = (shell.home / "answers").read_text().replace("}{", "}\n{").splitlines()
    assert json.loads(overview)["sessionCount"] == 1


CALLS = [
    (method.upper(), re.sub("<[^>]+>", "{id}", pattern.pattern._route), pattern.callback.cls.scopes[action])
    for pattern in (*of_sessions, *of_users)
    if hasattr(pattern.callback.cls, "scopes")
    for method, action in pattern.callback.actions.items()
    if method != "head"
]


@pytest.mark.parametrize(("method", "route", "scope"), CALLS)
def test_every_call_stands_in_the_table_with_its_scope(method, route, scope):
    path = f"/{route.removeprefix('users/{id}/')}" if route != "users/{id}" else "the user itself"
    table = (CHECKOUT / "docs/api.md").read_text().partition("## Calls\n")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if re.search(rf"{re.escape(path)}[`|\]) ]", line) and method in line]

    assert len(rows) == 1
    assert f"`{scope}`" in rows[0].split("|")[2]


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{name}.md" for name in ("api", "recipes"))])
def test_every_link_leads_somewhere(page):
    text = (CHECKOUT / page).read_text()
    headings = {
        re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }
    missing = []
    for target in re.findall(r"\]\(([^)]+)\)", text):
        path, _hash, anchor = target.partition("#")
        if path and not ((CHECKOUT / page).parent / path).exists():
            missing.append(target)
        if not path and anchor not in headings:
            missing.append(target)

    assert missing == []
