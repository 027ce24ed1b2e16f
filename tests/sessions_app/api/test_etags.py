"""ETag, If-None-Match and If-Match on everything that stands alone"""

import pytest

from sessions_app import services
from sessions_app.models import Client, Project, Tag
from tests.factories import WEB, make_session, start_session

BASE = "/v1/users/me"

pytestmark = pytest.mark.django_db

CHANGES = {
    "user": {"displayName": "After"},
    "session": {"sessionName": "After"},
    "running": {"sessionName": "After"},
    "client": {"name": "After"},
    "project": {"name": "After"},
    "tag": {"name": "After"},
}
SINGLE = pytest.mark.parametrize("which", CHANGES)


@pytest.fixture
def paths(owner):
    make = {model.KIND.value: services.create_entry(owner, WEB, model, name="Name") for model in (Client, Project, Tag)}
    finished = make_session(owner, "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z")
    return {
        "user": BASE,
        "session": f"{BASE}/sessions/{finished.id}",
        "running": f"{BASE}/sessions/{start_session(owner, '2026-11-21T08:00:00Z').id}",
        **{kind: f"{BASE}/{kind}s/{entry.id}" for kind, entry in make.items()},
    }


def is_known(api, path, *tags):
    response = api("GET", path, **{"If-None-Match": ", ".join(tags)})
    assert response.status_code in {200, 304}
    if response.status_code == 304:
        assert response.content == b""
        assert response["ETag"]
    return response.status_code == 304


@SINGLE
def test_what_is_known_is_not_sent_again_until_it_changes(api, paths, which):
    first = api("GET", paths[which])
    assert first["ETag"].startswith('"')
    assert api("HEAD", paths[which])["ETag"] == first["ETag"]
    for tags in ([first["ETag"]], [f"W/{first['ETag']}"], ['"other"', first["ETag"]], ["*"]):
        assert is_known(api, paths[which], *tags)
    assert not is_known(api, paths[which], '"other"')

    changed = api("PATCH", paths[which], CHANGES[which])

    assert changed["ETag"] not in {first["ETag"], None}
    assert not is_known(api, paths[which], first["ETag"])
    assert is_known(api, paths[which], changed["ETag"])
    assert api("GET", paths[which])["ETag"] == changed["ETag"]


@SINGLE
def test_a_change_of_what_was_changed_since_is_rejected_with_the_present_state(api, paths, which):
    seen = api("GET", paths[which])["ETag"]
    changed = api("PATCH", paths[which], CHANGES[which], **{"If-Match": seen})

    stale = api("PATCH", paths[which], CHANGES[which], **{"If-Match": seen})

    assert (changed.status_code, stale.status_code, stale.data["code"]) == (200, 412, "version_mismatch")
    assert stale["ETag"] == changed["ETag"]
    volatile = {"durationSeconds": 0}  # of what runs
    assert stale.data["current"] | volatile == changed.data | volatile


@pytest.mark.parametrize("which", [which for which in CHANGES if which != "user"])
def test_nothing_is_deleted_that_was_changed_since(api, paths, which):
    seen = api("GET", paths[which])["ETag"]
    changed = api("PATCH", paths[which], CHANGES[which])

    stale = api("DELETE", paths[which], **{"If-Match": seen})
    assert (stale.status_code, stale["ETag"]) == (412, changed["ETag"])
    assert stale.data["current"]["id"] == changed.data["id"]
    assert api("DELETE", paths[which], **{"If-Match": changed["ETag"]}).status_code == 204


@SINGLE
def test_a_change_that_says_nothing_new_keeps_the_tag(api, paths, which):
    seen = api("GET", paths[which])

    assert api("PATCH", paths[which], {})["ETag"] == seen["ETag"]
    assert api("PATCH", paths[which], seen.data)["ETag"] == seen["ETag"]


def test_the_timer_is_known_until_something_else_runs_or_it_changes(api, owner, paths):
    path = f"{BASE}/timer"
    running = api("GET", path)["ETag"]
    assert is_known(api, path, running)
    api("PATCH", paths["running"], {"sessionName": "After"})
    renamed = api("GET", path)["ETag"]
    api("POST", f"{path}/stop")
    idle = api("GET", path)["ETag"]

    assert len({running, renamed, idle}) == 3
    assert is_known(api, path, idle)
    assert not is_known(api, path, running, renamed)


@pytest.fixture
def tagged(owner):
    """The path of a session with two tags."""
    session = make_session(owner, "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z", tags=["deep", "call"])
    return f"{BASE}/sessions/{session.id}"


def rename(owner, before, after):
    tag = Tag.objects.for_user(owner).not_deleted().get(name=before)
    services.edit_entry(owner, WEB, Tag, tag.id, name=after)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_copy_with_the_old_name_of_a_tag_overwrites_nothing(api, owner, tagged, method):
    stale = api("GET", tagged)
    rename(owner, "deep", "focus")

    answer = api(method, tagged, None if method == "DELETE" else stale.json(), **{"If-Match": stale["ETag"]})

    assert answer.status_code == 412
    assert answer.json()["current"]["tags"] == ["call", "focus"]
    assert not Tag.objects.for_user(owner).filter(name="deep").exists()
    assert api("GET", tagged)["ETag"] == answer["ETag"]
    again = api(
        method, tagged, None if method == "DELETE" else answer.json()["current"], **{"If-Match": answer["ETag"]}
    )
    assert again.status_code == (204 if method == "DELETE" else 200)


def test_a_tag_that_is_renamed_changes_the_etags_of_its_sessions(api, owner, tagged):
    other = f"{BASE}/sessions/{make_session(owner, '2026-11-21T08:00:00Z', '2026-11-21T09:00:00Z', tags=['call']).id}"
    before = {path: api("GET", path)["ETag"] for path in (tagged, other)}

    rename(owner, "deep", "focus")
    once = api("GET", tagged)["ETag"]
    rename(owner, "focus", "quiet")

    assert len({before[tagged], once, api("GET", tagged)["ETag"]}) == 3
    assert not is_known(api, tagged, before[tagged], once)
    assert is_known(api, other, before[other])


def test_the_version_is_all_of_the_tag_again_after_the_next_change(api, owner, tagged, time_machine):
    time_machine.move_to("2026-11-22T08:00:00Z", tick=False)
    rename(owner, "deep", "focus")
    time_machine.move_to("2026-11-22T08:00:01Z", tick=False)

    changed = api("PATCH", tagged, {"note": "x"})

    assert changed["ETag"] == '"2"'


def test_a_new_tag_adds_nothing_to_the_version(api, tagged):
    assert api("GET", tagged)["ETag"] == '"1"'
