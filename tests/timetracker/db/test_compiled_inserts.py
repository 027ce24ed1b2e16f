"""Many rows by one statement are the rows that Django would write"""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sessions_app.models import Change, Client, ImportIdentity, SessionTag, Tag, TimeSession
from sessions_app.services.compiled import insert_columns, insert_rows
from timetracker.db.compiled import new_instance
from timetracker.db.ids import uuid7

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)


def make_rows(user):
    base = {"user": user, "version": 1, "created_at": AT, "updated_at": AT}
    tag = Tag(id=uuid7(), name="a", folded_name="a", **base)
    sessions = [
        TimeSession(
            id=uuid7(), name=name, start=AT, end=AT, timezone="UTC", source="import", hourly_rate=rate,
            currency="EUR" if rate is not None else "", billable=rate is None, **base,
        )
        for name, rate in (("Draft", Decimal("80.5")), ("", None), ("Äö", Decimal(0)))
    ]  # fmt: skip
    for session in sessions:
        session.set_derived_fields()
    return [
        [Client(id=uuid7(), name="Acme", folded_name="acme", hourly_rate=None, currency="", **base) ],
        [tag],
        sessions,
        [SessionTag(user=user, session=session, tag=tag) for session in sessions],
        [
            ImportIdentity(user=user, identity=f"a.{number}", session_id=session.id, is_freed=number == 1)
            for number, session in enumerate(sessions)
        ],
    ]  # fmt: skip


@pytest.mark.django_db
def test_rows_are_those_of_bulk_create(owner):
    for rows in make_rows(owner):
        model = type(rows[0])
        names = [field.attname for field in model._meta.concrete_fields if field.attname != "id" or model is not Change]
        names = [name for name in names if not (name == "id" and model in {SessionTag, ImportIdentity})]
        insert_rows(rows)
        written = list(model.objects.order_by("pk").values_list(*names))
        if model in {SessionTag, ImportIdentity}:
            model.objects.all().delete()
            model.objects.bulk_create(rows)
            assert sorted(written, key=str) == sorted(model.objects.values_list(*names), key=str)
        else:
            assert written == [tuple(getattr(row, name) for name in names) for row in sorted(rows, key=lambda r: r.id)]
        assert all(not row._state.adding for row in rows)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [0, 1, 3])
def test_columns_are_the_rows_that_instances_would_be(owner, count):
    sessions = [uuid7() for _number in range(count)]
    columns = {"user_id": owner.pk, "identity": [f"a.{number}" for number in range(count)], "session_id": sessions}

    insert_columns(ImportIdentity, count, columns)

    rows = ImportIdentity.objects.order_by("identity").values_list("user_id", "identity", "session_id", "is_freed")
    assert list(rows) == [(owner.pk, f"a.{number}", each, False) for number, each in enumerate(sessions)]


def test_a_new_instance_is_what_the_model_makes():
    values = {"id": uuid7(), "user_id": uuid7(), "name": "Draft", "start": AT}

    made, expected = new_instance(TimeSession, **values), TimeSession(**values)

    names = [field.attname for field in TimeSession._meta.concrete_fields]
    assert [getattr(made, name) for name in names] == [getattr(expected, name) for name in names]
    assert made._state.adding
    assert new_instance(TimeSession).id != new_instance(TimeSession).id


@pytest.mark.django_db
def test_conflicts_are_left_out_only_when_asked(owner):
    first = ImportIdentity(user=owner, identity="a.1", session_id=uuid7())
    insert_rows([first])

    columns = {"user_id": owner.id, "identity": ["a.1", "a.2"], "session_id": [uuid7(), uuid7()]}
    insert_columns(ImportIdentity, 2, columns, ignores_conflicts=True)

    held = ImportIdentity.objects.order_by("identity").values_list("identity", "session_id")
    assert [identity for identity, _session in held] == ["a.1", "a.2"]
    assert held[0][1] == first.session_id
