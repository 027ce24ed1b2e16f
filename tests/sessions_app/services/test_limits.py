"""How many clients, projects and tags there may be, by whichever door they come"""

import pytest

from sessions_app import services
from sessions_app.models import Client, Project, Tag
from sessions_app.services import limits
from tests.accounts import bring_in, export
from tests.factories import WEB, make_guest, make_session
from timetracker.errors import InvalidInputError

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    """One who has two of each kind, which is all that there may be."""
    user = make_guest()
    for model in (Client, Project, Tag):
        for name in ("One", "Two"):
            services.create_entry(user, WEB, model, name=name)
    return user


@pytest.fixture(autouse=True)
def at_most(monkeypatch, user):
    monkeypatch.setattr(limits, "MAX_ENTRIES", 2)
    monkeypatch.setattr(limits, "MAX_ENTRIES_EVER", 4)


@pytest.mark.parametrize(
    ("field", "word", "write"),
    [
        ("name", "clients", lambda user: services.create_entry(user, WEB, Client, name="Three")),
        ("name", "projects", lambda user: services.create_entry(user, WEB, Project, name="Three")),
        ("name", "tags", lambda user: services.create_entry(user, WEB, Tag, name="Three")),
        ("project_name", "projects", lambda user: services.start_timer(user, WEB, project_name="Three")),
        ("tags", "tags", lambda user: services.start_timer(user, WEB, tags=["Three"])),
        ("client_name", "clients", lambda user: edit_project(user, client_name="Three")),
    ],
)
def test_one_too_many(user, field, word, write):
    with pytest.raises(InvalidInputError, match=f"You can have 2 {word}") as raised:
        write(user)

    assert [(error.field, error.code) for error in raised.value.errors] == [(field, "too_many")]
    assert [model.objects.for_user(user).count() for model in (Client, Project, Tag)] == [2, 2, 2]


def edit_project(user, **fields):
    return services.edit_entry(user, WEB, Project, Project.objects.for_user(user).first().pk, **fields)


def test_those_that_are_there_can_be_used(user):
    session = make_session(user, "2026-02-20T08:00", "2026-02-20T09:00", project_name="one", tags=["Two"])

    assert session.project.name == "One"


def test_others_of_another_user_do_not_count(user):
    services.create_entry(make_guest(), WEB, Tag, name="Three")


def test_what_was_deleted_counts_for_long(user):
    for number in range(2):
        services.delete_entry(user, WEB, Tag, Tag.objects.for_user(user).not_deleted().first().pk)
        services.create_entry(user, WEB, Tag, name=f"New{number}")
    services.delete_entry(user, WEB, Tag, Tag.objects.for_user(user).not_deleted().first().pk)

    with pytest.raises(InvalidInputError, match="4 of these were made, deleted ones included"):
        services.create_entry(user, WEB, Tag, name="Newest")


def test_an_import_of_too_many(user, monkeypatch):
    monkeypatch.setattr(limits, "MAX_ENTRIES", 10)
    monkeypatch.setattr(limits, "MAX_ENTRIES_EVER", 10)
    for number in range(3):
        services.create_entry(user, WEB, Tag, name=f"Tag{number}")
    file = export(user)
    monkeypatch.setattr(limits, "MAX_ENTRIES", 4)
    other = make_guest()

    with pytest.raises(InvalidInputError, match="You can have 4 tags") as raised:
        bring_in(other, file)

    assert raised.value.errors[0].field == "file"
    assert Tag.objects.for_user(other).count() == 0
