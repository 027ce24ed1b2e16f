"""An import of an account that was undone leaves nothing that keeps its export from coming in again"""

import io
import zipfile
from decimal import Decimal

import pytest

from sessions_app import services
from sessions_app.account_export import check_account_export, preview_account_export
from sessions_app.models import Client, Project, Tag, TimeSession
from tests.accounts import bring_in, export
from tests.factories import WEB, make_guest, make_session
from tests.sessions_app.imports.bring_in import bring_in as bring_in_file
from tests.sessions_app.imports.samples import TOGGL
from tests.sessions_app.services.states import not_deleted
from tests.sessions_app.views.test_imports import choose


@pytest.fixture
def exported(clock, db):
    """Two sessions, with a client, a project, a tag and a rate; and a report and a share link."""
    other = make_guest()
    client = services.create_entry(other, WEB, Client, name="Acme")
    project = services.create_entry(
        other, WEB, Project, name="Website", client_id=client.id, hourly_rate=Decimal(90), currency="EUR"
    )
    services.create_entry(other, WEB, Tag, name="deep")
    more = {"project_id": project.id, "tag_names": ["deep"]}
    make_session(other, "2026-03-02T08:00Z", "2026-03-02T09:30Z", name="Draft", **more)
    make_session(other, "2026-03-03T08:00Z", "2026-03-03T09:00Z", name="Mail")
    return export(other)


def contents(user):
    """What the user has, without ids: sessions, and the names of clients, projects and tags."""
    names = [
        {each.id: each.name for each in model.objects.for_user(user).not_deleted()} for model in (Client, Project, Tag)
    ]
    _clients, projects, tags = names
    sessions = [
        (
            each.name,
            each.start,
            each.end,
            projects.get(each.project_id),
            each.hourly_rate,
            each.currency,
            [tags[tag_id] for tag_id in each.tag_ids],
        )
        for each in not_deleted(user)
    ]
    return sorted(sessions, key=str), [sorted(each.values()) for each in names]


def undo(user, changeset_id):
    return services.undo_changeset(user, WEB, changeset_id)


def test_it_comes_in_again_after_it_was_done_again_and_undone_once_more(owner, exported):
    changeset_id = bring_in(owner, exported).changeset_id
    before = contents(owner)
    for _step in range(3):  # undone, done again, undone
        changeset_id = undo(owner, changeset_id).undone_by
    assert contents(owner) == ([], [[], [], []])

    bring_in(owner, exported)

    assert contents(owner) == before


def test_it_comes_in_again_as_often_as_it_is_undone(owner, exported):
    done = bring_in(owner, exported)
    before = contents(owner)
    assert len(before[0]) == 2
    assert before[1] == [["Acme"], ["Website"], ["deep"]]
    for _time in range(3):
        undo(owner, done.changeset_id)
        assert contents(owner) == ([], [[], [], []])
        preview = preview_account_export(owner, check_account_export(io.BytesIO(exported)))
        assert (preview.created, preview.present, preview.deleted) == (2, 0, 0)

        done = bring_in(owner, exported)

        assert contents(owner) == before
        assert bring_in(owner, exported).changeset_id is None
        assert contents(owner) == before


def test_what_the_user_deleted_stays_deleted(owner, exported):
    done = bring_in(owner, exported)
    draft = TimeSession.objects.for_user(owner).get(name="Draft")
    services.delete_session(owner, WEB, draft.id)
    undo(owner, done.changeset_id)

    bring_in(owner, exported)
    assert {each.name for each in not_deleted(owner)} == {"Mail"}

    mail = TimeSession.objects.for_user(owner).not_deleted().get()
    services.delete_session(owner, WEB, mail.id)
    assert bring_in(owner, exported).changeset_id is None
    assert not_deleted(owner) == []


def test_what_was_changed_since_stays_and_is_not_doubled(owner, exported):
    done = bring_in(owner, exported)
    draft = TimeSession.objects.for_user(owner).get(name="Draft")
    services.edit_session(owner, WEB, draft.id, name="Mine")
    undo(owner, done.changeset_id)

    bring_in(owner, exported)

    assert {each.name for each in not_deleted(owner)} == {"Mine", "Mail"}
    assert contents(owner)[1] == [["Acme"], ["Website"], ["deep"]]


def test_do_it_again_brings_nothing_back_that_came_in_again(owner, exported):
    first = bring_in(owner, exported)
    undone = undo(owner, first.changeset_id)
    second = bring_in(owner, exported)
    before = contents(owner)

    again = undo(owner, undone.undone_by)

    assert again.left_count >= 2
    assert contents(owner) == before
    undo(owner, second.changeset_id)
    bring_in(owner, exported)
    assert contents(owner) == before


def test_what_the_sessions_were_imported_from_is_known_again(owner, stranger):
    bring_in_file(stranger, TOGGL)
    content = export(stranger)
    undo(owner, bring_in(owner, content).changeset_id)

    bring_in(owner, content)

    assert len(not_deleted(owner)) == 4
    assert bring_in_file(owner, TOGGL).counts["created"] == 0


def test_the_page_says_that_it_is_new(signed_in, owner, exported):
    undo(owner, bring_in(owner, exported).changeset_id)

    page = signed_in.get(choose(signed_in, exported)["Location"]).text

    assert "2 new sessions" in page


def test_what_was_downloaded_comes_in_again_too(owner, exported):
    undo(owner, bring_in(owner, exported).changeset_id)
    second = bring_in(owner, exported)
    with zipfile.ZipFile(io.BytesIO(exported)) as archive:
        table = archive.read("sessions.csv")
    assert bring_in_file(owner, table).counts["created"] == 0
    undo(owner, second.changeset_id)

    done = bring_in_file(owner, table)

    assert done.counts["created"] == 2
