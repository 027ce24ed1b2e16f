"""The catalogue: what is offered, what a typed word means, and the names of what was deleted."""

from datetime import date
from uuid import uuid4

import pytest

from sessions_app import services
from sessions_app.models import Client, Project, Tag
from sessions_app.selectors.catalogue import read_catalogue, read_project_use, read_tag_use
from tests.factories import WEB, instant, make_session, start_session

NOW = instant("2026-11-23T12:00Z")


@pytest.fixture
def catalogue(owner, stranger, time_machine):
    """Of each kind some in use, one archived (with "old" in its name) and one deleted; a stranger has others."""
    time_machine.move_to(NOW, tick=False)
    acme = services.create_entry(owner, WEB, Client, name="acme")
    for name in ("Website", "Big Site", "big-site", "straße", "old site"):
        services.create_entry(owner, WEB, Project, name=name, client_id=acme.id)
    for name in ("Zebra", "alpha", "old-tag"):
        services.create_entry(owner, WEB, Tag, name=name)
    services.create_entry(owner, WEB, Client, name="Old client")
    for model, name in ((Client, "Old client"), (Project, "old site"), (Tag, "old-tag")):
        services.edit_entry(owner, WEB, model, model.objects.get(name=name).id, archived=True)
    for model in (Client, Project, Tag):
        gone = services.create_entry(owner, WEB, model, name="gone")
        services.delete_entry(owner, WEB, model, gone.id)
        services.create_entry(stranger, WEB, model, name="hidden")
    return read_catalogue(owner)


def names(entries):
    return [entry.name for entry in entries]


def test_has_everything_of_the_user_in_order_of_names(catalogue):
    assert names(catalogue.clients.values()) == ["acme", "gone", "Old client"]
    assert names(catalogue.projects.values()) == ["Big Site", "big-site", "gone", "old site", "straße", "Website"]
    assert names(catalogue.tags.values()) == ["alpha", "gone", "old-tag", "Zebra"]


def test_offers_what_is_neither_archived_nor_deleted(catalogue):
    assert names(catalogue.offered_clients) == ["acme"]
    assert names(catalogue.offered_projects) == ["Big Site", "big-site", "straße", "Website"]


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("Website", "Website"),
        ("website", "Website"),
        ("big-site", "big-site"),  # the very name wins over hyphens for blanks
        ("OLD-SITE", "old site"),
        ("STRASSE", "straße"),
        ("gone", None),
        ("hidden", None),
        ("web", "Website"),  # a word begins so
        ("site", "Big Site"),  # the second word, and the first by name of those in use
        ("ebsite", None),
        ("old", "old site"),
    ],
)
def test_a_typed_word_means_a_project_also_an_archived_one(catalogue, word, found):
    project = catalogue.find_project(word)

    assert (None if project is None else project.name) == found


def test_in_quotes_a_project_is_meant_by_its_name_alone(catalogue):
    assert catalogue.find_project("web", is_exact=True) is None
    assert catalogue.find_project("big site", is_exact=True).name == "Big Site"
    assert catalogue.long_project_names == {"big site", "old site"}


@pytest.mark.parametrize(("word", "found"), [("ALPHA", "alpha"), ("old-tag", "old-tag"), ("gone", None), ("x", None)])
def test_a_typed_word_means_a_tag(catalogue, word, found):
    tag = catalogue.find_tag(word)

    assert (None if tag is None else tag.name) == found


def test_names_are_known_as_long_as_there_is_a_row(catalogue):
    by_name = {entry.name: entry.id for entry in catalogue.projects.values()}

    assert [catalogue.name(by_name["gone"]), catalogue.name(uuid4())] == ["gone", ""]


def test_a_session_has_its_project_with_the_client_and_its_tags_by_name(owner, catalogue, django_assert_num_queries):
    project = catalogue.find_project("website")
    tags = [catalogue.find_tag("zebra").id, catalogue.find_tag("alpha").id]
    session = make_session(owner, "2026-11-23T08:00Z", "2026-11-23T09:00Z", project_id=project.id, tag_ids=tags)

    with django_assert_num_queries(0):
        assert catalogue.project_of(session).client.name == "acme"
        assert names(catalogue.tags_of(session)) == ["alpha", "Zebra"]
        assert names(catalogue.tags_with([])) == []


def test_a_project_that_was_added_since_is_not_known(owner, catalogue):
    later = services.create_entry(owner, WEB, Project, name="Later")
    session = start_session(owner, "2026-11-23T10:00Z", project_id=later.id)

    assert catalogue.project_of(session) is None


def test_takes_three_queries(owner, catalogue, django_assert_num_queries):
    with django_assert_num_queries(3):
        read_catalogue(owner)


def test_last_used_is_the_latest_first_day_of_a_session_that_is_not_deleted(
    owner, catalogue, django_assert_num_queries
):
    website, old = catalogue.find_project("website"), catalogue.find_project("old-site")
    make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", project_id=website.id)
    make_session(owner, "2026-11-21T22:00Z", "2026-11-22T09:00Z", project_id=website.id)
    make_session(owner, "2026-10-01T08:00Z", "2026-10-01T09:00Z", project_id=old.id)
    deleted = make_session(owner, "2026-11-23T08:00Z", "2026-11-23T09:00Z", project_id=website.id)
    services.delete_session(owner, WEB, deleted.id)
    make_session(owner, "2026-11-23T08:00Z", "2026-11-23T09:00Z")

    with django_assert_num_queries(1):
        use = read_project_use(owner)
    assert use.last_used == {website.id: date(2026, 11, 21), old.id: date(2026, 10, 1)}
    assert use.since is None


def tagged(user, start, end, *tags):
    return make_session(user, start, end, tag_ids=[each.id for each in tags])


def test_tags_were_last_used_on_the_latest_first_day_of_a_session_that_is_not_deleted(
    owner, stranger, catalogue, django_assert_num_queries
):
    alpha, zebra, old = (catalogue.find_tag(name) for name in ("alpha", "zebra", "old-tag"))
    tagged(owner, "2026-11-21T22:00Z", "2026-11-22T09:00Z", zebra, alpha)
    tagged(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", alpha)  # added later, of an earlier day
    deleted = tagged(owner, "2026-11-22T10:00Z", "2026-11-22T11:00Z", alpha, old)
    services.delete_session(owner, WEB, deleted.id)
    start_session(owner, "2026-11-22T23:30Z", tag_ids=[zebra.id])
    make_session(stranger, "2026-11-23T08:00Z", "2026-11-23T09:00Z")

    with django_assert_num_queries(2):
        use = read_tag_use(owner)
    assert use.last_used == {alpha.id: date(2026, 11, 21), zebra.id: date(2026, 11, 23)}
    assert use.since is None


def test_of_tags_the_latest_sessions_tell_and_what_was_before_is_said_to_be(owner, catalogue, monkeypatch):
    monkeypatch.setattr("sessions_app.selectors.catalogue.MAX_LOOKED_AT", 3)
    alpha, zebra = catalogue.find_tag("alpha"), catalogue.find_tag("zebra")
    tagged(owner, "2026-11-01T08:00Z", "2026-11-01T09:00Z", zebra)
    tagged(owner, "2026-11-10T08:00Z", "2026-11-10T09:00Z", alpha)
    for day in (11, 12):
        tagged(owner, f"2026-11-{day}T08:00Z", f"2026-11-{day}T09:00Z")

    use = read_tag_use(owner)

    assert use.last_used == {alpha.id: date(2026, 11, 10)}
    assert use.since == date(2026, 11, 10)
