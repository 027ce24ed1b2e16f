"""Clients, projects and tags: what they may be, where they go, and that all of it comes back."""

from datetime import date
from decimal import Decimal

import pytest

from sessions_app import services
from sessions_app.models import VERSIONED_MODELS, Client, Kind, Project, SessionTag, Tag, TimeSession
from sessions_app.models.catalogue import folded_name
from sessions_app.selectors.catalogue import read_catalogue
from tests.factories import WEB, make_session, start_session
from tests.sessions_app.services.states import DAY, NOW, actions, changes, everything, rejected
from timetracker.db.ids import uuid7
from timetracker.errors import ConflictError, InvalidInputError, NotFoundError, StaleVersionError

ENTRIES = [Client, Project, Tag]


def make(user, model, name="Site", **fields):
    return services.create_entry(user, WEB, model, name=name, **fields)


def read(row):
    return type(row)._default_manager.get(pk=row.pk)


def state(user):
    """All that this person chose of every object, deleted ones included."""
    rows = [row for model in VERSIONED_MODELS.values() for row in model._default_manager.filter(user=user)]
    return {row.id: row.read_tracked(row.snapshot()) for row in rows}


@pytest.fixture
def project(owner):
    return make(owner, Project, hourly_rate=Decimal(70))


@pytest.fixture
def sessions(owner, project):
    """One finished, one over midnight, one in the Trash, one that runs, all of the project; and one of none."""
    of_project = {"project_id": project.id, "tags": ["mail", "call"]}
    deleted = make_session(owner, "2026-11-19T08:00Z", "2026-11-19T09:00Z", "deleted", **of_project)
    services.delete_session(owner, WEB, deleted.id)
    return [
        make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", "finished", **of_project),
        make_session(owner, "2026-11-20T20:00Z", "2026-11-21T09:00Z", "crossing", **of_project),
        deleted,
        start_session(owner, "2026-11-23T08:00Z", "running", **of_project),
        make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", "other"),
    ]


class TestNames:
    @pytest.mark.parametrize("model", ENTRIES)
    @pytest.mark.parametrize(
        ("name", "other"),
        [
            ("Site", "site"),
            ("Straße", "STRASSE"),
            ("İstanbul", "i̇stanbul"),
            ("Caf\N{LATIN SMALL LETTER E WITH ACUTE}", "CAFE\N{COMBINING ACUTE ACCENT}"),
            ("ΣΊΣΥΦΟΣ", "σίσυφος"),
            ("ﬁt", "FIT"),
            ("Ａ１", "a1"),
        ],
    )
    def test_are_unique_whatever_their_case(self, owner, stranger, model, name, other):
        make(owner, model, name)
        make(stranger, model, other)
        third = make(owner, model, "third")

        with rejected(
            ConflictError,
            "name_taken",
            f"There is “{read_by_name(owner, model, name)}” already. Choose another name, or use that one.",
        ):
            make(owner, model, other)
        with rejected(ConflictError, "name_taken"):
            services.edit_entry(owner, WEB, model, third.id, name=other)

    @pytest.mark.parametrize("model", ENTRIES)
    def test_may_change_their_case_and_are_free_again_after_a_deletion(self, owner, model):
        entry = make(owner, model, "site")

        assert services.edit_entry(owner, WEB, model, entry.id, name="SITE").name == "SITE"
        services.delete_entry(owner, WEB, model, entry.id)
        assert make(owner, model, "Site").id != entry.id

    def test_of_different_kinds_do_not_meet(self, owner):
        for model in ENTRIES:
            make(owner, model, "Site")

    @pytest.mark.parametrize("model", ENTRIES)
    @pytest.mark.parametrize(
        ("name", "code"),
        [("", "required"), (" ", "required"), ("x" * 101, "max_length"), ("a\0b", "control_character")],
    )
    def test_that_cannot_be_are_rejected(self, owner, model, name, code):
        before = everything()
        with pytest.raises(InvalidInputError) as raised:
            make(owner, model, name)
        assert ("name", code) in [(each.field, each.code) for each in raised.value.errors]
        assert everything() == before

    @pytest.mark.parametrize(
        "name",
        ["\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 100, "ΐ" * 100, "😀" * 100],
        ids=["ligature", "accents", "emoji"],
    )
    def test_fit_however_long_they_grow_when_folded(self, owner, name):
        client = make(owner, Client, name)

        assert read(client).name == name
        assert read(client).folded_name == folded_name(name)
        with rejected(ConflictError, "name_taken"):
            make(owner, Client, name)


def read_by_name(user, model, name):
    return model.objects.get(user=user, folded_name=folded_name(name))


class TestColours:
    def test_the_least_used_is_taken_the_first_of_several(self, owner, stranger):
        assert [make(owner, Project, str(number)).colour for number in range(10)] == [1, 2, 3, 4, 5, 6, 7, 8, 1, 2]
        assert make(stranger, Project).colour == 1

    def test_those_of_deleted_and_archived_projects_are_free(self, owner):
        first, second, _third = (make(owner, Project, name) for name in "abc")
        services.edit_entry(owner, WEB, Project, second.id, archived=True)
        assert make(owner, Project, "d").colour == 2
        services.delete_entry(owner, WEB, Project, first.id)
        assert make(owner, Project, "e").colour == 1

    @pytest.mark.parametrize("colour", [0, 9, -1])
    def test_there_are_eight(self, owner, colour):
        with rejected(InvalidInputError, ("colour", "out_of_range")):
            make(owner, Project, colour=colour)


class TestDeletingAProject:
    def test_leaves_its_sessions_without_one_in_one_changeset(self, owner, project, sessions):
        written = len(changes(owner))

        services.delete_entry(owner, WEB, Project, project.id)

        assert [read(session).project_id for session in sessions] == [None] * 5
        assert [read(session).version for session in sessions] == [2, 2, 3, 2, 1]
        assert {read(session).hourly_rate for session in sessions[:4]} == {Decimal(70)}
        assert [len(read(session).tag_ids) for session in sessions] == [2, 2, 2, 2, 0]
        written_now = changes(owner)[written:]
        assert (len(written_now), len({change.changeset_id for change in written_now})) == (5, 1)
        assert [change.kind for change in written_now] == [Kind.PROJECT] + [Kind.SESSION] * 4

    def test_is_undone_exactly_and_done_again(self, owner, project, sessions):
        before = state(owner)
        services.delete_entry(owner, WEB, Project, project.id)
        done = state(owner)

        services.undo_changeset(owner, WEB)
        assert state(owner) == before
        assert read(sessions[0]).version == 3
        services.undo_changeset(owner, WEB, changes(owner)[-1].changeset_id)
        assert state(owner) == done

    def test_that_is_used_is_rejected_when_asked_to(self, owner, project, sessions):
        with rejected(ConflictError, "in_use", "3 sessions have “Site”."):
            services.delete_entry(owner, WEB, Project, project.id, detach=False)
        services.delete_sessions(owner, WEB, [session.id for session in sessions])
        assert services.delete_entry(owner, WEB, Project, project.id, detach=False).deleted_at == NOW

    def test_cannot_be_undone_when_its_name_is_taken(self, owner, project):
        services.delete_entry(owner, WEB, Project, project.id)
        changeset_id = changes(owner)[-1].changeset_id
        other = make(owner, Project, "SITE")

        with rejected(ConflictError, "name_taken"):
            services.undo_changeset(owner, WEB, changeset_id)
        services.edit_entry(owner, WEB, Project, other.id, name="Other")
        services.undo_changeset(owner, WEB, changeset_id)
        assert read(project).deleted_at is None


class TestMerging:
    def test_moves_all_sessions_and_comes_back(self, owner, project, sessions):
        into = make(owner, Project, "Into", hourly_rate=Decimal(90), billable_by_default=True)
        before = state(owner)

        gone = services.merge_projects(owner, WEB, project.id, into.id)

        assert (gone.id, gone.deleted_at) == (project.id, NOW)
        assert [read(session).project_id for session in sessions] == [into.id] * 4 + [None]
        assert {(read(each).hourly_rate, read(each).billable) for each in sessions[:4]} == {(Decimal(70), False)}
        services.undo_changeset(owner, WEB)
        assert state(owner) == before

    def test_with_itself_is_rejected(self, owner, project):
        with rejected(InvalidInputError, ("into", "does_not_match")):
            services.merge_projects(owner, WEB, project.id, project.id)

    @pytest.mark.parametrize("turn", [1, -1])
    def test_with_that_of_a_stranger_is_rejected(self, owner, stranger, project, turn):
        pair = [project.id, make(stranger, Project).id][::turn]
        with rejected(NotFoundError, "not_found"):
            services.merge_projects(owner, WEB, *pair)


class TestDeletingAClient:
    def test_leaves_its_projects_without_one_and_comes_back(self, owner):
        client = make(owner, Client, "Acme")
        projects = [make(owner, Project, name, client_id=client.id) for name in "ab"]
        services.delete_entry(owner, WEB, Project, projects[1].id)
        before = state(owner)

        with rejected(ConflictError, "in_use", "“Acme” has 1 project."):
            services.delete_entry(owner, WEB, Client, client.id, detach=False)
        services.delete_entry(owner, WEB, Client, client.id)

        assert [read(project).client_id for project in projects] == [None, None]
        services.undo_changeset(owner, WEB)
        assert state(owner) == before


class TestDeletingATag:
    def test_takes_it_off_its_sessions_and_comes_back(self, owner, project, sessions):
        mail, call = Tag.objects.get(name="mail"), Tag.objects.get(name="call")
        before = state(owner)

        with rejected(ConflictError, "in_use", "3 sessions have “mail”."):
            services.delete_entry(owner, WEB, Tag, mail.id, detach=False)
        services.delete_entry(owner, WEB, Tag, mail.id)

        assert [read(session).tag_ids for session in sessions] == [(call.id,)] * 4 + [()]
        assert not SessionTag.objects.filter(tag=mail).exists()
        services.undo_changeset(owner, WEB)
        assert state(owner) == before


class TestWhatTheRecordSays:
    @pytest.mark.parametrize("model", ENTRIES)
    def test_of_a_deletion_names_first_what_was_deleted_and_the_rest_as_changed(self, owner, model):
        entry = make(owner, model)
        if model is Client:
            make(owner, Project, "Web", client_id=entry.id)
        else:
            made_with = {"project_id": entry.id} if model is Project else {"tags": [entry.name]}
            make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", "Draft", **made_with)
        services.delete_entry(owner, WEB, model, entry.id)
        assert [(change.kind, change.action) for change in changes(owner)[-2:]] == [
            (model.KIND, "delete"),
            (Kind.PROJECT if model is Client else Kind.SESSION, "edit"),
        ]

    def test_of_a_merge_names_first_the_project_that_went(self, owner, project, sessions):
        services.merge_projects(owner, WEB, project.id, make(owner, Project, "Other").id)
        assert [(change.kind, change.action) for change in changes(owner)[-5:]] == [
            (Kind.PROJECT, "merge"),
            *[(Kind.SESSION, "edit")] * 4,
        ]


class TestUndo:
    def test_of_a_changeset_that_made_project_and_session_takes_both_back(self, owner):
        session = make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", project_name="Site", tags=["mail"])
        before = state(owner)

        services.undo_changeset(owner, WEB)

        assert {row["deleted_at"] for row in state(owner).values()} == {NOW}
        services.undo_changeset(owner, WEB, changes(owner)[-1].changeset_id)
        assert state(owner) == before
        assert read(session).project_id == Project.objects.get().id

    def test_back_and_forth_of_such_a_changeset_never_ends(self, owner):
        make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", project_name="Site", tags=["mail"])
        states = [state(owner)]
        for _send in range(4):
            services.undo_changeset(owner, WEB, changes(owner)[-1].changeset_id)
            states.append(state(owner))

        assert states[0] == states[2] == states[4] != states[1] == states[3]

    @pytest.mark.parametrize("fields", [{"project_name": "Site"}, {"tags": ["mail"]}])
    def test_of_a_changeset_whose_project_or_tag_is_used_by_now_is_rejected(self, owner, fields):
        make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", **fields)
        changeset_id = changes(owner)[-1].changeset_id
        make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", **fields)

        with rejected(ConflictError, "in_use"):
            services.undo_changeset(owner, WEB, changeset_id)

    def test_of_making_a_client_that_has_a_project_is_rejected(self, owner):
        client = make(owner, Client, "Acme")
        changeset_id = changes(owner)[-1].changeset_id
        make(owner, Project, client_id=client.id)

        with rejected(ConflictError, "in_use", "“Acme” has 1 project."):
            services.undo_changeset(owner, WEB, changeset_id)

    def test_never_gives_a_session_what_is_deleted_by_now(self, owner, project, sessions):
        tag = Tag.objects.get(name="mail")
        services.edit_session(owner, WEB, sessions[0].id, project_id=None, tags=[])
        changeset_id = changes(owner)[-1].changeset_id
        for row, model in ((project, Project), (tag, Tag)):
            services.delete_entry(owner, WEB, model, row.id)
            with rejected(ConflictError, "changed_since", f"“{row.name}” was deleted after that. Undo that first."):
                services.undo_changeset(owner, WEB, changeset_id)
            services.undo_changeset(owner, WEB)
        services.undo_changeset(owner, WEB, changeset_id)
        assert (read(sessions[0]).project_id, len(read(sessions[0]).tag_ids)) == (project.id, 2)

    def test_never_gives_a_project_a_client_that_is_deleted_by_now(self, owner):
        client = make(owner, Client, "Acme")
        project = make(owner, Project, client_id=client.id)
        services.edit_entry(owner, WEB, Project, project.id, client_id=None)
        changeset_id = changes(owner)[-1].changeset_id
        services.delete_entry(owner, WEB, Client, client.id)

        with rejected(ConflictError, "changed_since", "“Acme” was deleted after that. Undo that first."):
            services.undo_changeset(owner, WEB, changeset_id)
        services.undo_changeset(owner, WEB)
        services.undo_changeset(owner, WEB, changeset_id)
        assert read(project).client_id == client.id

    @pytest.mark.parametrize("model", ENTRIES)
    def test_of_an_edit_brings_back_what_was(self, owner, model):
        entry = make(owner, model, "old")
        before = state(owner)
        services.edit_entry(owner, WEB, model, entry.id, name="new", archived=True)

        services.undo_changeset(owner, WEB)

        assert state(owner) == before
        assert (read(entry).folded_name, read(entry).version) == ("old", 3)


class TestRestoring:
    def test_leaves_out_a_project_and_tags_that_are_gone(self, owner):
        session = make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", project_name="Site", tags=["a", "b"])
        changeset_id = changes(owner)[-1].changeset_id
        services.delete_session(owner, WEB, session.id)
        services.delete_entry(owner, WEB, Tag, Tag.objects.get(name="a").id)
        Project.objects.update(deleted_at=NOW)  # as undoing the press that made it would

        restored = services.restore_session(owner, WEB, session.id)

        assert (restored.project_id, restored.tag_ids) == (None, (Tag.objects.get(name="b").id,))
        with rejected(ConflictError, "changed_since"):
            services.undo_changeset(owner, WEB, changeset_id)


class TestGoneForGood:
    def test_go_entries_that_nothing_has_any_more(self, owner, stranger):
        client = make(owner, Client, "Acme")
        project = make(owner, Project, client_id=client.id)
        here = make(owner, Project, "here")
        for model, entry in ((Project, project), (Client, client)):
            services.delete_entry(owner, WEB, model, entry.id)
        theirs = services.delete_entry(stranger, WEB, Tag, make(stranger, Tag).id)

        services.prune_trash(owner, now=NOW + 30 * DAY)

        assert [model.objects.count() for model in ENTRIES] == [0, 1, 1]
        assert (read(here).deleted_at, read(theirs).deleted_at) == (None, NOW)
        assert actions(owner)[-2:] == ["purge", "purge"]

    def test_stays_a_project_that_something_in_the_trash_has(self, owner, clock):
        make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", project_name="Site")
        services.undo_changeset(owner, WEB)
        session = TimeSession.objects.get()
        clock.move_to(NOW + DAY, tick=False)
        services.restore_session(owner, WEB, session.id)
        services.delete_session(owner, WEB, session.id)
        assert services.prune_trash(owner, now=NOW + 30 * DAY) == 0
        assert (TimeSession.objects.count(), Project.objects.count()) == (1, 0)


@pytest.mark.parametrize("model", ENTRIES)
class TestEveryEntry:
    def test_of_a_stranger_is_not_found(self, owner, stranger, model):
        theirs = make(stranger, model)
        for changeset in (
            lambda: services.edit_entry(owner, WEB, model, theirs.id, name="mine"),
            lambda: services.delete_entry(owner, WEB, model, theirs.id),
            lambda: services.create_entry(owner, WEB, model, name="x", entry_id=theirs.id),
            lambda: services.edit_entry(owner, WEB, model, uuid7(), name="mine"),
        ):
            with rejected(NotFoundError, "not_found"):
                changeset()

    def test_keeps_an_id_that_is_given_once(self, owner, model):
        entry_id = uuid7()

        assert services.create_entry(owner, WEB, model, name="x", entry_id=entry_id).id == entry_id
        with rejected(ConflictError, "id_taken"):
            services.create_entry(owner, WEB, model, name="y", entry_id=entry_id)

    def test_rejects_a_state_that_was_not_seen(self, owner, model):
        entry = make(owner, model)
        for changeset in (
            lambda: services.edit_entry(owner, WEB, model, entry.id, versions={2}, name="x"),
            lambda: services.delete_entry(owner, WEB, model, entry.id, versions={2}),
        ):
            with rejected(StaleVersionError, "version_mismatch"):
                changeset()

    def test_is_not_written_when_nothing_changes(self, owner, model):
        entry = make(owner, model)
        before = everything()

        assert services.edit_entry(owner, WEB, model, entry.id, name="Site", archived=False).version == 1
        assert everything() == before

    def test_that_is_deleted_is_not_found(self, owner, model):
        entry = make(owner, model)
        services.delete_entry(owner, WEB, model, entry.id)

        with rejected(NotFoundError, "not_found"):
            services.delete_entry(owner, WEB, model, entry.id)


@pytest.mark.parametrize("which", ["nobody's", "a stranger's", "a deleted one"])
def test_a_client_that_is_not_there_is_rejected(owner, stranger, project, which):
    client_id = {
        "nobody's": uuid7,
        "a stranger's": lambda: make(stranger, Client).id,
        "a deleted one": lambda: services.delete_entry(owner, WEB, Client, make(owner, Client).id).id,
    }[which]()

    with rejected(InvalidInputError, ("client_id", "unknown_client")):
        make(owner, Project, "x", client_id=client_id)
    with rejected(InvalidInputError, ("client_id", "unknown_client")):
        services.edit_entry(owner, WEB, Project, project.id, client_id=client_id)


def test_the_catalogue_offers_what_is_neither_archived_nor_deleted(owner, stranger, django_assert_num_queries):
    for model in ENTRIES:
        make(stranger, model, "theirs")
        make(owner, model, "b")
        make(owner, model, "A")
        services.edit_entry(owner, WEB, model, make(owner, model, "archived").id, archived=True)
        services.delete_entry(owner, WEB, model, make(owner, model, "deleted").id)

    with django_assert_num_queries(3):
        catalogue = read_catalogue(owner)

    for offered in (catalogue.offered_clients, catalogue.offered_projects):
        assert [each.name for each in offered] == ["A", "b"]
    assert sorted(each.name for each in catalogue.tags.values()) == ["A", "archived", "b", "deleted"]


def test_deleting_a_user_deletes_all_of_it(owner, stranger, project, sessions):
    make(owner, Project, "of a client", client_id=make(owner, Client, "Acme").id)
    make_session(stranger, "2026-11-20T08:00Z", "2026-11-20T09:00Z", project_name="Site", tags=["mail"])

    owner.delete()

    left = {model: model._default_manager.count() for model in (*VERSIONED_MODELS.values(), SessionTag)}
    assert {model: count for model, count in left.items() if count} == {
        TimeSession: 1,
        Project: 1,
        Tag: 1,
        SessionTag: 1,
    }
    assert date(2026, 11, 20) == TimeSession.objects.get().first_date
