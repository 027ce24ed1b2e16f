"""Rows that the database makes of others are those that Django would write, and as many as it says"""

import pytest
from django.db.models import F, UUIDField, Value, Window
from django.db.models.functions import RowNumber, Upper

from sessions_app import services
from sessions_app.models import Change, ImportIdentity, Tag
from tests.factories import WEB, make_guest
from timetracker.db.insert_selected import insert_selected

pytestmark = pytest.mark.django_db


def columns_of(rows, *names):
    return list(rows.order_by("identity").values_list(*names))


def test_rows_are_those_of_bulk_create():
    guest, other = make_guest(), make_guest()
    for name in ("b", "c", "a"):
        services.create_entry(guest, WEB, Tag, name=name)
    tags = Tag.objects.filter(user=guest).order_by("name")
    ImportIdentity.objects.bulk_create(
        ImportIdentity(user=guest, identity=f"{number}{tag.name.upper()}", session_id=tag.id, is_freed=True)
        for number, tag in enumerate(tags[1:], start=1)
    )

    identities = {"user_id": Value(other.pk, UUIDField()), "session_id": F("id"), "is_freed": Value(value=True)}
    inserted = insert_selected(ImportIdentity, tags.exclude(name="a"), {**identities, "identity": Upper("name")})
    assert inserted == 2

    names = ("session_id", "is_freed")
    by_orm, by_select = (columns_of(ImportIdentity.objects.filter(user=user), *names) for user in (guest, other))
    assert by_select == by_orm
    assert columns_of(ImportIdentity.objects.filter(user=other), "identity") == [("B",), ("C",)]


def test_rows_are_in_order_and_null_elsewhere():
    guest = make_guest()
    for name in ("b", "c", "a"):
        services.create_entry(guest, WEB, Tag, name=name)
    made = Change.objects.filter(user=guest).latest("pk")
    columns = {
        "user_id": Value(guest.pk, UUIDField()),
        "changeset_id": Value(made.changeset_id, UUIDField()),
        "revision": Value(made.revision),
        "number": Window(RowNumber(), order_by="name") + Value(10),
        "kind": Value("tag"),
        "action": Value("edit"),
        "object_id": F("id"),
    }
    insert_selected(Change, Tag.objects.filter(user=guest).order_by("name"), columns)

    found = Change.objects.filter(user=guest, pk__gt=made.pk).order_by("pk")
    names = {tag.id: tag.name for tag in Tag.objects.filter(user=guest)}
    assert [(names[each.object_id], each.number) for each in found] == [("a", 11), ("b", 12), ("c", 13)]
    assert {(each.before, each.after) for each in found} == {(None, None)}
