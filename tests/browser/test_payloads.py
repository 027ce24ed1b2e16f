"""Texts that would run a script are shown as texts: in every field, on every page, for operators as well."""

import json
import os
import re
import time
from collections.abc import Iterator

import pytest

from tests.browser.payloads import PAYLOADS
from tests.browser.timer import field
from tests.faults.client import Caller
from tests.server import Server

# Of each kind so many pages of single things are looked at; script/prove looks at all.
DETAILS = int(os.environ.get("PROVE_DETAILS", "2"))
MAX_SECONDS = 45
DAY = "2026-11-20"

# A user who has one of everything that no call of the API makes, and may look into the admin.
OPERATOR = """
from users_app.models import AccessToken, Scope, User
from users_app.services.feeds import issue_feed
user = User.objects.create_superuser("operator@example.org", "correct horse battery", display_name={payload!r})
_token, secret = AccessToken.objects.issue(user, name={payload!r}, scopes=list(Scope))
issue_feed(user, {payload!r})
print("secret", secret)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One of its own: an operator sees what every other walk has made."""
    with Server() as started:
        yield started


@pytest.fixture(scope="module")
def pages(server) -> list[str]:
    """What to look at, when every text of a user is a payload."""
    told = server.manage("shell", "--no-imports", "-c", OPERATOR.format(payload=PAYLOADS[0]))
    caller = Caller(server.url, told.split("secret ")[1].split()[0])
    found: dict[str, list[str]] = {}
    for kind in ("clients", "projects", "tags"):
        texts = [each for each in PAYLOADS if kind != "tags" or not re.search(r"[\s#@,]", each)]
        made = [caller.call("POST", f"/v1/users/me/{kind}", {"name": text}, expect=(201, 400, 409)) for text in texts]
        found[kind] = [each.data["id"] for each in made if each.status == 201]
        names = [each.data["name"] for each in made if each.status == 201]  # at last, those of the tags
        assert len(found[kind]) > 20
    note = "\n".join(PAYLOADS)
    bodies = [
        {
            "start": f"{DAY}T{8 + number // 6:02}:{number % 6 * 10:02}:00Z",
            "end": f"{DAY}T{8 + number // 6:02}:{number % 6 * 10 + 9:02}:00Z",
            "sessionName": text,
            "note": note,
            "projectId": found["projects"][number % len(found["projects"])],
            "tags": [names[number % len(names)]],
        }
        for number, text in enumerate(PAYLOADS)
    ]
    made = [caller.call("POST", "/v1/users/me/session", body) for body in bodies]
    sessions = found["sessions"] = [each.data["id"] for each in made]
    deleted = caller.call("POST", "/v1/users/me/session", {**bodies[0], "sessionName": PAYLOADS[1]}).data["id"]
    caller.call("DELETE", f"/v1/users/me/sessions/{deleted}", expect=(200, 204))
    caller.call("POST", "/v1/users/me/timer/start", {"sessionName": PAYLOADS[13], "note": note})
    caller.close()
    month = "from=2026-11-01&to=2026-11-30"
    listed = [
        "/", f"/day/{DAY}/", "/week/2026-11-16/", "/week/2026-11-16/grid/", "/month/2026-11/", "/undo/", "/trash/",
        "/projects/", "/clients/", "/tags/", "/imports/", "/settings/", "/settings/tokens/", "/settings/devices/",
        "/settings/rates/", "/settings/delete/", "/timer/since/", f"/sessions/add/?day={DAY}", "/keep/",
        *(f"/reports/?{month}&group={by}" for by in ("client", "project", "tag", "name")),
        f"/reports/sessions/?{month}", f"/timesheet/?{month}&project=none",
        *(f"/?q={json.dumps(each)}" for each in PAYLOADS[:1]),
        "/admin/", "/admin/users_app/user/",
        *(f"/admin/sessions_app/{name}/" for name in ("timesession", "client", "project", "tag")),
    ]  # fmt: skip
    for kind, name in (("clients", "client"), ("projects", "project"), ("tags", "tag")):
        for each in found[kind][:DETAILS]:
            listed += [f"/{kind}/{each}/", f"/{kind}/{each}/delete/"]
            listed += [f"/admin/sessions_app/{name}/{each}/{page}/" for page in ("change", "history", "delete")]
    for each in sessions[:DETAILS]:
        listed += [f"/sessions/{each}/edit/", f"/sessions/{each}/edit/?next=javascript:ran()"]
        listed += [f"/admin/sessions_app/timesession/{each}/{page}/" for page in ("change", "history", "delete")]
    return listed


def test_texts_are_texts_everywhere(new_page, server, pages):
    """No script of theirs runs; a report of the policy is an error in the console, which fails the test."""
    link = re.search(r"https?://\S+", server.manage("signin_link", "operator@example.org"))
    page = new_page()
    ran: list[str] = []
    page.context.expose_function("ran", lambda: ran.append(page.url))
    page.on("dialog", lambda dialog: (ran.append(page.url), dialog.dismiss()))
    page.goto("/")
    page.evaluate("ran()")
    assert ran, "it would not be told"
    ran.clear()

    page.goto(link[0].replace("http://127.0.0.1:8000", server.url))
    page.get_by_role("button").filter(has_text="Sign in").click()
    begun, looked, seen, unknown = time.monotonic(), 0, 0, []
    for path in pages:
        looked += 1
        response = page.goto(path, wait_until="load")
        seen += "ran()" in page.content()
        if response.status != 200:
            unknown.append((path, response.status))
        assert not ran, f"a script ran on {path}"
        if DETAILS < 10 and time.monotonic() - begun > MAX_SECONDS:
            break
    # Suggestions, chips and the menu of a row are made by scripts.
    page.goto(f"/day/{DAY}/")
    field(page).type('<img @"<scr')
    page.wait_for_timeout(500)
    assert not ran
    print(
        f"\n{looked} of {len(pages)} pages, {seen} with payloads, in {time.monotonic() - begun:.0f} s; "
        f"not shown: {unknown}"
    )
    assert seen > looked / 2
    assert not unknown
