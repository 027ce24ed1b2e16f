"""The database itself rejects another user's objects, and names that exist already, whoever writes.

Foreign keys are checked when a transaction ends, so each of these tests really commits.
"""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from sessions_app import services
from sessions_app.models import Client, Project, SessionTag, Tag
from tests.factories import WEB, instant, make_guest, make_session
from timetracker.db.ids import uuid7

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = ("2026-11-20T08:00Z", "2026-11-20T09:00Z")


class Things:
    """One of each kind, of one person."""

    def __init__(self, name: str) -> None:
        self.user = make_guest()
        self.client = services.create_entry(self.user, WEB, Client, name=name)
        self.project = services.create_entry(self.user, WEB, Project, name=name, client_id=self.client.id)
        self.tag = services.create_entry(self.user, WEB, Tag, name=name)
        self.session = make_session(self.user, *TIMES, project_id=self.project.id, tags=[name])


@pytest.fixture
def mine():
    return Things("mine")


@pytest.fixture
def theirs():
    return Things("theirs")


def value(object_id):
    return object_id if connection.features.has_native_uuid_field else object_id.hex


def execute(statement, *ids):
    with connection.cursor() as cursor:
        cursor.execute(statement, [value(each) for each in ids])


def copy_of(row, **changes):
    return type(row)(**{field.attname: getattr(row, field.attname) for field in row._meta.fields} | changes)


def save_with(row, **changes):
    for name, changed in changes.items():
        setattr(row, name, changed)
    row.save()


def bulk_update(row, **changes):
    for name, changed in changes.items():
        setattr(row, name, changed)
    type(row).objects.bulk_update([row], list(changes))


def update(row, **changes):
    type(row).objects.filter(pk=row.pk).update(**changes)


WAYS: dict[str, Callable] = {
    "insert": lambda row, **changes: (
        copy_of(row, id=uuid7(), name="new", folded_name="new", **changes).save()
        if hasattr(row, "folded_name")
        else copy_of(row, id=uuid7(), **changes).save()
    ),
    "bulk_create": lambda row, **changes: type(row).objects.bulk_create(
        [copy_of(row, id=uuid7(), **({"folded_name": "new"} if hasattr(row, "folded_name") else {}), **changes)]
    ),
    "save": save_with,
    "bulk_update": bulk_update,
    "update": update,
}


def assert_rejected(name, write):
    """SQLite says that a foreign key failed, not which."""
    message = name if connection.vendor == "postgresql" else "FOREIGN KEY constraint failed"
    with pytest.raises(IntegrityError, match=message), transaction.atomic():
        write()


@pytest.mark.parametrize("way", WAYS)
def test_a_project_of_another_user_is_rejected_on_a_session(mine, theirs, way):
    assert_rejected("session_project_same_user", lambda: WAYS[way](mine.session, project_id=theirs.project.id))
    assert_rejected("session_project_same_user", lambda: WAYS[way](mine.session, project_id=uuid7()))
    WAYS[way](mine.session, project_id=None)


@pytest.mark.parametrize("way", WAYS)
def test_a_client_of_another_user_is_rejected_on_a_project(mine, theirs, way):
    assert_rejected("project_client_same_user", lambda: WAYS[way](mine.project, client_id=theirs.client.id))
    assert_rejected("project_client_same_user", lambda: WAYS[way](mine.project, client_id=uuid7()))
    WAYS[way](mine.project, client_id=None)


@pytest.mark.parametrize("way", ["create", "bulk_create", "save", "bulk_update", "update"])
@pytest.mark.parametrize("key", ["session", "tag"])
def test_a_tag_joins_only_what_one_user_has(mine, theirs, way, key):
    other = getattr(theirs, key).id
    here = SessionTag.objects.get(user=mine.user)
    joined = {"user": mine.user, "session_id": mine.session.id, "tag_id": mine.tag.id, f"{key}_id": other}
    writes = {
        "create": lambda: SessionTag.objects.create(**joined),
        "bulk_create": lambda: SessionTag.objects.bulk_create([SessionTag(**joined)]),
        "save": lambda: save_with(here, **{f"{key}_id": other}),
        "bulk_update": lambda: bulk_update(here, **{f"{key}_id": other}),
        "update": lambda: update(here, **{f"{key}_id": other}),
    }
    assert_rejected(f"session_tag_{key}_same_user", writes[way])


@pytest.mark.parametrize(
    ("table", "column", "other", "row", "name"),
    [
        ("timesession", "project_id", "project", "session", "session_project_same_user"),
        ("project", "client_id", "client", "project", "project_client_same_user"),
        ("project", "user_id", "user", "project", "same_user"),
        ("timesession", "user_id", "user", "session", "same_user"),
    ],
)
def test_statements_past_the_models_are_rejected_too(mine, theirs, table, column, other, row, name):
    statement = f"UPDATE sessions_app_{table} SET {column} = %s WHERE id = %s"
    assert_rejected(name, lambda: execute(statement, getattr(theirs, other).pk, getattr(mine, row).pk))


@pytest.mark.parametrize("kind", ["client", "project", "tag", "session"])
def test_what_something_has_cannot_be_deleted_beneath_it(mine, kind):
    name = {
        "client": "project_client",
        "project": "session_project",
        "tag": "session_tag_tag",
        "session": "session_tag",
    }
    row = getattr(mine, kind)
    assert_rejected(name[kind], lambda: execute(f"DELETE FROM {row._meta.db_table} WHERE id = %s", row.pk))


@pytest.mark.parametrize("model", [Client, Project, Tag])
def test_a_name_is_there_once_until_it_is_deleted(mine, theirs, model):
    now = instant("2026-11-20T08:00Z")
    first = model.objects.get(user=mine.user)

    def again(**fields):
        return copy_of(first, id=uuid7(), **{"name": first.name.upper(), **fields})

    name = f"{model.__name__.lower()}_unique_name" if connection.vendor == "postgresql" else "folded_name"
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        model.objects.bulk_create([again()])
    model.objects.bulk_create([again(deleted_at=now), again(deleted_at=now)])
    model.objects.filter(pk=first.pk).update(deleted_at=now)
    model.objects.bulk_create([again()])
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        model.objects.filter(pk=first.pk).update(deleted_at=None)
    assert model.objects.filter(user=theirs.user).count() == 1


@pytest.mark.parametrize(
    ("rate", "currency", "is_taken"),
    [
        (None, "", True),
        ("80", "EUR", True),
        ("0", "EUR", True),
        (None, "EUR", False),
        ("80", "", False),
        ("-1", "EUR", False),
    ],
)
def test_a_rate_has_a_currency(mine, rate, currency, is_taken):
    def write():
        update(mine.session, hourly_rate=None if rate is None else Decimal(rate), currency=currency)

    if is_taken:
        write()
    else:
        with pytest.raises(IntegrityError, match="session_rate_has_currency"), transaction.atomic():
            write()


@pytest.mark.parametrize(("colour", "is_taken"), [(0, False), (1, True), (8, True), (9, False)])
def test_colours_are_eight(mine, colour, is_taken):
    if is_taken:
        update(mine.project, colour=colour)
    else:
        with pytest.raises(IntegrityError, match="project_colour_is_one_of_eight"), transaction.atomic():
            update(mine.project, colour=colour)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"budget_seconds": 60, "budget_amount": Decimal(5)}, "project_one_budget"),
        ({"budget_seconds": 0}, "project_budget_is_positive"),
        ({"budget_amount": Decimal(0)}, "project_budget_is_positive"),
        ({"budget_period": "week"}, "project_budget_period_is_known"),
    ],
)
def test_a_budget_is_one_and_positive(mine, changes, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        save_with(mine.project, **changes)
