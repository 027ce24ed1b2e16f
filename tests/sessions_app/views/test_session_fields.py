"""One thing of a session, edited where it stands: a part of the page for htmx, a page without scripts."""

import re
from html import unescape

import pytest

from sessions_app import services
from sessions_app.models import Tag, TimeSession
from tests.factories import WEB, instant, make_session, start_session
from tests.sessions_app.views.conftest import typed
from tests.sessions_app.views.test_day_rows import text_of

HTMX = {"HX-Request": "true"}


@pytest.fixture
def session(owner) -> TimeSession:
    return make_session(owner, "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z", "Logo", project_name="Acme")


def path_of(session: TimeSession, field: str) -> str:
    return f"/sessions/{session.id}/edit/{field}/"


def edit_field(client, session: TimeSession, field: str, *, headers=None, **changes: str):
    path = path_of(session, field)
    return client.post(path, {**typed(client.get(path).text, path), "next": "/", **changes}, headers=headers)


@pytest.mark.parametrize("headers", [None, HTMX], ids=["a page", "htmx"])
@pytest.mark.parametrize(
    ("field", "changes", "fields"),
    [
        ("name", {"name": "Logo sketches"}, {"name": "Logo sketches"}),
        ("tags", {"tags": "print design"}, {"tag_names": ["design", "print"]}),
        ("start", {"start": "8:30"}, {"start": instant("2026-11-23T07:30Z"), "end": instant("2026-11-23T09:00Z")}),
        ("start", {"start": "-15"}, {"start": instant("2026-11-23T07:45Z")}),
        ("start", {"date": "22.11."}, {"start": instant("2026-11-22T08:00Z"), "end": instant("2026-11-23T09:00Z")}),
        ("end", {"end": "10:15"}, {"end": instant("2026-11-23T09:15Z")}),
        ("duration", {"duration": "45"}, {"end": instant("2026-11-23T08:45Z")}),
        ("billable", {"billable": "on"}, {"billable": True}),
        ("project", {"project_name": "Relaunch"}, {"project_name": "Relaunch"}),
        ("project", {"project_id": ""}, {"project_name": None}),
    ],
)
def test_each_is_changed_alone_and_leads_back_to_its_row(signed_in, session, field, changes, fields, headers):
    response = edit_field(signed_in, session, field, headers=headers, **changes)

    assert (response.status_code, response["Location"]) == (303, f"/#session-{session.id}")
    session = TimeSession.objects.get(id=session.id)
    now = {
        "tag_names": sorted(Tag.objects.filter(id__in=session.tag_ids).values_list("name", flat=True)),
        "project_name": session.project and session.project.name,
    }
    assert {name: now[name] if name in now else getattr(session, name) for name in fields} == fields
    assert session.version == 2
    assert "Saved “" in text_of(signed_in.get("/"))


@pytest.mark.parametrize("field", ["name", "project", "tags", "start", "end", "duration", "billable"])
def test_a_form_is_a_part_of_a_page_or_a_whole_one(signed_in, session, field):
    part, page = signed_in.get(path_of(session, field), headers=HTMX), signed_in.get(path_of(session, field))

    assert "<html" not in part.text
    assert "<html" in page.text
    assert f'id="edit-{field}-{session.id}"' in part.text
    for response in (part, page):
        assert "HX-Request" in response["Vary"]
        assert typed(response.text, path_of(session, field))["version"] == "1"


def test_every_row_links_to_each_of_its_forms(signed_in, session):
    page = signed_in.get("/").text

    for field in ("name", "project", "tags", "start", "end", "duration", "billable"):
        assert f'href="{path_of(session, field)}?next=/"' in page
        assert f'id="{field}-{session.id}"' in page


def test_nothing_typed_changes_nothing(signed_in, session):
    for field in ("name", "project", "tags", "start", "end", "duration", "billable"):
        assert edit_field(signed_in, session, field).status_code == 303

    session.refresh_from_db()
    assert session.version == 1


@pytest.mark.parametrize(
    ("field", "changes", "message"),
    [
        ("start", {"start": "9:75"}, "“9:75” is not a time."),
        ("start", {"start": "10:20"}, "The end is not after the start."),
        ("end", {"end": "10:31"}, "10:31 hasn't come yet."),
        ("end", {"end_date": "soon"}, "“soon” is not a date."),
        ("duration", {"duration": "long"}, "“long” is not a length of time."),
        ("name", {"name": "x" * 201}, "This has 201 characters"),
    ],
)
def test_a_rejected_form_replaces_itself_and_keeps_what_was_typed(signed_in, session, field, changes, message):
    response = edit_field(signed_in, session, field, headers=HTMX, **changes)

    assert response.status_code == 422
    assert message in unescape(response.text)
    assert all(f'value="{value}"' in response.text for value in changes.values())
    assert 'role="alert"' in response.text
    assert "<html" not in response.text
    assert response["HX-Retarget"] == response["HX-Reselect"] == f"#edit-{field}-{session.id}"


@pytest.mark.parametrize("headers", [None, HTMX], ids=["a page", "htmx"])
def test_a_stale_form_shows_both_values_and_saves_on_the_second_click(signed_in, owner, session, headers):
    path = path_of(session, "name")
    seen = typed(signed_in.get(path).text, path)
    services.edit_session(owner, WEB, session.id, name="From the phone")

    asked = signed_in.post(path, {**seen, "name": "From the desk"}, headers=headers)

    assert asked.status_code == 409
    assert "Yours: From the desk" in text_of(asked)
    assert "Now: From the phone" in text_of(asked)
    assert "Save mine" in asked.text
    assert "Keep what is there now" in asked.text
    assert signed_in.post(path, typed(asked.text, path)).status_code == 303
    session.refresh_from_db()
    assert session.name == "From the desk"


def test_a_running_session_has_no_end_to_edit(signed_in, owner):
    running = start_session(owner, "2026-11-23T09:00:00Z", "Mail")

    assert signed_in.get(path_of(running, "end")).status_code == 404
    assert edit_field(signed_in, running, "start", start="-15").status_code == 303
    running.refresh_from_db()
    assert (running.start, running.end) == (instant("2026-11-23T09:15Z"), None)


def test_what_is_no_field_is_not_found(signed_in, session):
    assert signed_in.get(path_of(session, "note")).status_code == 404
    assert signed_in.get(path_of(session, "deleted_at")).status_code == 404


@pytest.mark.parametrize(
    ("clock", "date_format", "day", "start"),
    [
        ("24", "day", "Mon 23 Nov 2026", "15:00"),
        ("12", "month", "Mon Nov 23, 2026", "3:00 pm"),
        ("24", "iso", "2026-11-23", "15:00"),
    ],
)
def test_days_and_times_are_shown_and_read_as_the_user_has_them(signed_in, owner, clock, date_format, day, start):
    type(owner).objects.update(clock=clock, date_format=date_format, timezone="Asia/Tokyo")
    session = make_session(owner, "2026-11-23T06:00:00Z", "2026-11-23T07:00:00Z", "Logo", timezone="Asia/Tokyo")
    path = path_of(session, "start")

    shown = typed(signed_in.get(path).text, path)

    assert (shown["date"], shown["start"]) == (day, start)
    assert edit_field(signed_in, session, "start").status_code == 303
    session.refresh_from_db()
    assert session.version == 1


def test_another_day_on_the_page_of_all_moves_both_ends(signed_in, owner):
    night = make_session(owner, "2026-11-22T21:00:00Z", "2026-11-23T00:30:00Z", "Night")
    path = f"/sessions/{night.id}/edit/"

    signed_in.post(path, {**typed(signed_in.get(path).text, path), "date": "Fri 20 Nov 2026"})

    night.refresh_from_db()
    assert (night.start, night.end) == (instant("2026-11-20T21:00Z"), instant("2026-11-21T00:30Z"))


def test_sessions_of_others_are_not_found(signed_in, stranger):
    theirs = make_session(stranger, "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z", "Secret")

    assert signed_in.get(path_of(theirs, "name")).status_code == 404
    assert signed_in.post(path_of(theirs, "name"), {"name": "Mine", "version": "1"}).status_code == 404


def test_a_length_without_times_is_shown_as_that(signed_in, owner, session):
    TimeSession.objects.update(times_known=False)

    page = signed_in.get("/")

    assert "length only" in text_of(page)
    assert "9:00" not in re.sub(r"(?s)<figure.*?</figure>", "", page.text)
