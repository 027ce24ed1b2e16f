"""Case and accents mean nothing in lists, choosers, the line and searches, on either engine."""

import pytest

from sessions_app import services
from sessions_app.models import Client, Project, Tag, TimeSession
from sessions_app.models.querysets import SessionFilter
from sessions_app.selectors.catalogue import read_catalogue, with_name_like
from tests.factories import WEB, make_session
from tests.sessions_app.services.states import rejected
from timetracker.errors import ConflictError

NAMES = ["Zoo", "Öko", "äpfel", "Apfel", "Émile", "emil", "Über", "ober"]
IN_ORDER = ["Apfel", "äpfel", "emil", "Émile", "ober", "Öko", "Über", "Zoo"]


def found(owner, text):
    return set(TimeSession.objects.for_user(owner).matching(SessionFilter(text=text)).values_list("name", flat=True))


@pytest.mark.parametrize("model", [Client, Project, Tag])
def test_lists_are_in_the_order_of_a_dictionary(owner, api, model):
    for name in NAMES:
        services.create_entry(owner, WEB, model, name=name)

    catalogue = read_catalogue(owner)
    listed = {Client: catalogue.clients, Project: catalogue.projects, Tag: catalogue.tags}[model]
    assert [each.name for each in listed.values()] == IN_ORDER
    plural = f"{model.__name__.lower()}s"
    assert [each["name"] for each in api("GET", f"/v1/users/me/{plural}").data[plural]] == IN_ORDER
    assert [each["name"] for each in api("GET", f"/v1/users/me/{plural}?order=desc").data[plural]] == IN_ORDER[::-1]
    assert [each["name"] for each in api("GET", f"/v1/users/me/{plural}?q=OK").data[plural]] == ["Öko"]


def test_names_that_differ_in_accents_are_two(owner):
    services.create_entry(owner, WEB, Project, name="Müller")
    services.create_entry(owner, WEB, Project, name="Muller")

    with rejected(ConflictError, "name_taken"):
        services.create_entry(owner, WEB, Project, name="MÜLLER")
    assert {each.name for each in with_name_like(Project.objects.for_user(owner), "MULLER")} == {"Müller", "Muller"}


def test_the_line_finds_what_lacks_its_accents(owner):
    services.create_entry(owner, WEB, Project, name="Müller")
    services.create_entry(owner, WEB, Project, name="Café Noir")
    services.create_entry(owner, WEB, Tag, name="über")
    catalogue = read_catalogue(owner)

    assert catalogue.find_project("MULLER").name == "Müller"
    assert catalogue.find_project("cafe-noir").name == "Café Noir"
    assert catalogue.find_tag("UBER").name == "über"

    services.create_entry(owner, WEB, Project, name="Muller")
    assert read_catalogue(owner).find_project("muller").name == "Muller"


@pytest.mark.parametrize("text", ["müller", "MULLER", "Straße", "STRASSE", "100%", "a_b"])
def test_a_search_finds_names_and_notes(owner, text):
    make_session(owner, "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z", "Call MÜLLER, Strasse", note="100% a_b")
    make_session(owner, "2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z", "Other", note="1000 aXb")

    assert found(owner, text) == {"Call MÜLLER, Strasse"}


def test_however_it_is_written_it_is_found_again(owner):
    first = make_session(owner, "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z", "Draft")
    other = make_session(owner, "2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z", "Draft")
    services.edit_session(owner, WEB, first.id, name="Émile")
    services.edit_session(owner, WEB, first.id, note="Öko")
    assert found(owner, "emile") == found(owner, "oko") == {"Émile"}

    services.undo_changeset(owner, WEB)
    services.undo_changeset(owner, WEB)
    assert (found(owner, "emile"), found(owner, "oko"), found(owner, "draft")) == (set(), set(), {"Draft"})

    services.duplicate_session(owner, WEB, other.id)
    services.merge_sessions(owner, WEB, first.id, other.id)
    assert list(services.find_inconsistent_sessions(owner)) == []

    TimeSession.objects.filter(id=first.id).update(name="Zoë")
    (wrong,) = services.find_inconsistent_sessions(owner)
    services.refresh_derived_fields(owner, wrong.id)
    assert found(owner, "zoe") == {"Zoë"}
