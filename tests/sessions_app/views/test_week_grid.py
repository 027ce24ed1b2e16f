"""The grid of a week: what is typed into its cells, and what is not taken for typed."""

import re
from datetime import date

import pytest

from sessions_app import services
from sessions_app.models import Changeset, Project, TimeSession
from tests.factories import WEB, instant, make_session, start_session

WEEK = "/week/2026-11-16/grid/"


@pytest.fixture
def site(owner):
    return services.create_entry(owner, WEB, Project, name="Site").id


def cell(project_id, day):
    return f"cell-{project_id or 'none'}-2026-11-{day}"


def form_of(client, path=WEEK):
    """What a browser sends of the grid, nothing changed."""
    page = client.get(path).text
    form = page[page.index(f'action="{path}"') :].partition("</form>")[0]
    fields = re.findall(r'<input[^>]*name="([^"]*)"[^>]*?(?:value="([^"]*)")', form, re.DOTALL)
    return {name: value for name, value in fields if name != "csrfmiddlewaretoken"} | {"project": ""}


def save(client, path=WEEK, form=None, **changes):
    return client.post(path, (form or form_of(client, path)) | changes)


def test_an_empty_cell_adds_hours_without_times_where_the_day_has_room(signed_in, owner, site):
    make_session(owner, "2026-11-16T08:00:00Z", "2026-11-16T09:00:00Z", project_id=site)
    make_session(owner, "2026-11-17T14:00:00Z", "2026-11-17T15:30:00Z")

    response = save(signed_in, **{cell(site, 17): "1:30", cell(site, 18): "2h"})

    assert (response.status_code, response["Location"]) == (303, WEEK)
    added = TimeSession.objects.for_user(owner).filter(times_known=False).order_by("start")
    assert [(each.start, each.end, each.project_id, each.billable) for each in added] == [
        (instant("2026-11-17T15:30Z"), instant("2026-11-17T17:00Z"), site, False),  # follows the last of the day
        (instant("2026-11-18T08:00Z"), instant("2026-11-18T10:00Z"), site, False),  # else 9:00 in Berlin
    ]


def test_a_changed_cell_moves_the_end_and_no_more(signed_in, owner, site):
    session = make_session(owner, "2026-11-16T08:00:00Z", "2026-11-16T09:00:20Z", "Draft", project_id=site)
    other = make_session(owner, "2026-11-17T08:00:00Z", "2026-11-17T09:00:20Z", project_id=site)

    save(signed_in, **{cell(site, 16): "2:30"})

    session.refresh_from_db()
    other.refresh_from_db()
    assert (session.start, session.end) == (instant("2026-11-16T08:00Z"), instant("2026-11-16T10:30Z"))
    assert session.times_known
    assert other.version == 1  # 1:00 was shown and sent, and its 20 seconds stay


@pytest.mark.parametrize("nothing", ["", "0", "0:00", " 0h "])
def test_an_emptied_cell_goes_to_the_trash(signed_in, owner, site, nothing):
    session = make_session(owner, "2026-11-16T08:00:00Z", "2026-11-16T09:00:00Z", project_id=site)

    save(signed_in, **{cell(site, 16): nothing})

    session.refresh_from_db()
    assert session.deleted_at is not None


def test_hours_without_times_stay_so_when_they_change(signed_in, owner, site):
    session = services.add_hours(owner, WEB, day=date(2026, 11, 18), length_seconds=3600, project_id=site)

    save(signed_in, **{cell(site, 18): "14"})  # minutes
    session.refresh_from_db()
    assert (session.duration_seconds, session.times_known) == (14 * 60, False)

    save(signed_in, **{cell(site, 18): "16:00"})  # as much as has no room after 9:00
    session.refresh_from_db()
    assert (session.duration_seconds, session.times_known) == (16 * 3600, False)
    assert session.first_date == session.last_date == date(2026, 11, 18)


def test_the_whole_save_is_one_changeset_and_one_undo(signed_in, owner, site):
    changed = make_session(owner, "2026-11-16T08:00:00Z", "2026-11-16T09:00:00Z", project_id=site)
    emptied = make_session(owner, "2026-11-17T08:00:00Z", "2026-11-17T09:00:00Z", project_id=site)
    before = Changeset.objects.filter(user=owner).count()

    save(
        signed_in,
        project="none",
        **{cell(site, 16): "2", cell(site, 17): "", cell(site, 18): "1.5", cell("new", 19): "1h"},
    )

    assert Changeset.objects.filter(user=owner).count() == before + 1
    written = Changeset.objects.filter(user=owner).latest("revision")
    page = signed_in.get(WEEK)
    assert "Saved 4 cells of the week." in page.text
    assert str(written.id) in page.text

    owner.refresh_from_db()
    services.undo_changeset(owner, WEB, written.id)
    changed.refresh_from_db()
    emptied.refresh_from_db()
    assert (changed.duration_seconds, emptied.deleted_at) == (3600, None)
    assert TimeSession.objects.for_user(owner).not_deleted().count() == 2


def test_what_cannot_be_one_length_is_only_listed(signed_in, owner, site):
    make_session(owner, "2026-11-16T08:00:00Z", "2026-11-16T09:00:00Z", "First", project_id=site)
    make_session(owner, "2026-11-16T10:00:00Z", "2026-11-16T11:00:00Z", "Second", project_id=site)
    make_session(owner, "2026-11-17T21:00:00Z", "2026-11-18T01:00:00Z", "Night", project_id=site)
    start_session(owner, "2026-11-23T09:00:00Z", "Now", project_id=site)

    form = form_of(signed_in)
    page = signed_in.get(WEEK).text

    assert not {cell(site, day) for day in (16, 17, 18)} & form.keys()
    assert cell(site, 19) in form
    assert all(name in page for name in ("First", "Second", "Night"))
    assert cell(site, 23) not in form_of(signed_in, "/week/2026-11-23/grid/")

    before = list(TimeSession.objects.for_user(owner).values_list("id", "version"))
    assert save(signed_in, **{cell(site, 16): "5"}).status_code == 422
    assert list(TimeSession.objects.for_user(owner).values_list("id", "version")) == before


def test_days_to_come_have_no_fields(signed_in, owner, site):
    make_session(owner, "2026-11-23T07:00:00Z", "2026-11-23T08:00:00Z", project_id=site)

    form = form_of(signed_in, "/week/2026-11-23/grid/")

    assert cell(site, 23) in form
    assert cell(site, 24) not in form


@pytest.mark.parametrize("text", ["soon", "1:75", "999h", "25:00"])
def test_what_is_not_understood_saves_nothing_and_keeps_what_was_typed(signed_in, owner, site, text):
    session = make_session(owner, "2026-11-16T08:00:00Z", "2026-11-16T09:00:00Z", project_id=site)

    response = save(signed_in, **{cell(site, 16): "2:00", cell(site, 18): text})

    assert response.status_code == 422
    assert f'value="{text}"' in response.text
    assert 'role="alert"' in response.text
    assert f'aria-describedby="error-{cell(site, 18)}"' in response.text
    session.refresh_from_db()
    assert session.version == 1
    assert TimeSession.objects.for_user(owner).count() == 1


def test_a_length_beyond_its_day_is_rejected(signed_in, owner, site):
    session = make_session(owner, "2026-11-16T20:00:00Z", "2026-11-16T21:00:00Z", project_id=site)

    response = save(signed_in, **{cell(site, 16): "4:00"})

    assert response.status_code == 422
    assert "more than the day has left" in response.text
    session.refresh_from_db()
    assert session.version == 1


def test_what_another_device_changed_is_not_overwritten(signed_in, owner, site):
    session = make_session(owner, "2026-11-16T08:00:00Z", "2026-11-16T09:00:00Z", project_id=site)
    form = form_of(signed_in)
    services.edit_session(owner, WEB, session.id, end=instant("2026-11-16T10:00Z"))

    untouched = save(signed_in, form=form, **{cell(site, 18): "1h"})
    assert untouched.status_code == 303  # the cell that nobody touched here is no matter

    response = save(signed_in, form=form, **{cell(site, 16): "3:00"})
    assert response.status_code == 422
    assert "changed meanwhile" in response.text
    session.refresh_from_db()
    assert session.duration_seconds == 7200


def test_a_form_sent_again_adds_nothing_twice(signed_in, owner, site):
    make_session(owner, "2026-11-16T08:00:00Z", "2026-11-16T09:00:00Z", project_id=site)
    form = form_of(signed_in) | {cell(site, 18): "1h"}

    assert [signed_in.post(WEEK, form).status_code for _ in range(2)] == [303, 422]
    assert TimeSession.objects.for_user(owner).count() == 2


def test_what_was_typed_into_a_row_that_is_gone_is_told(signed_in, owner, site):
    session = make_session(owner, "2026-11-16T08:00:00Z", "2026-11-16T09:00:00Z", project_id=site)
    form = form_of(signed_in)
    services.delete_session(owner, WEB, session.id)

    response = save(signed_in, form=form, **{cell(site, 18): "1h"})

    assert response.status_code == 422
    assert "A row was removed meanwhile" in response.text


def test_another_project_is_selected_for_the_new_row(signed_in, owner, site):
    rejected = save(signed_in, **{cell("new", 16): "1h"})
    assert rejected.status_code == 422
    assert "Choose a project" in rejected.text
    assert save(signed_in, project="not-one", **{cell("new", 16): "1h"}).status_code == 422

    assert save(signed_in, project=str(site), **{cell("new", 16): "1h"}).status_code == 303
    assert TimeSession.objects.for_user(owner).get().project_id == site


def test_projects_of_the_week_before_have_a_row(signed_in, owner, site):
    make_session(owner, "2026-11-10T08:00:00Z", "2026-11-10T09:00:00Z", project_id=site)

    assert cell(site, 16) in form_of(signed_in)


def test_a_stranger_becomes_a_guest_by_typing(client, db):
    response = save(client, project="none", **{cell("new", 16): "1h"})

    assert response.status_code == 303
    assert TimeSession.objects.get().duration_seconds == 3600


def test_another_users_project_cannot_be_typed_into(signed_in, owner, stranger):
    theirs = services.create_entry(stranger, WEB, Project, name="Theirs").id

    assert save(signed_in, project=str(theirs), **{cell("new", 16): "1h"}).status_code == 422
    assert save(signed_in, **{cell(theirs, 16): "1h"}).status_code == 422
    assert not TimeSession.objects.exists()


def test_the_grid_takes_few_queries(signed_in, owner, django_assert_max_num_queries):
    signed_in.get(WEEK)
    for day in range(16, 23):
        make_session(
            owner, f"2026-11-{day}T08:00:00Z", f"2026-11-{day}T09:30:00Z", project_name=f"Project {day}", tags=["x"]
        )

    with django_assert_max_num_queries(13):
        signed_in.get(WEEK)


def test_the_address_is_that_of_the_first_day(signed_in):
    assert signed_in.get("/week/2026-11-18/grid/")["Location"] == WEEK
